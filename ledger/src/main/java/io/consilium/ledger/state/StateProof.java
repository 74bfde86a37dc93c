package io.consilium.ledger.state;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Proof of one key's value under a state root, or of its absence (TX-7, INT-1).
 *
 * @param siblings the other halves from the root down; the many empty ones cost one bit each
 * @param standingInTheWay for an absent key whose place is taken: the only key with the same prefix
 */
public record StateProof(
        StateKey key, Optional<byte[]> value, List<Hash> siblings, Optional<OtherLeaf> standingInTheWay) {
    public static final int MAX_VALUE_BYTES = 4 * 1024 * 1024;
    public static final int MAX_SIBLINGS = 256;
    public static final int MAX_ENCODED_BYTES = MAX_VALUE_BYTES + MAX_SIBLINGS * Hash.LENGTH + 1024;

    private static final int ABSENT = 0;
    private static final int PRESENT = 1;
    private static final int OTHER_LEAF = 2;

    /** A leaf by the hashes that its own hash is made of. */
    public record OtherLeaf(Hash path, Hash valueHash) {}

    public StateProof {
        if (value.isPresent() && standingInTheWay.isPresent()) {
            throw new IllegalArgumentException("a key that is there has no other leaf in its way");
        }
        if (value.isPresent() && value.get().length > MAX_VALUE_BYTES) {
            throw new IllegalArgumentException("a state value has at most " + MAX_VALUE_BYTES + " bytes");
        }
        if (siblings.size() > MAX_SIBLINGS) {
            throw new IllegalArgumentException("a state proof has at most " + MAX_SIBLINGS + " siblings");
        }
        siblings = List.copyOf(siblings);
    }

    /** True when the tree with this root holds exactly this value at the key, or nothing. */
    public boolean verify(Hash root) {
        Hash path = key.path();
        if (standingInTheWay.isPresent()
                && !standsInTheWay(standingInTheWay.get().path(), path)) {
            return false;
        }
        Hash node = end(path);
        for (int i = siblings.size() - 1; i >= 0; i--) {
            Hash sibling = siblings.get(i);
            node = path.bit(i) == 1 ? TreeHash.inner(sibling, node) : TreeHash.inner(node, sibling);
        }
        return node.equals(root);
    }

    private Hash end(Hash path) {
        if (value.isPresent()) {
            return TreeHash.leaf(path, Hash.sha256(value.get()));
        }
        return standingInTheWay
                .map(other -> TreeHash.leaf(other.path(), other.valueHash()))
                .orElse(TreeHash.EMPTY);
    }

    /** Another key that shares the whole way down to where the proof ends. */
    private boolean standsInTheWay(Hash other, Hash path) {
        for (int i = 0; i < siblings.size(); i++) {
            if (other.bit(i) != path.bit(i)) {
                return false;
            }
        }
        return !other.equals(path);
    }

    public byte[] encode() {
        CanonicalWriter writer = new CanonicalWriter();
        write(writer);
        return writer.toBytes();
    }

    /** Key, kind of end, siblings as a bitmap of those that are not empty, and their hashes. */
    public void write(CanonicalWriter writer) {
        writer.writeBytes(key.bytes(), StateKey.MAX_BYTES)
                .writeByte(value.isPresent() ? PRESENT : standingInTheWay.isPresent() ? OTHER_LEAF : ABSENT);
        value.ifPresent(bytes -> writer.writeBytes(bytes, MAX_VALUE_BYTES));
        standingInTheWay.ifPresent(other -> writer.writeHash(other.path()).writeHash(other.valueHash()));
        byte[] bitmap = new byte[(siblings.size() + 7) / 8];
        for (int i = 0; i < siblings.size(); i++) {
            if (!siblings.get(i).equals(TreeHash.EMPTY)) {
                bitmap[i / 8] |= (byte) (0x80 >>> (i % 8));
            }
        }
        writer.writeInt(siblings.size()).writeFixed(bitmap);
        siblings.stream().filter(sibling -> !sibling.equals(TreeHash.EMPTY)).forEach(writer::writeHash);
    }

    public static StateProof decode(byte[] bytes) throws MalformedException {
        return CanonicalReader.decode(bytes, MAX_ENCODED_BYTES, "state proof", StateProof::read);
    }

    public static StateProof read(CanonicalReader reader) throws MalformedException {
        StateKey key = new StateKey(reader.readBytes(StateKey.MAX_BYTES));
        int kind = reader.readByte();
        if (kind > OTHER_LEAF) {
            throw reader.malformed("state proof kind " + kind + ", 0 to 2 are known");
        }
        Optional<byte[]> value = kind == PRESENT ? Optional.of(reader.readBytes(MAX_VALUE_BYTES)) : Optional.empty();
        Optional<OtherLeaf> other = kind == OTHER_LEAF
                ? Optional.of(new OtherLeaf(reader.readHash(), reader.readHash()))
                : Optional.empty();
        return new StateProof(key, value, readSiblings(reader), other);
    }

    private static List<Hash> readSiblings(CanonicalReader reader) throws MalformedException {
        int count = reader.readCount(MAX_SIBLINGS);
        byte[] bitmap = reader.readFixed((count + 7) / 8);
        List<Hash> siblings = new ArrayList<>(count);
        for (int i = 0; i < bitmap.length * 8; i++) {
            boolean present = (bitmap[i / 8] & (0x80 >>> (i % 8))) != 0;
            if (i >= count && present) {
                throw reader.malformed("a bit after the last sibling");
            }
            if (i < count) {
                siblings.add(present ? readNonEmpty(reader) : TreeHash.EMPTY);
            }
        }
        return siblings;
    }

    private static Hash readNonEmpty(CanonicalReader reader) throws MalformedException {
        Hash hash = reader.readHash();
        if (hash.equals(TreeHash.EMPTY)) {
            throw reader.malformed("an empty sibling that is spelled out");
        }
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StateProof proof && Arrays.equals(encode(), proof.encode());
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    @Override
    public String toString() {
        return "StateProof[" + (value.isPresent() ? "present" : "absent") + ", " + siblings.size() + " siblings]";
    }
}
