package io.consilium.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PRV-2: a payload comes back whole, or not at all. */
class PayloadCipherTest {
    private static final int SEGMENT = PayloadCipher.SEGMENT_BYTES;
    private static final int SEALED = SEGMENT + 16;
    private static final int HEADER = PayloadCipher.HEADER_BYTES;

    private final SecureRandom random = new SecureRandom();
    private final byte[] key = random(32, 1);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 3 * SEGMENT + 5})
    void prv2_decryptsWhatWasEncrypted(int size) throws Exception {
        byte[] plaintext = random(size, 2);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Hash hash = PayloadCipher.encrypt(key, new ByteArrayInputStream(plaintext), out, random);
        byte[] ciphertext = out.toByteArray();
        assertThat(hash).isEqualTo(Hash.sha256(ciphertext));
        assertThat(ciphertext).hasSize((int) PayloadCipher.ciphertextBytes(size, SEGMENT));
        assertThat(decrypt(ciphertext)).isEqualTo(plaintext);
    }

    @Test
    void prv2_takesLargeSegmentsAndNoOthers() throws Exception {
        byte[] plaintext = random(PayloadCipher.LARGE_SEGMENT_BYTES + 17, 3);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PayloadCipher.encrypt(key, new ByteArrayInputStream(plaintext), out, random, PayloadCipher.LARGE_SEGMENT_BYTES);
        assertThat(decrypt(out.toByteArray())).isEqualTo(plaintext);
        assertThatThrownBy(() -> PayloadCipher.encrypt(
                        key, InputStream.nullInputStream(), OutputStream.nullOutputStream(), random, 1000))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void prv2_refusesTruncationAtAndAroundEverySegmentBoundary() throws Exception {
        byte[] ciphertext = encrypt(random(3 * SEGMENT, 4));
        for (int segments = 0; segments < 3; segments++) {
            for (int around = -1; around <= 1; around++) {
                refuses(Arrays.copyOf(ciphertext, HEADER + segments * SEALED + around));
            }
        }
        refuses(Arrays.copyOf(ciphertext, ciphertext.length - 1));
        refuses(new byte[0]);
    }

    @Test
    void prv2_refusesReorderedDuplicatedAndDroppedSegments() throws Exception {
        byte[] ciphertext = encrypt(random(3 * SEGMENT + 9, 5));
        refuses(rearranged(ciphertext, 1, 0, 2, 3));
        refuses(rearranged(ciphertext, 0, 2, 1, 3));
        refuses(rearranged(ciphertext, 0, 0, 1, 2, 3));
        refuses(rearranged(ciphertext, 0, 1, 1, 2, 3));
        refuses(rearranged(ciphertext, 0, 2, 3));
        refuses(rearranged(ciphertext, 3));
        assertThat(decrypt(rearranged(ciphertext, 0, 1, 2, 3))).hasSize(3 * SEGMENT + 9);
    }

    @Test
    void prv2_refusesExtension() throws Exception {
        for (int size : new int[] {0, 10, SEGMENT, 2 * SEGMENT}) {
            byte[] ciphertext = encrypt(random(size, 6));
            refuses(Arrays.copyOf(ciphertext, ciphertext.length + 1));
            refuses(Arrays.copyOf(ciphertext, ciphertext.length + 16));
            refuses(Arrays.copyOf(ciphertext, ciphertext.length + SEALED));
        }
    }

    @Test
    void prv2_refusesAnyFlippedBit() throws Exception {
        byte[] plaintext = random(300, 7);
        byte[] ciphertext = encrypt(plaintext);
        for (int i = 0; i < ciphertext.length; i++) {
            byte[] flipped = ciphertext.clone();
            flipped[i] ^= (byte) (1 << (i % 8));
            refuses(flipped);
        }
        byte[] longer = encrypt(random(2 * SEGMENT, 7));
        for (int i = 0; i < longer.length; i += 4099) {
            byte[] flipped = longer.clone();
            flipped[i] ^= 1;
            refuses(flipped);
        }
    }

    @Test
    void prv2_refusesAnotherKeyAndSegmentsOfAnotherPayload() throws Exception {
        byte[] one = encrypt(random(2 * SEGMENT, 8));
        byte[] two = encrypt(random(2 * SEGMENT, 9));
        assertThatThrownBy(() -> PayloadCipher.decrypt(
                        random(32, 10), new ByteArrayInputStream(one), OutputStream.nullOutputStream()))
                .isInstanceOf(CryptoException.class);
        System.arraycopy(two, HEADER + SEALED, one, HEADER + SEALED, SEALED);
        refuses(one);
    }

    @Test
    void prv2_writesNothingOfASegmentThatDoesNotOpen() throws Exception {
        byte[] plaintext = random(2 * SEGMENT, 11);
        byte[] ciphertext = encrypt(plaintext);
        ciphertext[HEADER + SEALED + 5] ^= 1;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatThrownBy(() -> PayloadCipher.decrypt(key, new ByteArrayInputStream(ciphertext), out))
                .isInstanceOf(CryptoException.class)
                .hasMessageContaining("segment 1");
        assertThat(out.toByteArray()).isEqualTo(Arrays.copyOf(plaintext, SEGMENT));
    }

    @Test
    void prv2_readsAsAStreamWhatItDecrypts() throws Exception {
        for (int size : new int[] {0, 1, SEGMENT, 2 * SEGMENT + 77}) {
            byte[] plaintext = random(size, 13);
            byte[] ciphertext = encrypt(plaintext);
            assertThat(new PayloadStream(key, new ByteArrayInputStream(ciphertext)).readAllBytes())
                    .isEqualTo(plaintext);
            byte[] cut = Arrays.copyOf(ciphertext, ciphertext.length - 1);
            assertThatThrownBy(() -> new PayloadStream(key, new ByteArrayInputStream(cut)).readAllBytes())
                    .isInstanceOf(PayloadStream.Unauthentic.class);
        }
        byte[] ciphertext = encrypt(random(2 * SEGMENT, 14));
        ciphertext[HEADER + SEALED + 5] ^= 1;
        PayloadStream stream = new PayloadStream(key, new ByteArrayInputStream(ciphertext));
        assertThat(stream.readNBytes(SEGMENT)).hasSize(SEGMENT);
        assertThatThrownBy(stream::read).isInstanceOf(PayloadStream.Unauthentic.class);
    }

    @Test
    void prv2_usesAFreshPrefixForEachPayload() throws Exception {
        byte[] plaintext = random(100, 12);
        assertThat(encrypt(plaintext)).isNotEqualTo(encrypt(plaintext));
    }

    @Test
    void prv2_streamsInBoundedMemory() throws Exception {
        long size = 48L * 1024 * 1024;
        long[] written = {0};
        OutputStream counting = new OutputStream() {
            @Override
            public void write(int b) {
                written[0]++;
            }

            @Override
            public void write(byte[] bytes, int from, int count) {
                assertThat(count).isLessThanOrEqualTo(SEALED);
                written[0] += count;
            }
        };
        PayloadCipher.encrypt(key, new Zeros(size), counting, random);
        assertThat(written[0]).isEqualTo(PayloadCipher.ciphertextBytes(size, SEGMENT));
    }

    /** A stream that answers in odd portions, as sockets do. */
    private static final class Zeros extends InputStream {
        private long left;

        Zeros(long size) {
            this.left = size;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] bytes, int from, int count) {
            if (left <= 0) {
                return -1;
            }
            int portion = (int) Math.min(left, Math.min(count, 7001));
            left -= portion;
            return portion;
        }
    }

    private byte[] encrypt(byte[] plaintext) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PayloadCipher.encrypt(key, new ByteArrayInputStream(plaintext), out, random);
        return out.toByteArray();
    }

    private byte[] decrypt(byte[] ciphertext) throws CryptoException, IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PayloadCipher.decrypt(key, new ByteArrayInputStream(ciphertext), out);
        return out.toByteArray();
    }

    private void refuses(byte[] ciphertext) {
        assertThatThrownBy(() -> decrypt(ciphertext)).isInstanceOf(CryptoException.class);
    }

    private static byte[] rearranged(byte[] ciphertext, int... order) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(ciphertext, 0, HEADER);
        for (int segment : order) {
            int from = HEADER + segment * SEALED;
            out.write(ciphertext, from, Math.min(SEALED, ciphertext.length - from));
        }
        return out.toByteArray();
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
