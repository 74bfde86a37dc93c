package io.consilium.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Optional;
import javax.crypto.AEADBadTagException;

/**
 * The encryption of payloads of any size in bounded memory (PRV-2).
 *
 * <p>The plaintext is cut into segments, each sealed by AES-256-GCM. This is the STREAM construction of Hoang,
 * Reyhanitabar, Rogaway and Vizár (CRYPTO 2015): the nonce of a segment is a random prefix of 7 bytes, the segment's
 * number in 4 and a byte that is 1 for the last segment, so that a ciphertext cannot be cut, extended or rearranged
 * at segment boundaries either. The header is additional data of every segment. There is one encoding of a plaintext
 * for given key and prefix: only the empty plaintext has an empty last segment.
 *
 * <p>Layout: version (1 byte, value 1), segment size (4 bytes), prefix (7 bytes), segments with 16-byte tags.
 */
public final class PayloadCipher {
    public static final int KEY_BYTES = AesGcm.KEY_BYTES;
    public static final int SEGMENT_BYTES = 64 * 1024;
    public static final int LARGE_SEGMENT_BYTES = 1024 * 1024;
    public static final long MAX_SEGMENTS = 1L << 31;
    public static final int HEADER_BYTES = 12;

    private static final int VERSION = 1;
    private static final int PREFIX_BYTES = 7;

    private PayloadCipher() {}

    /** Encrypts in segments of 64 KiB and returns the SHA-256 of the ciphertext; both streams stay open. */
    public static Hash encrypt(byte[] key, InputStream plain, OutputStream cipher, SecureRandom random)
            throws IOException {
        return encrypt(key, plain, cipher, random, SEGMENT_BYTES);
    }

    /** The same with {@link #SEGMENT_BYTES} or {@link #LARGE_SEGMENT_BYTES} a segment. */
    public static Hash encrypt(
            byte[] key, InputStream plain, OutputStream cipher, SecureRandom random, int segmentBytes)
            throws IOException {
        requireKey(key);
        if (!isSegmentSize(segmentBytes)) {
            throw new IllegalArgumentException("segments have 65536 or 1048576 bytes, not " + segmentBytes);
        }
        byte[] prefix = new byte[PREFIX_BYTES];
        random.nextBytes(prefix);
        byte[] header = ByteBuffer.allocate(HEADER_BYTES)
                .put((byte) VERSION)
                .putInt(segmentBytes)
                .put(prefix)
                .array();
        MessageDigest digest = Hash.newDigest();
        digest.update(header);
        cipher.write(header);
        AesGcm aead = new AesGcm(key);
        Segments segments = new Segments(plain, segmentBytes);
        for (long number = 0; segments.next(); number++) {
            if (number >= MAX_SEGMENTS) {
                throw new IOException("the payload is larger than " + MAX_SEGMENTS + " segments of " + segmentBytes
                        + " bytes: split it");
            }
            byte[] sealed =
                    aead.seal(nonce(header, number, segments.isLast()), header, segments.current(), segments.length());
            digest.update(sealed);
            cipher.write(sealed);
        }
        return Hash.finish(digest);
    }

    /**
     * Decrypts and checks every segment before it is written. After a {@link CryptoException} what was written is an
     * authentic beginning of the payload, and must be discarded all the same: the whole was not what was encrypted.
     */
    public static void decrypt(byte[] key, InputStream cipher, OutputStream plain) throws CryptoException, IOException {
        Opener opener = new Opener(key, cipher);
        while (opener.next()) {
            plain.write(opener.segment());
        }
    }

    /** Opens one segment after the other. */
    static final class Opener {
        private final AesGcm aead;
        private final InputStream cipher;
        private byte[] header = new byte[0];
        private Optional<Segments> begun = Optional.empty();
        private long number;
        private byte[] segment = new byte[0];

        Opener(byte[] key, InputStream cipher) {
            requireKey(key);
            this.aead = new AesGcm(key);
            this.cipher = cipher;
        }

        /** Whether there was a further segment, which is then open and authentic. */
        boolean next() throws CryptoException, IOException {
            Segments segments = begun.isPresent() ? begun.get() : start();
            begun = Optional.of(segments);
            if (!segments.next()) {
                return false;
            }
            if (number >= MAX_SEGMENTS) {
                throw new CryptoException("the encrypted payload has more than " + MAX_SEGMENTS + " segments");
            }
            if (number > 0 && segments.length() == AesGcm.TAG_BYTES) {
                throw new CryptoException("the encrypted payload ends with an empty segment");
            }
            segment = openSegment(aead, header, number++, segments);
            return true;
        }

        byte[] segment() {
            return segment;
        }

        private Segments start() throws CryptoException, IOException {
            header = cipher.readNBytes(HEADER_BYTES);
            if (header.length < HEADER_BYTES) {
                throw new CryptoException("the encrypted payload ends within its header: it is truncated");
            }
            int segmentBytes = ByteBuffer.wrap(header, 1, Integer.BYTES).getInt();
            if (header[0] != VERSION || !isSegmentSize(segmentBytes)) {
                throw new CryptoException("this is no encrypted payload of a known version");
            }
            return new Segments(cipher, segmentBytes + AesGcm.TAG_BYTES);
        }
    }

    private static byte[] openSegment(AesGcm aead, byte[] header, long number, Segments segments)
            throws CryptoException {
        try {
            return aead.open(nonce(header, number, segments.isLast()), header, segments.current(), segments.length());
        } catch (AEADBadTagException refused) {
            throw new CryptoException(
                    "segment " + number + " of the encrypted payload does not open:"
                            + " it is altered, truncated or out of order, or the key is another's",
                    refused);
        }
    }

    /** How many bytes the ciphertext of {@code plainBytes} has. */
    public static long ciphertextBytes(long plainBytes, int segmentBytes) {
        long segments = Math.max(1, (plainBytes + segmentBytes - 1) / segmentBytes);
        return HEADER_BYTES + plainBytes + segments * AesGcm.TAG_BYTES;
    }

    private static boolean isSegmentSize(int bytes) {
        return bytes == SEGMENT_BYTES || bytes == LARGE_SEGMENT_BYTES;
    }

    private static void requireKey(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("a data key has 32 bytes, not " + key.length);
        }
    }

    private static byte[] nonce(byte[] header, long number, boolean last) {
        return ByteBuffer.allocate(AesGcm.NONCE_BYTES)
                .put(header, HEADER_BYTES - PREFIX_BYTES, PREFIX_BYTES)
                .putInt((int) number)
                .put((byte) (last ? 1 : 0))
                .array();
    }

    /** Cuts a stream into full segments, reading one ahead to know the last; an empty stream is one empty segment. */
    private static final class Segments {
        private final InputStream stream;
        private final int size;
        private byte[] current = new byte[0];
        private byte[] ahead;
        private boolean started;

        Segments(InputStream stream, int size) throws IOException {
            this.stream = stream;
            this.size = size;
            this.ahead = stream.readNBytes(size);
        }

        boolean next() throws IOException {
            if (started && ahead.length == 0) {
                return false;
            }
            started = true;
            current = ahead;
            ahead = current.length < size ? new byte[0] : stream.readNBytes(size);
            return true;
        }

        byte[] current() {
            return current;
        }

        int length() {
            return current.length;
        }

        boolean isLast() {
            return ahead.length == 0;
        }
    }
}
