package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import java.util.List;
import java.util.Optional;

/**
 * What validators tell each other. Constructors throw {@link IllegalArgumentException} for what no honest node builds, so
 * whoever decodes messages takes that as malformed. Signatures are 64 bytes over {@link VoteBytes}; arrays are shared,
 * never changed.
 */
@SuppressWarnings("ArrayRecordComponent") // messages are compared field by field where it matters, never as a whole
public sealed interface Message {

    /** A message about one height and round that counts towards deciding it. */
    sealed interface Ballot extends Message {
        long height();

        int round();

        byte[] signature();
    }

    /**
     * The leader's offer.
     *
     * @param inlineBody the body, if it is small (BFT-13)
     * @param transactionHashes else the leaf hashes of its transactions; empty when the body is inline
     * @param previousTc the TC of the round before, absent in round 0 only (BFT-1)
     */
    record Propose(
            long height,
            int round,
            BlockHeader header,
            Optional<byte[]> inlineBody,
            List<Hash> transactionHashes,
            Optional<TimeoutCertificate> previousTc,
            byte[] signature)
            implements Ballot {
        public Propose {
            requireRound(height, round);
            requireSignature(signature);
            if (header.height() != height) {
                throw new IllegalArgumentException(
                        "a proposal for height " + height + " offers a block of height " + header.height());
            }
            if (previousTc.isPresent() != (round > 0)
                    || previousTc
                            .filter(tc -> tc.height() != height || tc.round() != round - 1)
                            .isPresent()) {
                throw new IllegalArgumentException("a proposal for height " + height + ", round " + round
                        + " carries the timeout certificate of the round before, and none in round 0");
            }
            transactionHashes = List.copyOf(transactionHashes);
        }
    }

    /** A PREPARE (I hold the body, executed it and got the header's roots) or COMMIT (I hold the prepare QC durably). */
    record Vote(VoteType type, long height, int round, Hash blockHash, byte[] signature, int signer) implements Ballot {
        public Vote {
            requireRound(height, round);
            requireSignature(signature);
            if (type != VoteType.PREPARE && type != VoteType.COMMIT) {
                throw new IllegalArgumentException("a vote is a PREPARE or a COMMIT, not a " + type);
            }
        }
    }

    /**
     * I gave up on this round.
     *
     * @param qcRound round of {@code highestQc}, or {@link VoteBytes#NO_QC} (BFT-3)
     * @param previousTc the TC of the round before, if the sender entered this round by it (BFT-11)
     */
    record Timeout(
            long height,
            int round,
            int qcRound,
            Optional<QuorumCertificate> highestQc,
            Optional<TimeoutCertificate> previousTc,
            byte[] signature,
            int signer)
            implements Ballot {
        public Timeout {
            requireRound(height, round);
            requireSignature(signature);
            if (qcRound < VoteBytes.NO_QC
                    || qcRound > round
                    || highestQc.map(QuorumCertificate::round).orElse(VoteBytes.NO_QC) != qcRound) {
                throw new IllegalArgumentException("a TIMEOUT of round " + round + " reports round " + qcRound
                        + " but carries " + highestQc.map(Object::toString).orElse("no certificate"));
            }
            if (highestQc
                    .filter(qc -> qc.type() != VoteType.PREPARE || qc.height() != height)
                    .isPresent()) {
                throw new IllegalArgumentException("a TIMEOUT of height " + height
                        + " carries a PREPARE certificate of that height, not " + highestQc);
            }
        }
    }

    /**
     * Where the sender stands; every second (BFT-11).
     *
     * @param height its tip
     * @param highestTc the highest TC it saw at height + 1, likewise {@code highestPrepareQc}
     * @param echo the newest vote of the addressee that the sender saw (BFT-16)
     * @param observer the sender signs nothing at present
     * @param asks the sender waits for statuses before it votes: answer at once
     */
    record Status(
            long height,
            Optional<QuorumCertificate> tipCommitQc,
            Optional<TimeoutCertificate> highestTc,
            Optional<QuorumCertificate> highestPrepareQc,
            Optional<VoteEcho> echo,
            boolean observer,
            boolean asks)
            implements Message {}

    /** Certificates for someone who lacks them (BFT-11). */
    record CertificateNotice(Optional<QuorumCertificate> qc, Optional<TimeoutCertificate> tc) implements Message {}

    /** An observer asks for the latest commit QC (BFT-16). */
    record ObserverQuery(byte[] nonce) implements Message {
        public ObserverQuery {
            requireNonce(nonce);
        }
    }

    /**
     * The answer to an {@link ObserverQuery}.
     *
     * @param latestCommitQc absent before the first block
     */
    record ObserverAnswer(byte[] nonce, Optional<QuorumCertificate> latestCommitQc, boolean observer)
            implements Message {
        public ObserverAnswer {
            requireNonce(nonce);
        }
    }

    private static void requireRound(long height, int round) {
        if (height < 1 || round < 0) {
            throw new IllegalArgumentException("there is no height " + height + ", round " + round);
        }
    }

    private static void requireSignature(byte[] signature) {
        if (signature.length != QuorumCertificate.SIGNATURE_BYTES) {
            throw new IllegalArgumentException("a signature has 64 bytes, not " + signature.length);
        }
    }

    private static void requireNonce(byte[] nonce) {
        if (nonce.length != RecoveredState.NONCE_BYTES) {
            throw new IllegalArgumentException(
                    "a nonce has " + RecoveredState.NONCE_BYTES + " bytes, not " + nonce.length);
        }
    }
}
