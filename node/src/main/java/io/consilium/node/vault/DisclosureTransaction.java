package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.Signer;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.ledger.tx.Refusal;
import io.consilium.node.Admission;
import io.consilium.node.CommittedTransaction;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiProblem;
import io.consilium.proto.Disclose;
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

/** Signs a disclosure with the institution's key and commits it (ACC-2). */
public final class DisclosureTransaction {
    private static final int SALT_BYTES = 16;
    private static final long VALIDITY_MARGIN_MILLIS = 60_000;

    private final NodeGateway node;
    private final Signer institution;
    private final SecureRandom random;
    private final long waitMillis;
    private final Executor executor;

    public DisclosureTransaction(
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

    /** Completes with the transaction's id when the disclosure is final and was applied; fails with a problem. */
    CompletableFuture<ByteString> commit(ByteString accessId, Hash ciphertext, Hash envelope, ByteString recipientKey) {
        Disclose disclose = Disclose.newBuilder()
                .setAccessId(accessId)
                .setCiphertextHash(ByteString.copyFrom(ciphertext.toBytes()))
                .setEnvelopeHash(ByteString.copyFrom(envelope.toBytes()))
                .setRecipientKey(recipientKey)
                .build();
        ParsedTransaction transaction = sign(disclose);
        ByteString txId = ByteString.copyFrom(transaction.txId().toBytes());
        return node.submit(List.of(transaction))
                .thenCompose(admissions -> {
                    if (admissions.get(0) instanceof Admission.Refused refused) {
                        throw problem(refused.rejection().refusal()).asException();
                    }
                    return node.committed(transaction.txId()).orTimeout(waitMillis, TimeUnit.MILLISECONDS);
                })
                .thenApply(DisclosureTransaction::requireApplied)
                .handle((committed, failure) -> {
                    if (failure != null) {
                        throw asProblem(failure);
                    }
                    return txId;
                });
    }

    private ParsedTransaction sign(Disclose disclose) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] body = TransactionBody.newBuilder()
                .setChainId(ByteString.copyFrom(node.chainId().toBytes()))
                .setSalt(ByteString.copyFrom(salt))
                .setValidUntilMillis(node.nowMillis() + waitMillis + VALIDITY_MARGIN_MILLIS)
                .addSigners(TransactionSigner.newBuilder()
                        .setActor(node.institution())
                        .setKey(KeyValue.newBuilder()
                                .setAlgorithm(KeyAlgorithm.ED25519)
                                .setKey(ByteString.copyFrom(
                                        institution.publicKey().bytes()))))
                .setDisclose(disclose)
                .build()
                .toByteArray();
        byte[] signature = institution.sign(ParsedTransaction.signingBytes(node.chainId(), body));
        byte[] signed = SignedTransaction.newBuilder()
                .setBody(ByteString.copyFrom(body))
                .addSignatures(ByteString.copyFrom(signature))
                .build()
                .toByteArray();
        try {
            return ParsedTransaction.parse(signed);
        } catch (MalformedTransaction e) {
            throw new IllegalStateException("this node built a disclosure that it cannot read itself", e);
        }
    }

    private static CommittedTransaction requireApplied(CommittedTransaction committed) {
        if (!committed.receipt().applied()) {
            throw Refusal.ofCode(committed.receipt().code())
                    .map(DisclosureTransaction::problem)
                    .orElseGet(() -> ApiProblem.refused(
                            committed.receipt().code(),
                            "the chain refused the disclosure",
                            committed.receipt().rule(),
                            "request access again"))
                    .asException();
        }
        return committed;
    }

    private static RuntimeException asProblem(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof TimeoutException) {
            return ApiProblem.timeout(
                            "the disclosure is not committed yet, and without it nothing is handed over",
                            "ask again; it will be handed over once it is committed")
                    .asException();
        }
        if (cause instanceof io.consilium.node.NodeBusyException) {
            return ApiProblem.unavailable("BUSY", String.valueOf(cause.getMessage()), "ask again in a second")
                    .asException();
        }
        return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
    }

    static ApiProblem problem(Refusal refusal) {
        return switch (refusal.kind()) {
            case UNAUTHORISED ->
                ApiProblem.forbidden(refusal.name(), refusal.summary(), refusal.rule(), refusal.hint());
            case CONFLICT -> ApiProblem.conflict(refusal.name(), refusal.summary(), refusal.rule(), refusal.hint());
            case NOT_FOUND, MALFORMED, REFUSED ->
                ApiProblem.refused(refusal.name(), refusal.summary(), refusal.rule(), refusal.hint());
        };
    }
}
