package io.consilium.ledger.state;

import io.consilium.crypto.Hash;

/** What hangs in one of the sixteen places of a branch. */
sealed interface Child {
    None NONE = new None();

    /** The hash of the subtree, the empty one's being zero. */
    Hash hash();

    /** No key has this prefix. */
    record None() implements Child {
        @Override
        public Hash hash() {
            return TreeHash.EMPTY;
        }
    }

    /** Exactly one key has this prefix. The path stands here so that updates need not read the leaf. */
    record LeafRef(long version, Hash path, Hash hash) implements Child {
        NodeKey nodeKey() {
            return NodeKey.leaf(version, path);
        }
    }

    /** Two keys or more have this prefix. */
    record BranchRef(long version, Hash hash) implements Child {}
}
