package io.consilium.consensus;

import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.QuorumCertificate;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A validator that cannot know what it signed (BFT-16). It asks q other validators, none of them an observer, for their
 * latest commit QC. With H one above the highest proven height it signs nothing, TIMEOUT included, through H+1; that
 * bound becomes its vote record. It follows the chain meanwhile.
 */
final class Observer {
    private final Core core;
    private final byte[] nonce;
    private final Map<PublicKey, Long> provenHeights = new TreeMap<>();
    private final TreeSet<PublicKey> otherObservers = new TreeSet<>();
    private boolean needsOperator;

    Observer(Core core, byte[] nonce) {
        this.core = core;
        this.nonce = nonce;
    }

    void start(String why) {
        if (!core.signer.isObserving() && core.signer.key().isPresent()) {
            core.signer.observe();
            core.pacemaker.stop();
            provenHeights.clear();
            otherObservers.clear();
            core.alarm(AlarmCode.OBSERVER_STARTED, why);
            ask();
        }
    }

    void ask() {
        int others = core.at.set.size() - (core.at.self.isPresent() ? 1 : 0);
        if (others < core.at.set.quorum()) {
            callOperator(others + " other validators, fewer than the " + core.at.set.quorum() + " that must answer");
        } else if (!tooManyObservers()) {
            core.out.emit(new Effect.Broadcast(new Message.ObserverQuery(nonce)));
        }
    }

    /** More than f may have forgotten a vote that decided something: nobody can vouch for the height. */
    private boolean tooManyObservers() {
        int observers = otherObservers.size() + 1;
        boolean tooMany = observers > core.at.set.faults();
        if (tooMany) {
            callOperator(observers + " observers, more than the " + core.at.set.faults() + " that are tolerated");
        }
        return tooMany;
    }

    void onQuery(PublicKey sender, Message.ObserverQuery query) {
        core.out.send(
                sender,
                new Message.ObserverAnswer(query.nonce(), core.statuses.latestCommitQc(), core.signer.isObserver()));
    }

    void onAnswer(PublicKey sender, Message.ObserverAnswer answer) {
        if (!core.signer.isObserving()
                || !Arrays.equals(nonce, answer.nonce())
                || core.at.set.indexOf(sender).isEmpty()) {
            return;
        }
        if (answer.observer()) {
            otherObservers.add(sender);
            provenHeights.remove(sender);
            tooManyObservers();
            return;
        }
        otherObservers.remove(sender);
        Optional<Long> height = provenHeight(answer.latestCommitQc());
        height.ifPresent(proven -> provenHeights.merge(sender, proven, Math::max));
        answer.latestCommitQc().ifPresent(qc -> core.voting.onCertificate(sender, qc));
        if (height.isPresent()) {
            bound();
        }
    }

    /** A height counts with its certificate only; one beyond the sets known here counts after catching up. */
    private Optional<Long> provenHeight(Optional<QuorumCertificate> commitQc) {
        HeightState at = core.at;
        long claimed = commitQc.map(QuorumCertificate::height).orElse(0L);
        if (claimed <= at.tip.height()) {
            return Optional.of(at.tip.height());
        }
        return commitQc.filter(qc -> core.verify(qc, claimed == at.height ? at.set : at.sets.afterNext()))
                .map(QuorumCertificate::height);
    }

    private void bound() {
        HeightState at = core.at;
        long witnesses = provenHeights.keySet().stream()
                .filter(key -> at.set.indexOf(key).isPresent())
                .count();
        if (witnesses >= at.set.quorum() && !tooManyObservers()) {
            long highest = provenHeights.values().stream()
                    .mapToLong(Long::longValue)
                    .max()
                    .orElse(0);
            long next = Math.max(highest, at.tip.height()) + 1;
            core.signer.silentThrough(next + 1);
            core.alarm(
                    AlarmCode.OBSERVER_BOUND,
                    "this validator signs nothing through height " + (next + 1) + " and votes again after it");
        }
    }

    private void callOperator(String why) {
        if (!needsOperator) {
            needsOperator = true;
            core.alarm(
                    AlarmCode.OBSERVER_NEEDS_OPERATOR,
                    "the vote record is lost and there are " + why + "; order by hand from which height it may vote");
        }
    }
}
