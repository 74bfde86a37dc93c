package io.consilium.consensus;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A cluster in which nothing moves by itself: packets wait until they are delivered, timers until time is let pass. */
final class ScenarioCluster extends ToyCluster {
    record Packet(ToyNode from, ToyNode to, Object payload) {}

    /** Which packets a line of a script means; empty lists mean all. */
    record Selector(List<String> kinds, List<Integer> from, List<Integer> to) {
        boolean matches(Packet packet) {
            return (kinds.isEmpty() || kinds.contains(kind(packet.payload())))
                    && (from.isEmpty() || from.contains(packet.from().index))
                    && (to.isEmpty() || to.contains(packet.to().index));
        }
    }

    private final List<Packet> inFlight = new ArrayList<>();
    private final List<Selector> lost = new ArrayList<>();
    private final List<Selector> held = new ArrayList<>();
    private final Map<Integer, Integer> side = new HashMap<>();
    final Map<Integer, Long> skew = new HashMap<>();
    final Map<Integer, Map<byte[], byte[]>> backups = new TreeMap<>();

    ScenarioCluster(int size, int spares) {
        super(size, spares);
    }

    static String kind(Object payload) {
        if (payload instanceof Message.Ballot ballot) {
            return VoteEcho.kind(ballot).name();
        }
        return switch (payload.getClass().getSimpleName()) {
            case "Status" -> "STATUS";
            case "CertificateNotice" -> "NOTICE";
            case "ObserverQuery" -> "QUERY";
            case "ObserverAnswer" -> "ANSWER";
            default -> payload.getClass().getSimpleName().toUpperCase(java.util.Locale.ROOT);
        };
    }

    @Override
    long now(ToyNode node) {
        return millis + skew.getOrDefault(node.index, 0L);
    }

    @Override
    void carry(ToyNode from, ToyNode to, Object payload) {
        Packet packet = new Packet(from, to, payload);
        boolean cut = !side.getOrDefault(from.index, 0).equals(side.getOrDefault(to.index, 0));
        if (!cut && lost.stream().noneMatch(selector -> selector.matches(packet))) {
            inFlight.add(packet);
        }
    }

    /** Delivers in order of sending, also what is sent meanwhile, until nothing deliverable is left. */
    void deliver(Selector selector) {
        for (int count = 0; ; count++) {
            Optional<Packet> next = inFlight.stream()
                    .filter(selector::matches)
                    .filter(packet -> !packet.to().frozen) // waits in its socket
                    .filter(packet -> held.stream().noneMatch(hold -> hold.matches(packet)))
                    .findFirst();
            if (next.isEmpty()) {
                return;
            }
            if (count > 100_000) {
                throw new AssertionError("messages without end: " + next.get());
            }
            inFlight.remove(next.get());
            next.get().to().receive(next.get().from(), next.get().payload());
        }
    }

    void deliverOne() {
        if (!inFlight.isEmpty()) {
            Packet packet = inFlight.remove(0);
            packet.to().receive(packet.from(), packet.payload());
        }
    }

    void loseOne() {
        if (!inFlight.isEmpty()) {
            inFlight.remove(0);
        }
    }

    /** The next packet is overtaken by all others. */
    void deferOne() {
        if (!inFlight.isEmpty()) {
            inFlight.add(inFlight.remove(0));
        }
    }

    void drop(Selector selector) {
        inFlight.removeIf(selector::matches);
    }

    void lose(Selector selector) {
        lost.add(selector);
    }

    void hold(Selector selector) {
        held.add(selector);
    }

    void release() {
        held.clear();
    }

    void partition(List<List<Integer>> sides) {
        side.clear();
        for (int i = 0; i < sides.size(); i++) {
            for (int node : sides.get(i)) {
                side.put(node, i);
            }
        }
    }

    void heal() {
        side.clear();
        lost.clear();
        held.clear();
    }

    /** Lets time pass; due timers fire in order of time, and what they send arrives at once. */
    void tick(long duration) {
        long end = millis + duration;
        while (true) {
            deliver(new Selector(List.of(), List.of(), List.of()));
            ToyNode owner = null;
            TimerKind kind = TimerKind.ROUND;
            long due = end + 1;
            for (ToyNode node : nodes) {
                for (Map.Entry<TimerKind, ToyNode.Timer> timer : node.timers.entrySet()) {
                    if (!node.frozen && timer.getValue().dueMillis() < due) {
                        due = timer.getValue().dueMillis();
                        owner = node;
                        kind = timer.getKey();
                    }
                }
            }
            if (owner == null) {
                millis = end;
                return;
            }
            millis = Math.max(millis, due);
            owner.fire(kind);
        }
    }

    @Override
    void died(ToyNode node) {
        node.crash(0);
        inFlight.removeIf(packet -> packet.to() == node);
    }

    List<Packet> inFlight() {
        return inFlight;
    }
}
