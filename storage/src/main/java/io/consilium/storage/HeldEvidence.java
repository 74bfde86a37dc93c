package io.consilium.storage;

import io.consilium.crypto.certificate.Evidence;
import io.consilium.ledger.block.LedgerIndexes;

/**
 * A proof of a fault that this node found, until it stands on chain (BFT-19).
 *
 * @param culprit institution of the validator that the proof is against
 */
public record HeldEvidence(String culprit, Evidence evidence) {
    /** Proofs against one institution that a node holds at once; the chain takes no more than these in an epoch. */
    public static final int MAX_A_CULPRIT = 8;

    /** What tells faults apart, in the order of heights; the same as in the chain's index of evidence. */
    public byte[] key() {
        return LedgerIndexes.evidenceKey(evidence.height(), evidence.round(), evidence.kind(), culprit);
    }

    static String culpritOf(byte[] key) {
        return LedgerIndexes.faultAt(key).culprit();
    }
}
