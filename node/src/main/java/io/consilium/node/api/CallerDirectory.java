package io.consilium.node.api;

import io.consilium.crypto.PublicKey;
import java.util.Optional;

/** Finds callers in the chain's state. */
public interface CallerDirectory {
    /** A caller that may act now, and the key that proves it. */
    record Entry(Caller caller, PublicKey key) {}

    /** Empty for an unknown, suspended or keyless id: all answer alike. */
    Optional<Entry> find(String id);
}
