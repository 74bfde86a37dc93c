package io.consilium.ledger.tx;

import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.proto.EvidenceSubmit;

/** The shape of a submitted proof: bytes that read as evidence, whatever it proves. */
final class EvidenceFormat {
    private EvidenceFormat() {}

    static void check(EvidenceSubmit submit) throws MalformedTransaction {
        Shape.atMost(submit.getProof(), Evidence.MAX_ENCODED_BYTES, "evidence.proof");
        try {
            Evidence.decode(submit.getProof().toByteArray());
        } catch (MalformedException malformed) {
            throw MalformedTransaction.at("evidence.proof", String.valueOf(malformed.getMessage()));
        }
    }
}
