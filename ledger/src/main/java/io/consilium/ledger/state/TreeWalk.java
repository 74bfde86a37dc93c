package io.consilium.ledger.state;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;

/**
 * Visits every key of one version of the state tree, in the order of their paths, and checks every hash from the
 * certified root down. It holds one path of the tree at a time.
 */
public final class TreeWalk {
    private final NodeReader nodes;
    private final Visitor visitor;
    private final byte[] path = new byte[Hash.LENGTH];
    private long keys;

    private TreeWalk(NodeReader nodes, Visitor visitor) {
        this.nodes = nodes;
        this.visitor = visitor;
    }

    /** Takes the keys one by one. */
    @FunctionalInterface
    public interface Visitor {
        void visit(StateKey key, byte[] value);
    }

    /**
     * Walks a version that is not pruned.
     *
     * @return how many keys it holds
     * @throws BrokenStateException a node is missing, unreadable, or not what the root commits to
     */
    public static long walk(NodeReader nodes, long version, Hash root, Visitor visitor) {
        if (root.equals(StateTree.EMPTY_ROOT)) {
            return 0;
        }
        TreeWalk walk = new TreeWalk(nodes, visitor);
        walk.below(StateTree.rootBranch(nodes, version, root), 0);
        return walk.keys;
    }

    private void below(TreeNode.Branch branch, int depth) {
        for (int nibble = 0; nibble < TreeNode.WIDTH; nibble++) {
            Child child = branch.child(nibble);
            if (child instanceof Child.None) {
                continue;
            }
            step(depth, nibble);
            if (child instanceof Child.LeafRef leaf) {
                visit(leaf, depth + 1);
            } else if (child instanceof Child.BranchRef reference) {
                descend(reference, depth + 1);
            }
        }
        step(depth, 0);
    }

    private void descend(Child.BranchRef reference, int depth) {
        NodeKey key = NodeKey.of(reference.version(), Hash.of(path), depth);
        if (depth == NodeKey.LEAF_NIBBLES) {
            throw new BrokenStateException(key + " of the state tree is a branch below the last nibble");
        }
        TreeNode.Branch branch = StateTree.branch(nodes, key);
        if (!branch.hash().equals(reference.hash())) {
            throw new BrokenStateException(key + " of the state tree is not the one that its parent names");
        }
        below(branch, depth);
    }

    private void visit(Child.LeafRef reference, int depth) {
        NodeKey key = reference.nodeKey();
        TreeNode.Leaf leaf = read(key);
        boolean named = leaf.key().path().equals(reference.path())
                && TreeHash.leaf(reference.path(), Hash.sha256(leaf.value())).equals(reference.hash());
        if (!named || !startsWithPath(reference.path(), depth)) {
            throw new BrokenStateException(key + " of the state tree is not the leaf that its parent names");
        }
        keys++;
        visitor.visit(leaf.key(), leaf.value());
    }

    private TreeNode.Leaf read(NodeKey key) {
        byte[] bytes =
                nodes.node(key).orElseThrow(() -> new BrokenStateException(key + " of the state tree is not stored"));
        try {
            if (TreeNode.decode(bytes) instanceof TreeNode.Leaf leaf) {
                return leaf;
            }
        } catch (MalformedException malformed) {
            throw new BrokenStateException(key + " of the state tree cannot be read", malformed);
        }
        throw new BrokenStateException(key + " of the state tree is a branch where a leaf must be");
    }

    private boolean startsWithPath(Hash leafPath, int depth) {
        Hash here = Hash.of(path);
        for (int i = 0; i < depth; i++) {
            if (StateTree.nibble(leafPath, i) != StateTree.nibble(here, i)) {
                return false;
            }
        }
        return true;
    }

    private void step(int depth, int nibble) {
        int at = depth >>> 1;
        path[at] = (byte) ((depth & 1) == 0 ? nibble << 4 : path[at] & 0xf0 | nibble);
    }
}
