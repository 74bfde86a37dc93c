package io.consilium.node.api;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.util.BlockingTaskExecutor;
import com.linecorp.armeria.server.HttpService;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.node.NodeGateway;
import io.consilium.node.config.NodeConfig;
import io.consilium.node.config.NodeKeys;
import io.consilium.node.events.EventFeed;
import io.consilium.node.ops.HealthPages;
import io.consilium.node.ops.NodeMetrics;
import io.consilium.node.ops.Readiness;
import io.consilium.node.provenance.DrugQueries;
import io.consilium.node.provenance.VerificationResponder;
import io.consilium.node.vault.ConditionOutcomes;
import io.consilium.node.vault.Disclosures;
import io.consilium.node.vault.InstitutionTransactions;
import io.consilium.node.vault.MrnIndex;
import io.consilium.node.vault.PatientCustody;
import io.consilium.node.vault.PayloadDownload;
import io.consilium.node.vault.PayloadStaging;
import io.consilium.node.vault.RationaleKeys;
import io.consilium.node.vault.ScopeKeys;
import io.consilium.node.vault.TrialChecks;
import io.consilium.node.vault.TrialNullifiers;
import io.consilium.node.vault.TrialQueries;
import io.consilium.node.vault.TrialReleases;
import io.consilium.node.vault.TrialTables;
import io.consilium.storage.SecretsStore;
import io.consilium.storage.Vault;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the client API together over one node and starts it. */
public final class ClientApi {
    private static final Logger LOG = LoggerFactory.getLogger(ClientApi.class);
    private static final int CACHED_CALLER_KEYS = 4_096;

    private ClientApi() {}

    /**
     * What the API stands on.
     *
     * @param tokenFile where the newest accepted issue time of tokens is kept across restarts
     * @param served whether the node may have accepted tokens before this start
     * @param version shown by the status
     */
    public record Foundation(
            NodeConfig config,
            NodeKeys keys,
            NodeGateway node,
            SecretsStore secrets,
            Vault vault,
            ConditionOutcomes outcomes,
            Readiness readiness,
            NodeMetrics metrics,
            Path tokenFile,
            boolean served,
            String version) {}

    /** Starts serving; throws {@link java.net.BindException} when the port is taken. */
    public static ApiServer start(Foundation on) throws IOException {
        NodeConfig config = on.config();
        NodeGateway node = on.node();
        LongSupplier steadyMillis = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        BlockingTaskExecutor blocking = ApiServer.blockingExecutor(config.api());
        Authenticator authenticator = new Authenticator(
                node.chainId(),
                node.institution(),
                config.tokens(),
                new StateCallers(node),
                Ed25519Verifier.accelerated(CACHED_CALLER_KEYS),
                node::nowMillis,
                tokens(on));
        CallerCheck callers = new CallerCheck(
                authenticator,
                new TokenBuckets(
                        config.quotas().requestsPerSecond(), config.quotas().requestBurst(), steadyMillis));
        TokenBuckets transactions = new TokenBuckets(
                config.quotas().transactionsPerSecond(), config.quotas().transactionBurst(), steadyMillis);
        TokenBuckets verifications = new TokenBuckets(
                config.quotas().verificationsPerSecond(), config.quotas().verificationBurst(), steadyMillis);
        Map<String, HttpService> proven = new LinkedHashMap<>(verificationRouter(on, verifications));
        proven.put("/metrics", metrics(on));
        ApiServer.Pages pages = new ApiServer.Pages(new HealthPages(node, on.readiness()).pages(), proven);
        EventFeed feed = new EventFeed(
                node,
                new PolicySource(node, new RecordDecisions()),
                cursors(on.keys()),
                blocking,
                config.api().maxWatchers());
        AfterHeight heights = new AfterHeight(node::height, AfterHeight.MAX_WAIT_MILLIS);
        node.onCommitted(block -> heights.reached(block.height()));
        boolean started = false;
        try {
            ApiServer server = ApiServer.start(
                    config.api(),
                    on.keys().apiTlsPrivateKey(),
                    on.keys()
                            .apiCertificate(
                                    node.institution(), List.of(config.api().host())),
                    operations(on, transactions, verifications, steadyMillis, feed, blocking),
                    callers,
                    heights,
                    pages,
                    blocking,
                    on.metrics().registry(),
                    feed::close);
            started = true;
            return server;
        } finally {
            if (!started) {
                blocking.shutdown();
            }
        }
    }

