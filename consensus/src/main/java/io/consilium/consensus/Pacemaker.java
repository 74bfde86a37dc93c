package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.VoteType;
import java.util.Optional;

/** Rounds and their timers: a round runs only while there is something to decide (BFT-9 to BFT-11). */
final class Pacemaker {
    private static final long RESEND_MILLIS = 1_000;
    private static final long JITTER_MILLIS = 250;

    private final Core core;
    private final CommitLatencies latencies;
    private boolean pending;
    private boolean full;
    private long pendingSinceMillis;
    private Optional<Long> armedAtMillis = Optional.empty();
    private int resends;

    Pacemaker(Core core) {
        this.core = core;
        this.latencies = new CommitLatencies(core.config);
    }

    long baseTimeoutMillis() {
        return latencies.baseTimeoutMillis();
    }

    boolean isPending() {
        return pending;
    }

    void onWorkPending(boolean fullBlock) {
        if (!pending) {
            pending = true;
            pendingSinceMillis = core.now;
        }
        full |= fullBlock;
        arm();
        core.proposer.offer();
    }

    void onWorkDrained() {
        pending = false;
        full = false;
        if (!hasWork()) {
            core.timers.cancel(TimerKind.ROUND);
            armedAtMillis = Optional.empty();
        }
        core.timers.cancel(TimerKind.BATCH);
    }

    /** BFT-13: how long to wait for company; nothing if a block is full, or due, or not the height's first try. */
    long batchWaitMillis() {
        if (full || core.at.round > 0 || core.at.sets.changePending()) {
            return 0;
        }
        pendingSinceMillis = Math.min(pendingSinceMillis, core.now); // the clock may have been set back
        return Math.max(0, core.config.batchDelayMillis() - (core.now - pendingSinceMillis));
    }

    /** BFT-9. Own votes of this round count: after a restart they may be all that is left of a block. */
    private boolean hasWork() {
        HeightState at = core.at;
        return pending
                || at.sets.changePending()
                || at.proposal.isPresent()
                || at.obligation().isPresent()
                || at.prepareQc(at.round).isPresent()
                || core.signer.votes().votedIn(at.round);
    }

    /** Starts the round's timer, once, if there is work. Who may not vote can still pass on what is pending. */
    void arm() {
        HeightState at = core.at;
        boolean mayGiveUp = core.signer.maySign() && core.signer.votes().timeoutRound() < at.round;
        boolean mayPassOn = !core.signer.maySign() && pending;
        if (!at.isDecided() && (mayGiveUp || mayPassOn) && !core.timers.isRunning(TimerKind.ROUND) && hasWork()) {
            core.timers.set(TimerKind.ROUND, latencies.timeoutMillis(at.round));
            armedAtMillis = Optional.of(core.now);
        }
    }

    void enter(int round) {
        HeightState at = core.at;
        stop();
        armedAtMillis = Optional.empty();
        at.enter(round);
        arm();
        core.proposer.offer();
        core.roundChange.join();
    }

    /** BFT-4: no timer of what is over stays. */
    void stop() {
        core.timers.cancel(TimerKind.ROUND);
        core.timers.cancel(TimerKind.BATCH);
        core.timers.cancel(TimerKind.RESEND);
    }

    /** The height is decided: its latency, counted in the deciding round, feeds the base timeout (BFT-10). */
    void decided() {
        armedAtMillis.ifPresent(since -> latencies.add(core.now - since));
    }

    void newHeight() {
        stop();
        armedAtMillis = Optional.empty();
        full = false;
        resends = 0;
    }

    void onRoundTimer() {
        if (!core.at.isDecided()) {
            core.out.emit(new Effect.ResendPending()); // BFT-9: the leader may not know of it
            giveUp();
            arm();
        }
    }

    /** Signs and sends the TIMEOUT of the current round, or sends the same bytes again. */
    void giveUp() {
        HeightState at = core.at;
        if (core.signer.sign(VoteType.TIMEOUT, at.round, Hash.ZERO).isEmpty()) {
            return;
        }
        HeightVotes.SignedTimeout signed = core.signer.votes().timeout().orElseThrow();
        core.timers.cancel(TimerKind.ROUND);
        core.timers.set(TimerKind.RESEND, resendDelayMillis());
        core.publish(new Message.Timeout(
                at.height,
                at.round,
                signed.qcRound(),
                signed.highestQc(),
                at.previousTc(),
                signed.signature(),
                core.self()));
    }

    /** BFT-11: while stuck, the latest TIMEOUT and the TC that it carries go out every second. */
    void onResendTimer() {
        if (!core.at.isDecided() && core.signer.votes().timeoutRound() == core.at.round) {
            if (pending) {
                core.out.emit(new Effect.ResendPending()); // BFT-9: whoever was away knows of no reason to join
            }
            giveUp();
        }
    }

    /** Validators spread their re-sends, each in a way that can be replayed. */
    private long resendDelayMillis() {
        HeightState at = core.at;
        long mixed = (core.self() * 131L + at.height * 31 + at.round * 17L + resends++ * 71L) % JITTER_MILLIS;
        return RESEND_MILLIS - JITTER_MILLIS / 2 + mixed;
    }
}
