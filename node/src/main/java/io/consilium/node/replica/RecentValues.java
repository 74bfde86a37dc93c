package io.consilium.node.replica;

import io.consilium.crypto.Hash;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateReader;
import io.consilium.storage.ChainTip;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;

/**
 * The newest state for the executor, with the values that its last blocks read kept on the heap: who signs and whose
 * records are written are the same again and again. Valid for one tip; whatever moves the tip without telling this
 * empties it. Owned by the deciding thread, which alone moves the tip.
 */
final class RecentValues implements StateReader {
    static final int MAX_BYTES = 2 * 1024 * 1024;
    private static final int MAX_VALUE_BYTES = 16 * 1024;
    private static final int ENTRY_OVERHEAD_BYTES = 200;

    private final Supplier<StateReader> stored;
    private final Supplier<ChainTip> storedTip;
    private final LinkedHashMap<StateKey, byte[]> values = new LinkedHashMap<>(64, 0.75f, true);
    private Hash tip;
    private int bytes;

    /** @param stored the newest state, that of {@code storedTip} */
    RecentValues(Supplier<StateReader> stored, Supplier<ChainTip> storedTip) {
        this.stored = stored;
        this.storedTip = storedTip;
        this.tip = storedTip.get().blockHash();
    }

    @Override
    public Optional<byte[]> get(StateKey key) {
        requireTip();
        byte[] known = values.get(key);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<byte[]> read = stored.get().get(key);
        read.filter(value -> value.length <= MAX_VALUE_BYTES).ifPresent(value -> {
            values.put(key, value);
            bytes += cost(value);
            trim();
        });
        return read;
    }

    private void requireTip() {
        Hash now = storedTip.get().blockHash();
        if (!now.equals(tip)) {
            clear(now);
        }
    }

    private void clear(Hash now) {
        values.clear();
        bytes = 0;
        tip = now;
    }

    /** A block that follows the tip of before is decided, and the store has these changes of its. */
    void follow(ChainTip before, Hash decided, SortedMap<StateKey, Optional<byte[]>> changes) {
        if (!before.blockHash().equals(tip)) {
            clear(decided);
            return;
        }
        tip = decided;
        changes.forEach((key, value) -> {
            byte[] old = values.get(key);
            if (old == null) {
                return;
            }
            values.remove(key);
            bytes -= cost(old);
            value.filter(fresh -> fresh.length <= MAX_VALUE_BYTES).ifPresent(fresh -> {
                values.put(key, fresh);
                bytes += cost(fresh);
            });
        });
        trim();
    }

    private void trim() {
        Iterator<Map.Entry<StateKey, byte[]>> oldest = values.entrySet().iterator();
        while (bytes > MAX_BYTES) {
            bytes -= cost(oldest.next().getValue());
            oldest.remove();
        }
    }

    private static int cost(byte[] value) {
        return value.length + ENTRY_OVERHEAD_BYTES;
    }

    int bytes() {
        return bytes;
    }
}
