package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TrialReason;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Why a step in a trial was taken, readable to the members whom it concerns and to nobody else (PRV-1). */
public final class TrialReasons {
    private TrialReasons() {}

    /** @param readers members with their X25519 keys, in the order in which they are written */
    public static TrialReason seal(ByteString trialId, String text, Map<String, ByteString> readers)
            throws ClientException {
        SecureRandom random = new SecureRandom();
        CustodianKeys keys = new CustodianKeys();
        byte[] key = keys.freshKey();
        try {
            TrialReason.Builder reason = TrialReason.newBuilder()
                    .setSealedText(
                            ByteString.copyFrom(SealedText.seal(SealedText.Use.TRIAL_REASON, key, text, random)));
            for (Map.Entry<String, ByteString> reader : readers.entrySet()) {
                reason.addKeys(keys.seal(
                        KeyEnvelope.Use.TRIAL_REASON,
                        trialId,
                        reader.getKey(),
                        reader.getValue().toByteArray(),
                        key));
            }
            return reason.build();
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** The text, if it is sealed to this identity and its key of today. */
    public static Optional<String> open(ByteString trialId, TrialReason reason, Identity identity)
            throws ClientException {
        for (SealedFor sealed : reason.getKeysList()) {
            if (sealed.getRecipient().equals(identity.actor())) {
                try {
                    byte[] key = KeyEnvelope.open(
                            KeyEnvelope.Use.TRIAL_REASON,
                            trialId.toByteArray(),
                            identity.encryptionKey(),
                            sealed.getEnvelope().toByteArray());
                    return Optional.of(SealedText.open(
                            SealedText.Use.TRIAL_REASON,
                            key,
                            reason.getSealedText().toByteArray()));
                } catch (CryptoException otherKey) {
                    // Sealed to a key that the member has rotated since: to this keystore it stays closed.
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }
}
