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
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds out what became of a transaction, and makes it final.
 *
 * <p>A transaction has finally expired when a block later than its end of validity stands and it is in none (TX-3). An
 * idle chain makes no blocks, so a no-op makes one. Only the body says when the validity ends: it is known where this
 * user sent the transaction and kept it. What a node does not show, because another signed it (PRV-8), looks like what
 * there is not: only to a signer does silence mean that it is in no block.
 */
final class Settlement {
    private static final long CLOCK_MARGIN_MILLIS = 1_500;

    /** What is asked of the chain, through the node of a context. */
    interface Chain {
        /** Whom the node answers. */
        String actor() throws ClientException;

        /** Time of the newest block. */
        long tipMillis() throws ClientException;

        TransactionResponse transaction(Hash txId) throws ClientException;

        VerifiedReceipt verify(byte[] receiptProof) throws ClientException;

        /** Returns when a block has been decided that holds it. */
        void sendNoop() throws ClientException;
    }

    private final Chain chain;
    private final Unsettled unsettled;
    private final Consumer<String> say;

    Settlement(Chain chain, Unsettled unsettled, Consumer<String> say) {
        this.chain = chain;
        this.unsettled = unsettled;
        this.say = say;
    }

    static Settlement of(Session session) throws ClientException {
        return new Settlement(
                new SessionChain(session), new Unsettled(session.context().home()), session.output()::say);
    }

    Map<String, Object> run(Hash txId, boolean settle) throws ClientException, IOException, InterruptedException {
        Optional<TransactionBody> kept = kept(txId);
        boolean own = kept.isPresent() && isSigner(kept.get());
        Optional<Long> validUntil = kept.filter(body -> own).map(TransactionBody::getValidUntilMillis);
        Map<String, Object> found = ask(txId, validUntil);
        if (settle && !isFinal(found)) {
            // The block that takes the no-op takes what is pending too, if it can.
            chain.sendNoop();
            found = ask(txId, validUntil);
            if (!isFinal(found) && validUntil.isPresent()) {
                waitUntil(validUntil.get());
                chain.sendNoop();
                found = ask(txId, validUntil);
            }
        }
        if (found.containsKey("code")) {
            // The chain answers for it from now on; of an expired one, only the kept body can.
            unsettled.settle(txId);
        } else if (kept.isEmpty()) {
            say.accept("This user did not send it, so its end is not known here: it is final ten minutes after"
                    + " it was signed");
        } else if (!own) {
            say.accept(kept.get().getSigners(0).getActor() + " signed it, and " + chain.actor()
                    + " is not shown all of it: ask with the context that sent it");
        }
        return found;
    }

    private boolean isSigner(TransactionBody body) throws ClientException {
        String actor = chain.actor();
        return body.getSignersList().stream()
                .anyMatch(signer -> signer.getActor().equals(actor));
    }

    private Map<String, Object> ask(Hash txId, Optional<Long> validUntil) throws ClientException {
        // Taken before the question: a later block may hold the transaction, and the answer would not know.
        long tipMillis = validUntil.isPresent() ? chain.tipMillis() : 0;
        TransactionResponse response = chain.transaction(txId);
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("txId", txId.hex());
        if (!response.getReceiptProof().isEmpty()) {
            VerifiedReceipt receipt = chain.verify(response.getReceiptProof().toByteArray());
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
        boolean expired = validUntil.isPresent() && tipMillis > validUntil.get();
        object.put("status", expired ? "EXPIRED" : response.getState());
        object.put("height", Optional.empty());
        validUntil.ifPresent(end -> object.put("validUntil", Dates.text(end)));
        return object;
    }

    private static boolean isFinal(Map<String, Object> found) {
        return !"PENDING".equals(found.get("status")) && !"UNKNOWN".equals(found.get("status"));
    }

    private void waitUntil(long validUntil) throws InterruptedException {
        long millis = validUntil + CLOCK_MARGIN_MILLIS - System.currentTimeMillis();
        if (millis > 0) {
            say.accept("Waiting " + (millis + 999) / 1_000 + " s until the transaction can no longer be applied");
            Thread.sleep(Math.min(millis, TransactionBuilder.MAX_VALIDITY.toMillis()));
        }
    }

    private Optional<TransactionBody> kept(Hash txId) throws IOException {
        try {
            return unsettled.find(txId).map(ParsedTransaction::body);
        } catch (MalformedTransaction altered) {
            return Optional.empty();
        }
    }

    private record SessionChain(Session session) implements Chain {
        @Override
        public String actor() throws ClientException {
            return session.actor();
        }

        @Override
        public long tipMillis() throws ClientException {
            return session.client().status().getTipMillis();
        }

        @Override
        public TransactionResponse transaction(Hash txId) throws ClientException {
            return session.client().transaction(txId);
        }

        @Override
        public VerifiedReceipt verify(byte[] receiptProof) throws ClientException {
            return session.verifier().verify(receiptProof);
        }

        @Override
        public void sendNoop() throws ClientException {
            TransactionBuilder builder = TransactionBuilder.of(session.genesis().chainId(), session.identity());
            TransactionDraft draft = builder.draft(
                    TransactionBuilder.validUntil(System.currentTimeMillis(), session.options().timeout),
                    body -> body.setNoop(Noop.getDefaultInstance()));
            new Submitter(session.client(), session.verifier(), session.options().timeout)
                    .submit(builder.sign(draft), draft.txId());
        }
    }
}
