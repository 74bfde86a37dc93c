package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.BlockHeader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The bodies that are missing at the current height, asked for again and again, of each holder in turn, until they come
 * or nothing names them any more. At most one per certificate and proposal that counts.
 */
final class Fetcher {
    /** A certificate often overtakes the proposal that it certifies by a few milliseconds. */
    static final long GRACE_MILLIS = 50;

    static final long RETRY_MILLIS = 400;
    /** By then the listed transactions did not come or did not fit: ask for the whole body. */
    private static final int LISTED_ATTEMPTS = 2;

    private static final class Want {
        final Optional<BlockHeader> header;
        final List<Hash> transactionHashes;
        final List<Integer> holders;
        int attempts;

        Want(Optional<BlockHeader> header, List<Hash> transactionHashes, List<Integer> holders) {
            this.header = header;
            this.transactionHashes = transactionHashes;
            this.holders = holders;
        }
    }

    private final Core core;
    private final Map<Hash, Want> wants = new LinkedHashMap<>();

    Fetcher(Core core) {
        this.core = core;
    }

    boolean wants(Hash hash) {
        return wants.containsKey(hash);
    }

    /** Asks now, unless it has asked already. A later call that knows more of the block replaces what was known. */
    void fetch(Hash hash, Optional<BlockHeader> header, List<Hash> transactionHashes, List<Integer> holders) {
        Want want = wants.get(hash);
        if (want == null || (want.header.isEmpty() && header.isPresent())) {
            want = new Want(header, transactionHashes, holders);
            wants.put(hash, want);
        }
        if (want.attempts == 0) {
            ask(hash, want);
        }
        schedule(RETRY_MILLIS);
    }

    /** Asks after a moment, unless the body comes by itself. */
    void fetchSoon(Hash hash, List<Integer> holders) {
        if (!wants.containsKey(hash)) {
            wants.put(hash, new Want(Optional.empty(), List.of(), holders));
            schedule(GRACE_MILLIS);
        }
    }

    void arrived(Hash hash) {
        wants.remove(hash);
    }

    void retry() {
        wants.keySet().removeIf(hash -> !core.at.isNamed(hash));
        wants.forEach(this::ask);
        schedule(RETRY_MILLIS);
    }

    void clear() {
        wants.clear();
        core.timers.cancel(TimerKind.FETCH);
    }

    private void schedule(long delayMillis) {
        if (!wants.isEmpty() && !core.timers.isRunning(TimerKind.FETCH)) {
            core.timers.set(TimerKind.FETCH, delayMillis);
        }
    }

    private void ask(Hash hash, Want want) {
        List<PublicKey> first = new ArrayList<>();
        List<PublicKey> others = new ArrayList<>();
        int size = core.at.set.size();
        for (int i = 0; i < size; i++) {
            int validator = (i + want.attempts) % size;
            if (!core.at.isOwn(validator)) {
                (want.holders.contains(validator) ? first : others).add(core.at.key(validator));
            }
        }
        first.addAll(others);
        List<Hash> listed = want.attempts < LISTED_ATTEMPTS ? want.transactionHashes : List.of();
        want.attempts++;
        core.out.emit(new Effect.FetchBody(hash, want.header, listed, first));
    }
}
