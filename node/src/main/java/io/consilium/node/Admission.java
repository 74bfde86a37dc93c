package io.consilium.node;

import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.Rejection;

/** What became of a transaction that was handed to this node. */
public sealed interface Admission {
    Hash txId();

    /** It waits for a block here, and is on its way to every validator. */
    record Accepted(Hash txId) implements Admission {}

    /** It waits already, or is in the chain. */
    record Duplicate(Hash txId) implements Admission {}

    /** It can never be in a block. */
    record Refused(Hash txId, Rejection rejection) implements Admission {}

    /** A bound of this node is reached (TX-6); the same bytes may be sent again later. */
    record Busy(Hash txId, String reason) implements Admission {}
}
