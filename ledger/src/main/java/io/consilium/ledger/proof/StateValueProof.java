package io.consilium.ledger.proof;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.Verifier;
import io.consilium.ledger.proof.ProofFault.Kind;
import io.consilium.ledger.state.StateProof;
import java.util.Optional;

/** One value of the state, or its absence, as of a certified block (INT-1, TX-7). */
public record StateValueProof(StateProof proof, CertifiedHeader block) {
    public static final int MAX_ENCODED_BYTES = StateProof.MAX_ENCODED_BYTES + 1024 * 1024;

    /** Empty when the state of a certified block holds exactly this. */
    public Optional<ProofFault> check(TrustRoot root, Verifier verifier) {
        if (!proof.verify(block.header().stateRoot())) {
            return Optional.of(new ProofFault(
                    Kind.MISMATCH,
                    "the value is not in the state of block " + block.header().height()));
        }
        return root.check(block, verifier);
    }

    public byte[] encode() {
        CanonicalWriter writer = new CanonicalWriter();
        proof.write(writer);
        block.write(writer);
        return writer.toBytes();
    }

    public static StateValueProof decode(byte[] bytes) throws MalformedException {
        return CanonicalReader.decode(
                bytes,
                MAX_ENCODED_BYTES,
                "state value proof",
                reader -> new StateValueProof(StateProof.read(reader), CertifiedHeader.read(reader)));
    }
}
