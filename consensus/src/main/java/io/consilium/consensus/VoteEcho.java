package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Verifier;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;

/**
 * A validator's own vote held up to it, with its own signature: proof that it voted, which nobody can forge. It tells a
 * validator whose disk was replaced by an older copy that its vote record is incomplete (BFT-16).
 *
 * @param blockHash {@link Hash#ZERO} for a TIMEOUT
 * @param qcRound what a TIMEOUT reported, else {@link VoteBytes#NO_QC}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
public record VoteEcho(VoteType type, long height, int round, Hash blockHash, int qcRound, byte[] signature) {
    public VoteEcho {
        if (height < 1 || round < 0 || qcRound < VoteBytes.NO_QC || qcRound > round) {
            throw new IllegalArgumentException(
                    "there is no vote of height " + height + ", round " + round + ", qc round " + qcRound);
        }
        if (signature.length != QuorumCertificate.SIGNATURE_BYTES) {
            throw new IllegalArgumentException("a signature has 64 bytes, not " + signature.length);
        }
    }

    static VoteEcho of(Message.Ballot ballot) {
        if (ballot instanceof Message.Vote vote) {
            return new VoteEcho(
                    vote.type(), vote.height(), vote.round(), vote.blockHash(), VoteBytes.NO_QC, vote.signature());
        }
        if (ballot instanceof Message.Timeout timeout) {
            return new VoteEcho(
                    VoteType.TIMEOUT,
                    timeout.height(),
                    timeout.round(),
                    Hash.ZERO,
                    timeout.qcRound(),
                    timeout.signature());
        }
        Message.Propose propose = (Message.Propose) ballot;
        return new VoteEcho(
                VoteType.PROPOSE,
                propose.height(),
                propose.round(),
                propose.header().hash(),
                VoteBytes.NO_QC,
                propose.signature());
    }

    static VoteType kind(Message.Ballot ballot) {
        if (ballot instanceof Message.Vote vote) {
            return vote.type();
        }
        return ballot instanceof Message.Timeout ? VoteType.TIMEOUT : VoteType.PROPOSE;
    }

    boolean isNewerThan(VoteEcho other) {
        if (height != other.height) {
            return height > other.height;
        }
        return round != other.round ? round > other.round : type.code() > other.type.code();
    }

    boolean verify(Hash chainId, ValidatorSet set, PublicKey key, Verifier verifier) {
        byte[] message = type == VoteType.TIMEOUT
                ? VoteBytes.timeout(chainId, set, height, round, qcRound)
                : VoteBytes.of(chainId, set, type, height, round, blockHash);
        return verifier.verify(key, message, signature);
    }
}