    private static TokenHorizon tokens(Foundation on) throws IOException {
        int tolerance = on.config().tokens().clockToleranceSeconds();
        TokenHorizon tokens = TokenHorizon.open(
                on.tokenFile(), !on.served(), Math.floorDiv(on.node().nowMillis(), 1_000L) + tolerance);
        if (tokens.lost()) {
            LOG.warn("{} was missing or damaged: no token is taken for up to {} s", on.tokenFile(), tolerance);
        }
        return tokens;
    }

    private static Operations operations(
            Foundation on,
            TokenBuckets quota,
            TokenBuckets verifications,
            LongSupplier steadyMillis,
            EventFeed feed,
            BlockingTaskExecutor blocking) {
        NodeConfig config = on.config();
        NodeGateway node = on.node();
        SecureRandom random = new SecureRandom();
        PolicySource policies = new PolicySource(node, new RecordDecisions());
        BlockProofs proofs = new BlockProofs(config.api().maxCachedBlocks());
        Cursors cursors = cursors(on.keys());
        ChainQueries chain = new ChainQueries(
                node, policies, proofs, on.readiness()::reasons, config.vault().maxPayloadBytes(), on.version());
        InstitutionTransactions transactions = new InstitutionTransactions(
                node,
                on.keys().institutionSigning().signer(),
                random,
                config.disclosures().commitWaitMillis(),
                blocking);
        TrialTables trialTables = new TrialTables(node, on.vault(), on.keys().institutionEncryption(), blocking);
        ScopeKeys scopeKeys = new ScopeKeys(node, policies, on.keys().institutionEncryption(), random);
        Disclosures disclosures = new Disclosures(
                node,
                policies,
                on.vault(),
                on.secrets(),
                scopeKeys,
                transactions,
                on.outcomes(),
                proofs,
                config.disclosures());
        PayloadDownload download = new PayloadDownload(node, policies, on.vault(), disclosures);
        return new Operations(
                new TransactionIngress(node, config.api().maxBatchTransactions(), quota, proofs, blocking),
                Operation.immediate(chain::transaction),
                Operation.immediate(chain::status),
                Operation.immediate(chain::validators),
                Operation.immediate(chain::block),
                Operation.immediate(new StateQuery(node, policies)::state),
                Operation.immediate(new ListQuery(
                        node,
                        policies,
                        cursors,
                        scopeKeys::labels,
                        config.api().maxPageItems(),
                        config.api().maxScannedEntries())::list),
                Operation.immediate(new ConsentQuery(node, policies)::check),
                Operation.immediate(scopeKeys::scopeKey),
                new PayloadStaging(node, policies, on.vault(), on.secrets(), blocking),
                disclosures,
                Operation.immediate(download::fetch),
                Operation.immediate(new RationaleKeys(node, policies, scopeKeys)::rationaleKey),
                new PatientCustody(node, policies, scopeKeys, transactions, random),
                Operation.immediate(new MrnIndex(
                        node,
                        policies,
                        on.secrets(),
                        on.keys().institutionEncryption().privateKey())::answer),
                Operation.immediate(
                        new TrialNullifiers(node, policies, on.keys().institutionEncryption())::nullifier),
                Operation.immediate(new DrugQueries(
                        node,
                        on.keys().institutionSigning().signer(),
                        new DrugRate(config.quotas(), verifications, steadyMillis))::answer),
                new TrialReleases(node, trialTables, transactions),
                new TrialChecks(node, trialTables),
                new TrialQueries(node, trialTables, transactions, random),
                feed);
    }

    private static Map<String, HttpService> verificationRouter(Foundation on, TokenBuckets rate) {
        return new VerificationRouter(
                        new VerificationResponder(
                                on.node(),
                                on.keys().institutionSigning().signer(),
                                on.keys().institutionEncryption()),
                        rate)
                .pages();
    }

    private static Cursors cursors(NodeKeys keys) {
        return new Cursors(keys.institutionEncryption().privateKey());
    }

    private static HttpService metrics(Foundation on) {
        return (ctx, req) -> {
            Caller caller = ctx.attr(ConsiliumService.CALLER);
            if (caller == null || !ApiPolicy.readsMetrics(caller, on.node().institution())) {
                ApiProblem problem = ApiProblem.forbidden(
                        "ROLE_REQUIRED",
                        "metrics are read by an OPERATOR, ADMIN or AUDITOR of this node's institution",
                        "PRV-8",
                        "ask one of them");
                return ProblemResponses.of(req.headers(), problem).toHttpResponse();
            }
            return HttpResponse.of(
                    java.util.concurrent.CompletableFuture.supplyAsync(on.metrics()::page, ctx.blockingTaskExecutor()));
        };
    }
}
