package io.consilium.storage;

import io.consilium.crypto.Hash;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Digests of the chunks of payloads whose whole hash was checked, for the payloads read last.
 *
 * <p>They make a read at any offset as safe as a read of the whole file, without hashing gigabytes for each megabyte.
 * Bounded by the chunks of all entries together.
 */
final class ChunkDigests {
    /** 64 GiB worth of chunks, 3 MiB of heap or so. */
    static final int MAX_CHUNKS = 65_536;

    private final LinkedHashMap<Hash, Digests> entries = new LinkedHashMap<>(16, 0.75f, true);
    private int chunks;

    /** What one file holds. */
    record Digests(Hash whole, long size, List<Hash> chunks) {}

    static Digests of(FileChannel channel) throws IOException {
        return new GrowingDigest().finish(channel, channel.size());
    }

    static byte[] chunk(FileChannel channel, int index, long size) throws IOException {
        long from = (long) index * Vault.MAX_CHUNK_BYTES;
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(Vault.MAX_CHUNK_BYTES, size - from));
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
        }
        return bytes.array();
    }

    synchronized Optional<Digests> get(Hash hash) {
        return Optional.ofNullable(entries.get(hash));
    }

    synchronized void put(Hash hash, Digests digests) {
        remove(hash);
        entries.put(hash, digests);
        chunks += digests.chunks().size();
        var oldest = entries.entrySet().iterator();
        while (chunks > MAX_CHUNKS && entries.size() > 1) {
            Map.Entry<Hash, Digests> entry = oldest.next();
            chunks -= entry.getValue().chunks().size();
            oldest.remove();
        }
    }

    synchronized void remove(Hash hash) {
        Digests removed = entries.remove(hash);
        chunks -= removed == null ? 0 : removed.chunks().size();
    }

    synchronized void clear() {
        entries.clear();
        chunks = 0;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java runtime has no SHA-256, which every runtime must have", missing);
        }
    }
}
