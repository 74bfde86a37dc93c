package io.consilium.ledger.tx;

import com.google.protobuf.ByteString;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.AccessUse;
import io.consilium.proto.Disclose;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.MemberAdd;
import io.consilium.proto.RecordAmend;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.TransactionBody;
import java.util.List;

/** The shape of each payload: what can be told from the bytes alone. What words mean is for the rules. */
final class PayloadFormat {
    static final int LABEL_BYTES = 16;
    static final int MAX_ROLES = 16;
    static final int MAX_LABELS = 64;
    static final int MAX_SEALED_BYTES = 8 * 1024;
    static final int MAX_FACTS_BYTES = 16 * 1024;
    static final int MAX_RECIPIENTS = 4;
    static final int MAX_REPLICAS = 8;
    static final int MAX_USES = 64;
    static final long MAX_CIPHERTEXT_BYTES = 1L << 45;

    /** One label for each threshold between two neighbouring levels of sensitivity (PRV-4). */
    static final int SENSITIVITY_LABELS = 5;

    private PayloadFormat() {}

    static void check(TransactionBody body) throws MalformedTransaction {
        switch (body.getPayloadCase()) {
            case NOOP -> {}
            case EVIDENCE -> EvidenceFormat.check(body.getEvidence());
            case MEMBER_ADD -> memberAdd(body.getMemberAdd());
            case MEMBER_SUSPEND -> Shape.member(body.getMemberSuspend().getMember(), "member_suspend.member");
            case MEMBER_ROTATE_KEY -> {
                var rotate = body.getMemberRotateKey();
                Shape.member(rotate.getMember(), "member_rotate_key.member");
                Shape.key(rotate.getSigningKey(), KeyAlgorithm.ED25519, "member_rotate_key.signing_key");
                Shape.key(rotate.getEncryptionKey(), KeyAlgorithm.X25519, "member_rotate_key.encryption_key");
            }
            case PATIENT_REGISTER -> PatientFormat.register(body.getPatientRegister());
            case PATIENT_CONTROLLER -> PatientFormat.controller(body.getPatientController());
            case PATIENT_GUARDIAN -> PatientFormat.guardian(body.getPatientGuardian());
            case PATIENT_MERGE -> CustodyFormat.merge(body.getPatientMerge());
            case PATIENT_TRANSFER -> CustodyFormat.transfer(body.getPatientTransfer());
            case PATIENT_RELABEL -> CustodyFormat.relabel(body.getPatientRelabel());
            case RECORD_REGISTER -> recordRegister(body.getRecordRegister());
            case RECORD_AMEND -> recordAmend(body.getRecordAmend());
            case RECORD_MARK -> {
                Shape.id(body.getRecordMark().getRecordId(), "record_mark.record_id");
                reason(body.getRecordMark().getSealedReason(), "record_mark");
            }
            case RECORD_ERASE, RECORD_HOLD, ERASURE_ACK -> ErasureFormat.check(body);
            case CONSENT_GRANT -> ConsentFormat.grant(body.getConsentGrant());
            case CONSENT_AMEND -> ConsentFormat.amend(body.getConsentAmend());
            case CONSENT_REVOKE -> {
                Shape.id(body.getConsentRevoke().getConsentId(), "consent_revoke.consent_id");
                reason(body.getConsentRevoke().getSealedReason(), "consent_revoke");
                Shape.hashOrNothing(body.getConsentRevoke().getEvidenceHash(), "consent_revoke.evidence_hash");
            }
            case ACCESS_REQUEST -> accessRequest(body.getAccessRequest());
            case ACCESS_USE -> accessUse(body.getAccessUse());
            case DISCLOSE -> disclose(body.getDisclose());
            case ACCESS_OUTCOME -> {
                Shape.id(body.getAccessOutcome().getAccessId(), "access_outcome.access_id");
                Shape.code(body.getAccessOutcome().getReason(), "access_outcome.reason");
                Shape.hash(body.getAccessOutcome().getJudgedBy(), "access_outcome.judged_by");
            }
            case BREAK_GLASS -> BreakGlassFormat.open(body.getBreakGlass());
            case BREAK_GLASS_REVIEW -> BreakGlassFormat.review(body.getBreakGlassReview());
            case TRIAL -> TrialFormat.check(body.getTrial());
            case DRUG -> DrugFormat.check(body.getDrug());
            case PAYLOAD_NOT_SET -> throw MalformedTransaction.at("payload", "is missing");
        }
    }

    private static void memberAdd(MemberAdd add) throws MalformedTransaction {
        Shape.member(add.getMember(), "member_add.member");
        Shape.count(add.getRolesCount(), 1, MAX_ROLES, "member_add.roles");
        for (int i = 0; i < add.getRolesCount(); i++) {
            Shape.code(add.getRoles(i), "member_add.roles[" + i + "]");
        }
        Shape.ascendingText(add.getRolesList(), "member_add.roles");
        Shape.key(add.getSigningKey(), KeyAlgorithm.ED25519, "member_add.signing_key");
        Shape.key(add.getEncryptionKey(), KeyAlgorithm.X25519, "member_add.encryption_key");
    }

