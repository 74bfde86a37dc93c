package io.consilium.ledger.proof;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.MerkleProof;
import java.util.ArrayList;
import java.util.List;

/**
 * The way from a leaf to the root of an RFC 6962 tree, each sibling with its side.
 *
 * <p>Index and size of the tree are left out on purpose: several sizes give one path, so a size in a receipt would be a
 * field that nothing authenticates. A side that is changed changes the root.
 */
public record MerklePath(List<Step> steps) {
    public static final int MAX_STEPS = MerkleProof.MAX_PATH;

    private static final byte[] NODE = {1};

    /** One sibling; {@code left} when it stands before the node that the path comes from. */
    public record Step(boolean left, Hash sibling) {}

    public MerklePath {
        steps = List.copyOf(steps);
        if (steps.size() > MAX_STEPS) {
            throw new IllegalArgumentException(
                    "a Merkle path has at most " + MAX_STEPS + " steps, not " + steps.size());
        }
    }

    public static MerklePath of(MerkleProof proof) {
        List<Step> steps = new ArrayList<>(proof.path().size());
        long last = proof.size() - 1;
        for (long at = proof.index(); last > 0; at >>>= 1, last >>>= 1) {
            if ((at & 1) == 1) {
                steps.add(new Step(true, proof.path().get(steps.size())));
            } else if (at < last) {
                steps.add(new Step(false, proof.path().get(steps.size())));
            }
        }
        return new MerklePath(steps);
    }

    /** The root that this path leads to from the given leaf hash. */
    public Hash root(Hash leafHash) {
        Hash node = leafHash;
        for (Step step : steps) {
            node = step.left()
                    ? Hash.sha256(NODE, step.sibling().toBytes(), node.toBytes())
                    : Hash.sha256(NODE, node.toBytes(), step.sibling().toBytes());
        }
        return node;
    }

    /** True when both paths turn the same way at each step: the two leaves have one place in trees of one size. */
    public boolean sameTurns(MerklePath other) {
        if (steps.size() != other.steps.size()) {
            return false;
        }
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).left() != other.steps.get(i).left()) {
                return false;
            }
        }
        return true;
    }

    public void write(CanonicalWriter writer) {
        writer.writeByte(steps.size());
        for (Step step : steps) {
            writer.writeFlag(step.left()).writeHash(step.sibling());
        }
    }

    public static MerklePath read(CanonicalReader reader) throws MalformedException {
        int count = reader.readByte();
        if (count > MAX_STEPS) {
            throw reader.malformed("a Merkle path of " + count + " steps, at most " + MAX_STEPS);
        }
        List<Step> steps = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            steps.add(new Step(reader.readFlag(), reader.readHash()));
        }
        return new MerklePath(steps);
    }
}
