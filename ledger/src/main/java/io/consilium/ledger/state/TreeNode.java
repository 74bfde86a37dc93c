package io.consilium.ledger.state;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import java.util.Arrays;

/** A stored node: a branch of sixteen places, or a leaf with its whole key and value. */
sealed interface TreeNode {
    int WIDTH = 16;
    int MAX_BYTES = StateProof.MAX_VALUE_BYTES + 1024;
    int BRANCH = 1;
    int LEAF = 2;

    byte[] encode();

    static TreeNode decode(byte[] bytes) throws MalformedException {
        return CanonicalReader.decode(bytes, MAX_BYTES, "tree node", TreeNode::read);
    }

    private static TreeNode read(CanonicalReader reader) throws MalformedException {
        int kind = reader.readByte();
        return switch (kind) {
            case BRANCH -> Branch.read(reader);
            case LEAF ->
                new Leaf(
                        new StateKey(reader.readBytes(StateKey.MAX_BYTES)),
                        reader.readBytes(StateProof.MAX_VALUE_BYTES));
            default -> throw reader.malformed("tree node kind " + kind + ", 1 and 2 are known");
        };
    }

    /** A key and its value; the key is kept whole so that a snapshot of the tree is a snapshot of the state. */
    record Leaf(StateKey key, byte[] value) implements TreeNode {
        @Override
        public byte[] encode() {
            return new CanonicalWriter(1 + Integer.BYTES + key.length() + Integer.BYTES + value.length)
                    .writeByte(LEAF)
                    .writeBytes(key.bytes(), StateKey.MAX_BYTES)
                    .writeBytes(value, StateProof.MAX_VALUE_BYTES)
                    .toBytes();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Leaf leaf && key.equals(leaf.key) && Arrays.equals(value, leaf.value);
        }

        @Override
        public int hashCode() {
            return key.hashCode();
        }

        @Override
        public String toString() {
            return "Leaf[" + key + ", " + value.length + " bytes]";
        }
    }

    /**
     * Sixteen places for the next nibble of the path. Its hash is that of the four binary levels that it stands for: a
     * range with no key is zero, a range with one key is that leaf, everything else hashes its two halves. So the root
     * depends on the keys and values alone, never on the order in which they came.
     */
    final class Branch implements TreeNode {
        private final Child[] children;

        /** Takes the array over. */
        Branch(Child[] children) {
            this.children = children;
        }

        static Branch empty() {
            Child[] children = new Child[WIDTH];
            Arrays.fill(children, Child.NONE);
            return new Branch(children);
        }

        Child child(int nibble) {
            return children[nibble];
        }

        Child[] copyOfChildren() {
            return children.clone();
        }

        Hash hash() {
            return fold(0, WIDTH);
        }

        Hash fold(int from, int width) {
            Child only = only(from, width);
            if (!(only instanceof Child.BranchRef) || width == 1) {
                return only.hash();
            }
            int half = width / 2;
            return TreeHash.inner(fold(from, half), fold(from + half, half));
        }

        /**
         * The child of a range that holds none (NONE) or exactly one; a range with several answers with a branch, as
         * its hash needs both halves in any case.
         */
        Child only(int from, int width) {
            Child only = Child.NONE;
            for (int i = from; i < from + width; i++) {
                if (children[i] instanceof Child.None) {
                    continue;
                }
                if (!(only instanceof Child.None)) {
                    return SEVERAL;
                }
                only = children[i];
            }
            return only;
        }

        private static final Child SEVERAL = new Child.BranchRef(0, TreeHash.EMPTY);

        @Override
        public byte[] encode() {
            int present = 0;
            int leaves = 0;
            for (int i = 0; i < WIDTH; i++) {
                present = present << 1 | (children[i] instanceof Child.None ? 0 : 1);
                leaves = leaves << 1 | (children[i] instanceof Child.LeafRef ? 1 : 0);
            }
            int references = Integer.bitCount(present) * (Long.BYTES + Hash.LENGTH);
            int paths = Integer.bitCount(leaves) * Hash.LENGTH;
            CanonicalWriter writer = new CanonicalWriter(1 + 2 * Short.BYTES + references + paths)
                    .writeByte(BRANCH)
                    .writeByte(present >>> 8)
                    .writeByte(present & 0xff)
                    .writeByte(leaves >>> 8)
                    .writeByte(leaves & 0xff);
            for (Child child : children) {
                if (child instanceof Child.LeafRef leaf) {
                    writer.writeLong(leaf.version()).writeHash(leaf.path()).writeHash(leaf.hash());
                } else if (child instanceof Child.BranchRef branch) {
                    writer.writeLong(branch.version()).writeHash(branch.hash());
                }
            }
            return writer.toBytes();
        }

        private static Branch read(CanonicalReader reader) throws MalformedException {
            int present = reader.readByte() << 8 | reader.readByte();
            int leaves = reader.readByte() << 8 | reader.readByte();
            if ((leaves & ~present) != 0) {
                throw reader.malformed("a leaf at an empty place");
            }
            Branch branch = empty();
            for (int i = 0; i < WIDTH; i++) {
                int bit = 1 << (WIDTH - 1 - i);
                if ((present & bit) == 0) {
                    continue;
                }
                long version = reader.readLong();
                branch.children[i] = (leaves & bit) != 0
                        ? new Child.LeafRef(version, reader.readHash(), reader.readHash())
                        : new Child.BranchRef(version, reader.readHash());
            }
            return branch;
        }
    }
}
