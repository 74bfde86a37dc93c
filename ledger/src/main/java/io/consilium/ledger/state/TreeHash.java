package io.consilium.ledger.state;

import io.consilium.crypto.Hash;

/** The hashes of the state tree: leaves and inner nodes start with different bytes, so neither passes for the other. */
final class TreeHash {
    static final Hash EMPTY = Hash.ZERO;

    private static final byte LEAF = 0;
    private static final byte INNER = 1;

    private TreeHash() {}

    static Hash leaf(Hash path, Hash valueHash) {
        return pair(LEAF, path, valueHash);
    }

    static Hash inner(Hash left, Hash right) {
        return pair(INNER, left, right);
    }

    private static Hash pair(byte kind, Hash first, Hash second) {
        byte[] preimage = new byte[1 + 2 * Hash.LENGTH];
        preimage[0] = kind;
        first.writeTo(preimage, 1);
        second.writeTo(preimage, 1 + Hash.LENGTH);
        return Hash.sha256(preimage);
    }
}
