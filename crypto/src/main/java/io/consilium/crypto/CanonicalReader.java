package io.consilium.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link CanonicalWriter} wrote and refuses everything else, with the offset of the fault. */
public final class CanonicalReader {
    private final byte[] bytes;
    private final String what;
    private int at;

    /** Reads the given array without copying or changing it; {@code what} names the value in messages. */
    public CanonicalReader(byte[] bytes, String what) {
        this.bytes = bytes;
        this.what = what;
    }

    /** The part of a decoder that reads one value. */
    @FunctionalInterface
    public interface Decoder<T> {
        /** An {@link IllegalArgumentException} of a record's own checks counts as malformed. */
        T read(CanonicalReader reader) throws MalformedException;
    }

    /** Decodes one value that must fill the whole array, of at most {@code maxBytes}. */
    public static <T> T decode(byte[] bytes, int maxBytes, String what, Decoder<T> decoder) throws MalformedException {
        if (bytes.length > maxBytes) {
            throw new MalformedException(what + ": " + bytes.length + " bytes, at most " + maxBytes + " are allowed");
        }
        CanonicalReader reader = new CanonicalReader(bytes, what);
        T value;
        try {
            value = decoder.read(reader);
        } catch (IllegalArgumentException invalid) {
            throw new MalformedException(what + ": " + invalid.getMessage(), invalid);
        }
        reader.end();
        return value;
    }

    /** One byte, 0 to 255. */
    public int readByte() throws MalformedException {
        return bytes[take(1)] & 0xff;
    }

    public boolean readFlag() throws MalformedException {
        int value = readByte();
        if (value > 1) {
            throw malformed(at - 1, "a flag is 0 or 1, not " + value);
        }
        return value == 1;
    }

    public int readInt() throws MalformedException {
        int from = take(Integer.BYTES);
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value = (value << 8) | (bytes[from + i] & 0xff);
        }
        return value;
    }

    public long readLong() throws MalformedException {
        int from = take(Long.BYTES);
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = (value << 8) | (bytes[from + i] & 0xff);
        }
        return value;
    }

    public Hash readHash() throws MalformedException {
        return Hash.at(bytes, take(Hash.LENGTH));
    }

    /** A fresh array of exactly {@code length} bytes. */
    public byte[] readFixed(int length) throws MalformedException {
        int from = take(length);
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    /** A 4-byte count of what follows, 0 to {@code max}. */
    public int readCount(int max) throws MalformedException {
        int from = at;
        int count = readInt();
        if (count < 0 || count > max) {
            throw malformed(from, "a count or length of " + Integer.toUnsignedString(count) + ", at most " + max);
        }
        return count;
    }

    /** A byte string after its 4-byte length of at most {@code maxBytes}. */
    public byte[] readBytes(int maxBytes) throws MalformedException {
        return readFixed(readCount(maxBytes));
    }

    /** Strict UTF-8 after its 4-byte length. */
    public String readText(int maxBytes) throws MalformedException {
        int from = at;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(readBytes(maxBytes)))
                    .toString();
        } catch (CharacterCodingException invalid) {
            throw malformed(from, "text that is not UTF-8");
        }
    }

    /** Algorithm code and raw bytes of a key. */
    public PublicKey readKey() throws MalformedException {
        int from = at;
        int code = readByte();
        KeyAlgorithm algorithm;
        try {
            algorithm = KeyAlgorithm.fromCode(code);
        } catch (IllegalArgumentException unknown) {
            throw malformed(from, "key algorithm " + code + ", which is unknown");
        }
        return new PublicKey(algorithm, readFixed(algorithm.keyBytes()));
    }

    public int remaining() {
        return bytes.length - at;
    }

    /** Refuses trailing bytes. */
    public void end() throws MalformedException {
        if (at != bytes.length) {
            throw malformed(at, (bytes.length - at) + " bytes too many");
        }
    }

    /** The refusal to throw for a value that is well encoded and still not allowed here. */
    public MalformedException malformed(String reason) {
        return malformed(at, reason);
    }

    private MalformedException malformed(int offset, String reason) {
        return new MalformedException(what + ": " + reason + " (at byte " + offset + ")");
    }

    private int take(int length) throws MalformedException {
        if (length > bytes.length - at) {
            throw malformed(at, length + " bytes expected, " + (bytes.length - at) + " are left");
        }
        int from = at;
        at += length;
        return from;
    }
}
