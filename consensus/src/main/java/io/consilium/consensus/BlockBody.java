package io.consilium.consensus;

import io.consilium.crypto.Hash;
import java.util.List;

/** Reads the opaque body of a block that was executed before, as far as a proposal needs it (BFT-13). Pure. */
@FunctionalInterface
public interface BlockBody {
    /** The Merkle leaf hashes of the full signed bytes of the body's transactions, in order, as in transactionsRoot. */
    List<Hash> transactionHashes(byte[] body);
}
