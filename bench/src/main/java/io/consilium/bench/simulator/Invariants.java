package io.consilium.bench.simulator;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.node.CommittedBlock;
import io.consilium.node.replica.MempoolLimits;
import io.consilium.node.replica.ReplicaEffect;
import io.consilium.node.replica.ReplicaView;
import io.consilium.proto.PeerFrame;
import io.consilium.storage.StoredBlock;
import io.consilium.storage.VoteEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What must hold in every world at every moment: agreement, no contradictory signature of an honest key, durable before
 * sent, copies of what is decided, each transaction once, the state of a sequential execution. Throws at the first breach.
 */
final class Invariants {
    /** Faults of content that no honest leader and no honest executor ever shows another. */
    private static final Set<String> NEVER_AMONG_HONEST =
            Set.of("BLOCK_INADMISSIBLE", "INADMISSIBLE", "ROOTS_DIFFER", "BODY_DIFFERS");

    private final World world;
    private final FaultMix mix;
    private final Map<Long, Hash> decided = new HashMap<>();
    private final Set<Hash> applied = new HashSet<>();
    private final List<VoteWatch> watches = new ArrayList<>();
    private final Map<Integer, Long> heights = new HashMap<>();
    private final Map<Integer, Set<ByteBuffer>> checkedSignatures = new HashMap<>();
    private final Set<Integer> lostDisks = new HashSet<>();
    private final Set<Integer> outdated = new HashSet<>();
    private final SequentialLedger reference;
    private long height;
    private long blockMillis;
    private long signaturesSent;

    Invariants(World world, FaultMix mix) {
        this.world = world;
        this.mix = mix;
        this.reference = world.cluster().sequentialLedger(world.verifier());
        for (int validator = 0; validator < mix.validators(); validator++) {
            watches.add(new VoteWatch());
        }
    }

    // ---- lives

    /** A block that was written when the process died was decided too, although nobody said so. */
    void starting(SimulatedNode node) {
        ChainImage disk = node.disk().written();
        for (long each = Math.min(disk.tip.height(), height) + 1; each <= disk.tip.height(); each++) {
            decided(node, Objects.requireNonNull(disk.blocks.get(each)));
        }
        Hash known = decided.get(disk.tip.height());
        if (known != null && !known.equals(disk.tip.blockHash())) {
            throw new Violation("AGREEMENT", node(node) + " starts on another block " + disk.tip.height());
        }
        heights.put(node.number(), disk.tip.height());
        checkedSignatures.put(node.number(), new HashSet<>());
    }

    /**
     * A validator without its record observes first, so its key stays honest (BFT-16). One whose record is older than
     * its last votes can tell only from the peers it hears, so it counts as one of the f that may be faulty.
     */
    void diskLost(SimulatedNode node, boolean wiped) {
        lostDisks.add(node.number());
        if (!wiped) {
            outdated.add(node.cast().validator());
        }
    }

    // ---- signatures

    /** BFT-1 to BFT-6, seen from outside: each signature as it leaves. */
    void sends(SimulatedNode node, PeerFrame frame) {
        Optional<VoteWatch.Signed> signed = signedBy(node, frame);
        if (signed.isEmpty()
                || signed.get().height() <= node.disk().durable().tip.height()) {
            return;
        }
        ByteBuffer signature = ByteBuffer.wrap(signed.get().signature());
        if (Objects.requireNonNull(checkedSignatures.get(node.number())).add(signature)
                && !node.disk().holdsDurably(signed.get().signature())) {
            throw new Violation(
                    "DURABLE_BEFORE_SENT",
                    node(node) + " sends a " + signed.get().type() + " of height "
                            + signed.get().height() + ", round " + signed.get().round()
                            + " that is not durable on its disk");
        }
    }

