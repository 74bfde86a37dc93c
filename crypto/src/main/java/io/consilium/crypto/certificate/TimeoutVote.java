package io.consilium.crypto.certificate;

import java.util.Arrays;

/**
 * One signer's part of a timeout certificate.
 *
 * @param signer index in the validator set
 * @param qcRound round of the highest prepare QC that the signer saw at this height, or {@link VoteBytes#NO_QC}
 * @param signature of 64 bytes; copied on construction, shared by the accessor, never to be changed
 */
public record TimeoutVote(int signer, int qcRound, byte[] signature) {
    public TimeoutVote {
        if (signer < 0 || signer >= ValidatorSet.MAX_VALIDATORS) {
            throw new IllegalArgumentException(
                    "a signer is an index below " + ValidatorSet.MAX_VALIDATORS + ", not " + signer);
        }
        if (qcRound < VoteBytes.NO_QC) {
            throw new IllegalArgumentException("a TIMEOUT cannot report round " + qcRound);
        }
        signature = QuorumCertificate.copySignature(signature);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TimeoutVote vote
                && signer == vote.signer
                && qcRound == vote.qcRound
                && Arrays.equals(signature, vote.signature);
    }

    @Override
    public int hashCode() {
        return 31 * signer + qcRound;
    }

    @Override
    public String toString() {
        return "TimeoutVote[signer=" + signer + ", qcRound=" + qcRound + "]";
    }
}
