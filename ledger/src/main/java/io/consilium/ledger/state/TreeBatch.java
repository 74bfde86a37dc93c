package io.consilium.ledger.state;

import io.consilium.crypto.Hash;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** One batch of changes on its way through the tree: every touched branch is read, hashed and written once. */
final class TreeBatch {
    private final NodeReader nodes;
    private final long version;
    private final TreeMap<NodeKey, byte[]> written = new TreeMap<>();
    private final List<NodeKey> stale = new ArrayList<>();

    TreeBatch(NodeReader nodes, long version) {
        this.nodes = nodes;
        this.version = version;
    }

    /** A key to be at a place: new, or one that stood there and may have to move down. */
    private sealed interface Item {
        Hash path();
    }

    private record Change(Hash path, StateKey key, Optional<byte[]> value) implements Item {}

    private record Kept(Child.LeafRef leaf) implements Item {
        @Override
        public Hash path() {
            return leaf.path();
        }
    }

    TreeUpdate apply(long baseVersion, Hash baseRoot, SortedMap<StateKey, Optional<byte[]>> changes) {
        List<Change> sorted = new ArrayList<>(changes.size());
        changes.forEach((key, value) -> sorted.add(new Change(key.path(), key, value)));
        sorted.sort(Comparator.comparing(Change::path));
        TreeNode.Branch base = TreeNode.Branch.empty();
        if (!baseRoot.equals(StateTree.EMPTY_ROOT)) {
            base = StateTree.rootBranch(nodes, baseVersion, baseRoot);
            stale.add(NodeKey.root(baseVersion));
        }
        TreeNode.Branch root = changed(base, 0, sorted);
        Hash rootHash = root.hash();
        if (!rootHash.equals(StateTree.EMPTY_ROOT)) {
            written.put(NodeKey.root(version), root.encode());
        }
        return new TreeUpdate(rootHash, written, stale);
    }

    private TreeNode.Branch changed(TreeNode.Branch branch, int depth, List<Change> changes) {
        Child[] children = branch.copyOfChildren();
        for (int from = 0; from < changes.size(); ) {
            int nibble = StateTree.nibble(changes.get(from).path(), depth);
            int to = end(changes, from, depth, nibble);
            children[nibble] = below(children[nibble], depth + 1, changes.subList(from, to));
            from = to;
        }
        return new TreeNode.Branch(children);
    }

    private Child below(Child existing, int depth, List<Change> changes) {
        if (existing instanceof Child.BranchRef branch) {
            return belowBranch(branch, depth, changes);
        }
        List<Item> items = new ArrayList<>(changes.size() + 1);
        if (existing instanceof Child.LeafRef leaf) {
            items.add(new Kept(leaf));
        }
        for (Change change : changes) {
            merge(items, change);
        }
        if (items.size() > 1) {
            items.sort(Comparator.comparing(Item::path));
        }
        return build(items, depth);
    }

    /** The leaf that already stands there is the first item, if there is one; it is kept unless its value changes. */
    private void merge(List<Item> items, Change change) {
        if (!items.isEmpty() && items.get(0) instanceof Kept kept && kept.path().equals(change.path())) {
            boolean same = change.value()
                    .map(value ->
                            leafHash(change.path(), value).equals(kept.leaf().hash()))
                    .orElse(false);
            if (same) {
                return;
            }
            stale.add(kept.leaf().nodeKey());
            items.remove(0);
        }
        if (change.value().isPresent()) {
            items.add(change);
        }
    }

    private Child belowBranch(Child.BranchRef reference, int depth, List<Change> changes) {
        NodeKey key = NodeKey.of(reference.version(), changes.get(0).path(), depth);
        TreeNode.Branch before = StateTree.branch(nodes, key);
        TreeNode.Branch after = changed(before, depth, changes);
        if (sameChildren(before, after)) {
            return reference;
        }
        stale.add(key);
        Child only = after.only(0, TreeNode.WIDTH);
        if (!(only instanceof Child.BranchRef)) {
            return only; // one key or none is left: it hangs one level higher
        }
        return write(after, changes.get(0).path(), depth);
    }

    private static boolean sameChildren(TreeNode.Branch before, TreeNode.Branch after) {
        for (int i = 0; i < TreeNode.WIDTH; i++) {
            if (!before.child(i).equals(after.child(i))) {
                return false;
            }
        }
        return true;
    }

    private Child build(List<Item> items, int depth) {
        if (items.isEmpty()) {
            return Child.NONE;
        }
        if (items.size() == 1) {
            return place(items.get(0));
        }
        Child[] children = TreeNode.Branch.empty().copyOfChildren();
        for (int from = 0; from < items.size(); ) {
            int nibble = StateTree.nibble(items.get(from).path(), depth);
            int to = end(items, from, depth, nibble);
            children[nibble] = build(items.subList(from, to), depth + 1);
            from = to;
        }
        return write(new TreeNode.Branch(children), items.get(0).path(), depth);
    }

    private Child place(Item item) {
        if (item instanceof Kept kept) {
            return kept.leaf();
        }
        Change change = (Change) item;
        byte[] value = change.value().orElseThrow();
        Child.LeafRef leaf = new Child.LeafRef(version, change.path(), leafHash(change.path(), value));
        written.put(leaf.nodeKey(), new TreeNode.Leaf(change.key(), value).encode());
        return leaf;
    }

    private Child write(TreeNode.Branch branch, Hash path, int depth) {
        written.put(NodeKey.of(version, path, depth), branch.encode());
        return new Child.BranchRef(version, branch.hash());
    }

    private static Hash leafHash(Hash path, byte[] value) {
        return TreeHash.leaf(path, Hash.sha256(value));
    }

    private static int end(List<? extends Item> sorted, int from, int depth, int nibble) {
        int to = from + 1;
        while (to < sorted.size() && StateTree.nibble(sorted.get(to).path(), depth) == nibble) {
            to++;
        }
        return to;
    }
}
