package io.consilium.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the one encoding of a value: big-endian numbers of fixed width, byte strings after a 4-byte length. */
public final class CanonicalWriter {
    private static final int INITIAL_BYTES = 256;

    private byte[] buffer;
    private int length;

    public CanonicalWriter() {
        this(INITIAL_BYTES);
    }

    /** For a value whose size is known; it may still grow beyond. */
    public CanonicalWriter(int expectedBytes) {
        this.buffer = new byte[expectedBytes];
    }

    /** One byte, 0 to 255. */
    public CanonicalWriter writeByte(int value) {
        if (value < 0 || value > 255) {
            throw new IllegalArgumentException("a byte is 0 to 255, not " + value);
        }
        int at = extend(1);
        buffer[at] = (byte) value;
        return this;
    }

    public CanonicalWriter writeFlag(boolean value) {
        return writeByte(value ? 1 : 0);
    }

    public CanonicalWriter writeInt(int value) {
        int at = extend(Integer.BYTES);
        for (int i = 0; i < Integer.BYTES; i++) {
            buffer[at + i] = (byte) (value >>> (24 - 8 * i));
        }
        return this;
    }

    public CanonicalWriter writeLong(long value) {
        int at = extend(Long.BYTES);
        for (int i = 0; i < Long.BYTES; i++) {
            buffer[at + i] = (byte) (value >>> (56 - 8 * i));
        }
        return this;
    }

    public CanonicalWriter writeHash(Hash hash) {
        int at = extend(Hash.LENGTH);
        hash.writeTo(buffer, at);
        return this;
    }

    /** The bytes as they are: for fields whose length the reader knows. */
    public CanonicalWriter writeFixed(byte[] bytes) {
        int at = extend(bytes.length);
        System.arraycopy(bytes, 0, buffer, at, bytes.length);
        return this;
    }

    /** A 4-byte length and the bytes; throws {@link IllegalArgumentException} beyond {@code maxBytes}. */
    public CanonicalWriter writeBytes(byte[] bytes, int maxBytes) {
        if (bytes.length > maxBytes) {
            throw new IllegalArgumentException("the field has at most " + maxBytes + " bytes, not " + bytes.length);
        }
        return writeInt(bytes.length).writeFixed(bytes);
    }

    /** UTF-8 after a 4-byte length. */
    public CanonicalWriter writeText(String text, int maxBytes) {
        return writeBytes(text.getBytes(StandardCharsets.UTF_8), maxBytes);
    }

    /** Algorithm code and raw bytes of the key. */
    public CanonicalWriter writeKey(PublicKey key) {
        return writeByte(key.algorithm().code()).writeFixed(key.shared());
    }

    /** A fresh copy of everything written. */
    public byte[] toBytes() {
        return Arrays.copyOf(buffer, length);
    }

    private int extend(int bytes) {
        int at = length;
        int needed = Math.addExact(length, bytes);
        if (needed > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(needed, 2 * buffer.length));
        }
        length = needed;
        return at;
    }
}
