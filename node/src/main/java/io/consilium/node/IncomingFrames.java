package io.consilium.node;

import io.consilium.crypto.PublicKey;
import io.consilium.node.net.InboundFrame;
import io.consilium.node.net.PeerEvents;
import io.consilium.node.replica.ReplicaEvent;
import io.consilium.proto.TransactionBatch;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Sorts what peers send: votes and what a decision waits for ahead of bulk to the deciding thread, transactions over the
 * verification pool, payloads to their own thread. Called on event loops, so it only enqueues; a frame that finds no place is dropped and counted.
 */
final class IncomingFrames implements PeerEvents {
    private final NodeLoop loop;
    private final VerificationPool pool;
    private final NodeCounters counters;
    private final LongSupplier clock;
    private volatile Optional<PayloadForwarding> payloads = Optional.empty();

    IncomingFrames(NodeLoop loop, VerificationPool pool, NodeCounters counters, LongSupplier clock) {
        this.loop = loop;
        this.pool = pool;
        this.counters = counters;
        this.clock = clock;
    }

    /** Where payloads go; frames that come earlier are dropped. */
    void open(PayloadForwarding forwarding) {
        payloads = Optional.of(forwarding);
    }

    @Override
    public void connected(String peer, PublicKey tlsKey) {
        loop.urgent(new ReplicaEvent.PeerConnected(peer, tlsKey, clock.getAsLong()), () -> {});
    }

    @Override
    public void disconnected(String peer) {
        loop.urgent(new ReplicaEvent.PeerDisconnected(peer, clock.getAsLong()), () -> {});
    }

    @Override
    public void received(InboundFrame inbound) {
        boolean taken =
                switch (inbound.frame().getFrameCase()) {
                    case TRANSACTIONS -> verify(inbound, inbound.frame().getTransactions(), false);
                    case FETCHED_TRANSACTIONS -> verify(inbound, inbound.frame().getFetchedTransactions(), true);
                    case STAGE_PAYLOAD, PAYLOAD_REPLY, FETCH_PAYLOAD, PAYLOAD_PIECE -> {
                        payloads.ifPresent(forwarding -> forwarding.received(inbound));
                        yield payloads.isPresent();
                    }
                    case FETCH_BLOCKS, BLOCKS -> loop.bulk(message(inbound), inbound::release);
                    default -> loop.urgent(message(inbound), inbound::release);
                };
        if (!taken) {
            drop(inbound);
        }
    }

    private ReplicaEvent message(InboundFrame inbound) {
        return new ReplicaEvent.PeerMessage(inbound.peer(), inbound.frame(), clock.getAsLong());
    }

    private boolean verify(InboundFrame inbound, TransactionBatch batch, boolean urgent) {
        return pool.received(batch.getTransactionsList(), urgent, clock.getAsLong(), good -> {
            ReplicaEvent event = new ReplicaEvent.TransactionsReceived(inbound.peer(), good, clock.getAsLong());
            boolean taken = urgent ? loop.urgent(event, inbound::release) : loop.bulk(event, inbound::release);
            if (!taken) {
                drop(inbound);
            }
        });
    }

    private void drop(InboundFrame inbound) {
        counters.droppedFrames.increment();
        inbound.release();
    }
}
