package io.consilium.node.replica;

import io.consilium.crypto.PublicKey;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.PeerFrame;
import java.util.List;

/** What happened to a replica; the one input of {@link Replica#step}. Times are milliseconds since 1970. */
public sealed interface ReplicaEvent {
    long nowMillis();

    /**
     * A frame of an authenticated peer.
     *
     * @param peer slug of its institution
     * @param nowMillis time of receipt, the clock of BFT-14
     */
    record PeerMessage(String peer, PeerFrame frame, long nowMillis) implements ReplicaEvent {}

    /** Transactions that a peer brought, whose signatures were checked on the way in. */
    record TransactionsReceived(String peer, List<ParsedTransaction> transactions, long nowMillis)
            implements ReplicaEvent {
        public TransactionsReceived {
            transactions = List.copyOf(transactions);
        }
    }

    /** Transactions handed to this node by clients, admissible and checked; one {@link ReplicaEffect.Admitted} each. */
    record Submitted(List<Submission> submissions, long nowMillis) implements ReplicaEvent {
        public Submitted {
            submissions = List.copyOf(submissions);
        }
    }

    /** A timer that {@link ReplicaEffect.SetTimer} set ran out; the token is that effect's. */
    record TimerFired(TimerKey key, long token, long nowMillis) implements ReplicaEvent {}

    /** @param tlsKey names the peer towards consensus while it is no validator */
    record PeerConnected(String peer, PublicKey tlsKey, long nowMillis) implements ReplicaEvent {}

    record PeerDisconnected(String peer, long nowMillis) implements ReplicaEvent {}

    /** Answer to {@link ReplicaEffect.Resume}. */
    record Resumed(long nowMillis) implements ReplicaEvent {}

    /** One client call. */
    record Submission(long request, List<ParsedTransaction> transactions) {
        public Submission {
            transactions = List.copyOf(transactions);
        }
    }
}
