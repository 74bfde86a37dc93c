package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The three phases: a proposal is prepared, a prepare QC committed, a commit QC decided. */
final class Voting {
    private final Core core;

    Voting(Core core) {
        this.core = core;
    }

    void onPropose(int sender, Message.Propose proposal, long receivedAtMillis) {
        HeightState at = core.at;
        int round = proposal.round();
        if (at.isDecided() || sender != at.leaders.leader(at.height, round)) {
            return;
        }
        Hash hash = proposal.header().hash();
        boolean contradicts = core.accuser.contradicts(sender, round, hash);
        boolean known = at.round == round
                && at.proposal.filter(accepted -> accepted.hash().equals(hash)).isPresent();
        if (known || (round < at.round && !contradicts)) {
            return;
        }
        byte[] signed = VoteBytes.of(core.chainId(), at.set, VoteType.PROPOSE, at.height, round, hash);
        if (!core.verify(at.key(sender), signed, proposal.signature())) {
            return;
        }
        core.accuser.proposed(at.height, sender, round, hash, proposal.signature());
        if (contradicts || !acceptTimeoutCertificate(proposal)) {
            return;
        }
        if (at.round == round && at.proposal.isEmpty()) {
            accept(proposal, hash, receivedAtMillis);
        }
    }

    /** BFT-1: round r > 0 needs the TC of round r−1. It is checked even if another one is known: it may oblige. */
    private boolean acceptTimeoutCertificate(Message.Propose proposal) {
        return proposal.previousTc()
                .map(tc -> {
                    boolean valid = core.at.highestTc.filter(tc::equals).isPresent() || core.verify(tc);
                    if (valid) {
                        core.roundChange.onCertificate(tc, false);
                    }
                    return valid;
                })
                .orElse(true);
    }

    private void accept(Message.Propose proposal, Hash hash, long receivedAtMillis) {
        HeightState at = core.at;
        Optional<String> refusal = ProposalRules.refusal(core, proposal, hash, receivedAtMillis);
        if (refusal.isPresent()) {
            if (at.refused.filter(hash::equals).isEmpty()) {
                at.refused = Optional.of(hash); // once, however often it is sent
                core.alarm(AlarmCode.PROPOSAL_REFUSED, refusal.get());
            }
            return;
        }
        at.proposal = Optional.of(new HeightState.Accepted(proposal, hash));
        core.pacemaker.arm(); // BFT-9: a valid proposal was seen
        Optional<HeldBlock> held = at.block(hash);
        if (held.isEmpty() && proposal.inlineBody().isPresent()) {
            ProposedBlock block =
                    new ProposedBlock(proposal.header(), proposal.inlineBody().get());
            held = Optional.of(at.hold(hash, block));
            core.fetcher.arrived(hash);
        }
        if (held.isPresent()) {
            onHeld(held.get());
        } else {
            core.fetcher.fetch(
                    hash,
                    Optional.of(proposal.header()),
                    proposal.transactionHashes(),
                    List.of(at.leader())); // BFT-13: from the leader, then from others
        }
    }

    void onVote(int sender, Message.Vote vote) {
        HeightState at = core.at;
        if (at.isDecided() || vote.signer() != sender) {
            return;
        }
        Optional<Message.Vote> kept = at.votes.vote(vote.type(), sender);
        boolean sameRound =
                kept.filter(earlier -> earlier.round() == vote.round()).isPresent();
        if (kept.filter(earlier -> earlier.round() > vote.round()).isPresent()
                || (sameRound && kept.get().blockHash().equals(vote.blockHash()))) {
            return;
        }
        byte[] signed = VoteBytes.of(core.chainId(), at.set, vote.type(), at.height, vote.round(), vote.blockHash());
        if (!core.verify(at.key(sender), signed, vote.signature())) {
            return;
        }
        if (sameRound) {
            core.accuser.voted(kept.get(), vote); // BFT-19
            return;
        }
        at.votes.keep(vote);
        if (vote.type() == VoteType.COMMIT) {
            at.votes.timeout(sender).ifPresent(timeout -> core.accuser.compare(vote, timeout));
        }
        boolean known =
                vote.type() == VoteType.PREPARE && at.prepareQc(vote.round()).isPresent();
        if (!known) {
            at.votes
                    .certificate(vote.type(), at.height, vote.round(), vote.blockHash())
                    .ifPresent(this::onVerified);
        }
    }

