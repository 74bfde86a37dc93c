package io.consilium.ledger.block;

import io.consilium.crypto.Hash;
import java.util.Arrays;

/**
 * What execution may know of the block besides its transactions.
 *
 * @param timestampMillis block time in milliseconds since 1970-01-01T00:00:00Z
 * @param leaderRecord consensus' record of blamed leaders after this block, kept in certified state (BFT-12)
 */
public record BlockContext(Hash chainId, long height, long timestampMillis, Hash parentHash, byte[] leaderRecord) {
    public static final int MAX_LEADER_RECORD_BYTES = 64 * 1024;

    public BlockContext {
        if (height < 1) {
            throw new IllegalArgumentException("the first block has height 1, there is no height " + height);
        }
        if (timestampMillis < 0) {
            throw new IllegalArgumentException("block time " + timestampMillis + " is before 1970");
        }
        if (leaderRecord.length > MAX_LEADER_RECORD_BYTES) {
            throw new IllegalArgumentException("a leader record has at most " + MAX_LEADER_RECORD_BYTES + " bytes");
        }
        leaderRecord = leaderRecord.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BlockContext context
                && chainId.equals(context.chainId)
                && height == context.height
                && timestampMillis == context.timestampMillis
                && parentHash.equals(context.parentHash)
                && Arrays.equals(leaderRecord, context.leaderRecord);
    }

    @Override
    public int hashCode() {
        return 31 * parentHash.hashCode() + Long.hashCode(height);
    }

    @Override
    public String toString() {
        return "BlockContext[height=" + height + ", timestampMillis=" + timestampMillis + "]";
    }
}
