package io.consilium.storage;

import io.consilium.crypto.Hash;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The digests of a file that is appended to, made while it grows, so that its last piece need not wait until gigabytes are
 * hashed. They are made of what is read back from the file. Owned by whoever holds the payload's lock.
 */
final class GrowingDigest {
    /** Chunks hashed for one piece that comes; more than one, so that a restart is made up for in time. */
    static final int CHUNKS_A_PIECE = 16;

    private final MessageDigest whole = ChunkDigests.sha256();
    private final List<Hash> chunks = new ArrayList<>();

    /** Bytes of the file that are hashed, all of them in full chunks. */
    long hashed() {
        return (long) chunks.size() * Vault.MAX_CHUNK_BYTES;
    }

    /** Hashes some of the full chunks that stand in the file by now. */
    void advance(FileChannel channel, long length) throws IOException {
        for (int i = 0; i < CHUNKS_A_PIECE && length - hashed() >= Vault.MAX_CHUNK_BYTES; i++) {
            next(channel, length);
        }
    }

    /** Hashes what is left; the object is of no use afterwards. */
    ChunkDigests.Digests finish(FileChannel channel, long size) throws IOException {
        while (hashed() < size) {
            next(channel, size);
        }
        return new ChunkDigests.Digests(Hash.of(whole.digest()), size, List.copyOf(chunks));
    }

    private void next(FileChannel channel, long length) throws IOException {
        byte[] bytes = ChunkDigests.chunk(channel, chunks.size(), length);
        whole.update(bytes);
        chunks.add(Hash.sha256(bytes));
    }
}
