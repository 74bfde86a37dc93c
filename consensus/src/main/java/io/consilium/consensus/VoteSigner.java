package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Signer;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The one place where consensus signs (BFT-5). First sends, re-sends and recovery all come through {@link #sign}, which
 * asks the vote record every time: it answers with the recorded bytes, with a new signature that has become part of the
 * record, or with none. What a vote relies on (block, prepare QC) is written in the same batch as the vote (BFT-6).
 */
final class VoteSigner {
    private final Hash chainId;
    private final Optional<Signer> signer;
    private final SafetyRules rules;
    private final VoteRecord record;
    private final List<VoteEntry> entries = new ArrayList<>();
    private boolean entriesDue;
    private HeightVotes votes;
    private ValidatorSet set;
    private long height;
    private boolean member;
    private boolean gateOpen;
    private boolean observing;
    private long silentThrough;
    private long decidedElsewhere;

    VoteSigner(Hash chainId, Optional<Signer> signer, SafetyRules rules, VoteRecord record, RecoveredState recovered) {
        this.chainId = chainId;
        this.signer = signer;
        this.rules = rules;
        this.record = record;
        this.silentThrough = record.silentThrough();
        this.set = recovered.sets().next();
        this.height = recovered.tip().height() + 1;
        this.votes = record.enter(height);
    }

    /** Moves on; what is not yet due to be written belongs to a decided height and is dropped. */
    void enter(long newHeight, ValidatorSet newSet) {
        height = newHeight;
        set = newSet;
        votes = record.enter(newHeight);
        member = key().filter(key -> newSet.indexOf(key).isPresent()).isPresent();
        entries.clear();
    }

    Optional<PublicKey> key() {
        return signer.map(Signer::publicKey);
    }

    HeightVotes votes() {
        return votes;
    }

    boolean maySign() {
        return member && gateOpen && !observing && height > silentThrough && height > decidedElsewhere;
    }

    /** This node signs nothing now, and must not be counted on as a witness either (BFT-16). */
    boolean isObserver() {
        return observing || height <= silentThrough;
    }

    /** At least one honest validator has decided this height: nothing is to be gained by a vote in it. */
    void decidedElsewhere(long decidedHeight) {
        decidedElsewhere = decidedHeight;
    }

    boolean isGateOpen() {
        return gateOpen;
    }

    void openGate() {
        gateOpen = true;
    }

    /** BFT-16: from now on nothing is signed, at no height, until a bound is known. */
    void observe() {
        observing = true;
    }

    boolean isObserving() {
        return observing;
    }

    /** BFT-16: the bound below which this observer stays silent becomes durable before anything is ever signed. */
    void silentThrough(long bound) {
        observing = false;
        silentThrough = Math.max(silentThrough, bound);
        entries.add(VoteRecord.silentThrough(silentThrough));
        entriesDue = true;
    }

    /** Keeps a block with the votes for it; written with the next vote, once. */
    void hold(Hash hash, ProposedBlock block) {
        if (maySign() && votes.hold(hash, block)) {
            note(VoteRecord.block(height, hash, block));
        }
    }

    /** Keeps the highest prepare QC; written with the next vote. */
    void hold(QuorumCertificate prepareQc) {
        if (votes.prepareQc().filter(held -> held.round() >= prepareQc.round()).isEmpty()) {
            votes.prepareQc(prepareQc);
            note(VoteRecord.prepareQc(prepareQc));
        }
    }

    /** Keeps the highest TC; written with the next vote, so that a later TIMEOUT can carry it after a restart. */
    void hold(TimeoutCertificate tc) {
        if (votes.timeoutCertificate()
                .filter(held -> held.round() >= tc.round())
                .isEmpty()) {
            votes.timeoutCertificate(tc);
            note(VoteRecord.timeoutCertificate(tc));
        }
    }

    /** Adds to the next write; in place of what it overwrites, so that a node that does not vote gathers nothing. */
    private void note(VoteEntry entry) {
        entries.removeIf(earlier -> Arrays.equals(earlier.key(), entry.key()));
        entries.add(entry);
    }

    /**
     * The signature of a vote at the current height, or none if a rule forbids it.
     *
     * @param blockHash not regarded for a TIMEOUT, which reports what {@link SafetyRules#reported} says
     */
    Optional<byte[]> sign(VoteType type, int round, Hash blockHash) {
        if (!maySign()) {
            return Optional.empty();
        }
        if (type == VoteType.TIMEOUT) {
            return signTimeout(round).map(HeightVotes.SignedTimeout::signature);
        }
        if (rules.gaveUp(votes, type, round)) {
            return Optional.empty();
        }
        Optional<HeightVotes.SignedBlock> recorded = votes.signed(type, round);
        if (recorded.isPresent()) {
            // BFT-5: once per round, and a re-send is the same bytes
            return recorded.filter(signed -> signed.blockHash().equals(blockHash))
                    .map(HeightVotes.SignedBlock::signature);
        }
        if (round < votes.highestRound(type) || !isBacked(type, round, blockHash)) {
            return Optional.empty();
        }
        byte[] signature = signature(VoteBytes.of(chainId, set, type, height, round, blockHash));
        HeightVotes.SignedBlock signed = new HeightVotes.SignedBlock(blockHash, signature);
        votes.sign(type, round, signed);
        entries.add(VoteRecord.vote(type, height, round, signed));
        entriesDue = true;
        return Optional.of(signature);
    }

    /** The block is held with the record, and for a COMMIT so is the prepare QC of just this round (BFT-2). */
    private boolean isBacked(VoteType type, int round, Hash blockHash) {
        boolean held = votes.blocks().containsKey(blockHash);
        return type != VoteType.COMMIT
                ? held
                : held
                        && votes.prepareQc()
                                .filter(qc ->
                                        qc.round() == round && qc.blockHash().equals(blockHash))
                                .isPresent();
    }

    private Optional<HeightVotes.SignedTimeout> signTimeout(int round) {
        Optional<HeightVotes.SignedTimeout> recorded = votes.timeout();
        if (recorded.filter(signed -> signed.round() >= round).isPresent()) {
            return recorded.filter(signed -> signed.round() == round);
        }
        Optional<QuorumCertificate> highestQc = rules.reported(votes);
        int qcRound = highestQc.map(QuorumCertificate::round).orElse(VoteBytes.NO_QC);
        byte[] signature = signature(VoteBytes.timeout(chainId, set, height, round, qcRound));
        HeightVotes.SignedTimeout signed = new HeightVotes.SignedTimeout(round, qcRound, signature, highestQc);
        votes.timeout(signed);
        entries.add(VoteRecord.timeout(height, signed));
        entriesDue = true;
        return Optional.of(signed);
    }

    private byte[] signature(byte[] message) {
        return signer.orElseThrow(() -> new IllegalStateException("a node without a key was asked to vote"))
                .sign(message);
    }

    /** What must be durable before the votes signed since the last call may leave; empty if nothing was signed. */
    List<VoteEntry> takeEntries() {
        if (!entriesDue) {
            return List.of();
        }
        List<VoteEntry> taken = List.copyOf(entries);
        entries.clear();
        entriesDue = false;
        return taken;
    }
}