    /** A quorum certificate from a message: used at the current height, whatever its round, or as a reason to catch up. */
    void onCertificate(PublicKey sender, QuorumCertificate qc) {
        HeightState at = core.at;
        if (qc.height() > at.height) {
            if (qc.type() == VoteType.COMMIT) {
                boolean proven = core.verify(qc, at.sets.afterNext());
                // BFT-17: an unproven claim is never a height to wait for
                core.out.emit(new Effect.CatchUp(sender, qc, proven));
            }
            return;
        }
        boolean known =
                qc.type() == VoteType.PREPARE && at.prepareQc(qc.round()).isPresent();
        if (qc.height() == at.height && !at.isDecided() && !known && core.verify(qc, at.set)) {
            onVerified(qc);
        }
    }

    /** A valid certificate of the current height. */
    void onVerified(QuorumCertificate qc) {
        if (core.at.isDecided()) {
            return;
        }
        if (qc.type() == VoteType.COMMIT) {
            onCommitted(qc);
        } else if (core.at.keep(qc)) {
            core.signer.hold(qc);
            if (qc.round() > core.at.round) {
                core.pacemaker.enter(qc.round()); // BFT-11
            }
            core.pacemaker.arm();
            pursue();
        }
    }

    /** The block of the highest prepare QC is wanted: to commit it, to propose it again, or to serve it. */
    void pursue() {
        Optional<QuorumCertificate> highest = core.at.highestPrepareQc();
        if (core.at.isDecided() || core.at.self.isEmpty() || highest.isEmpty()) {
            return;
        }
        QuorumCertificate qc = highest.get();
        core.at
                .block(qc.blockHash())
                .ifPresentOrElse(this::onHeld, () -> core.fetcher.fetchSoon(qc.blockHash(), qc.signers()));
    }

    /** BFT-4: nothing of this height counts any more, only that its block is held and executed. */
    private void onCommitted(QuorumCertificate qc) {
        HeightState at = core.at;
        at.commitQc = Optional.of(qc);
        core.pacemaker.stop();
        Optional<HeldBlock> held = at.block(qc.blockHash());
        if (held.isPresent()) {
            onHeld(held.get());
            return;
        }
        Optional<Message.Propose> proposal = at.proposal
                .filter(accepted -> accepted.hash().equals(qc.blockHash()))
                .map(HeightState.Accepted::message);
        core.fetcher.fetch(
                qc.blockHash(),
                proposal.map(Message.Propose::header),
                proposal.map(Message.Propose::transactionHashes).orElse(List.of()),
                qc.signers());
    }

    void onBody(ProposedBlock block) {
        Hash hash = block.header().hash();
        if (block.header().height() == core.at.height && core.fetcher.wants(hash)) {
            core.fetcher.arrived(hash);
            onHeld(core.at.hold(hash, block));
        }
    }

    /** The body of a block that counts is here: it is executed, and then voted on or decided. */
    void onHeld(HeldBlock held) {
        if (held.verdict().isPresent()) {
            onVerdict(held);
        } else if (!held.isExecuting() && core.at.isNamed(held.hash)) {
            held.executing();
            HeightState at = core.at;
            byte[] leaderRecord = LeaderSchedule.next(at.leaderRecord, held.header(), at.set);
            core.out.emit(
                    new Effect.Execute(held.header(), held.block.body(), at.round, leaderRecord, !at.isDecided()));
        }
    }

    void onExecuted(Hash hash, ExecutionVerdict verdict, Optional<ValidatorSet> nextSet) {
        core.at.block(hash).filter(HeldBlock::isExecuting).ifPresent(held -> {
            held.executed(verdict, nextSet);
            reportMismatch(held);
            onVerdict(held);
        });
    }

    private void reportMismatch(HeldBlock held) {
        String block = "block " + held.hash.shortHex() + " of proposer "
                + held.header().proposer();
        switch (held.verdict().orElseThrow()) {
            case MATCH -> {}
            case BODY_DIFFERS -> core.alarm(AlarmCode.BODY_DIFFERS, block + " came with a body that is not its own");
            case INADMISSIBLE ->
                core.alarm(AlarmCode.BLOCK_INADMISSIBLE, block + " holds a transaction that may not be in a block");
            case ROOTS_DIFFER ->
                core.alarm(AlarmCode.ROOTS_DIFFER, block + " claims results that this node does not compute");
        }
    }

