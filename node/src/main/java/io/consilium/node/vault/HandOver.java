package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.custody.TransferRules;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.ProblemException;
import io.consilium.node.api.StateView;
import io.consilium.proto.CustodyResponse;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.PatientState;
import io.consilium.proto.PatientTransfer;
import io.consilium.proto.RecordHandOver;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TransferHandOver;
import io.consilium.storage.IndexPage;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One transaction that hands a patient's keys and records over to its next custodian, in the making (ID-3); once the keys are
 * there, one that hands what stayed behind to whomever the patient is with. What did not open at who got it is given again, also by
 * who has the patient back.
 */
final class HandOver {
    private static final int MAX_BYTES = 160 * 1024;
    private static final int PAGE = 256;

    private final NodeGateway node;
    private final ScopeKeys keys;
    private final StateView view;
    private final PatientState patient;
    private final boolean first;
    private final boolean againOnly;
    private final InstitutionState to;
    private final TransferHandOver.Builder over;
    private int bytes;
    private int left;
    private boolean more;

    HandOver(NodeGateway node, ScopeKeys keys, StateView view, PatientState patient, String requestedBy) {
        this.node = node;
        this.keys = keys;
        this.view = view;
        this.patient = patient;
        boolean custodian = patient.getCustodiansList().contains(node.institution());
        this.first = custodian && patient.getTransfer().getFrom().equals(node.institution());
        this.againOnly = custodian && !first;
        this.to = view.state()
                .institution(first ? patient.getTransfer().getTo() : patient.getCustodians(0))
                .orElseThrow();
        this.over = TransferHandOver.newBuilder().setRequestedBy(requestedBy);
    }

    HandOver made() {
        if (first && patient.getTransfer().getAcceptedMillis() == 0) {
            throw ApiProblem.refused(
                            "TRANSFER_UNFIT",
                            "the transfer is not accepted yet",
                            "ID-3",
                            "ask " + to.getId() + " to accept it")
                    .asException();
        }
        if (first) {
            over.setScopeKey(ScopeKeys.sealedTo(patient.getScopeKeyList(), node.institution())
                    .map(ours -> resealed(KeyEnvelope.Use.SCOPE_KEY, patient.getId(), ours, to))
                    .orElseThrow(ScopeKeys::unreadable));
            ScopeKeys.sealedTo(patient.getPatientSecretList(), node.institution())
                    .map(ours -> resealed(KeyEnvelope.Use.PATIENT_SECRET, patient.getId(), ours, to))
                    .ifPresent(over::setPatientSecret);
        }
        SortedMap<ByteString, RecordHandOver> records = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
        Optional<byte[]> after = Optional.empty();
        do {
            IndexPage page = view.chain()
                    .scan(LedgerIndexes.PATIENT_RECORDS, LedgerIndexes.prefix(patient.getId()), after, PAGE, false);
            for (IndexPage.Item item : page.items()) {
                add(view.state().record(LedgerIndexes.idAt(item.key())).orElseThrow(), records);
            }
            after = page.nextAfterKey();
        } while (after.isPresent() && !more);
        over.addAllRecords(records.values());
        return this;
    }

    private void add(RecordState record, SortedMap<ByteString, RecordHandOver> records) {
        String own = node.institution();
        boolean again = TransferRules.isReturned(record, own);
        if (!again && (againOnly || !record.getCustodian().equals(own)) || more) {
            return;
        }
        RecordHandOver.Builder each =
                RecordHandOver.newBuilder().setRecordId(record.getId()).setPredecessor(record.getVersion());
        List<RecordVersion> versions = TransferRules.givenBy(record, own);
        InstitutionState target =
                again ? view.state().institution(record.getCustodian()).orElseThrow() : to;
        boolean unfit = again
                ? versions.isEmpty() || !TransferRules.canReceive(target)
                : !record.getLeaving().isEmpty() && !record.hasErasure();
        if (unfit || !again && !record.hasErasure() && versions.size() < record.getVersionsCount()) {
            left++;
            return;
        }
        for (RecordVersion version : versions) {
            Optional<SealedFor> key = dataKey(record.getId(), version, target);
            if (key.isEmpty()) {
                left++;
                return;
            }
            each.addDataKeys(key.get());
        }
        int size = each.build().getSerializedSize();
        if (bytes > 0 && bytes + size > MAX_BYTES) {
            more = true;
            return;
        }
        bytes += size;
        records.put(record.getId(), each.build());
    }

    private Optional<SealedFor> dataKey(ByteString recordId, RecordVersion version, InstitutionState target) {
        try {
            return ScopeKeys.sealedTo(version.getContent().getDataKeyList(), node.institution())
                    .map(ours -> resealed(KeyEnvelope.Use.DATA_KEY, recordId, ours, target));
        } catch (ProblemException unreadable) {
            return Optional.empty();
        }
    }

    private SealedFor resealed(KeyEnvelope.Use use, ByteString object, SealedFor ours, InstitutionState target) {
        byte[] id = object.toByteArray();
        byte[] recipient = target.getEncryptionKey().getKey().toByteArray();
        byte[] envelope = keys.rewrap(use, id, ours.getEnvelope().toByteArray(), use, id, recipient);
        return SealedFor.newBuilder()
                .setRecipient(target.getId())
                .setRecipientKey(target.getEncryptionKey().getKey())
                .setEnvelope(ByteString.copyFrom(envelope))
                .build();
    }

    /** Whether its custodian offered the patient to nobody, and there is nothing to give again. */
    boolean isUnoffered() {
        return againOnly && isEmpty() && left == 0;
    }

    boolean isEmpty() {
        return !over.hasScopeKey() && over.getRecordsCount() == 0;
    }

    PatientTransfer transfer() {
        return PatientTransfer.newBuilder()
                .setPatientId(patient.getId())
                .setHandOver(over)
                .build();
    }

    CustodyResponse response(ByteString txId) {
        return CustodyResponse.newBuilder()
                .setTxId(txId)
                .setLabelEpoch(patient.getLabelEpoch())
                .setRecords(over.getRecordsCount())
                .setLeft(left)
                .setMore(more)
                .build();
    }
}
