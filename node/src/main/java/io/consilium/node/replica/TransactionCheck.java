package io.consilium.node.replica;

import io.consilium.crypto.Hash;
import io.consilium.crypto.Verifier;
import io.consilium.ledger.Ledger;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.ledger.tx.Rejection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks transactions on their way in. A transaction whose signatures were good is remembered by the hash of its full
 * signed bytes, so that each validator verifies it once, whoever brings it how often. Safe for many threads.
 */
public final class TransactionCheck {
    private static final long CLOCK_TOLERANCE_MILLIS = 60_000;

    private final Ledger ledger;
    private final Verifier verifier;
    private final Set<Hash> verified;

    public TransactionCheck(Ledger ledger, Verifier verifier, int maxRemembered) {
        this.ledger = ledger;
        this.verifier = verifier;
        this.verified = Collections.synchronizedSet(Collections.newSetFromMap(new Remembered(maxRemembered)));
    }

    /** Parses and checks signed bytes of a peer; empty if they are malformed, badly signed or fit for no block soon. */
    public Optional<ParsedTransaction> received(byte[] signedBytes, long nowMillis) {
        try {
            ParsedTransaction transaction = ParsedTransaction.parse(signedBytes);
            // A peer's clock may be ahead; what no clock near this one admits would wait here for ever.
            boolean refused = ledger.admissible(transaction, nowMillis).isPresent()
                    && ledger.admissible(transaction, nowMillis + CLOCK_TOLERANCE_MILLIS)
                            .isPresent();
            return refused || signatures(transaction).isPresent() ? Optional.empty() : Optional.of(transaction);
        } catch (MalformedTransaction malformed) {
            return Optional.empty();
        }
    }

    /** Whether a block of this time may hold it. */
    boolean isRipe(ParsedTransaction transaction, long timeMillis) {
        return ledger.admissible(transaction, timeMillis).isEmpty();
    }

    /** Everything that a client's transaction must satisfy at this node's clock (TX-2). */
    public Optional<Rejection> submitted(ParsedTransaction transaction, long nowMillis) {
        Optional<Rejection> rejection = ledger.admissible(transaction, nowMillis);
        return rejection.isPresent() ? rejection : signatures(transaction);
    }

    /** Verifies the signatures, unless these very bytes were verified before. */
    public Optional<Rejection> signatures(ParsedTransaction transaction) {
        if (verified.contains(transaction.leafHash())) {
            return Optional.empty();
        }
        Optional<Rejection> rejection = transaction.verifySignatures(verifier);
        if (rejection.isEmpty()) {
            verified.add(transaction.leafHash());
        }
        return rejection;
    }

    private static final class Remembered extends LinkedHashMap<Hash, Boolean> {
        private static final long serialVersionUID = 1L;
        private final int max;

        Remembered(int max) {
            this.max = max;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Hash, Boolean> eldest) {
            return size() > max;
        }
    }
}
