package io.consilium.ledger.proof;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import java.util.ArrayList;
import java.util.List;

/**
 * A block header, its commit certificate, and how its validators follow from those of the genesis.
 *
 * @param validatorSets every change of the set up to this header, oldest first; empty while the first set rules
 */
public record CertifiedHeader(BlockHeader header, QuorumCertificate commitQc, List<ValidatorSetStep> validatorSets) {
    /** More changes of the validator set than a chain sees in its life. */
    public static final int MAX_STEPS = 4_096;

    public CertifiedHeader {
        validatorSets = List.copyOf(validatorSets);
        if (validatorSets.size() > MAX_STEPS) {
            throw new IllegalArgumentException(
                    "at most " + MAX_STEPS + " changes of the validator set, not " + validatorSets.size());
        }
    }

    public byte[] encode() {
        CanonicalWriter writer = new CanonicalWriter();
        write(writer);
        return writer.toBytes();
    }

    public void write(CanonicalWriter writer) {
        header.write(writer);
        commitQc.write(writer);
        writer.writeInt(validatorSets.size());
        validatorSets.forEach(step -> step.write(writer));
    }

    public static CertifiedHeader read(CanonicalReader reader) throws MalformedException {
        BlockHeader header = BlockHeader.read(reader);
        QuorumCertificate commitQc = QuorumCertificate.read(reader);
        int count = reader.readCount(MAX_STEPS);
        List<ValidatorSetStep> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            steps.add(ValidatorSetStep.read(reader));
        }
        return new CertifiedHeader(header, commitQc, steps);
    }
}
