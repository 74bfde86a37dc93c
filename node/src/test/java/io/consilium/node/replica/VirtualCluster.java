package io.consilium.node.replica;

import io.consilium.consensus.ConsensusConfig;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.ledger.Ledger;
import io.consilium.ledger.LedgerLimits;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.Admission;
import io.consilium.node.TestChain;
import io.consilium.proto.PeerFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;

/** Four replicas under virtual time and a network of one millisecond, on the thread of the test. */
final class VirtualCluster {
    private static final long LATENCY_MILLIS = 1;
    private static final int MAX_STEPS = 2_000_000;

    final TestChain chain;
    final List<Machine> machines = new ArrayList<>();
    private final PriorityQueue<Scheduled> events = new PriorityQueue<>();
    private long now = TestChain.GENESIS_MILLIS + 1_000;
    private long sequence;

    /** Whether a frame from one machine to another is lost. */
    BiPredicate<String, String> cut = (from, to) -> false;

    /** Frames that never arrive, whoever sends them. */
    java.util.function.Predicate<PeerFrame> lost = frame -> false;

    private record Scheduled(long at, long sequence, Runnable run) implements Comparable<Scheduled> {
        @Override
        public int compareTo(Scheduled other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(sequence, other.sequence);
        }
    }

    VirtualCluster(int size) {
        chain = TestChain.of(java.util.stream.IntStream.range(0, size)
                .mapToObj(i -> 7_000 + i)
                .toList());
        for (int i = 0; i < size; i++) {
            machines.add(new Machine(i, new MemoryChainStore(chain.genesis())));
        }
        machines.forEach(Machine::start);
    }

    Machine machine(int i) {
        return machines.get(i);
    }

    long now() {
        return now;
    }

    private void at(long time, Runnable run) {
        events.add(new Scheduled(time, sequence++, run));
    }

    /** Runs until the condition holds; fails when it does not within the given virtual time. */
    void until(long millis, BooleanSupplier condition) {
        long end = now + millis;
        for (int steps = 0; !condition.getAsBoolean(); steps++) {
            if (events.isEmpty() || events.peek().at() > end || steps > MAX_STEPS) {
                throw new AssertionError("not within " + millis + " ms: " + describe());
            }
            next();
        }
    }

    void pass(long millis) {
        long end = now + millis;
        while (!events.isEmpty() && events.peek().at() <= end) {
            next();
        }
        now = end;
    }

    private void next() {
        Scheduled next = events.poll();
        now = Math.max(now, next.at());
        next.run().run();
    }

    String describe() {
        StringBuilder text = new StringBuilder();
        machines.forEach(machine -> text.append(machine.name)
                .append(machine.up ? "" : " (down)")
                .append(" height ")
                .append(machine.store.tipHeight())
                .append(" pending ")
                .append(machine.replica.view().pendingTransactions())
                .append(" round ")
                .append(machine.replica.view().consensus().round())
                .append(" alarms ")
                .append(machine.alarms)
                .append("; "));
        return text.toString();
    }

    boolean all(java.util.function.Predicate<Machine> predicate) {
        return machines.stream().filter(machine -> machine.up).allMatch(predicate);
    }

    /** Every pair of live machines agrees on every block that both have. */
    void assertAgreement() {
        Map<Long, Hash> decided = new TreeMap<>();
        for (Machine machine : machines) {
            for (long height = 1; height <= machine.store.tipHeight(); height++) {
                Hash hash = machine.store.headerAt(height).hash();
                Hash other = decided.putIfAbsent(height, hash);
                if (other != null && !other.equals(hash)) {
                    throw new AssertionError("two blocks of height " + height + ": " + describe());
                }
            }
        }
    }

    /** One replica with its disk, timers and connections. */
    final class Machine {
        final int index;
        final String name;
        MemoryChainStore store;
        Replica replica;
        boolean up;
        final List<String> alarms = new ArrayList<>();
        final List<Admission> admissions = new ArrayList<>();
        final Set<String> connected = new TreeSet<>();
        final Map<String, Integer> sent = new TreeMap<>();
        Optional<String> halted = Optional.empty();
        private final Map<TimerKey, Long> timers = new HashMap<>();
        private int life;

        Machine(int index, MemoryChainStore store) {
            this.index = index;
            this.name = chain.names().get(index);
            this.store = store;
            boot();
        }

