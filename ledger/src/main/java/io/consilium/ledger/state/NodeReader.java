package io.consilium.ledger.state;

import java.util.Optional;

/** The stored nodes of the state tree. */
@FunctionalInterface
public interface NodeReader {
    /** The returned array is shared: never change it. */
    Optional<byte[]> node(NodeKey key);
}
