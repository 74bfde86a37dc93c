package io.consilium.client;

import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.proto.DrugVerified;
import io.consilium.proto.InstitutionState;

/** The signed answer to a verification: evidence of what an institution said about a pack, and when (DRU-7). */
public final class VerificationReceipt {
    private static final String DOMAIN = "consilium/drug-verification/v1";

    private VerificationReceipt() {}

    public static boolean isSignedBy(DrugVerified answer, InstitutionState institution) {
        PublicKey key = PublicKey.ed25519(institution.getSigningKey().getKey().toByteArray());
        byte[] message =
                Hash.tagged(DOMAIN, answer.getVerification().toByteArray()).toBytes();
        return new Ed25519Verifier().verify(key, message, answer.getSignature().toByteArray());
    }
}
