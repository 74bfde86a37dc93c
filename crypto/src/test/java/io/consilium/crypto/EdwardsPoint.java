package io.consilium.crypto;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/** Slow affine arithmetic on edwards25519 (RFC 8032, section 5.1), to build signatures that no library would make. */
record EdwardsPoint(BigInteger x, BigInteger y) {
    static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    static final BigInteger L = BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    static final EdwardsPoint IDENTITY = new EdwardsPoint(BigInteger.ZERO, BigInteger.ONE);
    static final EdwardsPoint BASE = withY(
                    BigInteger.valueOf(4)
                            .multiply(inverse(BigInteger.valueOf(5)))
                            .mod(P),
                    false)
            .orElseThrow();

    private static final BigInteger D = d();

    private static BigInteger inverse(BigInteger value) {
        return value.modInverse(P);
    }

    private static BigInteger d() {
        return BigInteger.valueOf(-121665)
                .multiply(inverse(BigInteger.valueOf(121666)))
                .mod(P);
    }

    static Optional<EdwardsPoint> withY(BigInteger y, boolean odd) {
        BigInteger y2 = y.multiply(y).mod(P);
        BigInteger x2 = y2.subtract(BigInteger.ONE)
                .multiply(inverse(d().multiply(y2).add(BigInteger.ONE).mod(P)))
                .mod(P);
        BigInteger root = x2.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
        if (!root.multiply(root).mod(P).equals(x2)) {
            BigInteger sqrtMinusOne =
                    BigInteger.TWO.modPow(P.subtract(BigInteger.ONE).shiftRight(2), P);
            root = root.multiply(sqrtMinusOne).mod(P);
        }
        if (!root.multiply(root).mod(P).equals(x2)) {
            return Optional.empty();
        }
        return Optional.of(new EdwardsPoint(
                root.testBit(0) == odd ? root : P.subtract(root).mod(P), y));
    }

    EdwardsPoint add(EdwardsPoint o) {
        BigInteger product =
                D.multiply(x).multiply(o.x).multiply(y).multiply(o.y).mod(P);
        BigInteger sumX = x.multiply(o.y)
                .add(o.x.multiply(y))
                .multiply(inverse(BigInteger.ONE.add(product).mod(P)));
        BigInteger sumY = y.multiply(o.y)
                .add(x.multiply(o.x))
                .multiply(inverse(BigInteger.ONE.subtract(product).mod(P)));
        return new EdwardsPoint(sumX.mod(P), sumY.mod(P));
    }

    EdwardsPoint times(BigInteger scalar) {
        EdwardsPoint result = IDENTITY;
        for (int i = scalar.bitLength() - 1; i >= 0; i--) {
            result = result.add(result);
            if (scalar.testBit(i)) {
                result = result.add(this);
            }
        }
        return result;
    }

    /** A point of order exactly 8. */
    static EdwardsPoint torsion() {
        for (int y = 2; ; y++) {
            Optional<EdwardsPoint> torsion = withY(BigInteger.valueOf(y), false).map(point -> point.times(L));
            if (torsion.isPresent()
                    && !torsion.get().times(BigInteger.valueOf(4)).equals(IDENTITY)) {
                return torsion.get();
            }
        }
    }

    byte[] encode() {
        return encode(y, x.testBit(0));
    }

    /** Any 255-bit number and any sign: also encodings that are not canonical. */
    static byte[] encode(BigInteger y, boolean sign) {
        byte[] bytes = littleEndian(y);
        if (sign) {
            bytes[31] |= (byte) 0x80;
        }
        return bytes;
    }

    static byte[] littleEndian(BigInteger value) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < 256; i++) {
            if (value.testBit(i)) {
                bytes[i / 8] |= (byte) (1 << (i % 8));
            }
        }
        return bytes;
    }

    static BigInteger fromLittleEndian(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return new BigInteger(1, reversed);
    }

    static byte[] sha512(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-512");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException missing) {
            throw new AssertionError(missing);
        }
    }

    /** The secret scalar of an Ed25519 seed. */
    static BigInteger scalar(byte[] seed) {
        byte[] half = Arrays.copyOf(sha512(seed), 32);
        half[0] &= (byte) 0xf8;
        half[31] &= 0x7f;
        half[31] |= 0x40;
        return fromLittleEndian(half);
    }
}
