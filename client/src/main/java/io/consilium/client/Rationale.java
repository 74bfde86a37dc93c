package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.RationaleKeyResponse;
import io.consilium.proto.SealedFor;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Why the glass was broken, sealed under a fresh key for the institutions that review it (ACC-3): the clinician who
 * writes it holds no key of the patient's.
 */
public record Rationale(ByteString sealed, List<SealedFor> keys) {
    public Rationale {
        keys = List.copyOf(keys);
    }

    /** @param readers the patient's custodians, and the clinician's own institution */
    public static Rationale seal(ByteString accessId, String text, Collection<InstitutionState> readers)
            throws ClientException {
        CustodianKeys custodians = new CustodianKeys();
        byte[] key = custodians.freshKey();
        List<SealedFor> keys = new ArrayList<>();
        for (InstitutionState reader : readers) {
            keys.add(custodians.seal(KeyEnvelope.Use.RATIONALE_KEY, accessId, reader, key));
        }
        byte[] sealed = SealedText.seal(SealedText.Use.RATIONALE, key, text, new SecureRandom());
        Arrays.fill(key, (byte) 0);
        return new Rationale(ByteString.copyFrom(sealed), keys);
    }

    /** Opens what the reader's node re-sealed to this identity. */
    public static Opened open(RationaleKeyResponse response, ByteString accessId, Identity identity)
            throws ClientException {
        try {
            byte[] key = KeyEnvelope.open(
                    KeyEnvelope.Use.RATIONALE_KEY,
                    accessId.toByteArray(),
                    identity.encryptionKey(),
                    response.getRationaleKey().getEnvelope().toByteArray());
            String text = SealedText.open(
                    SealedText.Use.RATIONALE, key, response.getSealedRationale().toByteArray());
            return new Opened(text, key);
        } catch (CryptoException refused) {
            throw new VerificationFailed(
                            "RATIONALE_UNREADABLE",
                            "The rationale that the node sealed to " + identity.actor() + " does not open",
                            "Use the keystore with the member's current encryption key")
                    .causedBy(refused);
        }
    }

    /** A rationale in the hands of who reviews it: the note goes to the same readers, wherever the patient is by then. */
    public static final class Opened {
        private final String text;
        private final byte[] key;

        private Opened(String text, byte[] key) {
            this.text = text;
            this.key = key;
        }

        public String text() {
            return text;
        }

        public ByteString sealNote(String note) throws ClientException {
            return ByteString.copyFrom(SealedText.seal(SealedText.Use.REVIEW_NOTE, key, note, new SecureRandom()));
        }

        public String openNote(ByteString sealed) throws CryptoException {
            return SealedText.open(SealedText.Use.REVIEW_NOTE, key, sealed.toByteArray());
        }
    }
}
