package io.consilium.bench.simulator;

import io.consilium.consensus.RecoveredState;
import io.consilium.crypto.Hash;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.replica.Replica;
import io.consilium.node.replica.ReplicaEffect;
import io.consilium.node.replica.ReplicaEvent;
import io.consilium.node.replica.ReplicaView;
import io.consilium.node.replica.TimerKey;
import io.consilium.node.replica.TransactionCheck;
import io.consilium.proto.PeerFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * One node process over all its lives: the production's {@link Replica} with a disk that outlives it, a clock of its own,
 * and a processor that does one thing at a time.
 */
final class SimulatedNode implements SimulatedNetwork.Receiver {
    private static final long STEP_MICROS = 30;
    private static final int MAX_INBOX = 20_000;
    private static final long MICROS_PER_MILLI = 1_000;
    private static final long RECONNECT_MICROS = 200_000;

    private final World world;
    private final Cast cast;
    private final Chance chance;
    private final MemoryDisk disk;
    private final ArrayDeque<LongFunction<ReplicaEvent>> inbox = new ArrayDeque<>();
    private final Map<TimerKey, Long> timers = new HashMap<>();
    private final Map<String, Integer> peers = new HashMap<>();
    private Optional<Replica> replica = Optional.empty();
    private Optional<TransactionCheck> check = Optional.empty();
    private long life;
    private long freeAt;
    private long pausedUntil;
    private long timerNumber;
    private long clockOffsetMillis;
    private long syncMicros;
    private boolean wakePlanned;
    private boolean backedUp;
    private boolean retired;

    /**
     * Who a process is.
     *
     * @param honest its key signs nowhere else
     */
    record Cast(int number, int validator, String institution, boolean honest) {}

    SimulatedNode(World world, Cast cast, Chance chance, long syncMicros) {
        this.world = world;
        this.cast = cast;
        this.chance = chance;
        this.syncMicros = syncMicros;
        this.disk = new MemoryDisk(world.genesis());
    }

    int number() {
        return cast.number();
    }

    Cast cast() {
        return cast;
    }

    MemoryDisk disk() {
        return disk;
    }

    boolean running() {
        return replica.isPresent();
    }

    boolean backedUp() {
        return backedUp;
    }

    long life() {
        return life;
    }

    ReplicaView view() {
        return replica.orElseThrow().view();
    }

    boolean isPending(Hash txId) {
        return replica.isPresent() && replica.get().isPending(txId);
    }

    long clockMillis() {
        return World.EPOCH_MILLIS + world.timeline().nowMicros() / MICROS_PER_MILLI + clockOffsetMillis;
    }

    // ---- life and death

    void startIfDown() {
        if (!retired && replica.isEmpty()) {
            start();
        }
    }

    private void start() {
        life++;
        world.invariants().starting(this);
        TransactionCheck checking = world.cluster().transactionCheck(world.verifier());
        Replica started = world.replica(this, checking, chance.bytes(RecoveredState.NONCE_BYTES));
        check = Optional.of(checking);
        replica = Optional.of(started);
        world.note(number(), "starts at height " + disk.written().tip.height());
        freeAt = world.timeline().nowMicros();
        alive(() -> started.start(clockMillis(), this::perform));
        if (running()) {
            world.nodes().forEach(other -> world.connectIfUp(number(), other.number()));
        }
    }

    /** The process is gone at once; of what was not synced some prefix stays. */
    void crash(String why) {
        world.note(number(), "dies: " + why);
        replica = Optional.empty();
        inbox.clear();
        timers.clear();
        pausedUntil = 0;
        disk.lose(chance.below(disk.unsyncedWrites() + 1));
        world.nodes().forEach(other -> world.network().disconnect(number(), other.number()));
        peers.clear();
    }

    /** Down for good. */
    void retire() {
        retired = true;
        if (running()) {
            crash("never to come back");
        }
    }

    boolean retired() {
        return retired;
    }

    /** Dies at the n-th place from now where a crash may fall, and comes back some time after. */
    void armCrash(int points, long downMicros) {
        if (running()) {
            disk.armCrash(points);
            armedDownMicros = downMicros;
        }
    }

    private long armedDownMicros = RECONNECT_MICROS;

    void disarm() {
        disk.armCrash(-1);
    }

    void pause(long micros) {
        if (running()) {
            pausedUntil = Math.max(pausedUntil, world.timeline().nowMicros() + micros);
            world.note(number(), "stands still for " + micros / MICROS_PER_MILLI + " ms");
        }
    }

    void resume() {
        pausedUntil = 0;
        wake();
    }

    void setClockOffset(long millis) {
        clockOffsetMillis = millis;
        world.note(number(), "clock jumps to " + millis + " ms off");
    }

    void setSyncMicros(long micros) {
        syncMicros = micros;
        world.note(number(), "a sync takes " + micros + " us");
    }

    void backUp() {
        backedUp = true;
        disk.backUp();
        world.note(number(), "disk backed up at height " + disk.durable().tip.height());
    }

    void loseDisk(boolean wipe) {
        if (wipe) {
            disk.wipe();
        } else {
            disk.restoreBackup();
        }
        world.invariants().diskLost(this, wipe);
    }

    // ---- what happens to it

    @Override
    public void receive(int from, PeerFrame frame) {
        String peer = world.nodes().get(from).cast().institution();
        offer(now -> new ReplicaEvent.PeerMessage(peer, frame, now));
    }

