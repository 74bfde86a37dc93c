package io.consilium.consensus;

import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import java.util.Optional;

/** TIMEOUTs and timeout certificates: how validators leave a round together (BFT-11). */
final class RoundChange {
    private final Core core;

    RoundChange(Core core) {
        this.core = core;
    }

    void onTimeout(PublicKey senderKey, int sender, Message.Timeout timeout) {
        HeightState at = core.at;
        if (at.isDecided() || timeout.signer() != sender) {
            return;
        }
        Optional<Message.Timeout> kept = at.votes.timeout(sender);
        boolean old = kept.filter(earlier -> earlier.round() >= timeout.round()).isPresent();
        if (!old && !keep(sender, timeout)) {
            return;
        }
        timeout.previousTc().ifPresent(this::onReceived);
        if (timeout.round() < core.at.round) {
            // the sender is behind: what brought this node on brings it on too
            if (!at.isOwn(sender)) {
                core.out.send(senderKey, new Message.CertificateNotice(at.highestPrepareQc(), at.highestTc));
            }
            return;
        }
        Optional<TimeoutCertificate> tc =
                at.votes.timeoutCertificate(at.height, timeout.round(), core.rules.timeoutQuorum(at.set));
        if (tc.isPresent()) {
            onCertificate(tc.get(), true);
        } else {
            join();
        }
    }

    /** True if the TIMEOUT and the prepare QC that it reports are valid; both are kept then. */
    private boolean keep(int sender, Message.Timeout timeout) {
        HeightState at = core.at;
        byte[] signed = VoteBytes.timeout(core.chainId(), at.set, at.height, timeout.round(), timeout.qcRound());
        if (!core.verify(at.key(sender), signed, timeout.signature())) {
            return false;
        }
        // a prepare QC of that round which is known already spares the work of verifying the sender's
        Optional<QuorumCertificate> known = at.prepareQc(timeout.qcRound());
        if (known.isEmpty() && timeout.highestQc().isPresent()) {
            QuorumCertificate reported = timeout.highestQc().get();
            if (!core.verify(reported, at.set)) {
                return false;
            }
            core.voting.onVerified(reported);
            known = Optional.of(reported);
        }
        at.votes.keep(timeout, known);
        at.votes.vote(VoteType.COMMIT, sender).ifPresent(commit -> core.accuser.compare(commit, timeout));
        return true;
    }

    /** A TC from a message; always accepted, whatever its round, unless it says nothing new. */
    void onReceived(TimeoutCertificate tc) {
        HeightState at = core.at;
        boolean isNew = tc.round() > at.highestTc.map(TimeoutCertificate::round).orElse(-1);
        if (tc.height() == at.height && !at.isDecided() && isNew && core.verify(tc)) {
            onCertificate(tc, true);
        }
    }

    /**
     * A valid TC of the current height: enter the round after it, and see that its leader does.
     *
     * @param forward the leader of the new round may not have it yet
     */
    void onCertificate(TimeoutCertificate tc, boolean forward) {
        HeightState at = core.at;
        if (at.isDecided()) {
            return;
        }
        if (tc.round() > at.highestTc.map(TimeoutCertificate::round).orElse(-1)) {
            at.highestTc = Optional.of(tc);
            core.signer.hold(tc);
        }
        tc.highestQc().ifPresent(core.voting::onVerified);
        if (tc.round() >= at.round) {
            core.pacemaker.enter(tc.round() + 1);
            if (forward && !at.isOwn(at.leader())) {
                core.out.send(at.key(at.leader()), new Message.CertificateNotice(Optional.empty(), Optional.of(tc)));
            }
        }
    }

    /** f+1 TIMEOUTs of this round or later ones: one of them is honest, so join for the current round. */
    void join() {
        HeightState at = core.at;
        boolean calledFor = at.votes.timeoutsFrom(at.round) > at.set.faults();
        if (!at.isDecided() && calledFor && core.signer.votes().timeoutRound() < at.round) {
            core.pacemaker.giveUp();
        }
    }
}
