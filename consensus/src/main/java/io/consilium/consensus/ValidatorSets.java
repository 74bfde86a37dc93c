package io.consilium.consensus;

import io.consilium.crypto.certificate.ValidatorSet;

/**
 * The validator sets around a tip of height h (BFT-18).
 *
 * @param tip the set of h, which signed the tip's commit QC; at the genesis the set of height 1
 * @param next the set of h+1
 * @param afterNext the set of h+2, named by the tip's header
 */
public record ValidatorSets(ValidatorSet tip, ValidatorSet next, ValidatorSet afterNext) {
    /** Before the first change all three are the genesis's. */
    public static ValidatorSets unchanged(ValidatorSet set) {
        return new ValidatorSets(set, set, set);
    }

    ValidatorSets shift(ValidatorSet following) {
        return new ValidatorSets(next, afterNext, following);
    }

    /** A changed set waits to come into force: the one case in which an empty block is valid (BFT-9). */
    boolean changePending() {
        return !next.hash().equals(afterNext.hash());
    }
}