    @Override
    public void connected(int from) {
        String peer = world.nodes().get(from).cast().institution();
        if (peers.merge(peer, 1, Integer::sum) == 1) {
            offer(now -> new ReplicaEvent.PeerConnected(peer, world.cluster().peerTlsKey(peer), now));
        }
    }

    @Override
    public void disconnected(int from) {
        String peer = world.nodes().get(from).cast().institution();
        if (peers.merge(peer, -1, Integer::sum) == 0) {
            offer(now -> new ReplicaEvent.PeerDisconnected(peer, now));
        }
    }

    /** As the client API does: what is refused at this node's clock never reaches the replica. */
    void submit(long request, List<ParsedTransaction> offered) {
        TransactionCheck checking = check.orElseThrow();
        List<ParsedTransaction> transactions = new ArrayList<>();
        for (ParsedTransaction transaction : offered) {
            checking.submitted(transaction, clockMillis())
                    .ifPresentOrElse(
                            rejection -> world.note(number(), "refuses a transaction: " + rejection),
                            () -> transactions.add(transaction));
        }
        offer(now -> new ReplicaEvent.Submitted(List.of(new ReplicaEvent.Submission(request, transactions)), now));
    }

    private void offer(LongFunction<ReplicaEvent> event) {
        if (running() && inbox.size() < MAX_INBOX) {
            inbox.add(event);
            wake();
        }
    }

    private void wake() {
        long now = world.timeline().nowMicros();
        long at = Math.max(Math.max(freeAt, pausedUntil), now);
        if (at == now) {
            work();
        } else if (!wakePlanned) {
            wakePlanned = true;
            world.timeline().after(at - now, () -> {
                wakePlanned = false;
                wake();
            });
        }
    }

    private void work() {
        while (running()
                && !inbox.isEmpty()
                && Math.max(freeAt, pausedUntil) <= world.timeline().nowMicros()) {
            ReplicaEvent event = inbox.remove().apply(clockMillis());
            Replica current = replica.get();
            alive(() -> current.step(event, this::perform));
        }
        if (running() && !inbox.isEmpty()) {
            wake();
        }
    }

    /** One step: it takes as long as its syncs do, and a crash inside it ends this life. */
    private void alive(Runnable step) {
        freeAt = world.timeline().nowMicros() + STEP_MICROS;
        long before = disk.syncs();
        syncsSeen = before;
        try {
            step.run();
            account();
        } catch (SimulatedCrash crash) {
            crash(String.valueOf(crash.getMessage()));
            world.timeline().after(armedDownMicros, this::startIfDown);
        }
    }

    private long syncsSeen;

    private void account() {
        freeAt += (disk.syncs() - syncsSeen) * syncMicros;
        syncsSeen = disk.syncs();
    }

    // ---- what it does

    private void perform(ReplicaEffect effect) {
        disk.crashPoint("between two effects");
        account();
        if (effect instanceof ReplicaEffect.SendFrame send) {
            world.send(this, send.peers(), send.frame(), freeAt);
        } else if (effect instanceof ReplicaEffect.SetTimer timer) {
            setTimer(timer);
        } else if (effect instanceof ReplicaEffect.CancelTimer cancel) {
            timers.remove(cancel.key());
        } else if (effect instanceof ReplicaEffect.Resume) {
            long born = life;
            world.timeline().after(freeAt - world.timeline().nowMicros(), () -> {
                if (life == born) {
                    offer(ReplicaEvent.Resumed::new);
                }
            });
        } else if (effect instanceof ReplicaEffect.Admitted admitted) {
            world.workload().admitted(this, admitted.request(), admitted.admissions());
        } else if (effect instanceof ReplicaEffect.Committed committed) {
            for (BlockResult.Fault fault : committed.faults()) {
                throw new Violation(
                        "TOTAL", "a rule broke on transaction " + fault.txId().shortHex(), fault.cause());
            }
            world.committed(this, committed.block());
        } else if (effect instanceof ReplicaEffect.Disconnect disconnect) {
            drop(disconnect.peer(), disconnect.reason());
        } else if (effect instanceof ReplicaEffect.EvidenceFound found) {
            world.invariants().evidence(this, found.evidence());
        } else if (effect instanceof ReplicaEffect.Alarm alarm) {
            world.invariants().alarm(this, alarm);
        } else if (effect instanceof ReplicaEffect.Halt halt) {
            world.invariants().halted(this, halt.reason());
        }
    }

    private void setTimer(ReplicaEffect.SetTimer timer) {
        long number = timerNumber++;
        long born = life;
        timers.put(timer.key(), number);
        world.timeline().after(freeAt - world.timeline().nowMicros() + timer.delayMillis() * MICROS_PER_MILLI, () -> {
            Long latest = timers.get(timer.key());
            if (life == born && latest != null && latest == number) {
                timers.remove(timer.key());
                offer(now -> new ReplicaEvent.TimerFired(timer.key(), timer.token(), now));
            }
        });
    }

    private void drop(String peer, String reason) {
        world.invariants().disconnects(this, peer, reason);
        for (SimulatedNode other : world.nodes()) {
            if (other.cast().institution().equals(peer)) {
                world.timeline().after(0, () -> world.network().disconnect(number(), other.number()));
                world.timeline().after(RECONNECT_MICROS, () -> world.connectIfUp(number(), other.number()));
            }
        }
    }
}
