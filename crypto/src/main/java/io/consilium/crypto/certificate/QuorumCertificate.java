package io.consilium.crypto.certificate;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.Verifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A quorum of PREPAREs or COMMITs for one block of one height and round.
 *
 * <p>Signers are ascending indexes in the validator set; signatures stand in the same order. Two valid certificates of
 * one block may hold different signers: compare what they certify, never their bytes.
 *
 * @param signatures of 64 bytes each; copied on construction, shared by the accessor, never to be changed
 */
public record QuorumCertificate(
        VoteType type, long height, int round, Hash blockHash, List<Integer> signers, List<byte[]> signatures) {
    public static final int SIGNATURE_BYTES = 64;
    public static final int MAX_ENCODED_BYTES = 10 * 1024;

    private static final int BITMAP_BYTES = ValidatorSet.MAX_VALIDATORS / 8;

    public QuorumCertificate {
        if (type != VoteType.PREPARE && type != VoteType.COMMIT) {
            throw new IllegalArgumentException("a quorum certificate holds PREPAREs or COMMITs, not " + type + "s");
        }
        if (height < 1 || round < 0) {
            throw new IllegalArgumentException("there is no certificate for height " + height + ", round " + round);
        }
        signers = List.copyOf(signers);
        requireAscending(signers);
        if (signers.size() != signatures.size()) {
            throw new IllegalArgumentException(
                    signers.size() + " signers with " + signatures.size() + " signatures in a quorum certificate");
        }
        signatures = signatures.stream().map(QuorumCertificate::copySignature).toList();
    }

    static void requireAscending(List<Integer> signers) {
        int previous = -1;
        for (int signer : signers) {
            if (signer <= previous || signer >= ValidatorSet.MAX_VALIDATORS) {
                throw new IllegalArgumentException(
                        "signers are ascending indexes below " + ValidatorSet.MAX_VALIDATORS + ", not " + signers);
            }
            previous = signer;
        }
        if (previous < 0) {
            throw new IllegalArgumentException("a certificate without signers");
        }
    }

    static byte[] copySignature(byte[] signature) {
        if (signature.length != SIGNATURE_BYTES) {
            throw new IllegalArgumentException("a signature has 64 bytes, not " + signature.length);
        }
        return signature.clone();
    }

    /** True when exactly q validators of the set signed and every signature is valid. */
    public boolean verify(Hash chainId, ValidatorSet set, Verifier verifier) {
        if (signers.size() != set.quorum() || signers.get(signers.size() - 1) >= set.size()) {
            return false;
        }
        byte[] message = VoteBytes.of(chainId, set, type, height, round, blockHash);
        for (int i = 0; i < signers.size(); i++) {
            if (!verifier.verify(set.get(signers.get(i)).key(), message, signatures.get(i))) {
                return false;
            }
        }
        return true;
    }

    public byte[] encode() {
        CanonicalWriter writer = new CanonicalWriter();
        write(writer);
        return writer.toBytes();
    }

    /** Validator i is bit i mod 8, counted from the least significant, of byte i / 8 of the bitmap. */
    public void write(CanonicalWriter writer) {
        byte[] bitmap = new byte[BITMAP_BYTES];
        for (int signer : signers) {
            bitmap[signer / 8] |= (byte) (1 << (signer % 8));
        }
        writer.writeByte(type.code())
                .writeLong(height)
                .writeInt(round)
                .writeHash(blockHash)
                .writeFixed(bitmap);
        signatures.forEach(writer::writeFixed);
    }

    public static QuorumCertificate decode(byte[] bytes) throws MalformedException {
        return CanonicalReader.decode(bytes, MAX_ENCODED_BYTES, "quorum certificate", QuorumCertificate::read);
    }

    public static QuorumCertificate read(CanonicalReader reader) throws MalformedException {
        VoteType type = VoteType.fromCode(reader.readByte());
        long height = reader.readLong();
        int round = reader.readInt();
        Hash blockHash = reader.readHash();
        byte[] bitmap = reader.readFixed(BITMAP_BYTES);
        List<Integer> signers = new ArrayList<>();
        List<byte[]> signatures = new ArrayList<>();
        for (int i = 0; i < ValidatorSet.MAX_VALIDATORS; i++) {
            if ((bitmap[i / 8] >>> (i % 8) & 1) == 1) {
                signers.add(i);
                signatures.add(reader.readFixed(SIGNATURE_BYTES));
            }
        }
        return new QuorumCertificate(type, height, round, blockHash, signers, signatures);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QuorumCertificate qc && Arrays.equals(encode(), qc.encode());
    }

    @Override
    public int hashCode() {
        return 31 * blockHash.hashCode() + round;
    }

    @Override
    public String toString() {
        return "QuorumCertificate[" + type + ", height=" + height + ", round=" + round + ", block="
                + blockHash.shortHex() + ", signers=" + signers + "]";
    }
}
