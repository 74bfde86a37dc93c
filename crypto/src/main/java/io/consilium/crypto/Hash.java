package io.consilium.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** A SHA-256 value of 32 bytes, ordered as an unsigned big-endian number. */
public final class Hash implements Comparable<Hash> {
    public static final int LENGTH = 32;
    public static final Hash ZERO = new Hash(new byte[LENGTH]);

    private static final int MAX_DOMAIN_BYTES = 255;
    private static final int STREAM_BUFFER_BYTES = 64 * 1024;
    private static final int SHORT_HEX_DIGITS = 8;

    /** The JDK's digest, because it runs on the processor's SHA instructions where there are any. */
    private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(Hash::newDigest);

    private final byte[] bytes;

    private Hash(byte[] owned) {
        this.bytes = owned;
    }

    /** Copies exactly 32 bytes; throws {@link IllegalArgumentException} for any other length. */
    public static Hash of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a hash has 32 bytes, not " + bytes.length);
        }
        return new Hash(bytes.clone());
    }

    /** Copies the 32 bytes from {@code offset} on, which must be there. */
    static Hash at(byte[] bytes, int offset) {
        return new Hash(Arrays.copyOfRange(bytes, offset, offset + LENGTH));
    }

    /** Parses exactly 64 lowercase hexadecimal digits; throws {@link IllegalArgumentException} otherwise. */
    public static Hash fromHex(String hex) {
        return new Hash(Hex.parse(hex, LENGTH, "a hash"));
    }

    /** SHA-256 over the plain concatenation of the parts. */
    public static Hash sha256(byte[]... parts) {
        MessageDigest digest = freshDigest();
        for (byte[] part : parts) {
            digest.update(part);
        }
        return new Hash(digest.digest());
    }

    /** SHA-256 over everything that the stream still holds; the stream stays open. */
    public static Hash sha256(InputStream stream) throws IOException {
        return finish(newDigest(), stream);
    }

    /** SHA-256 over one length byte, the ASCII domain and the parts, so that no two uses of the hash collide. */
    public static Hash tagged(String domain, byte[]... parts) {
        byte[] prefix = domainPrefix(domain);
        MessageDigest digest = freshDigest();
        digest.update(prefix);
        for (byte[] part : parts) {
            digest.update(part);
        }
        return new Hash(digest.digest());
    }

    static byte[] domainPrefix(String domain) {
        byte[] name = domain.getBytes(StandardCharsets.US_ASCII);
        if (name.length == 0 || name.length > MAX_DOMAIN_BYTES) {
            throw new IllegalArgumentException("a hash domain has 1 to 255 characters, not " + name.length);
        }
        byte[] prefix = new byte[name.length + 1];
        prefix[0] = (byte) name.length;
        System.arraycopy(name, 0, prefix, 1, name.length);
        return prefix;
    }

    static Hash finish(MessageDigest digest, InputStream stream) throws IOException {
        byte[] buffer = new byte[STREAM_BUFFER_BYTES];
        for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
            digest.update(buffer, 0, count);
        }
        return new Hash(digest.digest());
    }

    static Hash finish(MessageDigest digest) {
        return new Hash(digest.digest());
    }

    /** Reset first, since an exception halfway through an earlier use would otherwise spoil this one. */
    private static MessageDigest freshDigest() {
        MessageDigest digest = DIGEST.get();
        digest.reset();
        return digest;
    }

    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java runtime has no SHA-256, which every runtime must have", missing);
        }
    }

    /** A fresh copy. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** A copy of the first 0 to 32 bytes. */
    public byte[] first(int count) {
        return Arrays.copyOfRange(bytes, 0, count);
    }

    public void writeTo(ByteBuffer target) {
        target.put(bytes);
    }

    /** Copies the 32 bytes to {@code target} from {@code offset} on. */
    public void writeTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, LENGTH);
    }

    void update(MessageDigest digest) {
        digest.update(bytes);
    }

    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    /** The first 8 hexadecimal digits, for logs. */
    public String shortHex() {
        return hex().substring(0, SHORT_HEX_DIGITS);
    }

    public byte at(int index) {
        return bytes[index];
    }

    /** Bit 0 is the most significant bit of the first byte, bit 255 the least significant of the last. */
    public int bit(int index) {
        return (bytes[index >>> 3] >>> (7 - (index & 7))) & 1;
    }

    @Override
    public int compareTo(Hash other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Hash hash && Arrays.equals(bytes, hash.bytes);
    }

    @Override
    public int hashCode() {
        return (bytes[0] << 24) | ((bytes[1] & 0xff) << 16) | ((bytes[2] & 0xff) << 8) | (bytes[3] & 0xff);
    }

    @Override
    public String toString() {
        return hex();
    }
}
