package io.consilium.crypto;

import java.util.ArrayList;
import java.util.List;

/** An inclusion proof of RFC 6962: the path has exactly the length that index and size demand. */
public record MerkleProof(long index, long size, List<Hash> path) {
    /** More leaves than any block or log of ours holds. */
    public static final long MAX_SIZE = 1L << 40;

    public static final int MAX_PATH = 40;
    public static final int MAX_ENCODED_BYTES = 2 * Long.BYTES + MAX_PATH * Hash.LENGTH;

    public MerkleProof {
        if (size < 1 || size > MAX_SIZE || index < 0 || index >= size) {
            throw new IllegalArgumentException("leaf " + index + " of a Merkle tree with " + size + " leaves");
        }
        path = List.copyOf(path);
        if (path.size() != pathLength(index, size)) {
            throw new IllegalArgumentException("the Merkle path of leaf " + index + " of " + size + " has "
                    + pathLength(index, size) + " hashes, not " + path.size());
        }
    }

    /** True when the leaf stands at this index under this root. */
    public boolean verify(Hash leafHash, Hash root) {
        Hash node = leafHash;
        int used = 0;
        long last = size - 1;
        for (long at = index; last > 0; at >>>= 1, last >>>= 1) {
            if ((at & 1) == 1) {
                node = MerkleTree.nodeHash(path.get(used++), node);
            } else if (at < last) {
                node = MerkleTree.nodeHash(node, path.get(used++));
            }
        }
        return node.equals(root);
    }

    private static int pathLength(long index, long size) {
        int length = 0;
        long last = size - 1;
        for (long at = index; last > 0; at >>>= 1, last >>>= 1) {
            if ((at & 1) == 1 || at < last) {
                length++;
            }
        }
        return length;
    }

    public byte[] encode() {
        CanonicalWriter writer = new CanonicalWriter();
        write(writer);
        return writer.toBytes();
    }

    /** Index, size and path, whose length follows from the two. */
    public void write(CanonicalWriter writer) {
        writer.writeLong(index).writeLong(size);
        path.forEach(writer::writeHash);
    }

    public static MerkleProof decode(byte[] bytes) throws MalformedException {
        return CanonicalReader.decode(bytes, MAX_ENCODED_BYTES, "Merkle proof", MerkleProof::read);
    }

    public static MerkleProof read(CanonicalReader reader) throws MalformedException {
        long index = reader.readLong();
        long size = reader.readLong();
        if (size < 1 || size > MAX_SIZE || index < 0 || index >= size) {
            throw reader.malformed("leaf " + index + " of a Merkle tree with " + size + " leaves");
        }
        int length = pathLength(index, size);
        List<Hash> path = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            path.add(reader.readHash());
        }
        return new MerkleProof(index, size, path);
    }
}
