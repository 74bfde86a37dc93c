package io.consilium.ledger.state;

import java.util.Optional;
import java.util.SortedMap;

/** The state after blocks that are executed and not yet decided, above the stored state (TX-7). */
public record OverlayState(StateReader below, SortedMap<StateKey, Optional<byte[]>> changes) implements StateReader {
    @Override
    @SuppressWarnings("OptionalAssignedToNull") // a map answers null for a key that it does not hold
    public Optional<byte[]> get(StateKey key) {
        Optional<byte[]> changed = changes.get(key);
        return changed != null ? changed : below.get(key);
    }
}
