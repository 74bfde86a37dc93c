package io.consilium.crypto.certificate;

import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;

/** The 32 bytes that a validator signs: a hash over domain, chain, validator set, type, height, round and fields. */
public final class VoteBytes {
    /** The round that a TIMEOUT without a prepare QC reports. */
    public static final int NO_QC = -1;

    private static final String DOMAIN = "consilium/vote/v1";

    private VoteBytes() {}

    /** PROPOSE, PREPARE and COMMIT name a block. */
    public static byte[] of(Hash chainId, ValidatorSet set, VoteType type, long height, int round, Hash blockHash) {
        if (type == VoteType.TIMEOUT) {
            throw new IllegalArgumentException("a TIMEOUT names no block");
        }
        return hash(start(chainId, set, type, height, round).writeHash(blockHash));
    }

    /** A TIMEOUT names the round of the highest prepare QC seen, or {@link #NO_QC}; never one above its own (BFT-3). */
    public static byte[] timeout(Hash chainId, ValidatorSet set, long height, int round, int qcRound) {
        if (qcRound < NO_QC || qcRound > round) {
            throw new IllegalArgumentException("a TIMEOUT of round " + round + " cannot report round " + qcRound);
        }
        return hash(start(chainId, set, VoteType.TIMEOUT, height, round).writeInt(qcRound));
    }

    private static CanonicalWriter start(Hash chainId, ValidatorSet set, VoteType type, long height, int round) {
        if (height < 1 || round < 0) {
            throw new IllegalArgumentException("there is no vote for height " + height + ", round " + round);
        }
        return new CanonicalWriter()
                .writeHash(chainId)
                .writeLong(set.epoch())
                .writeHash(set.hash())
                .writeByte(type.code())
                .writeLong(height)
                .writeInt(round);
    }

    private static byte[] hash(CanonicalWriter writer) {
        return Hash.tagged(DOMAIN, writer.toBytes()).toBytes();
    }
}
