package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteType;
import java.util.List;
import java.util.Optional;

/** The leader's part: what to offer in its round, and when (BFT-1, BFT-9, BFT-13). */
final class Proposer {
    /** From this round on each round's batch is half of the one before (BFT-8). */
    private static final int HALVING_ROUND = 2;

    private static final int MAX_HALVINGS = 10;

    private final Core core;

    Proposer(Core core) {
        this.core = core;
    }

    /** Proposes if this node leads the current round, has not yet done so, and has something to offer. */
    void offer() {
        HeightState at = core.at;
        if (at.isDecided()
                || !at.isOwn(at.leader())
                || at.offered
                || at.proposal.isPresent()
                || !core.signer.maySign()
                || core.signer.votes().timeoutRound() >= at.round
                || (at.round > 0 && at.previousTc().isEmpty())) {
            return; // without its TC the round was entered by a prepare QC: somebody has proposed already
        }
        Optional<ProposedBlock> signed = core.signer
                .votes()
                .signed(VoteType.PROPOSE, at.round)
                .map(offered -> core.signer.votes().blocks().get(offered.blockHash()));
        if (signed.isPresent()) {
            propose(signed.get()); // BFT-5: after a restart the same bytes
            return;
        }
        Optional<QuorumCertificate> certified = at.previousTc().flatMap(TimeoutCertificate::highestQc);
        if (certified.isPresent()) {
            offerAgain(certified.get());
        } else {
            build();
        }
    }

    private void offerAgain(QuorumCertificate certified) {
        Optional<HeldBlock> held = core.at.block(certified.blockHash());
        if (held.filter(block -> block.verdict().isPresent()).isPresent()) {
            propose(held.get().block);
        } else if (held.isPresent()) {
            core.voting.onHeld(held.get()); // executed first, so that no wrong copy of the body is passed on
        } else {
            core.fetcher.fetch(certified.blockHash(), Optional.empty(), List.of(), certified.signers());
        }
    }

    private void build() {
        HeightState at = core.at;
        boolean allowEmpty = at.sets.changePending();
        if (at.building || (!core.pacemaker.isPending() && !allowEmpty)) {
            return;
        }
        long wait = core.pacemaker.batchWaitMillis();
        if (wait > 0) {
            if (!core.timers.isRunning(TimerKind.BATCH)) {
                core.timers.set(TimerKind.BATCH, wait);
            }
            return;
        }
        core.timers.cancel(TimerKind.BATCH);
        at.building = true;
        int halvings = Math.min(Math.max(0, at.round - HALVING_ROUND + 1), MAX_HALVINGS);
        core.out.emit(new Effect.Build(
                at.height,
                at.round,
                at.tip.blockHash(),
                at.tip.commitQc(),
                at.set,
                at.sets.afterNext(),
                core.self(),
                at.tip.timestampMillis() + 1,
                core.now,
                1 << halvings,
                allowEmpty,
                LeaderSchedule.next(at.leaderRecord, at.height, at.tip.commitQc(), at.set)));
    }

    void onBuilt(Event.BlockBuilt built) {
        HeightState at = core.at;
        if (built.height() != at.height || built.round() != at.round || !at.building || at.isDecided()) {
            return;
        }
        at.building = false;
        if (built.block().isEmpty()) {
            core.pacemaker.onWorkDrained();
        } else {
            proposeBuilt(built.block().get(), built.nextSet());
        }
    }

    /** Whoever builds a block executes it, so its verdict is known. */
    private void proposeBuilt(ProposedBlock block, ValidatorSet nextSet) {
        Hash hash = block.header().hash();
        HeldBlock held = core.at.hold(hash, block);
        held.executed(ExecutionVerdict.MATCH, Optional.of(nextSet));
        if (held.matches()) {
            propose(block);
        } else {
            core.halt("the block built at height " + core.at.height
                    + " names another validator set than the one that executing it gives");
        }
    }

    private void propose(ProposedBlock block) {
        HeightState at = core.at;
        Hash hash = block.header().hash();
        core.signer.hold(hash, block);
        core.signer.sign(VoteType.PROPOSE, at.round, hash).ifPresent(signature -> {
            at.offered = true;
            boolean inline = block.body().length <= core.config.maxInlineBodyBytes(); // BFT-13
            core.publish(new Message.Propose(
                    at.height,
                    at.round,
                    block.header(),
                    inline ? Optional.of(block.body()) : Optional.empty(),
                    inline ? List.of() : core.config.blockBody().transactionHashes(block.body()),
                    at.previousTc(),
                    signature));
        });
    }
}
