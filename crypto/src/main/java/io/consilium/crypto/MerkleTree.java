package io.consilium.crypto;

import java.util.ArrayList;
import java.util.List;

/** The Merkle tree of RFC 6962, section 2.1, over SHA-256. */
public final class MerkleTree {
    private static final byte[] LEAF = {0};
    private static final byte[] NODE = {1};

    private MerkleTree() {}

    public static Hash leafHash(byte[] leaf) {
        return Hash.sha256(LEAF, leaf);
    }

    static Hash nodeHash(Hash left, Hash right) {
        byte[] pair = new byte[2 * Hash.LENGTH];
        left.writeTo(pair, 0);
        right.writeTo(pair, Hash.LENGTH);
        return Hash.sha256(NODE, pair);
    }

    /** The root over leaf hashes; the tree without leaves has the hash of nothing. */
    public static Hash root(List<Hash> leafHashes) {
        if (leafHashes.isEmpty()) {
            return Hash.sha256();
        }
        List<Hash> level = leafHashes;
        while (level.size() > 1) {
            level = parents(level);
        }
        return level.get(0);
    }

    /** The audit path of one leaf; throws {@link IndexOutOfBoundsException} for a leaf that is not there. */
    public static MerkleProof proof(List<Hash> leafHashes, int index) {
        if (index < 0 || index >= leafHashes.size()) {
            throw new IndexOutOfBoundsException(
                    "leaf " + index + " of a Merkle tree with " + leafHashes.size() + " leaves");
        }
        List<Hash> path = new ArrayList<>();
        List<Hash> level = leafHashes;
        for (int at = index; level.size() > 1; at >>>= 1) {
            int sibling = at ^ 1;
            if (sibling < level.size()) {
                path.add(level.get(sibling));
            }
            level = parents(level);
        }
        return new MerkleProof(index, leafHashes.size(), path);
    }

    /** A last node without a sibling rises unchanged, which is the split at the largest power of two of the RFC. */
    private static List<Hash> parents(List<Hash> level) {
        List<Hash> parents = new ArrayList<>((level.size() + 1) / 2);
        for (int i = 0; i + 1 < level.size(); i += 2) {
            parents.add(nodeHash(level.get(i), level.get(i + 1)));
        }
        if ((level.size() & 1) == 1) {
            parents.add(level.get(level.size() - 1));
        }
        return parents;
    }
}
