package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.tx.Refusal;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.BlockProofs;
import io.consilium.node.api.Caller;
import io.consilium.node.api.Operation;
import io.consilium.node.api.PolicySource;
import io.consilium.node.api.ProblemException;
import io.consilium.node.api.StateView;
import io.consilium.node.config.NodeConfig;
import io.consilium.proto.AccessState;
import io.consilium.proto.Disclose;
import io.consilium.proto.DiscloseRequest;
import io.consilium.proto.DiscloseResponse;
import io.consilium.proto.RecordVersion;
import io.consilium.proto.SealedFor;
import io.consilium.storage.SecretsStore;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hands over what a permitted access is entitled to, and only after the chain holds the disclosure (ACC-2).
 *
 * <p>The order is what counts. The permit is checked on the newest state; the data key is re-wrapped for the requester and
 * the envelope kept; the DISCLOSE transaction with the envelope's hash is committed, where the validators check age,
 * consent and key again at that block's time; and only its certified APPLIED releases envelope and token. A retry, after
 * a crash too, gets the same envelope, since another would not match the hash on chain. A use by the custodian's own
 * staff is on chain already and needs no disclosure (ACC-1).
 */
public final class Disclosures implements Operation<DiscloseRequest, DiscloseResponse> {
    private final NodeGateway node;
    private final PolicySource policies;
    private final Vault vault;
    private final SecretsStore secrets;
    private final ScopeKeys keys;
    private final InstitutionTransactions transactions;
    private final ConditionOutcomes outcomes;
    private final DownloadTokens tokens;
    private final BlockProofs proofs;
    private final NodeConfig.Disclosures bounds;

    /** Disclosures being committed, so that two requests for one access make one transaction. */
    private final ConcurrentHashMap<ByteString, CompletableFuture<ByteString>> committing = new ConcurrentHashMap<>();

    public Disclosures(
            NodeGateway node,
            PolicySource policies,
            Vault vault,
            SecretsStore secrets,
            ScopeKeys keys,
            InstitutionTransactions transactions,
            ConditionOutcomes outcomes,
            BlockProofs proofs,
            NodeConfig.Disclosures bounds) {
        this.node = node;
        this.policies = policies;
        this.vault = vault;
        this.secrets = secrets;
        this.keys = keys;
        this.transactions = transactions;
        this.outcomes = outcomes;
        this.proofs = proofs;
        this.bounds = bounds;
        this.tokens = new DownloadTokens(bounds.maxTokens(), new SecureRandom());
    }

    DownloadTokens tokens() {
        return tokens;
    }

    /** What is to be handed over, and to which key. */
    private record Handover(AccessState access, RecordVersion version, ByteString recipientKey) {
        Hash ciphertext() {
            return Hash.of(version.getContent().getCiphertextHash().toByteArray());
        }
    }

    @Override
    public CompletionStage<DiscloseResponse> answer(Caller caller, DiscloseRequest request) {
        return judged(caller, request).thenComposeAsync(done -> handOverOnce(caller, request), transactions.executor());
    }

