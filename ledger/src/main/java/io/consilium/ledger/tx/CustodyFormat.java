package io.consilium.ledger.tx;

import com.google.protobuf.ByteString;
import io.consilium.proto.ConsentRelabel;
import io.consilium.proto.PatientMerge;
import io.consilium.proto.PatientRelabel;
import io.consilium.proto.PatientTransfer;
import io.consilium.proto.RecordHandOver;
import io.consilium.proto.RecordRelabel;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TransferHandOver;
import io.consilium.proto.VersionLabels;
import java.util.List;

/** The shape of what changes a patient's keys and custody. */
final class CustodyFormat {
    static final int MAX_CONSENTS = 1_024;
    static final int MAX_RECORDS = 2_048;
    static final int MAX_HOLDERS = 64;
    static final int MAX_GROUPS = ConsentFormat.MAX_RULES_AND_EXCEPTIONS * ConsentFormat.MAX_GROUPS;
    static final int MAX_VERSIONS = 128;
    static final int MAX_RECEIVED = 256;
    static final int MAX_SEALED_KEY_BYTES = 256;

    private CustodyFormat() {}

    static void merge(PatientMerge merge) throws MalformedTransaction {
        Shape.id(merge.getRootId(), "patient_merge.root_id");
        Shape.id(merge.getAliasId(), "patient_merge.alias_id");
        Shape.hashOrNothing(merge.getEvidenceHash(), "patient_merge.evidence_hash");
        PayloadFormat.reason(merge.getSealedReason(), "patient_merge");
    }

    static void transfer(PatientTransfer transfer) throws MalformedTransaction {
        String path = "patient_transfer";
        Shape.id(transfer.getPatientId(), path + ".patient_id");
        switch (transfer.getStepCase()) {
            case OFFER -> {
                Shape.slug(transfer.getOffer().getTo(), path + ".offer.to");
                Shape.hashOrNothing(transfer.getOffer().getEvidenceHash(), path + ".offer.evidence_hash");
            }
            case ANSWER -> {}
            case HAND_OVER -> handOver(transfer.getHandOver(), path + ".hand_over");
            case RECEIVED -> records(transfer.getReceived().getRecordIdsList(), path + ".received.record_ids");
            case UNOPENED -> records(transfer.getUnopened().getRecordIdsList(), path + ".unopened.record_ids");
            case STEP_NOT_SET -> throw MalformedTransaction.at(path + ".step", "is missing");
        }
    }

    private static void records(List<ByteString> ids, String path) throws MalformedTransaction {
        Shape.count(ids.size(), 1, MAX_RECEIVED, path);
        for (ByteString id : ids) {
            Shape.id(id, path);
        }
        Shape.ascending(ids, path);
    }

    private static void handOver(TransferHandOver over, String path) throws MalformedTransaction {
        Shape.member(over.getRequestedBy(), path + ".requested_by");
        if (over.hasScopeKey()) {
            Shape.sealed(List.of(over.getScopeKey()), 1, path + ".scope_key");
        } else if (over.getRecordsCount() == 0) {
            throw MalformedTransaction.at(path, "hands something over");
        }
        if (over.hasPatientSecret()) {
            Shape.sealed(List.of(over.getPatientSecret()), 1, path + ".patient_secret");
        }
        Shape.count(over.getRecordsCount(), 0, MAX_RECORDS, path + ".records");
        for (int i = 0; i < over.getRecordsCount(); i++) {
            RecordHandOver record = over.getRecords(i);
            String at = path + ".records[" + i + "]";
            Shape.id(record.getRecordId(), at + ".record_id");
            Shape.nonNegative(record.getPredecessor(), at + ".predecessor");
            Shape.count(record.getDataKeysCount(), 0, MAX_VERSIONS, at + ".data_keys");
            for (SealedFor key : record.getDataKeysList()) {
                Shape.sealed(List.of(key), 1, at + ".data_keys");
            }
        }
        Shape.ascending(
                over.getRecordsList().stream().map(RecordHandOver::getRecordId).toList(), path + ".records");
    }

