package io.consilium.bench.simulator;

import java.util.PriorityQueue;

/** Virtual time: what happens next, in order of time and, at one instant, in the order it was planned. */
final class Timeline {
    /** A world that plans more than this at once has a flood nobody bounds. */
    private static final int MAX_PLANNED = 400_000;

    private final PriorityQueue<Planned> planned = new PriorityQueue<>(1024);
    private long nowMicros;
    private long sequence;

    long nowMicros() {
        return nowMicros;
    }

    void after(long delayMicros, Runnable action) {
        if (planned.size() >= MAX_PLANNED) {
            throw new Violation("BOUNDS", "more than " + MAX_PLANNED + " events are under way at one time");
        }
        planned.add(new Planned(nowMicros + Math.max(0, delayMicros), sequence++, action));
    }

    /** Runs everything up to the given time, and stands there. */
    void runUntil(long untilMicros) {
        while (!planned.isEmpty() && planned.peek().atMicros <= untilMicros) {
            Planned next = planned.remove();
            nowMicros = next.atMicros;
            next.action.run();
        }
        nowMicros = Math.max(nowMicros, untilMicros);
    }

    private record Planned(long atMicros, long sequence, Runnable action) implements Comparable<Planned> {
        @Override
        public int compareTo(Planned other) {
            int byTime = Long.compare(atMicros, other.atMicros);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