    /** A conditional permit needs its outcome first, which this node may still owe (PRV-5). */
    private CompletableFuture<Void> judged(Caller caller, DiscloseRequest request) {
        boolean owed;
        try (StateView view = StateView.open(node)) {
            owed = view.state()
                    .access(request.getAccessId())
                    .filter(access -> access.getRequester().equals(caller.id()))
                    .filter(outcomes::isOwed)
                    .isPresent();
        }
        return owed ? outcomes.post(request.getAccessId()) : CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<DiscloseResponse> handOverOnce(Caller caller, DiscloseRequest request) {
        // An earlier attempt that ran out of time may have been committed meanwhile: then its envelope is the one.
        return handOver(caller, request)
                .exceptionallyCompose(failure -> isAlreadyDisclosed(failure)
                        ? handOver(caller, request)
                        : CompletableFuture.failedFuture(failure));
    }

    private static boolean isAlreadyDisclosed(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause instanceof ProblemException refused
                && refused.problem().code().equals(Refusal.ALREADY_DISCLOSED.name());
    }

    private CompletableFuture<DiscloseResponse> handOver(Caller caller, DiscloseRequest request) {
        Freshness.require(node);
        Handover handover = check(caller, request.getAccessId());
        requireHeld(handover);
        byte[] envelope = envelope(handover);
        if (handover.access().getUse()) {
            return CompletableFuture.completedFuture(response(caller, handover, envelope, ByteString.EMPTY));
        }
        if (handover.access().hasDisclosure()) {
            requireSameEnvelope(handover.access(), envelope);
            return CompletableFuture.completedFuture(response(
                    caller,
                    handover,
                    envelope,
                    handover.access().getDisclosure().getTxId()));
        }
        ByteString id = handover.access().getId();
        CompletableFuture<ByteString> fresh = new CompletableFuture<>();
        CompletableFuture<ByteString> running = committing.putIfAbsent(id, fresh);
        if (running == null) {
            commit(handover, envelope, fresh);
        }
        return (running == null ? fresh : running)
                .thenApplyAsync(txId -> response(caller, handover, envelope, txId), transactions.executor());
    }

    private void commit(Handover handover, byte[] envelope, CompletableFuture<ByteString> result) {
        ByteString id = handover.access().getId();
        Disclose disclose = Disclose.newBuilder()
                .setAccessId(id)
                .setCiphertextHash(ByteString.copyFrom(handover.ciphertext().toBytes()))
                .setEnvelopeHash(ByteString.copyFrom(Hash.sha256(envelope).toBytes()))
                .setRecipientKey(handover.recipientKey())
                .build();
        transactions.commit(body -> body.setDisclose(disclose)).whenComplete((txId, failure) -> {
            committing.remove(id);
            if (failure != null) {
                result.completeExceptionally(failure.getCause() == null ? failure : failure.getCause());
            } else {
                result.complete(txId);
            }
        });
    }

    private Handover check(Caller caller, ByteString accessId) {
        try (StateView view = StateView.open(node)) {
            AccessState access = view.state()
                    .access(accessId)
                    .filter(found -> found.getRequester().equals(caller.id()))
                    .orElseThrow(() -> ApiProblem.notFound("access of yours").asException());
            if (access.hasBreakGlass()) {
                throw InstitutionTransactions.problem(Refusal.NOTHING_TO_DISCLOSE)
                        .asException();
            }
            if (!access.getCustodian().equals(node.institution())) {
                throw WrongNode.problem(
                                access.getCustodian(),
                                view.state(),
                                "the record is disclosed by the node of " + access.getCustodian())
                        .asException();
            }
            Optional<Refusal> refusal = Permits.refusal(view.state(), access, policies.asOfMillis());
            if (refusal.isPresent()) {
                throw InstitutionTransactions.problem(refusal.get()).asException();
            }
            RecordVersion version = view.state()
                    .record(access.getRecordId())
                    .map(record -> record.getVersions((int) access.getRecordVersion() - 1))
                    .orElseThrow();
            ByteString key = Signatories.find(view.state(), caller.id())
                    .flatMap(requester -> Signatories.encryptionKey(requester, policies.asOfMillis()))
                    .orElse(ByteString.EMPTY);
            // The permit was given to the key that the requester had then (ACC-2).
            if (key.isEmpty() || !key.equals(access.getRequesterEncryptionKey())) {
                throw InstitutionTransactions.problem(Refusal.RECIPIENT_KEY_CHANGED)
                        .asException();
            }
            return new Handover(access, version, key);
        }
    }

    private void requireHeld(Handover handover) {
        try {
            if (vault.size(handover.ciphertext()).isEmpty()) {
                requireNotErased(handover.access());
                throw ApiProblem.unavailable(
                                "PAYLOAD_NOT_HELD",
                                "this node's vault does not hold the payload",
                                "ask whoever added the record to send it again, then retry")
                        .asException();
            }
        } catch (VaultException e) {
            throw new IllegalStateException("the vault failed: " + e.getMessage(), e);
        }
    }

    /** The envelope of an earlier attempt to the same key, or a new one, kept before it is named on chain. */
    private synchronized byte[] envelope(Handover handover) {
        byte[] name = KeptEnvelopes.name(
                handover.access().getRecordId(), handover.access().getId(), handover.recipientKey());
        Optional<byte[]> kept = secrets.get(name);
        if (kept.isPresent()) {
            return kept.get();
        }
        AccessState access = handover.access();
        SealedFor ours = ScopeKeys.sealedTo(handover.version().getContent().getDataKeyList(), node.institution())
                .orElseThrow(() -> ApiProblem.notFound("data key sealed to this institution")
                        .asException());
        byte[] envelope = keys.rewrap(
                KeyEnvelope.Use.DATA_KEY,
                access.getRecordId().toByteArray(),
                ours.getEnvelope().toByteArray(),
                KeyEnvelope.Use.DISCLOSED_KEY,
                access.getId().toByteArray(),
                handover.recipientKey().toByteArray());
        secrets.put(name, envelope);
        try {
            requireNotErased(access);
        } catch (ProblemException erased) {
            secrets.delete(name);
            throw erased;
        }
        return envelope;
    }

    /** An erasure that came since the permit was checked may have been applied already: purged, never missing (PRV-6). */
    private void requireNotErased(AccessState access) {
        try (StateView view = StateView.open(node)) {
            Optional<Refusal> refusal = Permits.erased(view.state(), access);
            if (refusal.isPresent()) {
                throw InstitutionTransactions.problem(refusal.get()).asException();
            }
        }
    }

    private static void requireSameEnvelope(AccessState access, byte[] envelope) {
        byte[] onChain = access.getDisclosure().getEnvelopeHash().toByteArray();
        if (!Arrays.equals(onChain, Hash.sha256(envelope).toBytes())) {
            throw InstitutionTransactions.problem(Refusal.ALREADY_DISCLOSED).asException();
        }
    }

    private DiscloseResponse response(Caller caller, Handover handover, byte[] envelope, ByteString txId) {
        var content = handover.version().getContent();
        DownloadTokens.Grant grant = new DownloadTokens.Grant(
                handover.access().getId(),
                caller.id(),
                handover.ciphertext(),
                content.getCiphertextSize(),
                node.nowMillis() + bounds.tokenSeconds() * 1_000L);
        String token = tokens.issue(grant, node.nowMillis()).orElseThrow(() -> ApiProblem.unavailable(
                        "BUSY", "as many downloads are under way as may be", "try again in a minute")
                .asException());
        return DiscloseResponse.newBuilder()
                .setDataKey(SealedFor.newBuilder()
                        .setRecipient(caller.id())
                        .setRecipientKey(handover.recipientKey())
                        .setEnvelope(ByteString.copyFrom(envelope)))
                .setCiphertextHash(content.getCiphertextHash())
                .setCiphertextSize(content.getCiphertextSize())
                .setDisclosureTxId(txId)
                .setDownloadToken(token)
                .setSealedMetadata(content.getSealedMetadata())
                .setRecordProof(recordProof(handover.version()))
                .build();
    }

    private ByteString recordProof(RecordVersion version) {
        try (StateView view = StateView.open(node)) {
            return view.chain()
                    .transaction(Hash.of(version.getTxId().toByteArray()))
                    .map(place -> UnsafeByteOperations.unsafeWrap(proofs.receiptProof(view.chain(), place)))
                    .orElse(ByteString.EMPTY);
        }
    }
}