    private static void recordRegister(RecordRegister register) throws MalformedTransaction {
        Shape.id(register.getRecordId(), "record_register.record_id");
        Shape.id(register.getPatientId(), "record_register.patient_id");
        Shape.slug(register.getCustodian(), "record_register.custodian");
        content(register.hasContent(), register.getContent(), "record_register.content");
        Shape.count(register.getReplicasCount(), 0, MAX_REPLICAS, "record_register.replicas");
        for (int i = 0; i < register.getReplicasCount(); i++) {
            Shape.slug(register.getReplicas(i), "record_register.replicas[" + i + "]");
        }
        Shape.ascendingText(register.getReplicasList(), "record_register.replicas");
    }

    private static void recordAmend(RecordAmend amend) throws MalformedTransaction {
        Shape.id(amend.getRecordId(), "record_amend.record_id");
        Shape.nonNegative(amend.getPredecessor(), "record_amend.predecessor");
        content(amend.hasContent(), amend.getContent(), "record_amend.content");
        reason(amend.getSealedReason(), "record_amend");
    }

    private static void content(boolean present, RecordContent content, String path) throws MalformedTransaction {
        if (!present) {
            throw MalformedTransaction.at(path, "is missing");
        }
        Shape.hash(content.getCommitment(), path + ".commitment");
        Shape.hash(content.getCiphertextHash(), path + ".ciphertext_hash");
        if (content.getCiphertextSize() < 1 || content.getCiphertextSize() > MAX_CIPHERTEXT_BYTES) {
            throw MalformedTransaction.at(path + ".ciphertext_size", "is 1 to 2^45 bytes");
        }
        Shape.count(content.getLabelsCount(), 0, MAX_LABELS, path + ".labels");
        labels(content.getLabelsList(), path + ".labels");
        // PRV-4: a record without them would slip through every deny of a sensitivity
        Shape.count(
                content.getSensitivityLabelsCount(),
                SENSITIVITY_LABELS,
                SENSITIVITY_LABELS,
                path + ".sensitivity_labels");
        labels(content.getSensitivityLabelsList(), path + ".sensitivity_labels");
        Shape.atMost(content.getSealedMetadata(), MAX_SEALED_BYTES, path + ".sealed_metadata");
        Shape.atMost(content.getSealedFacts(), MAX_FACTS_BYTES, path + ".sealed_facts");
        Shape.sealed(content.getDataKeyList(), MAX_RECIPIENTS, path + ".data_key");
    }

    static void labels(List<ByteString> labels, String path) throws MalformedTransaction {
        for (int i = 0; i < labels.size(); i++) {
            Shape.exactly(labels.get(i), LABEL_BYTES, path + "[" + i + "]");
        }
        Shape.ascending(labels, path);
    }

    static void reason(ByteString sealed, String path) throws MalformedTransaction {
        Shape.atMost(sealed, MAX_SEALED_BYTES, path + ".sealed_reason");
    }

    private static void accessRequest(AccessRequest request) throws MalformedTransaction {
        Shape.id(request.getAccessId(), "access_request.access_id");
        Shape.id(request.getRecordId(), "access_request.record_id");
        Shape.nonNegative(request.getRecordVersion(), "access_request.record_version");
        Shape.code(request.getPurpose(), "access_request.purpose");
        if (!request.getAction().isEmpty()) {
            Shape.code(request.getAction(), "access_request.action");
        }
    }

    private static void accessUse(AccessUse use) throws MalformedTransaction {
        Shape.count(use.getItemsCount(), 1, MAX_USES, "access_use.items");
        for (int i = 0; i < use.getItemsCount(); i++) {
            AccessUse.Item item = use.getItems(i);
            String path = "access_use.items[" + i + "]";
            Shape.id(item.getAccessId(), path + ".access_id");
            Shape.id(item.getRecordId(), path + ".record_id");
            Shape.nonNegative(item.getRecordVersion(), path + ".record_version");
            Shape.code(item.getPurpose(), path + ".purpose");
            for (int j = 0; j < i; j++) {
                if (use.getItems(j).getAccessId().equals(item.getAccessId())) {
                    throw MalformedTransaction.at(path + ".access_id", "is repeated");
                }
            }
        }
    }

    private static void disclose(Disclose disclose) throws MalformedTransaction {
        Shape.id(disclose.getAccessId(), "disclose.access_id");
        Shape.hash(disclose.getCiphertextHash(), "disclose.ciphertext_hash");
        Shape.hash(disclose.getEnvelopeHash(), "disclose.envelope_hash");
        Shape.exactly(disclose.getRecipientKey(), Shape.KEY_BYTES, "disclose.recipient_key");
    }
}
