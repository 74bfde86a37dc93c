package io.consilium.ledger.state;

import java.util.Optional;

/** The newest value of each key as of one block. */
@FunctionalInterface
public interface StateReader {
    /** The returned array is shared: never change it. */
    Optional<byte[]> get(StateKey key);
}
