package io.consilium.bench.simulator;

import java.util.ArrayList;
import java.util.List;

/** Strikes a world from time to time, until it is told to stop. */
final class Faults {
    private static final int MAX_CRASH_POINTS = 40;
    private static final long TEN_MINUTES_MILLIS = 600_000;

    private final World world;
    private final FaultMix mix;
    private final Chance chance;
    private boolean stopped;
    private int disksLost;

    Faults(World world, FaultMix mix, Chance chance) {
        this.world = world;
        this.mix = mix;
        this.chance = chance;
    }

    void begin() {
        if (!mix.kinds().isEmpty() || mix.twins() > 0) {
            plan();
        }
    }

    void stop() {
        stopped = true;
    }

    /** A validator whose disk was lost may need every other one to find its place again (BFT-16). */
    boolean disksWereLost() {
        return disksLost > 0;
    }

    private void plan() {
        world.timeline().after(chance.between(mix.meanGapMicros() / 10, 2 * mix.meanGapMicros()), () -> {
            if (!stopped) {
                if (!mix.kinds().isEmpty()) {
                    strike(chance.pick(mix.kinds()));
                }
                if (mix.twins() > 0 && chance.percent(40)) {
                    world.shareTwins(chance);
                }
                plan();
            }
        });
    }

    private void strike(FaultMix.Kind kind) {
        SimulatedNode node = chance.pick(world.nodes());
        switch (kind) {
            case CRASH -> crash(node);
            case CRASH_AT_BARRIER -> armCrash(node);
            case CRASH_ALL -> {
                if (chance.percent(15)) {
                    world.nodes().forEach(this::crash);
                }
            }
            case PARTITION -> partition();
            case ONE_WAY -> cut(node.number(), chance.below(world.nodes().size()));
            case ISOLATE -> isolate(node);
            case MEND -> world.mend();
            case RECONNECT -> reconnect(node);
            case PAUSE -> node.pause(chance.between(50_000, 6_000_000));
            case CLOCK_JUMP -> node.setClockOffset(chance.between(-TEN_MINUTES_MILLIS, TEN_MINUTES_MILLIS));
            case SLOW_DISK -> node.setSyncMicros(chance.between(1_000, 500_000));
            case WIPE_DISK -> loseDisk(node, true);
            case OLD_BACKUP -> loseDisk(node, false);
        }
    }

    private void crash(SimulatedNode node) {
        if (node.running()) {
            node.crash("killed");
            world.timeline().after(chance.between(10_000, 5_000_000), node::startIfDown);
        }
    }

    private void armCrash(SimulatedNode node) {
        node.armCrash(1 + chance.below(MAX_CRASH_POINTS), chance.between(10_000, 3_000_000));
    }

    private void partition() {
        List<Integer> side = new ArrayList<>();
        for (SimulatedNode node : world.nodes()) {
            if (chance.percent(50)) {
                side.add(node.number());
            }
        }
        for (SimulatedNode one : world.nodes()) {
            for (SimulatedNode other : world.nodes()) {
                if (side.contains(one.number()) != side.contains(other.number())) {
                    cut(one.number(), other.number());
                }
            }
        }
        world.note(-1, "partition: " + side + " alone");
        mendLater();
    }

    private void isolate(SimulatedNode node) {
        for (SimulatedNode other : world.nodes()) {
            cut(node.number(), other.number());
            cut(other.number(), node.number());
        }
        world.note(node.number(), "isolated");
        mendLater();
    }

    private void cut(int from, int to) {
        if (from != to) {
            world.network().cut(from, to, true);
        }
    }

    private void mendLater() {
        world.timeline().after(chance.between(100_000, 8_000_000), world::mend);
    }

    /** The connection breaks, both ends notice, and it comes back. */
    private void reconnect(SimulatedNode node) {
        int other = chance.below(world.nodes().size());
        world.network().disconnect(node.number(), other);
        world.timeline().after(chance.between(1_000, 3_000_000), () -> world.connectIfUp(node.number(), other));
    }

    /** Counts against f for good, and only where nobody is Byzantine (BFT-16). */
    private void loseDisk(SimulatedNode node, boolean wipe) {
        if (mix.twins() + mix.traitors() > 0 || disksLost >= mix.faults()) {
            return;
        }
        if (!wipe && !node.backedUp()) {
            node.backUp();
            return;
        }
        disksLost++;
        if (node.running()) {
            node.crash(wipe ? "killed, its disk is replaced" : "killed, an old backup is put back");
        }
        node.loseDisk(wipe);
        world.timeline().after(chance.between(10_000, 3_000_000), node::startIfDown);
    }
}
