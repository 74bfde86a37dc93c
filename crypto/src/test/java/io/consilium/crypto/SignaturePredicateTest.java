package io.consilium.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** ID-4: one predicate for signatures everywhere, with signatures built to sit on its edges. */
class SignaturePredicateTest {
    private static final EdwardsPoint TORSION = EdwardsPoint.torsion();
    private static final Random RANDOM = new Random(4);

    private final Ed25519Verifier verifier = verifier();

    Ed25519Verifier verifier() {
        return new Ed25519Verifier();
    }

    private final byte[] seed = bytes();
    private final BigInteger secret = EdwardsPoint.scalar(seed);
    private final EdwardsPoint point = EdwardsPoint.BASE.times(secret);
    private final byte[] key = point.encode();

    @Test
    void id4_handMadeArithmeticAgreesWithTheLibrary() {
        assertThat(key).isEqualTo(KeyPair.fromSeed(seed).publicKey().bytes());
        BigInteger r = scalar();
        byte[] message = message(0);
        byte[] signature = sign(EdwardsPoint.BASE.times(r).encode(), key, r, message);
        assertThat(accepts(key, message, signature)).isTrue();
        assertThat(jdkAccepts(key, message, signature)).isTrue();
    }

    @Test
    void id4_acceptsEveryTorsionComponentInRWhereACofactorlessVerifierRefuses() {
        int refusedByCofactorless = 0;
        for (int i = 1; i < 8; i++) {
            BigInteger r = scalar();
            EdwardsPoint shifted = EdwardsPoint.BASE.times(r).add(TORSION.times(BigInteger.valueOf(i)));
            byte[] message = message(i);
            byte[] signature = sign(shifted.encode(), key, r, message);
            assertThat(accepts(key, message, signature)).as("torsion %d", i).isTrue();
            refusedByCofactorless += jdkAccepts(key, message, signature) ? 0 : 1;
            message[0] ^= 1;
            assertThat(accepts(key, message, signature))
                    .as("torsion %d, other message", i)
                    .isFalse();
        }
        assertThat(refusedByCofactorless).isEqualTo(7);
    }

    @Test
    void id4_acceptsCanonicalSmallOrderR() {
        for (int i = 0; i < 8; i++) {
            byte[] r = TORSION.times(BigInteger.valueOf(i)).encode();
            byte[] message = message(i);
            assertThat(accepts(key, message, sign(r, key, BigInteger.ZERO, message)))
                    .as("R of torsion %d", i)
                    .isTrue();
        }
    }

    @Test
    void id4_refusesSmallOrderKeys() {
        for (int i = 0; i < 8; i++) {
            byte[] small = TORSION.times(BigInteger.valueOf(i)).encode();
            BigInteger r = scalar();
            byte[] message = message(i);
            // With such a key 8kA vanishes: anybody could sign S = r.
            byte[] signature = join(EdwardsPoint.BASE.times(r).encode(), EdwardsPoint.littleEndian(r));
            assertThat(accepts(small, message, signature))
                    .as("key of torsion %d", i)
                    .isFalse();
            assertThat(verifier.accepts(PublicKey.ed25519(small))).isFalse();
        }
    }

    @Test
    void id4_refusesMixedOrderKeys() {
        for (int i = 1; i < 8; i++) {
            byte[] mixed = point.add(TORSION.times(BigInteger.valueOf(i))).encode();
            BigInteger r = scalar();
            byte[] message = message(i);
            byte[] signature = sign(EdwardsPoint.BASE.times(r).encode(), mixed, r, message);
            assertThat(accepts(mixed, message, signature))
                    .as("key shifted by torsion %d", i)
                    .isFalse();
        }
    }

    @Test
    void id4_refusesKeysThatAreNotCanonical() {
        List<byte[]> encodings = new ArrayList<>();
        for (int small = 0; small < 19; small++) {
            for (boolean sign : new boolean[] {false, true}) {
                encodings.add(EdwardsPoint.encode(EdwardsPoint.P.add(BigInteger.valueOf(small)), sign));
            }
        }
        encodings.add(EdwardsPoint.encode(BigInteger.ONE, true));
        encodings.add(EdwardsPoint.encode(EdwardsPoint.P.subtract(BigInteger.ONE), true));
        assertThat(encodings).allSatisfy(encoding -> assertThat(verifier.accepts(PublicKey.ed25519(encoding)))
                .isFalse());
        assertThat(verifier.accepts(PublicKey.ed25519(key))).isTrue();
    }

