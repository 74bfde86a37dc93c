package io.consilium.consensus;

import java.util.Optional;

/**
 * What storage holds when a node starts.
 *
 * @param leaderRecord the leader record in the tip's certified state, empty at the genesis (BFT-12)
 * @param voteRecord absent when it is missing, unreadable or from another chain: the node starts as observer (BFT-16)
 * @param nonce fresh random bytes for this start's observer queries
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RecoveredState(
        Tip tip, ValidatorSets sets, byte[] leaderRecord, Optional<VoteRecord> voteRecord, byte[] nonce) {
    public static final int NONCE_BYTES = 16;

    public RecoveredState {
        if (nonce.length != NONCE_BYTES) {
            throw new IllegalArgumentException("a nonce has " + NONCE_BYTES + " bytes, not " + nonce.length);
        }
        leaderRecord = leaderRecord.clone();
        nonce = nonce.clone();
    }

    @Override
    public byte[] leaderRecord() {
        return leaderRecord.clone();
    }

    @Override
    public byte[] nonce() {
        return nonce.clone();
    }

    @Override
    public String toString() {
        return "RecoveredState[tip=" + tip.height() + ", voteRecord=" + voteRecord.isPresent() + "]";
    }
}
