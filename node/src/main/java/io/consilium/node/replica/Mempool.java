package io.consilium.node.replica;

import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.ParsedTransaction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The transactions that wait for a block, each once by its txId: a queue for each institution, served in turn. Bounded in
 * number, in what they take in memory, and in the share of both that one institution signed and that one peer brought
 * (TX-6), so that nobody fills it for all. Owned by the deciding thread; only {@link #isVisible} may be asked from others.
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
    private final Map<Hash, Waiting> byId = new ConcurrentHashMap<>();
    private final Map<Hash, ParsedTransaction> byLeaf = new HashMap<>();
    private final Map<String, Map<Hash, ParsedTransaction>> queues = new LinkedHashMap<>();
    private final Map<Hash, ParsedTransaction> early = new LinkedHashMap<>();
    private final Map<String, Share> signed = new HashMap<>();
    private final Map<String, Share> brought = new HashMap<>();
    private long bytes;
    private long retained;

    private record Waiting(ParsedTransaction transaction, Optional<String> peer) {}

    /** What one party holds of the two bounds. */
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

    /** Of a client of this node. */
    Outcome add(ParsedTransaction transaction) {
        return add(transaction, Optional.empty(), false);
    }

    /** @param isEarly no block may hold it yet: it waits aside until {@link #ripen} finds that one may */
    Outcome add(ParsedTransaction transaction, Optional<String> peer, boolean isEarly) {
        Hash txId = transaction.txId();
        if (byId.containsKey(txId)) {
            return Outcome.DUPLICATE;
        }
        if (byId.size() >= limits.maxTransactions() || retained + transaction.retainedBytes() > limits.maxBytes()) {
            return Outcome.FULL;
        }
        String institution = institution(transaction);
        if (isOver(signed, institution, transaction) || peer.isPresent() && isOver(brought, peer.get(), transaction)) {
            return Outcome.OVER_QUOTA;
        }
        charge(signed, institution, transaction);
        peer.ifPresent(bringer -> charge(brought, bringer, transaction));
        byId.put(txId, new Waiting(transaction, peer));
        byLeaf.put(transaction.leafHash(), transaction);
        if (isEarly) {
            early.put(txId, transaction);
        } else {
            queue(transaction);
        }
        bytes += transaction.size();
        retained += transaction.retainedBytes();
        return Outcome.ADDED;
    }

    private boolean isOver(Map<String, Share> shares, String party, ParsedTransaction transaction) {
        Share share = shares.getOrDefault(party, Share.NONE).with(transaction);
        return isOver(share.transactions(), limits.maxTransactions()) || isOver(share.retained(), limits.maxBytes());
    }

    private boolean isOver(long used, long bound) {
        return used * PERCENT > bound * limits.institutionPercent();
    }

    private static void charge(Map<String, Share> shares, String party, ParsedTransaction transaction) {
        shares.put(party, shares.getOrDefault(party, Share.NONE).with(transaction));
    }

    private static void discharge(Map<String, Share> shares, String party, ParsedTransaction transaction) {
        shares.computeIfPresent(party, (name, share) -> share.transactions() > 1 ? share.without(transaction) : null);
    }

    private void queue(ParsedTransaction transaction) {
        queues.computeIfAbsent(institution(transaction), institution -> new LinkedHashMap<>())
                .put(transaction.txId(), transaction);
    }

    /** Queues what waited aside and may be in a block now. */
    void ripen(Predicate<ParsedTransaction> isRipe) {
        early.values().removeIf(transaction -> {
            boolean ripe = isRipe.test(transaction);
            if (ripe) {
                queue(transaction);
            }
            return ripe;
        });
    }

    boolean contains(Hash txId) {
        return byId.containsKey(txId);
    }

    /** The same for queries on other threads. */
    boolean isVisible(Hash txId) {
        return byId.containsKey(txId);
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

    /** Whether something waits that a block may hold. */
    boolean hasWork() {
        return !queues.isEmpty();
    }

    /** What a block may hold: one of each institution in turn, its oldest first, so that none waits for all of another's. */
    Iterable<ParsedTransaction> inTurn() {
        return () -> {
            ArrayDeque<Iterator<ParsedTransaction>> turns = new ArrayDeque<>(queues.size());
            queues.values().forEach(queue -> turns.add(queue.values().iterator()));
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return !turns.isEmpty();
                }

                @Override
                public ParsedTransaction next() {
                    Iterator<ParsedTransaction> turn = turns.removeFirst();
                    ParsedTransaction next = turn.next();
                    if (turn.hasNext()) {
                        turns.addLast(turn);
                    }
                    return next;
                }
            };
        };
    }

    /** The first in turn whose sizes sum to at most {@code maxBytes}. */
    List<ParsedTransaction> first(int maxCount, long maxBytes) {
        List<ParsedTransaction> first = new ArrayList<>();
        long total = 0;
        for (ParsedTransaction transaction : inTurn()) {
            total += transaction.size();
            if (first.size() >= maxCount || total > maxBytes) {
                break;
            }
            first.add(transaction);
        }
        return first;
    }

    void remove(Hash txId) {
        Waiting removed = byId.remove(txId);
        if (removed == null) {
            return;
        }
        ParsedTransaction transaction = removed.transaction();
        byLeaf.remove(transaction.leafHash());
        if (early.remove(txId) == null) {
            unqueue(transaction);
        }
        bytes -= transaction.size();
        retained -= transaction.retainedBytes();
        discharge(signed, institution(transaction), transaction);
        removed.peer().ifPresent(bringer -> discharge(brought, bringer, transaction));
    }

    private void unqueue(ParsedTransaction transaction) {
        Map<Hash, ParsedTransaction> queue = Objects.requireNonNull(queues.get(institution(transaction)));
        queue.remove(transaction.txId());
        if (queue.isEmpty()) {
            queues.remove(institution(transaction));
        }
    }

    /** Removes what no block at or after the given time may hold (TX-2); gives the removed. */
    List<ParsedTransaction> expire(long blockTimeMillis) {
        List<ParsedTransaction> expired = new ArrayList<>();
        queues.values().forEach(queue -> addExpired(queue, blockTimeMillis, expired));
        addExpired(early, blockTimeMillis, expired);
        expired.forEach(transaction -> remove(transaction.txId()));
        return expired;
    }

    private static void addExpired(Map<Hash, ParsedTransaction> from, long timeMillis, List<ParsedTransaction> to) {
        for (ParsedTransaction transaction : from.values()) {
            if (transaction.body().getValidUntilMillis() < timeMillis) {
                to.add(transaction);
            }
        }
    }

    /** Institution of the first signer. Patients and guardians, whose names say no institution, count as one. */
    private static String institution(ParsedTransaction transaction) {
        String actor = transaction.body().getSigners(0).getActor();
        return actor.indexOf('/') < 0 && actor.length() > ActorName.MAX_SLUG ? "" : ActorName.institutionOf(actor);
    }
}
