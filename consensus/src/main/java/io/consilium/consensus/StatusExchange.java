package io.consilium.consensus;

import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.VoteType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The regular STATUS: whoever is behind gets what it lacks (BFT-11), and everyone hears from the others what it signed
 * itself (BFT-16).
 *
 * <p>After a start a validator signs nothing until q−1 others sent a status: if its disk is an older copy, one of them
 * very likely holds up a later vote before a contradicting one is signed. It costs no liveness, since without q−1 others
 * nothing is decided anyway.
 */
final class StatusExchange {
    private final Core core;
    /** The newest vote seen of each validator, as it was signed; a sender can only displace its own. */
    private final Map<PublicKey, VoteEcho> newestVotes = new TreeMap<>();
    /** Echoes of own votes at heights still to come, by the one who holds them up. */
    private final Map<PublicKey, VoteEcho> claims = new TreeMap<>();
    /** Who sent a status since the start. */
    private final TreeSet<PublicKey> heard = new TreeSet<>();

    StatusExchange(Core core) {
        this.core = core;
    }

    void tick() {
        for (int validator = 0; validator < core.at.set.size(); validator++) {
            if (!core.at.isOwn(validator)) {
                send(core.at.key(validator), !core.signer.isGateOpen());
            }
        }
        core.timers.set(TimerKind.STATUS, core.config.statusIntervalMillis());
        openGate();
        if (core.signer.isObserving()) {
            core.observer.ask();
        }
    }

    void onBallot(PublicKey sender, Message.Ballot ballot) {
        boolean known = core.at.set.indexOf(sender).isPresent()
                || core.at.sets.afterNext().indexOf(sender).isPresent();
        VoteEcho newest = newestVotes.get(sender);
        if (known && (newest == null || isNewer(ballot, newest))) {
            newestVotes.put(sender, VoteEcho.of(ballot));
        }
    }

    private static boolean isNewer(Message.Ballot ballot, VoteEcho newest) {
        if (ballot.height() != newest.height()) {
            return ballot.height() > newest.height();
        }
        return ballot.round() != newest.round()
                ? ballot.round() > newest.round()
                : VoteEcho.kind(ballot).code() > newest.type().code();
    }

    void onStatus(PublicKey sender, Message.Status status) {
        OptionalInt validator = core.at.set.indexOf(sender);
        if (validator.isPresent()) {
            status.echo().ifPresent(echo -> onEcho(sender, echo));
            if (!status.observer()) {
                heard.add(sender);
            }
            openGate();
        }
        long tip = core.at.tip.height();
        status.tipCommitQc().ifPresent(qc -> core.voting.onCertificate(sender, qc));
        if (status.height() == tip) {
            status.highestPrepareQc().ifPresent(qc -> core.voting.onCertificate(sender, qc));
            status.highestTc().ifPresent(core.roundChange::onReceived);
        }
        supply(sender, status);
        if (status.asks()) {
            send(sender, false);
        }
    }

    void onNotice(PublicKey sender, Message.CertificateNotice notice) {
        notice.qc().ifPresent(qc -> core.voting.onCertificate(sender, qc));
        notice.tc().ifPresent(core.roundChange::onReceived);
    }

    /** The newest commit QC known here: of the current height if that is decided already, else the tip's. */
    Optional<QuorumCertificate> latestCommitQc() {
        return core.at.commitQc.or(core.at.tip::commitQc);
    }

    /** A TIMEOUT of a height that is decided here: the sender missed its end. */
    void supplyDecided(PublicKey sender) {
        core.at.tip.commitQc().ifPresent(qc -> notice(sender, Optional.of(qc), Optional.empty()));
    }

    private void supply(PublicKey sender, Message.Status status) {
        HeightState at = core.at;
        if (status.height() < at.tip.height()) {
            notice(sender, at.tip.commitQc(), Optional.empty());
        } else if (status.height() == at.tip.height() && at.isDecided()) {
            notice(sender, at.commitQc, Optional.empty());
        } else if (status.height() == at.tip.height()) {
            int qcRound =
                    status.highestPrepareQc().map(QuorumCertificate::round).orElse(-1);
            int tcRound = status.highestTc().map(TimeoutCertificate::round).orElse(-1);
            notice(
                    sender,
                    at.highestPrepareQc().filter(qc -> qc.round() > qcRound),
                    at.highestTc.filter(tc -> tc.round() > tcRound));
        }
    }

    private void notice(PublicKey to, Optional<QuorumCertificate> qc, Optional<TimeoutCertificate> tc) {
        if (qc.isPresent() || tc.isPresent()) {
            core.out.send(to, new Message.CertificateNotice(qc, tc));
        }
    }

    private void send(PublicKey to, boolean asks) {
        HeightState at = core.at;
        core.out.send(
                to,
                new Message.Status(
                        at.tip.height(),
                        at.tip.commitQc(),
                        at.highestTc,
                        at.highestPrepareQc(),
                        Optional.ofNullable(newestVotes.get(to)),
                        core.signer.isObserver(),
                        asks));
    }

    private void openGate() {
        long others = heard.stream()
                .filter(key -> core.at.set.indexOf(key).isPresent())
                .count();
        if (!core.signer.isGateOpen() && others >= core.at.set.quorum() - 1) {
            core.signer.openGate();
            core.resume();
        }
    }

    private void onEcho(PublicKey sender, VoteEcho echo) {
        if (echo.height() == core.at.height) {
            check(echo);
        } else if (echo.height() > core.at.height) {
            VoteEcho known = claims.get(sender);
            if (known == null || echo.isNewerThan(known)) {
                claims.put(sender, echo);
            }
        }
    }

    /** Forgets who left the sets, and checks the echoes of votes at this height before anything is signed here. */
    void newHeight() {
        HeightState at = core.at;
        List.of(newestVotes, claims).forEach(map -> map.keySet()
                .removeIf(key -> at.set.indexOf(key).isEmpty()
                        && at.sets.afterNext().indexOf(key).isEmpty()));
        List.copyOf(claims.values()).stream()
                .filter(echo -> echo.height() == at.height)
                .forEach(this::check);
        claims.values().removeIf(echo -> echo.height() <= at.height);
    }

    /** BFT-16: a vote with this validator's own signature that its record does not have. */
    private void check(VoteEcho echo) {
        HeightState at = core.at;
        if (at.self.isPresent()
                && !isRecorded(echo)
                && echo.verify(core.chainId(), at.set, core.ownKey(), core.config.verifier())) {
            core.observer.start("the vote record lacks a " + echo.type() + " of height " + echo.height() + ", round "
                    + echo.round() + " that a peer holds: the data directory is older than this validator's last vote,"
                    + " or its key signs elsewhere too");
        }
    }

    private boolean isRecorded(VoteEcho echo) {
        HeightVotes votes = core.signer.votes();
        if (votes.timeoutRound() > echo.round()) {
            return true; // BFT-1, BFT-2: whatever it was, no vote of such a round will be signed again
        }
        if (echo.type() == VoteType.TIMEOUT) {
            return votes.timeout()
                    .filter(signed -> signed.round() == echo.round() && signed.qcRound() == echo.qcRound())
                    .isPresent();
        }
        return votes.signed(echo.type(), echo.round())
                .filter(signed -> signed.blockHash().equals(echo.blockHash()))
                .isPresent();
    }
}