    private Optional<VoteWatch.Signed> signedBy(SimulatedNode node, PeerFrame frame) {
        int validator = node.cast().validator();
        if (outdated.contains(validator)) {
            return Optional.empty();
        }
        boolean own =
                switch (frame.getFrameCase()) {
                    case PROPOSE -> true;
                    case VOTE -> frame.getVote().getSigner() == validator;
                    case TIMEOUT -> frame.getTimeout().getSigner() == validator;
                    default -> false;
                };
        try {
            return own ? watches.get(validator).sent(frame) : Optional.empty();
        } catch (Violation violation) {
            throw new Violation(violation.invariant(), node(node) + ": " + violation.getMessage(), violation);
        }
    }

    // ---- decisions

    void committed(SimulatedNode node, CommittedBlock block) {
        long before = heights.getOrDefault(node.number(), 0L);
        if (block.height() != before + 1) {
            throw new Violation("MONOTONE", node(node) + " decides " + block.height() + " after " + before);
        }
        heights.put(node.number(), block.height());
        decided(node, Objects.requireNonNull(node.disk().written().blocks.get(block.height())));
    }

    private void decided(SimulatedNode node, StoredBlock block) {
        BlockHeader header = header(block);
        Hash hash = header.hash();
        Hash known = decided.putIfAbsent(block.height(), hash);
        if (known == null) {
            first(node, header, hash, block);
        } else if (!known.equals(hash)) {
            throw new Violation(
                    "AGREEMENT",
                    node(node) + " decides " + hash.shortHex() + " at height " + block.height() + ", where "
                            + known.shortHex() + " was decided before");
        }
    }

    private void first(SimulatedNode node, BlockHeader header, Hash hash, StoredBlock block) {
        if (block.height() != height + 1) {
            throw new Violation("AGREEMENT", "height " + block.height() + " is decided before " + (height + 1));
        }
        height = block.height();
        blockMillis = header.timestampMillis();
        for (Hash txId : reference.follow(header, block.body())) {
            if (!applied.add(txId)) {
                throw new Violation("AT_MOST_ONCE", "transaction " + txId.shortHex() + " is in two blocks");
            }
        }
        durableCopies(header, hash, certificate(block));
    }

    private static BlockHeader header(StoredBlock stored) {
        try {
            return BlockHeader.decode(stored.header());
        } catch (MalformedException malformed) {
            throw new Violation("ENCODING", "a stored header cannot be read", malformed);
        }
    }

    private static QuorumCertificate certificate(StoredBlock stored) {
        try {
            return QuorumCertificate.decode(stored.commitQc());
        } catch (MalformedException malformed) {
            throw new Violation("ENCODING", "a stored certificate cannot be read", malformed);
        }
    }

    /** Every honest signer of a commit QC holds the block durably, so at least q - f do. */
    private void durableCopies(BlockHeader block, Hash hash, QuorumCertificate qc) {
        if (qc.type() != VoteType.COMMIT
                || !qc.verify(world.cluster().chainId(), world.cluster().validatorSet(), world.verifier())) {
            throw new Violation("CERTIFICATE", "block " + block.height() + " was decided by an invalid certificate");
        }
        byte[] header = block.encode();
        for (int signer : qc.signers()) {
            SimulatedNode node = world.nodes().get(signer);
            if (node.cast().honest()
                    && !lostDisks.contains(node.number())
                    && !holds(node, block.height(), hash, header)) {
                throw new Violation(
                        "DURABLE_COPIES",
                        node(node) + " signed the commit QC of block " + block.height()
                                + " and has no durable copy of it");
            }
        }
    }

    private static boolean holds(SimulatedNode node, long height, Hash hash, byte[] header) {
        ChainImage disk = node.disk().durable();
        StoredBlock stored = disk.blocks.get(height);
        if (stored != null) {
            return Arrays.equals(stored.header(), header);
        }
        byte[] name = hash.toBytes();
        for (VoteEntry entry : disk.votes.values()) {
            if (entry.height() == height
                    && MemoryDisk.contains(entry.key(), name)
                    && MemoryDisk.contains(entry.value(), header)) {
                return true;
            }
        }
        return false;
    }

