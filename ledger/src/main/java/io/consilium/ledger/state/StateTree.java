package io.consilium.ledger.state;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The versioned sparse Merkle tree that authenticates the state (TX-7).
 *
 * <p>Conceptually a binary tree of depth 256 over SHA-256 of the keys, in which a subtree with no key has the hash zero
 * and a subtree with one key is that key's leaf. It is stored sixteen-fold: a branch stands for four binary levels and
 * exists exactly where two keys or more share a prefix, so the shape as well as the root depend on the content alone.
 * The root is always a branch of its own version, even when nothing else changed. Nodes are never overwritten: a
 * version writes new ones and lists those that it leaves behind, hence every version can be read until it is pruned.
 *
 * <p>The idea of a radix tree with versioned node keys is that of Diem's Jellyfish Merkle tree.
 */
public final class StateTree {
    /** The root of the tree without keys, which has no node. */
    public static final Hash EMPTY_ROOT = TreeHash.EMPTY;

    private StateTree() {}

    /**
     * Applies a batch in one pass; an absent value deletes its key. For the first version, {@code baseRoot} is
     * {@link #EMPTY_ROOT} and {@code baseVersion} any smaller number.
     */
    public static TreeUpdate update(
            NodeReader nodes,
            long baseVersion,
            Hash baseRoot,
            long newVersion,
            SortedMap<StateKey, Optional<byte[]>> changes) {
        if (newVersion < 0 || newVersion <= baseVersion) {
            throw new IllegalArgumentException(
                    "version " + newVersion + " of the state tree cannot follow version " + baseVersion);
        }
        return new TreeBatch(nodes, newVersion).apply(baseVersion, baseRoot, changes);
    }

    /** The value of a key at a version that is not yet pruned. */
    public static Optional<byte[]> read(NodeReader nodes, long version, Hash root, StateKey key) {
        return prove(nodes, version, root, key).value();
    }

    /** Proves the value of a key, or its absence, at a version that is not yet pruned. */
    public static StateProof prove(NodeReader nodes, long version, Hash root, StateKey key) {
        Hash path = key.path();
        List<Hash> siblings = new ArrayList<>();
        if (root.equals(EMPTY_ROOT)) {
            return new StateProof(key, Optional.empty(), siblings, Optional.empty());
        }
        TreeNode.Branch branch = rootBranch(nodes, version, root);
        for (int depth = 0; depth < NodeKey.LEAF_NIBBLES; depth++) {
            Child end = descend(branch, nibble(path, depth), siblings);
            if (end instanceof Child.BranchRef next) {
                branch = branch(nodes, NodeKey.of(next.version(), path, depth + 1));
            } else if (end instanceof Child.LeafRef leaf) {
                return atLeaf(nodes, leaf, key, path, siblings);
            } else {
                return new StateProof(key, Optional.empty(), siblings, Optional.empty());
            }
        }
        throw new BrokenStateException("the state tree is deeper than its keys are long: " + LOST);
    }

    /** Walks the four binary levels of a branch, collecting the other halves, until one child alone is left. */
    private static Child descend(TreeNode.Branch branch, int nibble, List<Hash> siblings) {
        int from = 0;
        for (int width = TreeNode.WIDTH; width > 1; width /= 2) {
            Child only = branch.only(from, width);
            if (!(only instanceof Child.BranchRef)) {
                return only;
            }
            int half = width / 2;
            boolean right = nibble >= from + half;
            siblings.add(branch.fold(right ? from : from + half, half));
            from = right ? from + half : from;
        }
        return branch.child(nibble);
    }

    private static StateProof atLeaf(
            NodeReader nodes, Child.LeafRef leaf, StateKey key, Hash path, List<Hash> siblings) {
        TreeNode.Leaf found = leaf(nodes, leaf);
        if (leaf.path().equals(path)) {
            return new StateProof(key, Optional.of(found.value()), siblings, Optional.empty());
        }
        StateProof.OtherLeaf other = new StateProof.OtherLeaf(leaf.path(), Hash.sha256(found.value()));
        return new StateProof(key, Optional.empty(), siblings, Optional.of(other));
    }

    static int nibble(Hash path, int depth) {
        int both = path.at(depth >>> 1);
        return (depth & 1) == 0 ? both >>> 4 & 0x0f : both & 0x0f;
    }

    static TreeNode.Branch rootBranch(NodeReader nodes, long version, Hash root) {
        TreeNode.Branch branch = branch(nodes, NodeKey.root(version));
        if (!branch.hash().equals(root)) {
            throw new BrokenStateException("the root of state tree version " + version + " is not " + root.shortHex()
                    + ", which the chain certifies: " + LOST);
        }
        return branch;
    }

    static TreeNode.Branch branch(NodeReader nodes, NodeKey key) {
        if (node(nodes, key) instanceof TreeNode.Branch branch) {
            return branch;
        }
        throw new BrokenStateException(key + " is a leaf where a branch must be: " + LOST);
    }

    private static TreeNode.Leaf leaf(NodeReader nodes, Child.LeafRef reference) {
        if (node(nodes, reference.nodeKey()) instanceof TreeNode.Leaf leaf) {
            if (leaf.key().path().equals(reference.path())
                    && TreeHash.leaf(reference.path(), Hash.sha256(leaf.value()))
                            .equals(reference.hash())) {
                return leaf;
            }
            throw new BrokenStateException(reference.nodeKey() + " holds another key or value: " + LOST);
        }
        throw new BrokenStateException(reference.nodeKey() + " is a branch where a leaf must be: " + LOST);
    }

    private static TreeNode node(NodeReader nodes, NodeKey key) {
        byte[] bytes = nodes.node(key)
                .orElseThrow(() -> new BrokenStateException(key + " of the state tree is not stored: " + LOST));
        try {
            return TreeNode.decode(bytes);
        } catch (MalformedException malformed) {
            throw new BrokenStateException(key + " of the state tree cannot be read: " + LOST, malformed);
        }
    }

    private static final String LOST =
            "the store is damaged, or this version is pruned; restore a backup, or rebuild from the other nodes";
}
