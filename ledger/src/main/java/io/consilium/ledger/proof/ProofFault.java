package io.consilium.ledger.proof;

/** Why a proof does not hold, in words for a person. */
public record ProofFault(Kind kind, String reason) {

    /** What is at fault. */
    public enum Kind {
        /** The proof is about another chain than the genesis given. */
        WRONG_CHAIN,
        /** A hash, path or field does not lead where it should. */
        MISMATCH,
        /** The certificate or the validator set does not follow from the genesis. */
        NOT_CERTIFIED
    }
}
