package io.consilium.bench.simulator;

import io.consilium.proto.PeerFrame;
import java.util.ArrayList;
import java.util.List;

/**
 * The links between processes. A frame may be lost, late, doubled or overtaken, and a direction of a link may be cut;
 * it is never changed, because TLS would notice.
 */
final class SimulatedNetwork {

    /** The far end of a link. */
    interface Receiver {
        void receive(int from, PeerFrame frame);

        void connected(int peer);

        void disconnected(int peer);
    }

    private final Timeline timeline;
    private final Chance chance;
    private final List<Receiver> receivers = new ArrayList<>();
    private final boolean[][] cut;
    private final boolean[][] connected;
    private final long[][] lastArrival;
    private Weather weather;
    private long sent;

    SimulatedNetwork(Timeline timeline, Chance chance, int processes, Weather weather) {
        this.timeline = timeline;
        this.chance = chance;
        this.cut = new boolean[processes][processes];
        this.connected = new boolean[processes][processes];
        this.lastArrival = new long[processes][processes];
        this.weather = weather;
    }

    /** Processes are attached in the order of their numbers. */
    void attach(Receiver receiver) {
        receivers.add(receiver);
    }

    void change(Weather next) {
        weather = next;
    }

    long sent() {
        return sent;
    }

    boolean connected(int from, int to) {
        return connected[from][to];
    }

    /** A connection carries both directions; each direction may be cut without either end noticing. */
    void connect(int one, int other) {
        if (!connected[one][other] && one != other) {
            connected[one][other] = true;
            connected[other][one] = true;
            receivers.get(one).connected(other);
            receivers.get(other).connected(one);
        }
    }

    void disconnect(int one, int other) {
        if (connected[one][other]) {
            connected[one][other] = false;
            connected[other][one] = false;
            receivers.get(one).disconnected(other);
            receivers.get(other).disconnected(one);
        }
    }

    void cut(int from, int to, boolean open) {
        cut[from][to] = open;
    }

    boolean isCut(int from, int to) {
        return cut[from][to];
    }

    void mendAll() {
        for (boolean[] row : cut) {
            java.util.Arrays.fill(row, false);
        }
    }

    /** @param notBeforeMicros when the sender is done with what had to be durable first */
    void send(int from, int to, PeerFrame frame, long notBeforeMicros) {
        sent++;
        if (!connected[from][to] || cut[from][to] || chance.perMille(weather.lossPerMille())) {
            return;
        }
        deliver(from, to, frame, notBeforeMicros);
        if (chance.perMille(weather.duplicatePerMille())) {
            deliver(from, to, frame, notBeforeMicros);
        }
    }

    private void deliver(int from, int to, PeerFrame frame, long notBeforeMicros) {
        long delay = weather.baseMicros() + chance.between(0, weather.jitterMicros());
        if (chance.perMille(weather.slowPerMille())) {
            delay += chance.between(0, weather.slowMicros());
        }
        long arrival = Math.max(notBeforeMicros, timeline.nowMicros()) + delay;
        if (weather.inOrder()) {
            arrival = Math.max(arrival, lastArrival[from][to] + 1);
        }
        lastArrival[from][to] = Math.max(arrival, lastArrival[from][to]);
        timeline.after(arrival - timeline.nowMicros(), () -> {
            if (connected[from][to] && !cut[from][to]) {
                receivers.get(to).receive(from, frame);
            }
        });
    }
}