    // ---- what nodes say

    void evidence(SimulatedNode node, Evidence evidence) {
        boolean blamesHonest = world.nodes().stream()
                .anyMatch(each -> each.cast().validator() == evidence.signer()
                        && each.cast().honest()
                        && !outdated.contains(evidence.signer()));
        if (blamesHonest) {
            throw new Violation("FALSE_EVIDENCE", node(node) + " accuses the honest validator " + evidence.signer());
        }
        world.note(node.number(), "accuses validator " + evidence.signer());
    }

    void alarm(SimulatedNode node, ReplicaEffect.Alarm alarm) {
        world.note(node.number(), "alarm " + alarm.code() + " at height " + alarm.height() + ": " + alarm.detail());
        if (node.cast().honest() && mix.twins() + mix.traitors() == 0 && NEVER_AMONG_HONEST.contains(alarm.code())) {
            throw new Violation(
                    "VALIDITY",
                    node(node) + " raises " + alarm.code() + " at height " + alarm.height() + " where all are honest: "
                            + alarm.detail());
        }
    }

    void disconnects(SimulatedNode node, String peer, String reason) {
        world.note(node.number(), "disconnects " + peer + ": " + reason);
        boolean honestPeer = world.nodes().stream()
                .allMatch(each ->
                        !each.cast().institution().equals(peer) || each.cast().honest());
        if (node.cast().honest() && honestPeer) {
            throw new Violation("ENCODING", node(node) + " cannot read a frame of the honest " + peer + ": " + reason);
        }
    }

    void halted(SimulatedNode node, String reason) {
        if (node.cast().honest()) {
            throw new Violation("HALT", node(node) + " stops itself: " + reason);
        }
    }

    // ---- the end

    long height() {
        return height;
    }

    /** Signed messages of honest nodes so far, repetitions counted. */
    long signaturesSent() {
        return signaturesSent;
    }

    /** Time of the newest block. */
    long blockMillis() {
        return blockMillis;
    }

    long transactions() {
        return applied.size();
    }

    boolean applied(Hash txId) {
        return applied.contains(txId);
    }

    /** Every living honest node is at one height with nothing pending, and what was sent since the healing is final. */
    boolean settled(Workload workload) {
        return unsettled(workload).isEmpty();
    }

    String unsettled(Workload workload) {
        StringBuilder faults = new StringBuilder();
        for (SimulatedNode node : world.nodes()) {
            if (node.cast().honest() && !node.retired()) {
                if (!node.running()) {
                    faults.append(node(node)).append(" is down; ");
                    continue;
                }
                ReplicaView view = node.view();
                if (view.tip().height() < height) {
                    faults.append(node(node))
                            .append(" is at height ")
                            .append(view.tip().height());
                    faults.append(" of ").append(height).append("; ");
                }
                if (view.pendingTransactions() > 0) {
                    faults.append(node(node)).append(" has ").append(view.pendingTransactions());
                    faults.append(" pending transactions; ");
                }
                bounds(node, view);
            }
        }
        if (workload.sending()) {
            faults.append("clients are still sending; ");
        }
        List<Hash> missing =
                workload.owed().stream().filter(txId -> !applied.contains(txId)).toList();
        if (!missing.isEmpty()) {
            faults.append(missing.size()).append(" transactions sent after the healing are in no block; ");
        }
        return faults.toString();
    }

    private static void bounds(SimulatedNode node, ReplicaView view) {
        MempoolLimits limits = Cluster.MEMPOOL;
        if (view.pendingTransactions() > limits.maxTransactions() || view.pendingBytes() > limits.maxBytes()) {
            throw new Violation("BOUNDS", node(node) + " holds more pending transactions than it may");
        }
    }

    private static String node(SimulatedNode node) {
        return "node " + node.number();
    }
}
