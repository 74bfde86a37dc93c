package io.consilium.storage;

import java.util.List;
import java.util.Optional;

/**
 * Small values that this institution keeps for itself: envelopes of scope and data keys, and to which institution a payload
 * is to be forwarded.
 *
 * <p>What concerns a person is encrypted before it comes here, and keys name none: it stands on disk sealed. A deleted value
 * is unreadable at once and leaves the disk with the next compaction of its range, which {@link #delete} asks for.
 */
public interface SecretsStore {
    int MAX_KEY_BYTES = 256;
    int MAX_VALUE_BYTES = 64 * 1024;

    /** Durable when it returns. */
    void put(byte[] key, byte[] sealed);

    Optional<byte[]> get(byte[] key);

    /** Durable when it returns. */
    void delete(byte[] key);

    /** Keys that start with the prefix, after the given one, in order; at most {@code limit} (1 to 1,000). */
    List<byte[]> keys(byte[] prefix, Optional<byte[]> afterKey, int limit);
}
