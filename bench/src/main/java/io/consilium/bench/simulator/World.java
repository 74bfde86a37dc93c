package io.consilium.bench.simulator;

import io.consilium.node.CommittedBlock;
import io.consilium.node.replica.Replica;
import io.consilium.node.replica.TransactionCheck;
import io.consilium.proto.PeerFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One seed's whole world on one thread: nodes, network, disks, clients and faults, in virtual time.
 *
 * <p>It is faulty for a while. Then a random quorum is healed and the rest is dead for good, and everything that waits
 * must become final within a bound: safety is checked at every step, liveness at the end.
 */
final class World {
    /** 2026-01-01T00:00:00Z, when every world begins. */
    static final long EPOCH_MILLIS = 1_767_225_600_000L;

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long LIVENESS_MICROS = 60 * MICROS_PER_SECOND;
    private static final long CHECK_MICROS = MICROS_PER_SECOND / 4;
    private static final long IDLE_MICROS = 3 * MICROS_PER_SECOND;
    private static final int TWIN_PATTERNS = 4;

    private final FaultMix mix;
    private final Cluster cluster;
    private final Trace trace;
    private final Chance chance;
    private final Timeline timeline = new Timeline();
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final List<Traitor> traitors = new ArrayList<>();
    private final PrimedVerifier verifier;
    private final SimulatedNetwork network;
    private final Invariants invariants;
    private final Workload workload;
    private final Faults faults;
    private final CRC32C crc = new CRC32C();

    /** @param height of the highest block that the world decided */
    record Outcome(String traceHash, long events, long height, long transactions, long virtualMicros) {}

    World(long seed, Trace trace) {
        this.trace = trace;
        this.chance = new Chance(seed);
        this.mix = FaultMix.of(chance.split("mix"));
        this.cluster = Cluster.of(mix.validators());
        this.verifier = new PrimedVerifier();
        int byzantine = mix.twins() + mix.traitors();
        int processes = mix.validators() + mix.twins();
        this.network = new SimulatedNetwork(timeline, chance.split("network"), processes, mix.weather());
        this.invariants = new Invariants(this, mix);
        Chance disks = chance.split("disks");
        for (int number = 0; number < processes; number++) {
            // The last validators are the Byzantine ones; each twin's second process comes after all first ones.
            int validator = number < mix.validators() ? number : number - mix.twins();
            boolean honest = validator < mix.validators() - byzantine;
            SimulatedNode node = new SimulatedNode(
                    this,
                    new SimulatedNode.Cast(number, validator, cluster.institution(validator), honest),
                    disks.split("node" + number),
                    mix.syncMicros());
            nodes.add(node);
            boolean traitor = !honest && validator < mix.validators() - mix.twins();
            network.attach(traitor ? betraying(node) : node);
        }
        this.workload = new Workload(this, chance.split("workload"), mix.transactions());
        this.faults = new Faults(this, mix, chance.split("faults"));
    }

    private SimulatedNetwork.Receiver betraying(SimulatedNode node) {
        Traitor traitor = new Traitor(this, node, chance.split("traitor" + node.number()));
        traitors.add(traitor);
        return traitor;
    }

    Outcome run() {
        note(-1, mix.toString());
        nodes.forEach(SimulatedNode::startIfDown);
        workload.begin();
        faults.begin();
        timeline.runUntil(mix.faultyMicros());
        heal();
        finish();
        return new Outcome(
                trace.hash(), trace.events(), invariants.height(), invariants.transactions(), timeline.nowMicros());
    }

    /** From here on nothing fails any more; a random quorum of honest validators lives, the rest is dead. */
    private void heal() {
        faults.stop();
        network.change(Weather.FAIR);
        network.mendAll();
        Chance draw = chance.split("quorum");
        List<SimulatedNode> honest = new ArrayList<>();
        List<SimulatedNode> others = new ArrayList<>();
        nodes.forEach(node -> (node.cast().honest() ? honest : others).add(node));
        int living = faults.disksWereLost() ? honest.size() : mix.quorum();
        while (honest.size() > living) {
            others.add(honest.remove(draw.below(honest.size())));
        }
        boolean traitorsLive = draw.percent(50);
        for (SimulatedNode other : others) {
            if (other.cast().honest() || !traitorsLive) {
                other.retire();
            }
        }
        note(
                -1,
                "healed: " + honest.stream().map(SimulatedNode::number).toList() + " live"
                        + (traitorsLive ? ", traitors too" : ""));
        for (SimulatedNode node : nodes) {
            node.disarm();
            node.setClockOffset(0);
            node.setSyncMicros(300);
            node.resume();
            node.startIfDown();
        }
        nodes.forEach(one -> nodes.forEach(other -> connectIfUp(one.number(), other.number())));
        workload.finish(honest);
    }

