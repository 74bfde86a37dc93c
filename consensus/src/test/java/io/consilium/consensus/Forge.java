package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.TimeoutVote;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import java.util.List;
import java.util.Optional;

/** Certificates and votes of whom the test likes; validator i signs with the key of node i. */
final class Forge {
    private Forge() {}

    static byte[] sign(ValidatorSet set, int signer, VoteType type, long height, int round, Hash block) {
        return Stamps.signer(signer).sign(VoteBytes.of(ToyCluster.CHAIN, set, type, height, round, block));
    }

    static QuorumCertificate qc(
            ValidatorSet set, VoteType type, long height, int round, Hash block, List<Integer> signers) {
        return new QuorumCertificate(
                type,
                height,
                round,
                block,
                signers,
                signers.stream()
                        .map(signer -> sign(set, signer, type, height, round, block))
                        .toList());
    }

    static byte[] signTimeout(ValidatorSet set, int signer, long height, int round, int qcRound) {
        return Stamps.signer(signer).sign(VoteBytes.timeout(ToyCluster.CHAIN, set, height, round, qcRound));
    }

    /** All signers report the certificate, if there is one. */
    static TimeoutCertificate tc(
            ValidatorSet set, long height, int round, Optional<QuorumCertificate> highest, List<Integer> signers) {
        int qcRound = highest.map(QuorumCertificate::round).orElse(VoteBytes.NO_QC);
        return new TimeoutCertificate(
                height,
                round,
                signers.stream()
                        .map(signer ->
                                new TimeoutVote(signer, qcRound, signTimeout(set, signer, height, round, qcRound)))
                        .toList(),
                highest);
    }
}
