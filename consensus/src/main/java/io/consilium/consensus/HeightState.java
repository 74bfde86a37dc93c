package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** All that is known of the height being decided; a new one stands for each height. Owned by the deciding thread. */
final class HeightState {
    /** Blocks kept at one height. The oldest that no certificate names go first; they can be fetched again. */
    static final int MAX_BLOCKS = 64;
    /** Verified prepare QCs kept at one height, the highest rounds. */
    static final int MAX_PREPARE_QCS = 16;

    /** The valid proposal of the current round. */
    record Accepted(Message.Propose message, Hash hash) {}

    final Tip tip;
    final long height;
    final ValidatorSets sets;
    final ValidatorSet set;
    final byte[] leaderRecord;
    final LeaderSchedule leaders;
    final OptionalInt self;
    final VoteKeeper votes;
    private final Map<Hash, HeldBlock> blocks = new LinkedHashMap<>();
    private final TreeMap<Integer, QuorumCertificate> prepareQcs = new TreeMap<>();

    int round;
    /** A block for the current round is being built, or was offered. */
    boolean building;

    boolean offered;
    Optional<Accepted> proposal = Optional.empty();
    /** The last proposal of the current round that broke a rule. */
    Optional<Hash> refused = Optional.empty();

    Optional<TimeoutCertificate> highestTc = Optional.empty();
    /** BFT-4: once present, nothing of this height counts any more but its block. */
    Optional<QuorumCertificate> commitQc = Optional.empty();

    HeightState(Tip tip, ValidatorSets sets, byte[] leaderRecord, Optional<PublicKey> ownKey) {
        this.tip = tip;
        this.height = tip.height() + 1;
        this.sets = sets;
        this.set = sets.next();
        this.leaderRecord = leaderRecord;
        this.leaders = LeaderSchedule.of(leaderRecord, set, height);
        this.self = ownKey.map(set::indexOf).orElse(OptionalInt.empty());
        this.votes = new VoteKeeper(set);
    }

    void enter(int newRound) {
        round = newRound;
        proposal = Optional.empty();
        refused = Optional.empty();
        building = false;
        offered = false;
    }

    boolean isDecided() {
        return commitQc.isPresent();
    }

    int leader() {
        return leaders.leader(height, round);
    }

    boolean isOwn(int validator) {
        return self.isPresent() && self.getAsInt() == validator;
    }

    PublicKey key(int validator) {
        return set.get(validator).key();
    }

    Optional<HeldBlock> block(Hash hash) {
        return Optional.ofNullable(blocks.get(hash));
    }

    HeldBlock hold(Hash hash, ProposedBlock block) {
        HeldBlock held = blocks.computeIfAbsent(hash, any -> new HeldBlock(hash, block));
        Iterator<HeldBlock> oldest = blocks.values().iterator();
        while (blocks.size() > MAX_BLOCKS && oldest.hasNext()) {
            HeldBlock candidate = oldest.next();
            if (candidate != held && !isNamed(candidate.hash)) {
                oldest.remove();
            }
        }
        return held;
    }

    void drop(Hash hash) {
        blocks.remove(hash);
    }

    /** A certificate or the current proposal names this block, so its body is wanted. */
    boolean isNamed(Hash hash) {
        return commitQc.filter(qc -> qc.blockHash().equals(hash)).isPresent()
                || proposal.filter(accepted -> accepted.hash().equals(hash)).isPresent()
                || obligation().filter(hash::equals).isPresent()
                || highestPrepareQc().filter(qc -> qc.blockHash().equals(hash)).isPresent();
    }

    /** The block that the TC of the round before obliges this round's leader to propose (BFT-1). */
    Optional<Hash> obligation() {
        return previousTc().flatMap(TimeoutCertificate::highestQc).map(QuorumCertificate::blockHash);
    }

    /** The TC by which the current round was entered. */
    Optional<TimeoutCertificate> previousTc() {
        return highestTc.filter(tc -> tc.round() == round - 1);
    }

    Optional<QuorumCertificate> highestPrepareQc() {
        return prepareQcs.isEmpty()
                ? Optional.empty()
                : Optional.of(prepareQcs.lastEntry().getValue());
    }

    /** A verified prepare QC of a round. There is only one block with one (quorum intersection), so any will do. */
    Optional<QuorumCertificate> prepareQc(int ofRound) {
        return Optional.ofNullable(prepareQcs.get(ofRound));
    }

    /** True if it is the first of its round. */
    boolean keep(QuorumCertificate prepareQc) {
        boolean first = prepareQcs.putIfAbsent(prepareQc.round(), prepareQc) == null;
        if (prepareQcs.size() > MAX_PREPARE_QCS) {
            prepareQcs.pollFirstEntry();
        }
        return first;
    }
}
