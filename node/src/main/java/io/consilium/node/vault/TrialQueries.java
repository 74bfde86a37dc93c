package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.interop.cdisc.AggregateQuery;
import io.consilium.interop.cdisc.CdiscFault;
import io.consilium.interop.cdisc.Table;
import io.consilium.ledger.tx.Refusal;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.Operation;
import io.consilium.node.api.StateView;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialQueryRequest;
import io.consilium.proto.TrialQueryResponse;
import io.consilium.proto.TrialSpend;
import io.consilium.proto.TrialState;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Answers aggregate queries over a trial's data with noise (TRI-7). The budget is committed on chain before the noise is
 * drawn: a node that dies between has spent it and told nothing, and of queries at once the ledger lets through what there
 * is budget for.
 */
public final class TrialQueries implements Operation<TrialQueryRequest, TrialQueryResponse> {
    private static final int MAX_TEXT = 200;

    private static final String LOST =
            "see with trial budget whether its epsilon is spent; the answer is lost, and asking again spends again";

    private final NodeGateway node;
    private final TrialTables tables;
    private final InstitutionTransactions transactions;
    private final SecureRandom random;

    public TrialQueries(
            NodeGateway node, TrialTables tables, InstitutionTransactions transactions, SecureRandom random) {
        this.node = node;
        this.tables = tables;
        this.transactions = transactions;
        this.random = random;
    }

    /** What is true, before noise is added to it; no table is held while the budget is being spent. */
    private record Exact(long datasetVersion, List<BigInteger> values) {}

    @Override
    public CompletionStage<TrialQueryResponse> answer(Caller caller, TrialQueryRequest request) {
        TrialTables.requireId(request.getQueryId(), "query_id");
        AggregateQuery query = query(request);
        tables.require(caller, request.getTrialId());
        return tables.work(() -> CompletableFuture.completedFuture(exact(caller, request, query)))
                .thenCompose(exact -> transactions
                        .commit(body -> body.setTrial(spend(caller, request, exact)), LOST)
                        .thenApplyAsync(
                                txId -> respond(request.getTrialId(), query, exact, txId), transactions.executor()));
    }

    private Exact exact(Caller caller, TrialQueryRequest request, AggregateQuery query) {
        try (StateView view = StateView.open(node)) {
            TrialState trial = tables.require(caller, request.getTrialId(), view);
            requirePayable(view, trial, request);
            Set<String> columns = new TreeSet<>();
            columns.add(Table.normalName(query.column()));
            query.where().ifPresent(condition -> columns.add(Table.normalName(condition.column())));
            TrialTables.Opened opened =
                    tables.open(view.state(), trial, request.getDatasetId(), 0, columns, Table.MAX_WEIGHT);
            Optional<CdiscFault> fault = query.fault(opened.table());
            if (fault.isPresent()) {
                throw malformed(fault.get().path(), fault.get().getMessage());
            }
            TrialSubjects subjects = TrialSubjects.of(view, trial);
            return new Exact(opened.version().getVersion(), query.exact(opened.table(), subjects::excluded));
        }
    }

    /** Told before anything is opened; the ledger decides it again. */
    private void requirePayable(StateView view, TrialState trial, TrialQueryRequest request) {
        TrialTables.requireApproved(trial, node.nowMillis());
        if (view.state().isTrialQueryAsked(request.getQueryId())) {
            throw InstitutionTransactions.problem(Refusal.QUERY_REPEATED).asException();
        }
        if (request.getEpsilonMicros() > trial.getBudgetMicros() - trial.getSpentMicros()) {
            throw InstitutionTransactions.problem(Refusal.BUDGET_SPENT).asException();
        }
    }

    private static TrialAction spend(Caller caller, TrialQueryRequest request, Exact exact) {
        return TrialAction.newBuilder()
                .setTrialId(request.getTrialId())
                .setSpend(TrialSpend.newBuilder()
                        .setQueryId(request.getQueryId())
                        .setDatasetId(request.getDatasetId())
                        .setDatasetVersion(exact.datasetVersion())
                        .setEpsilonMicros(request.getEpsilonMicros())
                        .setRequestedBy(caller.id()))
                .build();
    }

    private TrialQueryResponse respond(ByteString trialId, AggregateQuery query, Exact exact, ByteString txId) {
        List<BigDecimal> answers = query.noised(exact.values(), this::below);
        long left;
        try (StateView view = StateView.open(node)) {
            TrialState trial = view.state().trial(trialId).orElseThrow();
            left = trial.getBudgetMicros() - trial.getSpentMicros();
        }
        TrialQueryResponse.Builder response = TrialQueryResponse.newBuilder()
                .setTxId(txId)
                .setBudgetLeftMicros(left)
                .addAllNames(query.names());
        answers.forEach(answer -> response.addValues(answer.toPlainString()));
        return response.build();
    }

    /** Each number as likely: bits of the cryptographic source, drawn anew where they are too large. */
    private BigInteger below(BigInteger bound) {
        while (true) {
            BigInteger drawn = new BigInteger(bound.bitLength(), random);
            if (drawn.compareTo(bound) < 0) {
                return drawn;
            }
        }
    }

    private static AggregateQuery query(TrialQueryRequest request) {
        AggregateQuery.Kind kind;
        try {
            kind = AggregateQuery.Kind.valueOf(request.getKind());
        } catch (IllegalArgumentException unknown) {
            throw malformed("kind", "COUNT, SUM, MEAN or HISTOGRAM expected");
        }
        if (request.getBinsCount() > AggregateQuery.MAX_BINS) {
            throw malformed("--bins", "at most " + AggregateQuery.MAX_BINS + " bins");
        }
        return new AggregateQuery(
                kind,
                request.getColumn(),
                number(request.getLow()),
                number(request.getHigh()),
                request.getBinsList(),
                request.getWhereColumn().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new AggregateQuery.Condition(request.getWhereColumn(), request.getWhereValue())),
                request.getEpsilonMicros());
    }

    private static BigDecimal number(String text) {
        if (text.isEmpty()) {
            return BigDecimal.ZERO;
        }
        if (text.length() > MAX_TEXT || !text.matches("-?\\d{1,15}(\\.\\d{1,6})?")) {
            throw malformed("--bounds", "numbers with at most six decimals expected");
        }
        return new BigDecimal(text);
    }

    private static RuntimeException malformed(String path, String error) {
        return new ApiProblem(422, "QUERY_INVALID", error, TrialTables.RULE, path, "correct the question", 6)
                .asException();
    }
}
