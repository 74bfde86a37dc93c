package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.PublicKey;
import io.consilium.ledger.provenance.DrugAnswers;
import io.consilium.proto.DrugSigned;
import io.consilium.proto.DrugVerified;
import io.consilium.proto.InstitutionState;

/** A signed answer about packs: evidence of what an institution said, and when (DRU-7). */
public final class VerificationReceipt {
    private VerificationReceipt() {}

    public static boolean isSignedBy(DrugVerified answer, InstitutionState institution) {
        return isSignedBy(DrugAnswers.VERIFICATION, answer.getVerification(), answer.getSignature(), institution);
    }

    public static boolean isSignedBy(DrugAnswers kind, DrugSigned signed, InstitutionState institution) {
        return isSignedBy(kind, signed.getAnswer(), signed.getSignature(), institution);
    }

    private static boolean isSignedBy(
            DrugAnswers kind, ByteString answer, ByteString signature, InstitutionState institution) {
        PublicKey key = PublicKey.ed25519(institution.getSigningKey().getKey().toByteArray());
        return new Ed25519Verifier().verify(key, kind.message(answer.toByteArray()), signature.toByteArray());
    }
}
