package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import java.util.Optional;

/** What the parts of one node's consensus share: the height under way, the step's outbox, and each other. */
final class Core {
    /** A decided tip that the node moves on from once the event at hand is dealt with. */
    record Advance(Tip tip, ValidatorSets sets, byte[] leaderRecord) {}

    final ConsensusConfig config;
    final SafetyRules rules;
    final VoteSigner signer;
    final Outbox out;
    final Timers timers;
    final EarlyMessages early;
    final Fetcher fetcher = new Fetcher(this);
    final Voting voting = new Voting(this);
    final RoundChange roundChange = new RoundChange(this);
    final Pacemaker pacemaker;
    final Proposer proposer = new Proposer(this);
    final StatusExchange statuses = new StatusExchange(this);
    final Observer observer;

    HeightState at;
    Accuser accuser;
    long now;
    boolean halted;
    Optional<Advance> advance = Optional.empty();

    Core(ConsensusConfig config, RecoveredState recovered, SafetyRules rules) {
        this.config = config;
        this.rules = rules;
        VoteRecord record = recovered.voteRecord().orElseGet(VoteRecord::empty);
        signer = new VoteSigner(config.chainId(), config.signer(), rules, record, recovered);
        out = new Outbox(signer);
        timers = new Timers(out);
        early = new EarlyMessages(recovered.sets().afterNext());
        pacemaker = new Pacemaker(this);
        observer = new Observer(this, recovered.nonce());
        at = new HeightState(recovered.tip(), recovered.sets(), recovered.leaderRecord(), signer.key());
        accuser = new Accuser(out, at.set);
    }

    Hash chainId() {
        return config.chainId();
    }

    boolean verify(PublicKey key, byte[] message, byte[] signature) {
        return config.verifier().verify(key, message, signature);
    }

    boolean verify(QuorumCertificate qc, ValidatorSet set) {
        return qc.verify(chainId(), set, config.verifier());
    }

    boolean verify(TimeoutCertificate tc) {
        return tc.verify(chainId(), at.set, config.verifier());
    }

    /** This validator's key; only asked where it votes. */
    PublicKey ownKey() {
        return signer.key().orElseThrow(() -> new IllegalStateException("a node without a key has no own messages"));
    }

    int self() {
        return at.self.orElseThrow(() -> new IllegalStateException("this node is no validator at height " + at.height));
    }

    /** What the vote record holds of this height: its round, certificates and blocks, the latter to be executed again. */
    void restore() {
        HeightVotes votes = signer.votes();
        votes.blocks().forEach(at::hold);
        votes.prepareQc().ifPresent(at::keep);
        at.highestTc = votes.timeoutCertificate();
        at.round = votes.round();
    }

    /** Takes up voting, if this node may: sends again what it signed in this round, and proposes if it leads. */
    void resume() {
        if (!signer.maySign() || at.isDecided()) {
            return;
        }
        if (signer.votes().timeoutRound() == at.round) {
            pacemaker.giveUp();
        } else {
            voting.resend();
        }
        pacemaker.arm();
        proposer.offer();
        voting.prepare();
        voting.commit();
        roundChange.join();
    }

    void publish(Message message) {
        out.publish(ownKey(), message, now);
    }

    void alarm(AlarmCode code, String detail) {
        out.emit(new Effect.Alarm(code, at.height, at.round, detail));
    }

    void halt(String reason) {
        out.emit(new Effect.Halt(reason));
        halted = true;
    }
}
