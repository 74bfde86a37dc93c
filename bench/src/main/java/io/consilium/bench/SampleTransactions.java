package io.consilium.bench;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Signer;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRevoke;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.MemberAdd;
import io.consilium.proto.PatientRegister;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.SealedFor;
import io.consilium.proto.SignedTransaction;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionSigner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Real signed transactions whose ids, hashes, labels and envelopes are random bytes: to a validator they look like any
 * others, since that is all it ever sees of a record.
 */
public final class SampleTransactions {
    public static final int ID_BYTES = 16;

    private static final int ENVELOPE_BYTES = 80; // encapsulated key, sealed 32-byte key, tag
    private static final int LABEL_BYTES = 16;
    private static final int SENSITIVITY_LABELS = 5;
    private static final long CIPHERTEXT_BYTES = 2_048;

    private final Hash chainId;
    private final IntFunction<byte[]> random;

    /** @param random gives so many random bytes */
    public SampleTransactions(Hash chainId, IntFunction<byte[]> random) {
        this.chainId = chainId;
        this.random = random;
    }

    /** Somebody who signs. */
    public record Author(String actor, Signer signer) {}

    /** An institution that keeps patients and their records. */
    public record Custodian(String institution, ByteString encryptionKey) {}

    public ByteString id() {
        return bytes(ID_BYTES);
    }

    public byte[] patient(Author author, Custodian custodian, ByteString patientId, long validUntilMillis) {
        return sign(
                author,
                validUntilMillis,
                TransactionBody.newBuilder()
                        .setPatientRegister(PatientRegister.newBuilder()
                                .setPatientId(patientId)
                                .setCustodian(custodian.institution())
                                .addScopeKey(sealed(custodian))));
    }

    /** About 300 bytes beside the sealed data key: commitment, ciphertext hash, labels. */
    public byte[] record(
            Author author, Custodian custodian, ByteString patientId, ByteString recordId, long validUntilMillis) {
        return sign(
                author,
                validUntilMillis,
                TransactionBody.newBuilder()
                        .setRecordRegister(RecordRegister.newBuilder()
                                .setRecordId(recordId)
                                .setPatientId(patientId)
                                .setCustodian(custodian.institution())
                                .setContent(RecordContent.newBuilder()
                                        .setCommitment(bytes(Hash.LENGTH))
                                        .setCiphertextHash(bytes(Hash.LENGTH))
                                        .setCiphertextSize(CIPHERTEXT_BYTES)
                                        .addAllLabels(labels(1))
                                        .addAllSensitivityLabels(labels(SENSITIVITY_LABELS))
                                        .addDataKey(sealed(custodian))
                                        .setLabelEpoch(1))));
    }

    public byte[] grant(Author officer, ByteString patientId, ByteString consentId, String to, long validUntilMillis) {
        return sign(
                officer,
                validUntilMillis,
                TransactionBody.newBuilder()
                        .setConsentGrant(ConsentGrant.newBuilder()
                                .setConsentId(consentId)
                                .setPatientId(patientId)
                                .setTerms(ConsentTerms.newBuilder()
                                        .addRules(ConsentRule.newBuilder()
                                                .setPermit(true)
                                                .addActors(to)
                                                .addPurposes("TREAT")))
                                .setEvidenceHash(bytes(Hash.LENGTH))));
    }

    public byte[] revoke(Author officer, ByteString consentId, long validUntilMillis) {
        return sign(
                officer,
                validUntilMillis,
                TransactionBody.newBuilder()
                        .setConsentRevoke(ConsentRevoke.newBuilder().setConsentId(consentId)));
    }

    public byte[] access(Author requester, ByteString recordId, long validUntilMillis) {
        return sign(
                requester,
                validUntilMillis,
                TransactionBody.newBuilder()
                        .setAccessRequest(AccessRequest.newBuilder()
                                .setAccessId(id())
                                .setRecordId(recordId)
                                .setPurpose("TREAT")));
    }

    public byte[] member(
            Author admin, String member, String role, PublicKey signingKey, byte[] encryptionKey, long validUntil) {
        return sign(
                admin,
                validUntil,
                TransactionBody.newBuilder()
                        .setMemberAdd(MemberAdd.newBuilder()
                                .setMember(member)
                                .addRoles(role)
                                .setSigningKey(key(signingKey))
                                .setEncryptionKey(KeyValue.newBuilder()
                                        .setAlgorithm(KeyAlgorithm.X25519)
                                        .setKey(ByteString.copyFrom(encryptionKey)))));
    }

    private byte[] sign(Author author, long validUntilMillis, TransactionBody.Builder payload) {
        byte[] body = payload.setChainId(ByteString.copyFrom(chainId.toBytes()))
                .setSalt(bytes(ParsedTransaction.SALT_BYTES))
                .setValidUntilMillis(validUntilMillis)
                .addSigners(TransactionSigner.newBuilder()
                        .setActor(author.actor())
                        .setKey(key(author.signer().publicKey())))
                .build()
                .toByteArray();
        byte[] signature = author.signer().sign(ParsedTransaction.signingBytes(chainId, body));
        return SignedTransaction.newBuilder()
                .setBody(ByteString.copyFrom(body))
                .addSignatures(ByteString.copyFrom(signature))
                .build()
                .toByteArray();
    }

    public static KeyValue key(PublicKey key) {
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.ED25519)
                .setKey(ByteString.copyFrom(key.bytes()))
                .build();
    }

    private SealedFor sealed(Custodian custodian) {
        return SealedFor.newBuilder()
                .setRecipient(custodian.institution())
                .setRecipientKey(custodian.encryptionKey())
                .setEnvelope(bytes(ENVELOPE_BYTES))
                .build();
    }

    private List<ByteString> labels(int count) {
        List<ByteString> labels = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            labels.add(bytes(LABEL_BYTES));
        }
        labels.sort(ByteString.unsignedLexicographicalComparator());
        return labels;
    }

    private ByteString bytes(int count) {
        return ByteString.copyFrom(random.apply(count));
    }
}
