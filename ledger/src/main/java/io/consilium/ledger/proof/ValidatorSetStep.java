package io.consilium.ledger.proof;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;

/**
 * One change of the validator set: a certified header and the set that it announces.
 *
 * @param next the validators of the height after next (BFT-18)
 */
public record ValidatorSetStep(BlockHeader header, QuorumCertificate commitQc, ValidatorSet next) {

    public void write(CanonicalWriter writer) {
        header.write(writer);
        commitQc.write(writer);
        writer.writeBytes(next.encode(), ValidatorSet.MAX_ENCODED_BYTES);
    }

    public static ValidatorSetStep read(CanonicalReader reader) throws MalformedException {
        return new ValidatorSetStep(
                BlockHeader.read(reader),
                QuorumCertificate.read(reader),
                ValidatorSet.decode(reader.readBytes(ValidatorSet.MAX_ENCODED_BYTES)));
    }
}
