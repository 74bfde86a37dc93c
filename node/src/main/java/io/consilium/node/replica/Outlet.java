package io.consilium.node.replica;

import io.consilium.consensus.TimerKind;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.net.FramePriority;
import io.consilium.node.replica.ReplicaEffect.SendFrame;
import io.consilium.proto.PeerFrame;
import java.util.List;
import java.util.function.Consumer;

/** Where a replica's effects go during a step, with the ways of sending that it knows. */
final class Outlet {
    private Consumer<ReplicaEffect> effects = effect -> {};

    void open(Consumer<ReplicaEffect> newEffects) {
        effects = newEffects;
    }

    void emit(ReplicaEffect effect) {
        effects.accept(effect);
    }

    /** What a decision may wait for. */
    void vote(List<String> peers, PeerFrame frame) {
        if (!peers.isEmpty()) {
            emit(new SendFrame(peers, frame, FramePriority.VOTE));
        }
    }

    /** What a decision under way needs, asked or answered. */
    void block(String peer, PeerFrame frame) {
        emit(new SendFrame(List.of(peer), frame, FramePriority.BLOCK));
    }

    void bulk(String peer, PeerFrame frame) {
        emit(new SendFrame(List.of(peer), frame, FramePriority.BULK));
    }

    void disseminate(List<String> peers, List<ParsedTransaction> transactions) {
        if (!peers.isEmpty()) {
            PeerRequests.batches(transactions).forEach(batch -> emit(new SendFrame(peers, batch, FramePriority.BULK)));
        }
    }

    void alarm(String code, long height, int round, String detail) {
        emit(new ReplicaEffect.Alarm(code, height, round, detail));
    }

    static TimerKey key(TimerKind kind) {
        return new TimerKey(TimerKey.Owner.CONSENSUS, kind.ordinal());
    }
}
