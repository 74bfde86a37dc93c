package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The agreement core of one node: PBFT with timeout certificates, one height at a time; an event in, ordered effects
 * out. It has no thread, clock, chance, file or socket: the same events give the same effects.
 *
 * <p>{@link Voting} is the three phases, {@link RoundChange} and {@link Pacemaker} the way out of a bad round,
 * {@link Proposer} the leader's part, {@link VoteSigner} the one place that signs, {@link StatusExchange} and
 * {@link Observer} what happens after a node was away. This class hands events to them and moves from height to height.
 *
 * <p>One thread calls it and performs each step's effects, in order, before the next step.
 */
public final class Consensus {
    private final Core core;
    private final boolean recordMissing;

    public Consensus(ConsensusConfig config, RecoveredState recovered) {
        this(config, recovered, SafetyRules.SOUND);
    }

    Consensus(ConsensusConfig config, RecoveredState recovered, SafetyRules rules) {
        core = new Core(config, recovered, rules);
        recordMissing = recovered.voteRecord().isEmpty();
    }

    /** The first step, once. */
    public List<Effect> start(long nowMillis) {
        core.now = nowMillis;
        enterHeight();
        if (recordMissing) {
            core.observer.start("this node has no readable vote record of this chain");
        }
        core.statuses.tick();
        settle();
        return core.out.drain(core.at.height);
    }

    /** Takes in one event. After {@link Effect.Halt} every step is empty. */
    public List<Effect> step(Event event) {
        if (core.halted) {
            return List.of();
        }
        core.now = event.nowMillis();
        handle(event);
        settle();
        return core.out.drain(core.at.height);
    }

    public ConsensusView view() {
        HeightState at = core.at;
        return new ConsensusView(
                at.tip,
                at.height,
                at.round,
                at.set,
                at.self,
                at.leader(),
                at.leaders.skipped(),
                at.highestPrepareQc().map(QuorumCertificate::round).orElse(-1),
                at.isDecided(),
                core.signer.maySign(),
                core.signer.key().isPresent() && core.signer.isObserver(),
                core.pacemaker.isPending(),
                core.pacemaker.baseTimeoutMillis(),
                core.halted);
    }

    /** A block of the current height that is held here, for peers that fetch it. */
    public Optional<ProposedBlock> heldBlock(Hash blockHash) {
        return core.at
                .block(blockHash)
                .filter(held -> held.verdict()
                        .filter(verdict -> verdict == ExecutionVerdict.BODY_DIFFERS)
                        .isEmpty())
                .map(held -> held.block);
    }

    /** The TC by which the current round was entered. */
    Optional<TimeoutCertificate> previousTc() {
        return core.at.previousTc();
    }

    private void handle(Event event) {
        if (event instanceof Event.MessageReceived received) {
            if (core.signer.key().filter(received.sender()::equals).isEmpty()) {
                onMessage(received.sender(), received.message(), received.nowMillis());
            }
        } else if (event instanceof Event.TimerFired fired) {
            onTimer(fired);
        } else if (event instanceof Event.WorkPending work) {
            core.pacemaker.onWorkPending(work.full());
        } else if (event instanceof Event.WorkDrained) {
            core.pacemaker.onWorkDrained();
        } else if (event instanceof Event.BlockBuilt built) {
            core.proposer.onBuilt(built);
        } else if (event instanceof Event.BodyAvailable body) {
            core.voting.onBody(body.block());
        } else if (event instanceof Event.Executed executed) {
            core.voting.onExecuted(executed.blockHash(), executed.verdict(), executed.nextSet());
        } else if (event instanceof Event.TipAdvanced advanced) {
            if (advanced.tip().height() > core.at.tip.height()) {
                core.advance = Optional.of(new Core.Advance(advanced.tip(), advanced.sets(), advanced.leaderRecord()));
            }
        }
    }

