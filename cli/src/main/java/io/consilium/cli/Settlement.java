package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.Submitter;
import io.consilium.client.TransactionBuilder;
import io.consilium.client.TransactionDraft;
import io.consilium.client.VerificationFailed;
import io.consilium.client.VerifiedReceipt;
import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.Noop;
import io.consilium.proto.TransactionResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out what became of a transaction, and makes it final.
 *
 * <p>A transaction has finally expired when a block later than its end of validity stands and it is in none (TX-3). An
 * idle chain makes no blocks, so a no-op makes one. Only the body says when the validity ends: it is known where this
 * user sent the transaction and kept it.
 */
final class Settlement {
    private static final long CLOCK_MARGIN_MILLIS = 1_500;

    private final Session session;

    Settlement(Session session) {
        this.session = session;
    }

    Map<String, Object> run(Hash txId, boolean settle) throws ClientException, IOException, InterruptedException {
        Unsettled unsettled = new Unsettled(session.context().home());
        Optional<Long> validUntil = validUntil(unsettled, txId);
        Map<String, Object> found = ask(txId, validUntil);
        if (settle && !isFinal(found)) {
            // The block that takes the no-op takes what is pending too, if it can.
            sendNoop();
            found = ask(txId, validUntil);
            if (!isFinal(found) && validUntil.isPresent()) {
                waitUntil(validUntil.get());
                sendNoop();
                found = ask(txId, validUntil);
            }
        }
        if (found.containsKey("code")) {
            // The chain answers for it from now on; of an expired one, only the kept body can.
            unsettled.settle(txId);
        } else if (validUntil.isEmpty()) {
            session.output()
                    .say("This user did not send it, so its end is not known here: it is final ten minutes after"
                            + " it was signed");
        }
        return found;
    }

    private Map<String, Object> ask(Hash txId, Optional<Long> validUntil) throws ClientException {
        // Taken before the question, so that no block can come between the two and be missed.
        long tipMillis = validUntil.isPresent() ? session.client().status().getTipMillis() : 0;
        TransactionResponse response = session.client().transaction(txId);
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("txId", txId.hex());
        if (!response.getReceiptProof().isEmpty()) {
            VerifiedReceipt receipt =
                    session.verifier().verify(response.getReceiptProof().toByteArray());
            if (!receipt.transaction().txId().equals(txId)) {
                throw new VerificationFailed(
                        "RECEIPT_OTHER",
                        "The node answered with the receipt of another transaction",
                        "Ask another node with --node");
            }
            Writes.describe(receipt.receipt(), object);
            object.putAll(Signatures.of(receipt));
            object.put(
                    "objectIds",
                    receipt.receipt().getObjectIdsList().stream().map(Ids::text).toList());
            return object;
        }
        boolean expired = validUntil.isPresent() && session.client().status().getTipMillis() > validUntil.get();
        object.put("status", expired ? "EXPIRED" : response.getState());
        object.put("height", Optional.empty());
        validUntil.ifPresent(end -> object.put("validUntil", Dates.text(end)));
        return object;
    }

    private static boolean isFinal(Map<String, Object> found) {
        return !"PENDING".equals(found.get("status")) && !"UNKNOWN".equals(found.get("status"));
    }

    private void sendNoop() throws ClientException {
        TransactionBuilder builder = TransactionBuilder.of(session.genesis().chainId(), session.identity());
        TransactionDraft draft = builder.draft(
                TransactionBuilder.validUntil(System.currentTimeMillis(), session.options().timeout),
                body -> body.setNoop(Noop.getDefaultInstance()));
        new Submitter(session.client(), session.verifier(), session.options().timeout)
                .submit(builder.sign(draft), draft.txId());
    }

    private void waitUntil(long validUntil) throws InterruptedException {
        long millis = validUntil + CLOCK_MARGIN_MILLIS - System.currentTimeMillis();
        if (millis > 0) {
            session.output()
                    .say("Waiting " + (millis + 999) / 1_000 + " s until the transaction can no longer be applied");
            Thread.sleep(Math.min(millis, TransactionBuilder.MAX_VALIDITY.toMillis()));
        }
    }

    private static Optional<Long> validUntil(Unsettled unsettled, Hash txId) throws IOException {
        try {
            return unsettled.find(txId).map(ParsedTransaction::body).map(body -> body.getValidUntilMillis());
        } catch (MalformedTransaction altered) {
            return Optional.empty();
        }
    }
}