    @Test
    void id4_refusesRThatIsNotCanonical() {
        int built = 0;
        for (int small = 0; small < 19; small++) {
            for (boolean sign : new boolean[] {false, true}) {
                Optional<EdwardsPoint> decoded = EdwardsPoint.withY(BigInteger.valueOf(small), sign);
                if (decoded.isPresent()) {
                    byte[] encoding = EdwardsPoint.encode(EdwardsPoint.P.add(BigInteger.valueOf(small)), sign);
                    byte[] message = message(small);
                    assertThat(accepts(key, message, sign(encoding, key, BigInteger.ZERO, message)))
                            .as("R = p + %d", small)
                            .isFalse();
                    built++;
                }
            }
        }
        assertThat(built).isPositive();
        // y = 1 as p + 1 is the identity, so only its spelling speaks against this signature.
        byte[] message = message(99);
        byte[] spelled = EdwardsPoint.encode(EdwardsPoint.P.add(BigInteger.ONE), false);
        assertThat(accepts(key, message, sign(spelled, key, BigInteger.ZERO, message)))
                .isFalse();
        byte[] canonical = EdwardsPoint.IDENTITY.encode();
        assertThat(accepts(key, message, sign(canonical, key, BigInteger.ZERO, message)))
                .isTrue();
    }

    @Test
    void id4_refusesNegativeZeroInR() {
        byte[] message = message(1);
        for (BigInteger y : List.of(BigInteger.ONE, EdwardsPoint.P.subtract(BigInteger.ONE))) {
            byte[] negativeZero = EdwardsPoint.encode(y, true);
            assertThat(accepts(key, message, sign(negativeZero, key, BigInteger.ZERO, message)))
                    .isFalse();
            byte[] zero = EdwardsPoint.encode(y, false);
            assertThat(accepts(key, message, sign(zero, key, BigInteger.ZERO, message)))
                    .isTrue();
        }
    }

    @Test
    void id4_refusesSOfLOrMore() {
        BigInteger r = scalar();
        byte[] message = message(2);
        byte[] signature = sign(EdwardsPoint.BASE.times(r).encode(), key, r, message);
        BigInteger s = EdwardsPoint.fromLittleEndian(Arrays.copyOfRange(signature, 32, 64));
        int multiples = 0;
        for (BigInteger other = s.add(EdwardsPoint.L); other.bitLength() <= 256; other = other.add(EdwardsPoint.L)) {
            byte[] malleable = join(Arrays.copyOf(signature, 32), EdwardsPoint.littleEndian(other));
            assertThat(accepts(key, message, malleable))
                    .as("S + %d L", ++multiples)
                    .isFalse();
        }
        assertThat(multiples).isGreaterThan(7);
        assertThat(accepts(key, message, signature)).isTrue();
    }

    @Test
    void id4_refusesAnyFlippedBitOfASignature() {
        byte[] message = message(3);
        byte[] signature = KeyPair.fromSeed(seed).signer().sign(message);
        for (int bit = 0; bit < 512; bit++) {
            byte[] flipped = signature.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(accepts(key, message, flipped)).as("bit %d", bit).isFalse();
        }
    }

    /** S = r + kA's scalar, with k over the bytes of R and A as they are spelled. */
    private byte[] sign(byte[] encodedR, byte[] encodedKey, BigInteger r, byte[] message) {
        BigInteger k = EdwardsPoint.fromLittleEndian(EdwardsPoint.sha512(encodedR, encodedKey, message));
        BigInteger s = r.add(k.multiply(secret)).mod(EdwardsPoint.L);
        return join(encodedR, EdwardsPoint.littleEndian(s));
    }

    private boolean accepts(byte[] rawKey, byte[] message, byte[] signature) {
        return verifier.verify(PublicKey.ed25519(rawKey), message, signature);
    }

    private static boolean jdkAccepts(byte[] rawKey, byte[] message, byte[] signature) {
        try {
            byte[] prefix = {48, 42, 48, 5, 6, 3, 43, 101, 112, 3, 33, 0};
            Signature ed25519 = Signature.getInstance("Ed25519", "SunEC");
            ed25519.initVerify(KeyFactory.getInstance("Ed25519", "SunEC")
                    .generatePublic(new X509EncodedKeySpec(join(prefix, rawKey))));
            ed25519.update(message);
            return ed25519.verify(signature);
        } catch (GeneralSecurityException refused) {
            return false;
        }
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    private static byte[] message(int number) {
        return ("message " + number).getBytes(StandardCharsets.UTF_8);
    }

    private static BigInteger scalar() {
        return new BigInteger(400, RANDOM).mod(EdwardsPoint.L);
    }

    private static byte[] bytes() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
