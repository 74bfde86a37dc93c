package io.consilium.node.api;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MerkleProof;
import java.util.ArrayList;
import java.util.List;

/** A Merkle tree of RFC 6962 with all its levels kept, so that each of many proofs costs only its own length. */
final class MerkleLevels {
    private static final byte[] NODE = {1};

    private final List<List<Hash>> levels = new ArrayList<>();

    MerkleLevels(List<Hash> leafHashes) {
        List<Hash> level = List.copyOf(leafHashes);
        levels.add(level);
        while (level.size() > 1) {
            List<Hash> parents = new ArrayList<>((level.size() + 1) / 2);
            for (int i = 0; i + 1 < level.size(); i += 2) {
                parents.add(Hash.sha256(
                        NODE, level.get(i).toBytes(), level.get(i + 1).toBytes()));
            }
            // A last node without a sibling rises unchanged.
            if ((level.size() & 1) == 1) {
                parents.add(level.get(level.size() - 1));
            }
            level = parents;
            levels.add(level);
        }
    }

    MerkleProof proof(int index) {
        List<Hash> path = new ArrayList<>(levels.size());
        int at = index;
        for (List<Hash> level : levels.subList(0, levels.size() - 1)) {
            int sibling = at ^ 1;
            if (sibling < level.size()) {
                path.add(level.get(sibling));
            }
            at >>>= 1;
        }
        return new MerkleProof(index, levels.get(0).size(), path);
    }
}
