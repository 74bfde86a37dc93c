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
 * The transactions that wait for a block, oldest first, each once by its txId. Bounded in number, in bytes and in the
 * share of one institution (TX-6), so that nobody fills it for all. Owned by the deciding thread; only
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
    private final Map<String, Integer> byInstitution = new HashMap<>();
    private final Set<Hash> visibleIds = ConcurrentHashMap.newKeySet();
    private long bytes;

    Mempool(MempoolLimits limits) {
        this.limits = limits;
    }

    Outcome add(ParsedTransaction transaction) {
        if (byId.containsKey(transaction.txId())) {
            return Outcome.DUPLICATE;
        }
        if (byId.size() >= limits.maxTransactions() || bytes + transaction.size() > limits.maxBytes()) {
            return Outcome.FULL;
        }
        String institution = institution(transaction);
        int used = byInstitution.getOrDefault(institution, 0);
        if ((long) used * PERCENT >= (long) limits.maxTransactions() * limits.institutionPercent()) {
            return Outcome.OVER_QUOTA;
        }
        byInstitution.put(institution, used + 1);
        byId.put(transaction.txId(), transaction);
        byLeaf.put(transaction.leafHash(), transaction);
        visibleIds.add(transaction.txId());
        bytes += transaction.size();
        return Outcome.ADDED;
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

    long bytes() {
        return bytes;
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
        byInstitution.computeIfPresent(institution(transaction), (name, count) -> count > 1 ? count - 1 : null);
    }

    /** Institution of the first signer; patients, whose actors are bare ids, share one quota each. */
    private static String institution(ParsedTransaction transaction) {
        String actor = transaction.body().getSigners(0).getActor();
        int slash = actor.indexOf('/');
        return slash < 0 ? actor : actor.substring(0, slash);
    }
}
