package io.consilium.ledger.state;

import io.consilium.crypto.Hash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A readable, namespaced key of the state, such as {@code member/st-mary/admin}; ordered by its bytes. */
public final class StateKey implements Comparable<StateKey> {
    public static final int MAX_BYTES = 256;

    private final byte[] bytes;
    private final int hashCode;

    /** Copies 1 to 256 bytes; throws {@link IllegalArgumentException} for any other length. */
    public StateKey(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("a state key has 1 to " + MAX_BYTES + " bytes, not " + bytes.length);
        }
        this.bytes = bytes.clone();
        this.hashCode = Arrays.hashCode(bytes);
    }

    public static StateKey of(String text) {
        return new StateKey(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A fresh copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    public int length() {
        return bytes.length;
    }

    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Where the key stands in the tree: SHA-256 of its bytes, so that nobody can lengthen a branch at will. */
    public Hash path() {
        return Hash.sha256(bytes);
    }

    @Override
    public int compareTo(StateKey other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StateKey key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return hashCode;
    }

    @Override
    public String toString() {
        return text();
    }
}
