package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.interop.cdisc.AggregateQuery;
import io.consilium.interop.cdisc.CdiscFault;
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
import java.util.concurrent.CompletionStage;

/**
 * Answers aggregate queries over a trial's data with noise (TRI-7). The budget is committed on chain before the noise is
 * drawn: a node that dies between has spent it and told nothing, and of queries at once the ledger lets through what there
 * is budget for.
 */
public final class TrialQueries implements Operation<TrialQueryRequest, TrialQueryResponse> {
    private static final int ID_BYTES = 16;
    private static final int MAX_TEXT = 200;

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

    @Override
    public CompletionStage<TrialQueryResponse> answer(Caller caller, TrialQueryRequest request) {
        AggregateQuery query = query(request);
        try (StateView view = StateView.open(node)) {
            tables.require(caller, request.getTrialId(), view);
        }
        return tables.alone(transactions.executor(), () -> answer(caller, request, query));
    }

    private CompletionStage<TrialQueryResponse> answer(Caller caller, TrialQueryRequest request, AggregateQuery query) {
        TrialTables.Opened opened;
        TrialSubjects subjects;
        try (StateView view = StateView.open(node)) {
            TrialState trial = tables.require(caller, request.getTrialId(), view);
            opened = tables.open(
                    view.state(),
                    trial,
                    request.getDatasetId(),
                    0,
                    List.of(request.getColumn(), request.getWhereColumn()),
                    TrialTables.MAX_TABLE_BYTES);
            subjects = TrialSubjects.of(view, trial);
        }
        Optional<CdiscFault> fault = query.fault(opened.table());
        if (fault.isPresent()) {
            throw malformed(fault.get().path(), fault.get().getMessage());
        }
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        TrialAction spend = TrialAction.newBuilder()
                .setTrialId(request.getTrialId())
                .setSpend(TrialSpend.newBuilder()
                        .setQueryId(ByteString.copyFrom(id))
                        .setDatasetId(request.getDatasetId())
                        .setDatasetVersion(opened.version().getVersion())
                        .setEpsilonMicros(request.getEpsilonMicros())
                        .setRequestedBy(caller.id()))
                .build();
        return transactions
                .commit(body -> body.setTrial(spend))
                .thenApplyAsync(
                        txId -> respond(request.getTrialId(), query, opened, subjects, txId), transactions.executor());
    }

    private TrialQueryResponse respond(
            ByteString trialId,
            AggregateQuery query,
            TrialTables.Opened opened,
            TrialSubjects subjects,
            ByteString txId) {
        long now = node.nowMillis();
        List<BigDecimal> answers =
                query.answer(opened.table(), subject -> subjects.excluded(subject, now), this::below);
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
