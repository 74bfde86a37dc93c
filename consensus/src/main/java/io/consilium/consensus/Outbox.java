package io.consilium.consensus;

import io.consilium.crypto.PublicKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The effects of the step under way, and the messages that this node must still take in itself.
 *
 * <p>All votes signed since the last barrier are written by one {@link Effect.Persist} that stands before everything
 * else since that barrier: nothing signed can leave before it is durable (BFT-6), and a step costs one sync.
 */
final class Outbox {
    /** A message that waits inside: an own one (BFT-7) or one that came a height early. */
    record Waiting(PublicKey sender, Message message, long receivedAtMillis) {}

    private final VoteSigner signer;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private List<Effect> effects = new ArrayList<>();
    private int segmentStart;

    Outbox(VoteSigner signer) {
        this.signer = signer;
    }

    void emit(Effect effect) {
        effects.add(effect);
    }

    void send(PublicKey to, Message message) {
        effects.add(new Effect.Send(to, message));
    }

    /** To all other validators, and to this node by the same path (BFT-7). */
    void publish(PublicKey self, Message message, long nowMillis) {
        effects.add(new Effect.Broadcast(message));
        waiting.add(new Waiting(self, message, nowMillis));
    }

    void await(Waiting message) {
        waiting.add(message);
    }

    Optional<Waiting> next() {
        return Optional.ofNullable(waiting.poll());
    }

    /** What follows happens at a later height: votes signed so far are written before it. */
    void barrier(long height) {
        List<VoteEntry> entries = signer.takeEntries();
        if (!entries.isEmpty()) {
            effects.add(segmentStart, new Effect.Persist(height, entries));
        }
        segmentStart = effects.size();
    }

    List<Effect> drain(long height) {
        barrier(height);
        List<Effect> drained = List.copyOf(effects);
        effects = new ArrayList<>();
        segmentStart = 0;
        return drained;
    }
}
