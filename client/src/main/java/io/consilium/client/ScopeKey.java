package io.consilium.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.crypto.Blinding;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyChain;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.SealedBytes;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.Code;
import io.consilium.proto.Conditions;
import io.consilium.proto.ScopeKeyResponse;
import io.consilium.proto.SealedFor;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The key under which a patient's categories are blinded, in the hands of a custodian's member or the patient (PRV-4). */
public final class ScopeKey {
    private static final String IMPORT_DOMAIN = "consilium/imported-record/v1";

    private final byte[] key;
    private final int epoch;

    /** The one before it (PRV-7). */
    private final Optional<ScopeKey> earlier;

    private final SecureRandom random = new SecureRandom();

    ScopeKey(byte[] key, int epoch) {
        this(key, epoch, Optional.empty());
    }

    private ScopeKey(byte[] key, int epoch, Optional<ScopeKey> earlier) {
        this.key = key.clone();
        this.epoch = epoch;
        this.earlier = earlier;
    }

    /** Opens what the custodian's node re-sealed to this identity. */
    public static ScopeKey open(ScopeKeyResponse response, ByteString patientId, Identity identity)
            throws ClientException {
        try {
            byte[] newest = KeyEnvelope.open(
                    KeyEnvelope.Use.SCOPE_KEY,
                    patientId.toByteArray(),
                    identity.encryptionKey(),
                    response.getScopeKey().getEnvelope().toByteArray());
            List<byte[]> links = response.getEarlierKeysList().stream()
                    .map(ByteString::toByteArray)
                    .toList();
            List<byte[]> keys = KeyChain.open(newest, links);
            int epoch = response.getLabelEpoch() - keys.size();
            Optional<ScopeKey> latest = Optional.empty();
            for (byte[] key : keys) {
                latest = Optional.of(new ScopeKey(key, ++epoch, latest));
            }
            return latest.orElseThrow();
        } catch (CryptoException refused) {
            throw new VerificationFailed(
                            "SCOPE_KEY_UNREADABLE",
                            "The scope key that the node sealed to " + identity.actor() + " does not open",
                            "Use the keystore with the member's current encryption key")
                    .causedBy(refused);
        }
    }

    /** The key of an earlier epoch, for what was made with it; the earliest that there is where that is gone. */
    public ScopeKey at(int wanted) {
        return wanted >= epoch || earlier.isEmpty() ? this : earlier.get().at(wanted);
    }

    /** The epoch that labels made with it belong to. */
    public int epoch() {
        return epoch;
    }

    public ByteString label(Code code) {
        return ByteString.copyFrom(Blinding.label(key, epoch, code.getSystem(), code.getCode()));
    }

    /** Labels of codes as the ledger wants them: each once, in ascending order. */
    public List<ByteString> labels(Collection<Code> codes) {
        return codes.stream()
                .map(this::label)
                .distinct()
                .sorted(ByteString.unsignedLexicographicalComparator())
                .toList();
    }

    /**
     * The id of the record that an entry of a document becomes, the same whenever the document is imported for the patient:
     * so an import that broke goes on, and makes no second record of what it registered. Without the key it tells nothing.
     */
    public ByteString importedId(Hash document, String entry) {
        byte[] tag =
                Blinding.tag(at(1).key, IMPORT_DOMAIN, document.hex(), entry).toBytes();
        return ByteString.copyFrom(tag, 0, Blinding.LABEL_BYTES);
    }

    /** The labels of a record of this sensitivity. */
    public List<ByteString> sensitivityLabels(Sensitivity level) {
        return labels(level.recordCodes());
    }

    /** The key for somebody who acts for the patient: the patient's own key, or a guardian's. */
    public SealedFor sealFor(ByteString patientId, String recipient, ByteString recipientKey) throws ClientException {
        return new CustodianKeys()
                .seal(KeyEnvelope.Use.SCOPE_KEY, patientId, recipient, recipientKey.toByteArray(), key);
    }

    /** The codes that a consent's labels were made of, for the patient and the custodians (CON-5). */
    public ByteString sealCodes(List<LabelCode> codes) throws ClientException {
        return ByteString.copyFrom(SealedText.seal(
                SealedText.Use.LABEL_CODES, key, LabelCode.write(codes), random, LabelCode.MAX_SEALED_BYTES));
    }

    /** The codes behind a consent's labels. */
    public List<LabelCode> openCodes(ByteString sealed) throws CryptoException {
        return LabelCode.read(SealedText.open(SealedText.Use.LABEL_CODES, key, sealed.toByteArray()));
    }

    /** Conditions of a consent's rule, which patient and custodians can read and the chain cannot, nor count (PRV-5). */
    public ByteString sealConditions(Conditions conditions) {
        Conditions filled = conditions.toBuilder()
                .setPadding(Padding.after(conditions.getSerializedSize()))
                .build();
        return ByteString.copyFrom(SealedBytes.seal(SealedBytes.Use.CONDITIONS, key, filled.toByteArray(), random));
    }

    /** The conditions in clear. */
    public Conditions openConditions(ByteString sealed) throws CryptoException {
        try {
            byte[] opened = SealedBytes.open(SealedBytes.Use.CONDITIONS, key, sealed.toByteArray());
            return Conditions.parseFrom(opened).toBuilder().clearPadding().build();
        } catch (InvalidProtocolBufferException malformed) {
            throw new CryptoException("the conditions open and are malformed", malformed);
        }
    }

    /** A reason that the patient and the custodians can read. */
    public ByteString sealReason(String text) throws ClientException {
        return ByteString.copyFrom(SealedText.seal(SealedText.Use.REASON, key, text, random));
    }

    /** The reason in clear, under whichever of the patient's keys it was sealed. */
    public String openReason(ByteString sealed) throws CryptoException {
        try {
            return SealedText.open(SealedText.Use.REASON, key, sealed.toByteArray());
        } catch (CryptoException otherEpoch) {
            if (earlier.isEmpty()) {
                throw otherEpoch;
            }
            return earlier.get().openReason(sealed);
        }
    }
}
