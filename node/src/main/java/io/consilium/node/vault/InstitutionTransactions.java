package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Signer;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.ledger.tx.Refusal;
import io.consilium.node.Admission;
import io.consilium.node.CommittedTransaction;
import io.consilium.node.NodeBusyException;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiProblem;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.SignedTransaction;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionSigner;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** What a node says on chain in the name of its institution: signed with the institution's key, and waited for. */
public final class InstitutionTransactions {
    private static final int SALT_BYTES = 16;
    private static final long VALIDITY_MARGIN_MILLIS = 60_000;

    private final NodeGateway node;
    private final Signer institution;
    private final SecureRandom random;
    private final long waitMillis;
    private final Executor executor;

    public InstitutionTransactions(
            NodeGateway node, Signer institution, SecureRandom random, long waitMillis, Executor executor) {
        this.node = node;
        this.institution = institution;
        this.random = random;
        this.waitMillis = waitMillis;
        this.executor = executor;
    }

    /** Where answers are worked out, off the threads that complete commits. */
    Executor executor() {
        return executor;
    }

    /** Completes with the transaction's id when it is final and was applied; fails with a problem. */
    public CompletableFuture<ByteString> commit(Consumer<TransactionBody.Builder> payload) {
        return commit(payload, "ask again; it will be answered once it is committed");
    }

    /** @param unfinished what to do when it is not committed in time */
    CompletableFuture<ByteString> commit(Consumer<TransactionBody.Builder> payload, String unfinished) {
        ParsedTransaction transaction = sign(payload);
        ByteString txId = ByteString.copyFrom(transaction.txId().toBytes());
        return node.submit(List.of(transaction))
                .thenCompose(admissions -> {
                    if (admissions.get(0) instanceof Admission.Refused refused) {
                        throw problem(refused.rejection().refusal()).asException();
                    }
                    if (admissions.get(0) instanceof Admission.Busy) {
                        throw ApiProblem.unavailable(
                                        "BUSY",
                                        "the node has as many transactions waiting as it may",
                                        "try again in a second")
                                .asException();
                    }
                    return node.committed(transaction.txId()).orTimeout(waitMillis, TimeUnit.MILLISECONDS);
                })
                .thenApply(InstitutionTransactions::requireApplied)
                .handle((committed, failure) -> {
                    if (failure != null) {
                        throw asProblem(failure, unfinished);
                    }
                    return txId;
                });
    }

    /** Signed, and valid for as long as {@link #commit} would wait for it. */
    public ParsedTransaction sign(Consumer<TransactionBody.Builder> payload) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        TransactionBody.Builder draft = TransactionBody.newBuilder()
                .setChainId(ByteString.copyFrom(node.chainId().toBytes()))
                .setSalt(ByteString.copyFrom(salt))
                .setValidUntilMillis(node.nowMillis() + waitMillis + VALIDITY_MARGIN_MILLIS)
                .addSigners(TransactionSigner.newBuilder()
                        .setActor(node.institution())
                        .setKey(KeyValue.newBuilder()
                                .setAlgorithm(KeyAlgorithm.ED25519)
                                .setKey(ByteString.copyFrom(
                                        institution.publicKey().bytes()))));
        payload.accept(draft);
        byte[] body = draft.build().toByteArray();
        byte[] signature = institution.sign(ParsedTransaction.signingBytes(node.chainId(), body));
        byte[] signed = SignedTransaction.newBuilder()
                .setBody(ByteString.copyFrom(body))
                .addSignatures(ByteString.copyFrom(signature))
                .build()
                .toByteArray();
        try {
            return ParsedTransaction.parse(signed);
        } catch (MalformedTransaction e) {
            throw new IllegalStateException("this node built a transaction that it cannot read itself", e);
        }
    }

    private static CommittedTransaction requireApplied(CommittedTransaction committed) {
        if (!committed.receipt().applied()) {
            throw Refusal.ofCode(committed.receipt().code())
                    .map(InstitutionTransactions::problem)
                    .orElseGet(() -> ApiProblem.refused(
                            committed.receipt().code(),
                            "the chain refused the node's transaction",
                            committed.receipt().rule(),
                            "ask again"))
                    .asException();
        }
        return committed;
    }

    private static RuntimeException asProblem(Throwable failure, String unfinished) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof TimeoutException) {
            return ApiProblem.timeout(
                            "the node's transaction is not committed yet, and before that nothing is handed over",
                            unfinished)
                    .asException();
        }
        if (cause instanceof NodeBusyException) {
            return ApiProblem.unavailable("BUSY", String.valueOf(cause.getMessage()), "ask again in a second")
                    .asException();
        }
        return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
    }

    /** A refusal by the ledger's rules as an answer of the API. */
    public static ApiProblem problem(Refusal refusal) {
        return switch (refusal.kind()) {
            case UNAUTHORISED ->
                ApiProblem.forbidden(refusal.name(), refusal.summary(), refusal.rule(), refusal.hint());
            case CONFLICT -> ApiProblem.conflict(refusal.name(), refusal.summary(), refusal.rule(), refusal.hint());
            case NOT_FOUND ->
                refusal == Refusal.RECORD_PURGED
                        ? ApiProblem.gone(refusal.name(), refusal.summary(), refusal.rule(), refusal.hint())
                        : ApiProblem.refused(refusal.name(), refusal.summary(), refusal.rule(), refusal.hint());
            case MALFORMED, REFUSED ->
                ApiProblem.refused(refusal.name(), refusal.summary(), refusal.rule(), refusal.hint());
        };
    }
}
