package io.consilium.node.replica;

import io.consilium.consensus.ValidatorSets;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.ledger.evidence.EvidenceRules;
import io.consilium.ledger.state.LedgerState;
import io.consilium.storage.ChainStore;
import io.consilium.storage.HeldEvidence;
import java.util.Optional;
import java.util.stream.Stream;

/** Puts what consensus proves into the store, so that it outlives the process until the chain has it (BFT-19). */
final class EvidenceKeeping {
    private EvidenceKeeping() {}

    /** The proof as it is held now; empty if chain or store have the fault, or enough of its culprit's. */
    static Optional<HeldEvidence> keep(ChainStore store, ValidatorSets sets, Evidence evidence) {
        return Stream.of(sets.tip(), sets.next(), sets.afterNext())
                .filter(set -> set.epoch() == evidence.epoch())
                .findFirst()
                .flatMap(set -> keep(store, set, evidence));
    }

    private static Optional<HeldEvidence> keep(ChainStore store, ValidatorSet set, Evidence evidence) {
        HeldEvidence found = new HeldEvidence(evidence.culprit(set).institution(), evidence);
        boolean needless = EvidenceRules.needless(new LedgerState(store.latest()), found.culprit(), evidence)
                .isPresent();
        return !needless && store.keepEvidence(found) ? Optional.of(found) : Optional.empty();
    }
}
