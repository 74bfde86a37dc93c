package io.consilium.ledger.proof;

import io.consilium.crypto.Hash;
import io.consilium.crypto.Verifier;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.ledger.proof.ProofFault.Kind;
import java.util.Optional;

/** What a verifier starts from: the chain id, which is the genesis hash, and the first validator set. */
public record TrustRoot(Hash chainId, ValidatorSet firstSet) {
    /** A header announces the set of this many heights later (BFT-18). */
    private static final int SET_DELAY = 2;

    /** Empty when the header is certified by validators that follow from the genesis; otherwise the first fault. */
    public Optional<ProofFault> check(CertifiedHeader certified, Verifier verifier) {
        ValidatorSet set = firstSet;
        long from = 1;
        for (ValidatorSetStep step : certified.validatorSets()) {
            Optional<ProofFault> fault = checkStep(step, set, from, verifier);
            if (fault.isPresent()) {
                return fault;
            }
            set = step.next();
            from = step.header().height() + SET_DELAY;
        }
        return checkHeader(certified.header(), certified.commitQc(), set, from, verifier);
    }

    private Optional<ProofFault> checkStep(ValidatorSetStep step, ValidatorSet set, long from, Verifier verifier) {
        BlockHeader header = step.header();
        Optional<ProofFault> fault = checkHeader(header, step.commitQc(), set, from, verifier);
        if (fault.isPresent()) {
            return fault;
        }
        if (!header.nextValidatorSetHash().equals(step.next().hash())) {
            return notCertified("the header of block " + header.height() + " announces other validators than given");
        }
        // A step that changes nothing would be a part of the proof that says nothing.
        return step.next().equals(set)
                ? notCertified("block " + header.height() + " is given as a change of validators and changes none")
                : Optional.empty();
    }

    private Optional<ProofFault> checkHeader(
            BlockHeader header, QuorumCertificate qc, ValidatorSet set, long from, Verifier verifier) {
        if (!header.chainId().equals(chainId)) {
            return Optional.of(new ProofFault(
                    Kind.WRONG_CHAIN,
                    "block " + header.height() + " is of chain "
                            + header.chainId().shortHex() + ", the genesis given is of chain " + chainId.shortHex()));
        }
        if (header.height() < from || !header.validatorSetHash().equals(set.hash())) {
            return notCertified("the validators of block " + header.height() + " do not follow from the genesis");
        }
        if (qc.type() != VoteType.COMMIT
                || qc.height() != header.height()
                || !qc.blockHash().equals(header.hash())) {
            return notCertified("the certificate is not one of block " + header.height());
        }
        return qc.verify(chainId, set, verifier)
                ? Optional.empty()
                : notCertified("the certificate of block " + header.height() + " has not " + set.quorum()
                        + " valid signatures of its validators");
    }

    private static Optional<ProofFault> notCertified(String reason) {
        return Optional.of(new ProofFault(Kind.NOT_CERTIFIED, reason));
    }
}