    static void relabel(PatientRelabel relabel) throws MalformedTransaction {
        String path = "patient_relabel";
        Shape.id(relabel.getPatientId(), path + ".patient_id");
        Shape.nonNegative(relabel.getLabelEpoch(), path + ".label_epoch");
        Shape.member(relabel.getRequestedBy(), path + ".requested_by");
        if (relabel.hasNewKey()) {
            Shape.sealed(relabel.getNewKey().getScopeKeyList(), MAX_HOLDERS, path + ".new_key.scope_key");
            Shape.count(
                    relabel.getNewKey().getPreviousKey().size(),
                    Shape.KEY_BYTES + 1,
                    MAX_SEALED_KEY_BYTES,
                    path + ".new_key.previous_key");
        } else if (relabel.getConsentsCount() + relabel.getRecordsCount() == 0) {
            throw MalformedTransaction.at(path, "changes something");
        }
        Shape.count(relabel.getConsentsCount(), 0, MAX_CONSENTS, path + ".consents");
        for (int i = 0; i < relabel.getConsentsCount(); i++) {
            consent(relabel.getConsents(i), path + ".consents[" + i + "]");
        }
        Shape.ascending(
                relabel.getConsentsList().stream()
                        .map(ConsentRelabel::getConsentId)
                        .toList(),
                path + ".consents");
        Shape.count(relabel.getRecordsCount(), 0, MAX_RECORDS, path + ".records");
        for (int i = 0; i < relabel.getRecordsCount(); i++) {
            record(relabel.getRecords(i), path + ".records[" + i + "]");
        }
        Shape.ascending(
                relabel.getRecordsList().stream()
                        .map(RecordRelabel::getRecordId)
                        .toList(),
                path + ".records");
    }

    private static void consent(ConsentRelabel consent, String path) throws MalformedTransaction {
        Shape.id(consent.getConsentId(), path + ".consent_id");
        Shape.nonNegative(consent.getPredecessor(), path + ".predecessor");
        Shape.count(consent.getLabelsCount(), 0, MAX_GROUPS, path + ".labels");
        for (int i = 0; i < consent.getLabelsCount(); i++) {
            ConsentFormat.group(consent.getLabels(i), path + ".labels[" + i + "]");
        }
        Shape.count(
                consent.getSealedConditionsCount(),
                0,
                ConsentFormat.MAX_RULES_AND_EXCEPTIONS,
                path + ".sealed_conditions");
        for (ByteString condition : consent.getSealedConditionsList()) {
            Shape.count(condition.size(), 1, ConsentFormat.MAX_CONDITION_BYTES, path + ".sealed_conditions");
        }
        Shape.atMost(consent.getSealedCodes(), ConsentFormat.MAX_CODES_BYTES, path + ".sealed_codes");
    }

    private static void record(RecordRelabel record, String path) throws MalformedTransaction {
        Shape.id(record.getRecordId(), path + ".record_id");
        Shape.nonNegative(record.getPredecessor(), path + ".predecessor");
        Shape.count(record.getVersionsCount(), 1, MAX_VERSIONS, path + ".versions");
        for (int i = 0; i < record.getVersionsCount(); i++) {
            VersionLabels version = record.getVersions(i);
            String at = path + ".versions[" + i + "]";
            Shape.count(version.getLabelsCount(), 0, PayloadFormat.MAX_LABELS, at + ".labels");
            PayloadFormat.labels(version.getLabelsList(), at + ".labels");
            Shape.count(
                    version.getSensitivityLabelsCount(),
                    PayloadFormat.SENSITIVITY_LABELS,
                    PayloadFormat.SENSITIVITY_LABELS,
                    at + ".sensitivity_labels");
            PayloadFormat.labels(version.getSensitivityLabelsList(), at + ".sensitivity_labels");
        }
    }
}