    private void finish() {
        long deadline = timeline.nowMicros() + LIVENESS_MICROS;
        while (!invariants.settled(workload)) {
            if (timeline.nowMicros() >= deadline) {
                throw new Violation(
                        "LIVENESS",
                        "after " + LIVENESS_MICROS / MICROS_PER_SECOND + " s without faults, "
                                + invariants.unsettled(workload));
            }
            timeline.runUntil(timeline.nowMicros() + CHECK_MICROS);
        }
        if (traitors.isEmpty() && mix.twins() == 0) {
            long height = invariants.height();
            timeline.runUntil(timeline.nowMicros() + IDLE_MICROS);
            if (invariants.height() != height) {
                throw new Violation(
                        "IDLE",
                        "blocks " + (height + 1) + " to " + invariants.height()
                                + " were decided although nothing was pending");
            }
        }
    }

    // ---- what the parts ask of their world

    Timeline timeline() {
        return timeline;
    }

    SimulatedNetwork network() {
        return network;
    }

    List<SimulatedNode> nodes() {
        return nodes;
    }

    Invariants invariants() {
        return invariants;
    }

    Workload workload() {
        return workload;
    }

    Cluster cluster() {
        return cluster;
    }

    ChainImage genesis() {
        return cluster.genesis();
    }

    PrimedVerifier verifier() {
        return verifier;
    }

    long trueMillis() {
        return EPOCH_MILLIS + timeline.nowMicros() / 1_000;
    }

    Replica replica(SimulatedNode node, TransactionCheck check, byte[] nonce) {
        return cluster.replica(node.cast().validator(), new MemoryChainStore(node.disk()), verifier, check, nonce);
    }

    void send(SimulatedNode from, List<String> peers, PeerFrame meant, long notBeforeMicros) {
        if (from.cast().honest()) {
            invariants.sends(from, meant);
        }
        Optional<Traitor> traitor =
                traitors.stream().filter(each -> each.node() == from).findFirst();
        PeerFrame frame = traitor.map(each -> each.tampered(meant)).orElse(meant);
        record(from.number(), frame, peers);
        Optional<PeerFrame> second = traitor.flatMap(each -> each.equivocal(frame));
        for (SimulatedNode to : nodes) {
            String institution = to.cast().institution();
            if (peers.contains(institution)
                    && !institution.equals(from.cast().institution())
                    && traitor.filter(each -> each.withholds(frame)).isEmpty()) {
                PeerFrame told = second.isPresent() && to.number() % 2 == 0 ? second.get() : frame;
                network.send(from.number(), to.number(), told, notBeforeMicros);
            }
        }
    }

    /** A traitor's message beside those of its node. */
    void forge(SimulatedNode from, SimulatedNode to, PeerFrame frame) {
        record(from.number(), frame, List.of(to.cast().institution()));
        network.send(from.number(), to.number(), frame, 0);
    }

    private void record(int node, PeerFrame frame, List<String> to) {
        byte[] bytes = frame.toByteArray();
        crc.reset();
        crc.update(bytes, 0, bytes.length);
        trace.event(
                timeline.nowMicros(),
                node,
                frame.getFrameCase().getNumber(),
                crc.getValue(),
                () -> (to.size() == 1 ? "tells " + to.get(0) + " " : "tells all ") + FrameText.of(frame));
    }

    void committed(SimulatedNode node, CommittedBlock block) {
        trace.event(
                timeline.nowMicros(),
                node.number(),
                1_000,
                block.height(),
                () -> "decides block " + block.height() + " "
                        + block.blockHash().shortHex() + " with "
                        + block.transactions().size() + " transactions");
        if (node.cast().honest()) {
            invariants.committed(node, block);
        }
    }

    void note(int node, String text) {
        trace.event(timeline.nowMicros(), node, 2_000, text.hashCode(), () -> text);
    }

    void mend() {
        network.mendAll();
        note(-1, "all links are whole");
    }

    void connectIfUp(int one, int other) {
        SimulatedNode first = nodes.get(one);
        SimulatedNode second = nodes.get(other);
        boolean twins = first.cast().validator() == second.cast().validator();
        if (!twins && first.running() && second.running()) {
            network.connect(one, other);
        }
    }

    /** Each honest node now talks to one process of each twin, to both, or to neither. */
    void shareTwins(Chance draw) {
        for (int second = mix.validators(); second < nodes.size(); second++) {
            int first = second - mix.twins();
            for (SimulatedNode node : nodes) {
                int pattern = draw.below(TWIN_PATTERNS);
                boolean hearsFirst = (pattern & 1) == 0;
                boolean hearsSecond = pattern > 0;
                share(node.number(), first, hearsFirst);
                share(node.number(), second, hearsSecond);
            }
        }
        note(-1, "twins are shared out anew");
    }

    private void share(int node, int twin, boolean open) {
        network.cut(node, twin, !open);
        network.cut(twin, node, !open);
    }
}
