package io.consilium.consensus;

import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteType;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The regular STATUS: whoever is behind gets what it lacks (BFT-11), and everyone hears from the others what it signed
 * itself (BFT-16).
 *
 * <p>A disk may have been replaced by an older copy, so three things stand before a signature. After a start nothing is
 * signed until q−1 others sent a status, and the rest had two seconds for it: one of them very likely holds up a later vote before a contradicting one is
 * made. Nothing is signed at a height that f+1 others claim to have decided, one of them being honest: this node has to
 * catch up first, whatever it once voted there. And a vote that a peer holds up and the record lacks makes this node an
 * observer. None of them costs liveness: without q−1 others nothing is decided anyway, and a decided height needs no vote.
 */
final class StatusExchange {
    /** How many status intervals a validator that starts waits for more than the q−1 answers that it needs. */
    private static final int PATIENCE_TICKS = 2;

    private final Core core;
    private int ticks;
    /** The newest vote seen of each validator, as it was signed; a sender can only displace its own. */
    private final Map<PublicKey, VoteEcho> newestVotes = new TreeMap<>();
    /** Echoes of own votes at heights still to come, by the one who holds them up. */
    private final Map<PublicKey, VoteEcho> claims = new TreeMap<>();
    /** Who sent a status since the start, with the tip that it claimed last. */
    private final Map<PublicKey, Long> heard = new TreeMap<>();

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
        ticks++;
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
            hear(sender, status);
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

    /** An observer is no witness of what this node signed. */
    private void hear(PublicKey sender, Message.Status status) {
        if (status.observer()) {
            heard.remove(sender);
        } else {
            heard.put(sender, status.height());
        }
        boolean before = core.signer.maySign();
        core.signer.decidedElsewhere(decidedElsewhere());
        if (!before && core.signer.maySign()) {
            core.resume();
        }
        openGate();
    }

    /** The height that f+1 others claim to have decided; claims are the last of each, so that a liar cannot freeze one. */
    private long decidedElsewhere() {
        return heard.entrySet().stream()
                .filter(entry -> core.at.set.indexOf(entry.getKey()).isPresent())
                .map(Map.Entry::getValue)
                .sorted(Comparator.reverseOrder())
                .skip(core.at.set.faults())
                .findFirst()
                .orElse(0L);
    }

    /** All others, or q−1 of them when the rest had time enough to answer. */
    private void openGate() {
        long others = heard.keySet().stream()
                .filter(key -> core.at.set.indexOf(key).isPresent())
                .count();
        int needed = ticks > PATIENCE_TICKS ? core.at.set.quorum() - 1 : core.at.set.size() - 1;
        if (!core.signer.isGateOpen() && others >= needed) {
            core.signer.openGate();
            core.resume();
        }
    }

    private void onEcho(PublicKey sender, VoteEcho echo) {
        if (echo.height() < core.at.height || check(echo)) {
            return;
        }
        VoteEcho known = claims.get(sender);
        if (echo.height() > core.at.height && (known == null || echo.isNewerThan(known))) {
            claims.put(sender, echo); // of an epoch that is not known here yet: checked again on the way there
        }
    }

    /** Forgets who left the sets, and checks echoes of votes still to come by the sets that are known now. */
    void newHeight() {
        HeightState at = core.at;
        List.of(newestVotes, claims).forEach(map -> map.keySet()
                .removeIf(key -> at.set.indexOf(key).isEmpty()
                        && at.sets.afterNext().indexOf(key).isEmpty()));
        heard.keySet()
                .removeIf(key -> at.set.indexOf(key).isEmpty()
                        && at.sets.afterNext().indexOf(key).isEmpty());
        List.copyOf(claims.values()).forEach(this::check);
        claims.values().removeIf(echo -> echo.height() <= at.height);
    }

    /**
     * BFT-16: true for a vote with this validator's own signature that its record lacks, which makes it an observer. An
     * own vote above the current height is always one: votes of a height are never durable before the tip below is.
     */
    private boolean check(VoteEcho echo) {
        HeightState at = core.at;
        if (core.signer.key().isEmpty()
                || core.signer.isObserver()
                || (echo.height() == at.height && isRecorded(echo))
                || !(isOwn(echo, at.set) || isOwn(echo, at.sets.afterNext()))) {
            return false;
        }
        core.observer.start("the vote record lacks a " + echo.type() + " of height " + echo.height() + ", round "
                + echo.round() + " that a peer holds: the data directory is older than this validator's last vote,"
                + " or its key signs elsewhere too");
        return true;
    }

    private boolean isOwn(VoteEcho echo, ValidatorSet set) {
        return echo.verify(core.chainId(), set, core.ownKey(), core.config.verifier());
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
