package io.consilium.node.replica;

import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.ParsedTransaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The transactions that wait for a block, oldest first, each once by its txId. Bounded in number, in what they take in
 * memory, and in the share of one institution of both (TX-6), so that nobody fills it for all. Owned by the deciding thread; only
 * {@link #isVisible} may be asked from others.
 */
final class Mempool {

    /** What became of a transaction that was offered. */
    enum Outcome {
        ADDED,
        DUPLICATE,
        FULL,
        OVER_QUOTA
    }

    private static final int PERCENT = 100;

    private final MempoolLimits limits;
    private final Map<Hash, ParsedTransaction> byId = new LinkedHashMap<>();
    private final Map<Hash, ParsedTransaction> byLeaf = new HashMap<>();
    private final Map<String, Share> byInstitution = new HashMap<>();
    private final Set<Hash> visibleIds = ConcurrentHashMap.newKeySet();
    private long bytes;
    private long retained;

    /** What one institution holds of the two bounds. */
    private record Share(int transactions, long retained) {
        static final Share NONE = new Share(0, 0);

        Share with(ParsedTransaction transaction) {
            return new Share(transactions + 1, retained + transaction.retainedBytes());
        }

        Share without(ParsedTransaction transaction) {
            return new Share(transactions - 1, retained - transaction.retainedBytes());
        }
    }

    Mempool(MempoolLimits limits) {
        this.limits = limits;
    }

    Outcome add(ParsedTransaction transaction) {
        if (byId.containsKey(transaction.txId())) {
            return Outcome.DUPLICATE;
        }
        if (byId.size() >= limits.maxTransactions() || retained + transaction.retainedBytes() > limits.maxBytes()) {
            return Outcome.FULL;
        }
        String institution = institution(transaction);
        Share share = byInstitution.getOrDefault(institution, Share.NONE).with(transaction);
        if (isOver(share.transactions(), limits.maxTransactions()) || isOver(share.retained(), limits.maxBytes())) {
            return Outcome.OVER_QUOTA;
        }
        byInstitution.put(institution, share);
        byId.put(transaction.txId(), transaction);
        byLeaf.put(transaction.leafHash(), transaction);
        visibleIds.add(transaction.txId());
        bytes += transaction.size();
        retained += transaction.retainedBytes();
        return Outcome.ADDED;
    }

    private boolean isOver(long used, long bound) {
        return used * PERCENT > bound * limits.institutionPercent();
    }

    boolean contains(Hash txId) {
        return byId.containsKey(txId);
    }

    /** The same for queries on other threads. */
    boolean isVisible(Hash txId) {
        return visibleIds.contains(txId);
    }

    /** The transaction with exactly these signed bytes. */
    Optional<ParsedTransaction> withLeaf(Hash leafHash) {
        return Optional.ofNullable(byLeaf.get(leafHash));
    }

    int size() {
        return byId.size();
    }

    /** Of the signed transactions, as a block would carry them. */
    long bytes() {
        return bytes;
    }

    /** What they take in memory. */
    long retained() {
        return retained;
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    /** Oldest first. */
    Collection<ParsedTransaction> oldestFirst() {
        return byId.values();
    }

    /** The oldest transactions whose sizes sum to at most {@code maxBytes}. */
    List<ParsedTransaction> oldest(int maxCount, long maxBytes) {
        List<ParsedTransaction> oldest = new ArrayList<>();
        long total = 0;
        for (ParsedTransaction transaction : byId.values()) {
            total += transaction.size();
            if (oldest.size() >= maxCount || total > maxBytes) {
                break;
            }
            oldest.add(transaction);
        }
        return oldest;
    }

    void remove(Hash txId) {
        ParsedTransaction removed = byId.remove(txId);
        if (removed != null) {
            forget(removed);
        }
    }

    /** Removes what no block at or after the given time may hold (TX-2); gives the removed. */
    List<ParsedTransaction> expire(long blockTimeMillis) {
        List<ParsedTransaction> expired = new ArrayList<>();
        for (Iterator<ParsedTransaction> each = byId.values().iterator(); each.hasNext(); ) {
            ParsedTransaction transaction = each.next();
            if (transaction.body().getValidUntilMillis() < blockTimeMillis) {
                each.remove();
                forget(transaction);
                expired.add(transaction);
            }
        }
        return expired;
    }

    private void forget(ParsedTransaction transaction) {
        byLeaf.remove(transaction.leafHash());
        visibleIds.remove(transaction.txId());
        bytes -= transaction.size();
        retained -= transaction.retainedBytes();
        byInstitution.computeIfPresent(
                institution(transaction),
                (name, share) -> share.transactions() > 1 ? share.without(transaction) : null);
    }

    /** Institution of the first signer; patients, whose actors are bare ids, share one quota each. */
    private static String institution(ParsedTransaction transaction) {
        String actor = transaction.body().getSigners(0).getActor();
        int slash = actor.indexOf('/');
        return slash < 0 ? actor : actor.substring(0, slash);
    }
}
