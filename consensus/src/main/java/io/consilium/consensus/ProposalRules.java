package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import java.util.List;
import java.util.Optional;

/** Whether a proposal may be prepared, as far as its header shows; pure questions with a reason for each no. */
final class ProposalRules {
    /** The root over no transactions. */
    static final Hash EMPTY_ROOT = MerkleTree.root(List.of());

    private static final long MAX_TOLERANCE_MILLIS = 60_000;

    private ProposalRules() {}

    static Optional<String> refusal(Core core, Message.Propose proposal, Hash hash, long clockMillis) {
        BlockHeader header = proposal.header();
        if (proposal.inlineBody().isEmpty()
                && !MerkleTree.root(proposal.transactionHashes()).equals(header.transactionsRoot())) {
            return Optional.of("the listed transactions are not those of the header");
        }
        Optional<Hash> obliged = core.rules.obliged(proposal.previousTc());
        if (obliged.isPresent()) {
            // BFT-1: exactly the certified block; who proposed it and when is of no account (BFT-14)
            return obliged.get().equals(hash)
                    ? Optional.empty()
                    : Optional.of("the timeout certificate obliges to block "
                            + obliged.get().shortHex() + ", not " + hash.shortHex());
        }
        return freshRefusal(core, proposal, clockMillis);
    }

    private static Optional<String> freshRefusal(Core core, Message.Propose proposal, long clockMillis) {
        HeightState at = core.at;
        BlockHeader header = proposal.header();
        if (!header.chainId().equals(core.chainId())) {
            return Optional.of("the block is of another chain");
        }
        if (!header.parentHash().equals(at.tip.blockHash())) {
            return Optional.of("the block is no child of the decided tip");
        }
        if (!header.validatorSetHash().equals(at.set.hash())) {
            return Optional.of("the header names another validator set");
        }
        if (header.proposer() != at.leaders.leader(at.height, proposal.round())) {
            return Optional.of("the header names proposer " + header.proposer() + ", who does not lead this round");
        }
        if (header.transactionsRoot().equals(EMPTY_ROOT) && !at.sets.changePending()) {
            return Optional.of("the block is empty and no change of validators waits (BFT-9)");
        }
        if (!isValidTime(core, header.timestampMillis(), proposal.round(), clockMillis)) {
            return Optional.of("its time " + header.timestampMillis() + " is not acceptable at " + clockMillis
                    + " after a parent of " + at.tip.timestampMillis() + " (BFT-14); check the clocks");
        }
        return header.parentQc().filter(qc -> !isValidParentQc(core, qc)).isPresent()
                ? Optional.of("the parent's commit certificate is not valid")
                : Optional.empty();
    }

    /** Any valid one will do: bytes are never compared, except to save the work of verifying one's own again. */
    private static boolean isValidParentQc(Core core, QuorumCertificate qc) {
        return core.at.tip.commitQc().filter(qc::equals).isPresent() || core.verify(qc, core.at.sets.tip());
    }

    /** BFT-14. */
    private static boolean isValidTime(Core core, long time, int round, long clock) {
        long parent = core.at.tip.timestampMillis();
        long tolerance = Math.min(core.config.timeToleranceMillis() * (round + 1L), MAX_TOLERANCE_MILLIS);
        return parent < time && clock - tolerance <= time && time <= Math.max(clock + tolerance, parent + 1);
    }
}