    private void onVerdict(HeldBlock held) {
        ExecutionVerdict verdict = held.verdict().orElseThrow();
        boolean decided =
                core.at.commitQc.filter(qc -> qc.blockHash().equals(held.hash)).isPresent();
        if (verdict == ExecutionVerdict.BODY_DIFFERS) {
            refetch(held);
        } else if (decided && verdict == ExecutionVerdict.MATCH) {
            decide(held);
        } else if (decided) {
            // BFT-8: a quorum certified what this node cannot reproduce
            core.halt(
                    "block " + held.hash.hex() + " of height " + core.at.height
                            + " has a commit certificate, but this node found " + verdict
                            + "; compare the changed values that its log names with another validator's state before starting again");
        } else {
            prepare();
            commit();
            core.proposer.offer();
        }
    }

    /** The header may be sound and only this copy of the body wrong: another validator has the right one. */
    private void refetch(HeldBlock held) {
        HeightState at = core.at;
        boolean named = at.isNamed(held.hash);
        at.drop(held.hash);
        if (named) {
            BlockHeader header = held.header();
            List<Integer> holders = at.highestPrepareQc()
                    .filter(qc -> qc.blockHash().equals(held.hash))
                    .map(QuorumCertificate::signers)
                    .orElse(IntStream.range(0, at.set.size())
                            .filter(validator -> validator != header.proposer())
                            .boxed()
                            .toList());
            core.fetcher.fetch(held.hash, Optional.of(header), List.of(), holders);
        }
    }

    /** BFT-1: the current round's proposal, once its block is executed and equal to the header. */
    void prepare() {
        HeightState at = core.at;
        if (at.isDecided() || at.proposal.isEmpty() || voted(VoteType.PREPARE, at.round)) {
            return;
        }
        at.block(at.proposal.get().hash()).filter(HeldBlock::matches).ifPresent(held -> {
            core.signer.hold(held.hash, held.block);
            vote(VoteType.PREPARE, at.round, held.hash);
        });
    }

    /** BFT-2: the highest prepare QC. Its block must be held, which here means executed with the header's roots. */
    void commit() {
        HeightState at = core.at;
        Optional<QuorumCertificate> highest = at.highestPrepareQc();
        if (at.isDecided()
                || highest.isEmpty()
                || voted(VoteType.COMMIT, highest.get().round())) {
            return;
        }
        at.block(highest.get().blockHash()).filter(HeldBlock::matches).ifPresent(held -> {
            core.signer.hold(held.hash, held.block);
            vote(VoteType.COMMIT, highest.get().round(), held.hash);
        });
    }

    private boolean voted(VoteType type, int round) {
        HeightState at = core.at;
        return at.self.isEmpty()
                || at.votes
                        .vote(type, at.self.getAsInt())
                        .filter(own -> own.round() >= round)
                        .isPresent();
    }

    private void vote(VoteType type, int round, Hash hash) {
        core.signer
                .sign(type, round, hash)
                .ifPresent(signature ->
                        core.publish(new Message.Vote(type, core.at.height, round, hash, signature, core.self())));
    }

    /** After a start: what was signed in this round is sent again, the same bytes (BFT-5). */
    void resend() {
        HeightVotes signed = core.signer.votes();
        for (VoteType type : List.of(VoteType.PREPARE, VoteType.COMMIT)) {
            int round = signed.highestRound(type);
            if (round >= 0 && !core.at.isDecided() && !voted(type, round)) {
                vote(type, round, signed.signed(type, round).orElseThrow().blockHash());
            }
        }
    }

    private void decide(HeldBlock held) {
        HeightState at = core.at;
        QuorumCertificate commitQc = at.commitQc.orElseThrow();
        core.out.emit(new Effect.Decide(held.header(), held.block.body(), commitQc));
        core.advance = Optional.of(new Core.Advance(
                new Tip(at.height, held.hash, Optional.of(held.header()), Optional.of(commitQc)),
                at.sets.shift(held.nextSet()),
                LeaderSchedule.next(at.leaderRecord, held.header(), at.set)));
    }
}
