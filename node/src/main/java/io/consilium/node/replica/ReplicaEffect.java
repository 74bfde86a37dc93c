package io.consilium.node.replica;

import io.consilium.crypto.certificate.Evidence;
import io.consilium.ledger.block.BlockResult;
import io.consilium.node.Admission;
import io.consilium.node.CommittedBlock;
import io.consilium.node.net.FramePriority;
import io.consilium.proto.PeerFrame;
import io.consilium.storage.HeldEvidence;
import java.util.List;
import java.util.Optional;

/**
 * What a replica wants done. Effects come out in order while a step runs; what has to be durable first is durable by
 * then, because the replica writes to its store itself (BFT-6).
 */
public sealed interface ReplicaEffect {

    /** To each named peer that is connected. */
    record SendFrame(List<String> peers, PeerFrame frame, FramePriority priority) implements ReplicaEffect {
        public SendFrame {
            peers = List.copyOf(peers);
        }
    }

    /** Starts or replaces the timer of this key. */
    record SetTimer(TimerKey key, long token, long delayMillis) implements ReplicaEffect {}

    record CancelTimer(TimerKey key) implements ReplicaEffect {}

    /** Asks for {@link ReplicaEvent.Resumed} after what waits already; several may be answered by one. */
    record Resume() implements ReplicaEffect {}

    /** What became of the submission's transactions, in their order. */
    record Admitted(long request, List<Admission> admissions) implements ReplicaEffect {
        public Admitted {
            admissions = List.copyOf(admissions);
        }
    }

    /**
     * A block is final and in the store.
     *
     * @param faults transactions on which a rule of the ledger broke
     * @param institutionsChanged the registry of peers is to be read anew
     */
    record Committed(CommittedBlock block, List<BlockResult.Fault> faults, boolean institutionsChanged)
            implements ReplicaEffect {}

    /** The peer broke the protocol so that going on with its connection is of no use. */
    record Disconnect(String peer, String reason) implements ReplicaEffect {}

    /**
     * A validator broke the protocol (BFT-19).
     *
     * @param held the proof if it is newly in the store; absent where its fault, or enough others of the culprit, are
     *     known already
     */
    record EvidenceFound(Evidence evidence, Optional<HeldEvidence> held) implements ReplicaEffect {}

    /** What an operator should look at; {@code code} is a stable word. */
    record Alarm(String code, long height, int round, String detail) implements ReplicaEffect {}

    /** A block claims results that this node does not compute (BFT-8). */
    record ResultsDiffer(StateDifference difference) implements ReplicaEffect {}

    /** A broken invariant: the process must stop (BFT-8). */
    record Halt(String reason) implements ReplicaEffect {}
}