    private void onTimer(Event.TimerFired fired) {
        if (!core.timers.expired(fired.kind(), fired.token())) {
            return; // cancelled while it was on its way: a new tip or round came first (BFT-4)
        }
        switch (fired.kind()) {
            case ROUND -> core.pacemaker.onRoundTimer();
            case BATCH -> core.proposer.offer();
            case RESEND -> core.pacemaker.onResendTimer();
            case FETCH -> core.fetcher.retry();
            case STATUS -> core.statuses.tick();
        }
    }

    private void onMessage(PublicKey sender, Message message, long receivedAtMillis) {
        if (message instanceof Message.Ballot ballot) {
            onBallot(sender, ballot, receivedAtMillis);
        } else if (message instanceof Message.Status status) {
            core.statuses.onStatus(sender, status);
        } else if (message instanceof Message.CertificateNotice notice) {
            core.statuses.onNotice(sender, notice);
        } else if (message instanceof Message.ObserverQuery query) {
            core.observer.onQuery(sender, query);
        } else if (message instanceof Message.ObserverAnswer answer) {
            core.observer.onAnswer(sender, answer);
        }
    }

    private void onBallot(PublicKey sender, Message.Ballot ballot, long receivedAtMillis) {
        boolean own = core.signer.key().filter(sender::equals).isPresent();
        if (!own) {
            core.statuses.onBallot(sender, ballot);
        }
        long height = core.at.height;
        if (ballot.height() == height) {
            OptionalInt index = core.at.set.indexOf(sender);
            if (index.isPresent()) {
                onCurrent(sender, index.getAsInt(), ballot, receivedAtMillis);
            }
            return;
        }
        if (ballot.height() == height + 1) {
            core.early.keep(sender, ballot, receivedAtMillis);
        }
        if (ballot.height() > height && ballot instanceof Message.Propose proposal) {
            // the offer of a later block carries the end of this height
            proposal.header().parentQc().ifPresent(qc -> core.voting.onCertificate(sender, qc));
        }
        if (ballot.height() < height && ballot instanceof Message.Timeout && !own) {
            core.statuses.supplyDecided(sender);
        }
    }

    private void onCurrent(PublicKey sender, int index, Message.Ballot ballot, long receivedAtMillis) {
        if (ballot instanceof Message.Propose proposal) {
            core.voting.onPropose(index, proposal, receivedAtMillis);
        } else if (ballot instanceof Message.Vote vote) {
            core.voting.onVote(index, vote);
        } else if (ballot instanceof Message.Timeout timeout) {
            core.roundChange.onTimeout(sender, index, timeout);
        }
    }

    /** Takes in what the event left inside: a new tip first, then own and early messages, until nothing is left. */
    private void settle() {
        while (!core.halted) {
            if (core.advance.isPresent()) {
                advance(core.advance.get());
                continue;
            }
            Optional<Outbox.Waiting> waiting = core.out.next();
            if (waiting.isEmpty()) {
                return;
            }
            Outbox.Waiting message = waiting.get();
            onMessage(message.sender(), message.message(), message.receivedAtMillis());
        }
    }

    private void advance(Core.Advance next) {
        boolean consecutive = next.tip().height() == core.at.height;
        if (consecutive && core.at.isDecided()) {
            core.pacemaker.decided();
        }
        core.advance = Optional.empty();
        core.out.barrier(core.at.height);
        core.at = new HeightState(next.tip(), next.sets(), next.leaderRecord(), core.signer.key());
        core.accuser = new Accuser(core.out, core.at.set);
        core.fetcher.clear();
        core.pacemaker.newHeight();
        enterHeight();
        if (consecutive) {
            core.early.release(core.out, core.at.sets.afterNext());
        } else {
            core.early.clear(core.at.sets.afterNext());
        }
    }

    private void enterHeight() {
        core.signer.enter(core.at.height, core.at.set);
        core.statuses.newHeight();
        core.restore();
        core.voting.pursue();
        core.resume();
    }
}
