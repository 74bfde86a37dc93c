package io.consilium.consensus;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A cluster without chance: every packet takes one millisecond, unless a rule of the test loses it. */
class LockstepCluster extends ToyCluster {
    /** A message under way. */
    record Packet(long due, ToyNode from, ToyNode to, Object payload) {}

    private final Deque<Packet> packets = new ArrayDeque<>();
    private final Map<Integer, Long> restarts = new TreeMap<>();
    Predicate<Packet> lost = packet -> false;
    long restartDelayMillis = 700;
    boolean allDie;

    LockstepCluster(int size) {
        super(size, 0);
    }

    void startAll() {
        nodes.forEach(ToyNode::start);
    }

    @Override
    void carry(ToyNode from, ToyNode to, Object payload) {
        Packet packet = new Packet(millis + 1, from, to, payload);
        if (!lost.test(packet)) {
            packets.add(packet);
        }
    }

    /** The node dies before an effect of its own; with {@link #allDie} the power fails for everyone at that moment. */
    @Override
    void died(ToyNode node) {
        for (ToyNode any : nodes) {
            if (any.up && (any == node || allDie)) {
                any.crash(0);
                restarts.put(any.index, millis + restartDelayMillis);
            }
        }
    }

    void run(long duration) {
        long end = millis + duration;
        while (step(end)) {}
        millis = end;
    }

    private boolean step(long end) {
        long due = packets.isEmpty() ? Long.MAX_VALUE : packets.peek().due();
        ToyNode owner = null;
        TimerKind kind = TimerKind.ROUND;
        for (ToyNode node : nodes) {
            for (Map.Entry<TimerKind, ToyNode.Timer> timer : node.timers.entrySet()) {
                if (!node.frozen && timer.getValue().dueMillis() < due) {
                    due = timer.getValue().dueMillis();
                    owner = node;
                    kind = timer.getKey();
                }
            }
        }
        for (Map.Entry<Integer, Long> restart : restarts.entrySet()) {
            if (restart.getValue() <= Math.min(due, end)) {
                millis = Math.max(millis, restart.getValue());
                restarts.remove(restart.getKey());
                nodes.get(restart.getKey()).start();
                return true;
            }
        }
        if (due > end) {
            return false;
        }
        millis = Math.max(millis, due);
        if (owner != null) {
            owner.fire(kind);
        } else {
            Packet packet = packets.poll();
            packet.to().receive(packet.from(), packet.payload());
        }
        return true;
    }

    boolean allHold(String transaction) {
        return nodes.stream().allMatch(node -> node.chain.stream()
                .anyMatch(block -> ToyLedger.transactions(block.body()).contains(transaction)));
    }
}