        private void boot() {
            Hash chainId = chain.genesis().chainId();
            LedgerLimits limits = LedgerLimits.of(chain.genesis().document().getParameters());
            Ledger ledger = new Ledger(chainId, limits);
            Ed25519Verifier verifier = new Ed25519Verifier(256);
            replica = new Replica(
                    new ReplicaConfig(
                            chainId,
                            name,
                            ConsensusConfig.defaults(
                                    chainId,
                                    Optional.of(chain.validator(index).signer()),
                                    verifier,
                                    BlockBodies::leafHashes),
                            limits,
                            MempoolLimits.DEFAULT,
                            ReplicaConfig.DISSEMINATION_BYTES),
                    store,
                    ledger,
                    new TransactionCheck(ledger, verifier, 10_000),
                    new byte[16]);
        }

        void start() {
            up = true;
            replica.start(now, this::perform);
            for (Machine other : machines) {
                if (other != this && other.up) {
                    connect(this, other);
                }
            }
        }

        private void connect(Machine one, Machine other) {
            at(now, () -> {
                if (one.up && other.up) {
                    one.step(new ReplicaEvent.PeerConnected(
                            other.name, chain.peerTls(other.index).publicKey(), now));
                    other.step(new ReplicaEvent.PeerConnected(
                            one.name, chain.peerTls(one.index).publicKey(), now));
                }
            });
        }

        /** The process dies and loses what was not synced. */
        void crash() {
            up = false;
            life++;
            timers.clear();
            store = store.crash();
            for (Machine other : machines) {
                if (other.up) {
                    other.step(new ReplicaEvent.PeerDisconnected(name, now));
                }
            }
        }

        void restart() {
            boot();
            start();
        }

        void step(ReplicaEvent event) {
            if (up) {
                replica.step(event, this::perform);
            }
        }

        void submit(ParsedTransaction... transactions) {
            step(new ReplicaEvent.Submitted(List.of(new ReplicaEvent.Submission(1, List.of(transactions))), now));
        }

        private void perform(ReplicaEffect effect) {
            int thisLife = life;
            if (effect instanceof ReplicaEffect.SendFrame send) {
                send.peers().forEach(peer -> send(peer, send.frame()));
            } else if (effect instanceof ReplicaEffect.SetTimer timer) {
                long mark = sequence++;
                timers.put(timer.key(), mark);
                at(now + timer.delayMillis(), () -> {
                    if (life == thisLife && timers.remove(timer.key(), mark)) {
                        step(new ReplicaEvent.TimerFired(timer.key(), timer.token(), now));
                    }
                });
            } else if (effect instanceof ReplicaEffect.CancelTimer timer) {
                timers.remove(timer.key());
            } else if (effect instanceof ReplicaEffect.Resume) {
                at(now, () -> {
                    if (life == thisLife) {
                        step(new ReplicaEvent.Resumed(now));
                    }
                });
            } else if (effect instanceof ReplicaEffect.Alarm alarm) {
                alarms.add(alarm.code() + " " + alarm.detail());
            } else if (effect instanceof ReplicaEffect.Admitted admitted) {
                admissions.addAll(admitted.admissions());
            } else if (effect instanceof ReplicaEffect.Halt halt) {
                halted = Optional.of(halt.reason());
            } else if (effect instanceof ReplicaEffect.Disconnect disconnect) {
                alarms.add("DISCONNECT " + disconnect.peer() + " " + disconnect.reason());
            }
        }

        private void send(String peer, PeerFrame frame) {
            sent.merge(frame.getFrameCase().name(), 1, Integer::sum);
            if (cut.test(name, peer) || lost.test(frame)) {
                return;
            }
            PeerFrame copy = reparsed(frame);
            Machine target = machines.get(chain.names().indexOf(peer));
            at(now + LATENCY_MILLIS, () -> target.step(new ReplicaEvent.PeerMessage(name, copy, now)));
        }

        private PeerFrame reparsed(PeerFrame frame) {
            try {
                return PeerFrame.parseFrom(frame.toByteArray());
            } catch (com.google.protobuf.InvalidProtocolBufferException impossible) {
                throw new AssertionError(impossible);
            }
        }

        ParsedTransaction noop(long number) {
            return chain.noop(index, number, now + 300_000);
        }

        boolean has(ParsedTransaction transaction) {
            return store.transaction(transaction.txId()).isPresent();
        }
    }
}
