package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import java.util.List;
import java.util.Optional;

/**
 * What the node must do. One thread performs the effects of a step strictly in order. A crash may fall between any two.
 */
@SuppressWarnings("ArrayRecordComponent") // effects are performed, never compared
public sealed interface Effect {
    /**
     * Writes the entries in one batch and returns when they are durable: a barrier, so that what follows in the list
     * happens after (BFT-6). The first entries ever written also make the record exist (BFT-16).
     */
    record Persist(long height, List<VoteEntry> entries) implements Effect {
        public Persist {
            entries = List.copyOf(entries);
        }
    }

    /** To one node, if it is connected. */
    record Send(PublicKey to, Message message) implements Effect {}

    /** To every other validator of the current set. */
    record Broadcast(Message message) implements Effect {}

    /** Starts or replaces the timer of this kind. */
    record SetTimer(TimerKind kind, long token, long delayMillis) implements Effect {}

    record CancelTimer(TimerKind kind) implements Effect {}

    /**
     * Asks for a block to propose; {@link Event.BlockBuilt} answers.
     *
     * @param validatorSet the set of {@code height}
     * @param nextSet the set of height + 1
     * @param proposer this validator's index
     * @param minTimestampMillis the block's time is the later of this and the clock (BFT-14)
     * @param maxFraction the batch is at most a full block divided by this (BFT-8)
     * @param allowEmpty a block without transactions is wanted, if there are none (BFT-9)
     * @param leaderRecord kept in certified state by this block (BFT-12)
     */
    record Build(
            long height,
            int round,
            Hash parentHash,
            Optional<QuorumCertificate> parentQc,
            ValidatorSet validatorSet,
            ValidatorSet nextSet,
            int proposer,
            long minTimestampMillis,
            long nowMillis,
            int maxFraction,
            boolean allowEmpty,
            byte[] leaderRecord)
            implements Effect {}

    /**
     * Executes a child of the tip and keeps its result by block hash until a sibling is decided; {@link Event.Executed}
     * answers.
     *
     * @param leaderRecord kept in certified state by this block (BFT-12)
     * @param proposed the block is still to be voted on; otherwise a commit QC has decided it
     */
    record Execute(BlockHeader header, byte[] body, int round, byte[] leaderRecord, boolean proposed)
            implements Effect {}

    /**
     * Gets the body of an undecided or just decided block; {@link Event.BodyAvailable} answers. May be repeated for the
     * same block.
     *
     * @param header absent when only a certificate named the block: then the header is fetched too
     * @param transactionHashes the leaf hashes of its transactions, if the proposal gave them; else fetch the whole
     * @param from whom to ask, in this order
     */
    record FetchBody(Hash blockHash, Optional<BlockHeader> header, List<Hash> transactionHashes, List<PublicKey> from)
            implements Effect {
        public FetchBody {
            transactionHashes = List.copyOf(transactionHashes);
            from = List.copyOf(from);
        }
    }

    /** The block is final. The node writes one atomic batch; the core has already moved on to the next height. */
    record Decide(BlockHeader header, byte[] body, QuorumCertificate commitQc) implements Effect {}

    /**
     * Somebody is ahead: fetch decided blocks (BFT-17).
     *
     * @param peer who said so
     * @param proven the certificate is valid under a set known here; otherwise the claim counts only as a reason to ask
     *     this peer, and never as a height to wait for
     */
    record CatchUp(PublicKey peer, QuorumCertificate commitQc, boolean proven) implements Effect {}

    /** A validator broke the protocol: store, count, show, submit (BFT-19). */
    record ReportEvidence(Evidence evidence) implements Effect {}

    record Alarm(AlarmCode code, long height, int round, String detail) implements Effect {}

    /** Sends the oldest pending transactions to all validators once more (BFT-9). */
    record ResendPending() implements Effect {}

    /** An invariant broke: stop the process, dump the state (BFT-8). The core answers no event after this. */
    record Halt(String reason) implements Effect {}
}
