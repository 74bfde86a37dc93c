package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.ValidatorSet;
import java.util.Optional;

/** A block of the current height whose body is here, and what executing it showed. */
final class HeldBlock {
    final Hash hash;
    final ProposedBlock block;
    private boolean executing;
    private Optional<ExecutionVerdict> verdict = Optional.empty();
    private Optional<ValidatorSet> nextSet = Optional.empty();

    HeldBlock(Hash hash, ProposedBlock block) {
        this.hash = hash;
        this.block = block;
    }

    BlockHeader header() {
        return block.header();
    }

    boolean isExecuting() {
        return executing;
    }

    void executing() {
        executing = true;
    }

    /** A MATCH whose resulting validator set is not the header's is none (BFT-18). */
    void executed(ExecutionVerdict found, Optional<ValidatorSet> resultingSet) {
        executing = false;
        nextSet = resultingSet;
        boolean sameSet = resultingSet
                .filter(set -> set.hash().equals(header().nextValidatorSetHash()))
                .isPresent();
        verdict = Optional.of(found == ExecutionVerdict.MATCH && !sameSet ? ExecutionVerdict.ROOTS_DIFFER : found);
    }

    Optional<ExecutionVerdict> verdict() {
        return verdict;
    }

    boolean matches() {
        return verdict.filter(found -> found == ExecutionVerdict.MATCH).isPresent();
    }

    ValidatorSet nextSet() {
        return nextSet.orElseThrow(() -> new IllegalStateException("a block that was not executed has no next set"));
    }
}
