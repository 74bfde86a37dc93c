package io.consilium.client;

import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.RefusalClass;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.SubmitResponse;
import io.consilium.proto.SubmitResult;
import io.consilium.proto.TransactionReceipt;
import io.consilium.proto.TransactionResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Sends one transaction and waits for its certified receipt, through lost answers too. */
public final class Submitter {
    private final NodeClient client;
    private final ReceiptVerifier verifier;
    private final Duration timeout;

    public Submitter(NodeClient client, ReceiptVerifier verifier, Duration timeout) {
        this.client = client;
        this.verifier = verifier;
        this.timeout = timeout;
    }

    /** Hands the transaction in; the node refuses at once what can never enter a block. */
    public void send(byte[] signed, Hash txId) throws ClientException {
        SubmitResult result = only(client.submit(List.of(signed), Duration.ZERO));
        if (result.getState().equals("REJECTED")) {
            throw NodeRefusal.of(result.getProblem());
        }
    }

    /** The verified receipt; {@link OutcomeUnknown} when none came in time, so that it may still be applied. */
    public VerifiedReceipt submit(byte[] signed, Hash txId) throws ClientException {
        SubmitResult result;
        try {
            result = only(client.submit(List.of(signed), timeout));
        } catch (NodeClient.Unanswered lost) {
            // The request may have arrived: the node, if it is back, knows.
            return lookUp(txId).orElseThrow(() -> unknown(txId, lost));
        } catch (NodeRefusal refusal) {
            if (refusal.isBeforeAdmission()) {
                throw refusal;
            }
            return lookUp(txId).orElseThrow(() -> unknown(txId, refusal));
        }
        return switch (result.getState()) {
            case "COMMITTED" -> receipt(txId, result.getReceiptProof().toByteArray());
            case "REJECTED" -> throw NodeRefusal.of(result.getProblem());
            default ->
                throw new OutcomeUnknown(
                        txId.hex(),
                        "Transaction " + txId.shortHex() + " was not decided within " + seconds()
                                + ": it may still be");
        };
    }

    /** The receipt of a transaction that the node knows as decided. */
    public Optional<VerifiedReceipt> find(Hash txId) throws ClientException {
        TransactionResponse response = client.transaction(txId);
        return response.getReceiptProof().isEmpty()
                ? Optional.empty()
                : Optional.of(receipt(txId, response.getReceiptProof().toByteArray()));
    }

    private Optional<VerifiedReceipt> lookUp(Hash txId) {
        try {
            return find(txId);
        } catch (ClientException stillAway) {
            return Optional.empty();
        }
    }

    private VerifiedReceipt receipt(Hash txId, byte[] proof) throws ClientException {
        VerifiedReceipt receipt = verifier.verify(proof);
        if (!receipt.transaction().txId().equals(txId)) {
            throw new VerificationFailed(
                    "RECEIPT_OTHER",
                    "The node answered with the receipt of another transaction",
                    "Ask another node with --node");
        }
        return receipt;
    }

    private static SubmitResult only(SubmitResponse response) throws VerificationFailed {
        if (response.getResultsCount() != 1) {
            throw new VerificationFailed(
                    "ANSWER_MALFORMED",
                    "The node answered with " + response.getResultsCount() + " results to one transaction",
                    "Check that node and client are of one version");
        }
        return response.getResults(0);
    }

    private ClientException unknown(Hash txId, ClientException cause) {
        return new OutcomeUnknown(
                        txId.hex(),
                        "The outcome of transaction " + txId.shortHex() + " is unknown: " + cause.getMessage())
                .causedBy(cause);
    }

    private String seconds() {
        return timeout.toMillis() % 1_000 == 0 ? timeout.toSeconds() + " s" : timeout.toMillis() + " ms";
    }

    /** The failure that a refusing receipt means to a caller; empty for an applied one that permits what it asked. */
    public static Optional<ClientException> failure(TransactionReceipt receipt) {
        boolean applied = receipt.getStatus() == io.consilium.proto.ReceiptStatus.APPLIED;
        if (applied && receipt.getDecision() != DecisionOutcome.DENY) {
            return Optional.empty();
        }
        Optional<Refusal> refusal = Refusal.ofCode(applied ? Refusal.ACCESS_DENIED.name() : receipt.getCode());
        String rule = !receipt.getRule().isEmpty()
                ? receipt.getRule()
                : refusal.map(Refusal::rule).orElse("");
        return Optional.of(new ClientException(
                refusal.map(known -> kind(known.kind())).orElse(FailureClass.REFUSED),
                refusal.map(Refusal::name).orElse(receipt.getCode()),
                rule,
                "",
                "Refused: " + refusal.map(Refusal::summary).orElse(receipt.getCode()),
                capital(refusal.map(Refusal::hint).orElse("See the ledger's rule " + rule))));
    }

    /** Throws the failure that a refusing receipt means. */
    static void requireApplied(TransactionReceipt receipt) throws ClientException {
        Optional<ClientException> failure = failure(receipt);
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    /** What the ledger would answer, of what a client can tell before it submits: no block is spent on it. */
    public static ClientException failure(Refusal refusal, String path) {
        return failure(refusal, path, "");
    }

    /** @param detail what in particular, such as the word that means nothing; may be empty */
    public static ClientException failure(Refusal refusal, String path, String detail) {
        return new ClientException(
                kind(refusal.kind()),
                refusal.name(),
                refusal.rule(),
                path,
                "Refused: " + refusal.summary() + (detail.isEmpty() ? "" : ": " + detail),
                capital(refusal.hint()));
    }

    static FailureClass kind(RefusalClass kind) {
        return switch (kind) {
            case UNAUTHORISED -> FailureClass.DENIED;
            case NOT_FOUND -> FailureClass.NOT_FOUND;
            case CONFLICT -> FailureClass.CONFLICT;
            case MALFORMED, REFUSED -> FailureClass.REFUSED;
        };
    }

    private static String capital(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
