package io.consilium.ledger.custody;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.InstitutionRole;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.identity.SealedKeys;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.identity.Signatory;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.PatientState;
import io.consilium.proto.PatientTransfer;
import io.consilium.proto.RecordHandOver;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TransferHandOver;
import io.consilium.proto.TransferState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * A patient passes from one custodian to another (ID-3): both sides sign, each in its own time, since a transaction lives ten
 * minutes (TX-2). Then the old custodian's node seals the keys to the new one, and custody of each record goes over with its
 * data keys; the old one keeps the ciphertext until the new one's node says that it has it.
 */
public final class TransferRules {
    /** Earlier custodians that are remembered. */
    public static final int MAX_FORMER = 16;

    private static final String RULE = "ID-3";

    private TransferRules() {}

    public static Outcome transfer(Call call) {
        PatientTransfer transfer = call.body().getPatientTransfer();
        Optional<PatientState> found = call.state().patient(transfer.getPatientId());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.PATIENT_UNKNOWN);
        }
        PatientState patient = found.get();
        return switch (transfer.getStepCase()) {
            case OFFER -> offer(call, patient);
            case ANSWER -> answer(call, patient, transfer.getAnswer().getAccept());
            case HAND_OVER -> handOver(call, patient, transfer.getHandOver());
            case RECEIVED -> arrived(call, patient, transfer.getReceived().getRecordIdsList(), true);
            case UNOPENED -> arrived(call, patient, transfer.getUnopened().getRecordIdsList(), false);
            case STEP_NOT_SET -> throw new IllegalStateException("parsing refuses a transfer without step");
        };
    }

    private static Outcome offer(Call call, PatientState patient) {
        String to = call.body().getPatientTransfer().getOffer().getTo();
        ByteString evidence = call.body().getPatientTransfer().getOffer().getEvidenceHash();
        boolean itself = call.signatory() instanceof Signatory.Patient && call.isSignedFor(patient.getId());
        if (!itself && !isSignedBySide(call, patient.getCustodiansList())) {
            return Outcome.refused(Refusal.SIGNER_NOT_PERMITTED.under(
                    RULE, "the patient's own key signs it, or a CONSENT_OFFICER or ADMIN of the custodian"));
        }
        if (!itself && evidence.isEmpty()) {
            return Outcome.refused(Refusal.EVIDENCE_MISSING.under(RULE, ""));
        }
        Optional<Rejection> refusal = receiver(call, to);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (!patient.getMergedInto().isEmpty() || patient.getAliasesCount() > 0) {
            return Outcome.refused(Refusal.PATIENT_MERGED.rejection("undo the merge, transfer both, and merge again"));
        }
        boolean under = patient.getTransfer().getAcceptedMillis() != 0
                && patient.getTransfer().getHandedOverMillis() == 0;
        if (under || patient.getCustodiansList().contains(to)) {
            return Outcome.refused(Refusal.TRANSFER_UNFIT);
        }
        String from = itself
                ? patient.getCustodians(0)
                : call.person().orElseThrow().institution().getId();
        PatientState offered = next(patient)
                .setTransfer(TransferState.newBuilder()
                        .setFrom(from)
                        .setTo(to)
                        .setOfferedBy(call.signatory().name())
                        .setOfferedMillis(call.timeMillis())
                        .setEvidenceHash(evidence))
                .build();
        Writes writes = new Writes()
                .index(LedgerIndexes.of(LedgerIndexes.INSTITUTION_TRANSFERS, to, call.timeMillis(), patient.getId()));
        return applied(EventType.PATIENT_TRANSFER_OFFERED, offered, List.of(from, to), writes);
    }

    /** An active provider with a node: somebody has to hold keys and content there. */
    private static Optional<Rejection> receiver(Call call, String to) {
        Optional<InstitutionState> receiver = call.state().institution(to);
        if (receiver.isEmpty()) {
            return Optional.of(Refusal.INSTITUTION_UNKNOWN.under(RULE, ""));
        }
        if (!Signatories.isActive(receiver.get())) {
            return Optional.of(Refusal.INSTITUTION_INACTIVE.under(RULE, ""));
        }
        return canReceive(receiver.get())
                ? Optional.empty()
                : Optional.of(Refusal.INSTITUTION_ROLE.under(RULE, "a patient's custodian is a PROVIDER with a node"));
    }

    /** Whether an institution may be handed something as things are. */
    public static boolean canReceive(InstitutionState institution) {
        return Signatories.isActive(institution)
                && institution.getRolesList().contains(InstitutionRole.PROVIDER.name())
                && !institution.getPeerEndpoint().isEmpty();
    }

    private static boolean isSignedBySide(Call call, List<String> institutions) {
        return call.isSignedBy(MemberRole.CONSENT_OFFICER, institutions)
                || call.isSignedBy(MemberRole.ADMIN, institutions);
    }

    private static Outcome answer(Call call, PatientState patient, boolean accept) {
        if (!patient.hasTransfer()) {
            return Outcome.refused(Refusal.TRANSFER_UNFIT);
        }
        TransferState transfer = patient.getTransfer();
        boolean itself = call.signatory() instanceof Signatory.Patient && call.isSignedFor(patient.getId());
        boolean may = isSignedBySide(call, List.of(transfer.getTo()))
                || !accept && (itself || isSignedBySide(call, List.of(transfer.getFrom())));
        if (!may) {
            return Outcome.refused(Refusal.SIGNER_NOT_PERMITTED.under(
                    RULE, "a CONSENT_OFFICER or ADMIN of the institution that it is offered to answers"));
        }
        if (transfer.getHandedOverMillis() != 0 || accept && transfer.getAcceptedMillis() != 0) {
            return Outcome.refused(Refusal.TRANSFER_UNFIT);
        }
        PatientState.Builder next = next(patient);
        if (accept) {
            next.getTransferBuilder().setAcceptedBy(call.signatory().name()).setAcceptedMillis(call.timeMillis());
        } else {
            next.clearTransfer();
        }
        return applied(
                accept ? EventType.PATIENT_TRANSFER_ACCEPTED : EventType.PATIENT_TRANSFER_DECLINED,
                next.build(),
                List.of(transfer.getFrom(), transfer.getTo()),
                new Writes());
    }

    /**
     * The custodian gives the keys and what fits; what stayed behind follows, to whomever the patient is with by then. What
     * did not open its giver gives again, also where the patient has come back to it.
     */
    private static Outcome handOver(Call call, PatientState patient, TransferHandOver over) {
        TransferState transfer = patient.getTransfer();
        String from = call.signatory() instanceof Signatory.Node node
                ? node.institution().getId()
                : "";
        boolean first = patient.getCustodiansList().contains(from);
        boolean again = givesAgainOnly(call, from, over);
        boolean giver = first
                ? from.equals(transfer.getFrom())
                : patient.getFormerCustodiansList().contains(from);
        if (!giver && !again) {
            return Outcome.refused(
                    Refusal.SIGNER_NOT_PERMITTED.under(RULE, "the node of the custodian that hands over signs"));
        }
        if (!again && (first && transfer.getAcceptedMillis() == 0 || first != over.hasScopeKey())) {
            return Outcome.refused(Refusal.TRANSFER_UNFIT);
        }
        String next = first ? transfer.getTo() : patient.getCustodians(0);
        Writes writes = new Writes();
        Optional<Rejection> refusal = RelabelRules.asked(call, from, over.getRequestedBy())
                .or(() -> again ? Optional.empty() : receiver(call, next))
                .or(() -> records(call, patient, from, next, over, writes));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (!over.hasScopeKey()) {
            return Outcome.applied(writes, patient.getId(), patient.getVersion());
        }
        InstitutionState to = call.state().institution(next).orElseThrow();
        refusal = only(over.getScopeKey(), to)
                .or(() -> over.hasPatientSecret() ? only(over.getPatientSecret(), to) : Optional.empty());
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        writes.index(
                LedgerIndexes.of(LedgerIndexes.CUSTODIAN_PATIENTS, to.getId(), call.timeMillis(), patient.getId()));
        return applied(EventType.PATIENT_TRANSFERRED, passedOn(call, patient, over), List.of(from, to.getId()), writes);
    }

    private static boolean givesAgainOnly(Call call, String from, TransferHandOver over) {
        return !over.hasScopeKey()
                && over.getRecordsList().stream().allMatch(each -> call.state()
                        .record(each.getRecordId())
                        .filter(record -> isReturned(record, from))
                        .isPresent());
    }

    private static PatientState passedOn(Call call, PatientState patient, TransferHandOver over) {
        String from = patient.getTransfer().getFrom();
        List<String> custodians = new ArrayList<>(patient.getCustodiansList());
        custodians.replaceAll(each -> each.equals(from) ? patient.getTransfer().getTo() : each);
        PatientState.Builder next = next(patient)
                .clearCustodians()
                .addAllCustodians(custodians)
                .clearFormerCustodians()
                .addAllFormerCustodians(remembered(patient.getFormerCustodiansList(), from))
                .clearScopeKey()
                .addAllScopeKey(without(patient.getScopeKeyList(), from))
                .addScopeKey(over.getScopeKey())
                .clearPatientSecret()
                .addAllPatientSecret(without(patient.getPatientSecretList(), from));
        if (over.hasPatientSecret()) {
            next.addPatientSecret(over.getPatientSecret());
        }
        next.getTransferBuilder().setHandedOverMillis(call.timeMillis());
        return next.build();
    }

    private static List<String> remembered(List<String> earlier, String from) {
        List<String> former = new ArrayList<>(earlier);
        former.remove(from);
        former.add(from);
        return former.subList(Math.max(0, former.size() - MAX_FORMER), former.size());
    }

    private static List<SealedFor> without(List<SealedFor> envelopes, String recipient) {
        return envelopes.stream()
                .filter(envelope -> !envelope.getRecipient().equals(recipient))
                .toList();
    }

    private static Optional<Rejection> only(SealedFor envelope, InstitutionState to) {
        return SealedKeys.only(
                List.of(envelope), to.getId(), to.getEncryptionKey().getKey());
    }

    private static Optional<Rejection> records(
            Call call, PatientState patient, String from, String to, TransferHandOver over, Writes writes) {
        for (RecordHandOver each : over.getRecordsList()) {
            Optional<RecordState> found = call.state()
                    .record(each.getRecordId())
                    .filter(record -> record.getPatientId().equals(patient.getId()));
            if (found.isEmpty()) {
                return Optional.of(Refusal.RECORD_UNKNOWN.under(RULE, ""));
            }
            RecordState record = found.get();
            boolean again = isReturned(record, from);
            if (!again && !record.getCustodian().equals(from)) {
                return Optional.of(Refusal.NOT_CUSTODIAN.under(RULE, "a record is in other custody"));
            }
            if (each.getPredecessor() != record.getVersion()) {
                return Optional.of(Refusal.VERSION_CONFLICT.under(RULE, "a record has another version"));
            }
            if (!again && !record.getLeaving().isEmpty() && !record.hasErasure()) {
                return Optional.of(Refusal.TRANSFER_UNFIT.under("REC-2", "a record was not received yet"));
            }
            int given = again ? givenBy(record, from).size() : record.hasErasure() ? 0 : record.getVersionsCount();
            if (again && given == 0) {
                return Optional.of(Refusal.TRANSFER_UNFIT.under("REC-2", "the giver has no key of it any more"));
            }
            // what does not open goes to who said so, wherever the patient is by now
            InstitutionState target =
                    call.state().institution(again ? record.getCustodian() : to).orElseThrow();
            Optional<Rejection> refusal = (again ? receiver(call, target.getId()) : Optional.<Rejection>empty())
                    .or(() -> keys(each, given, target));
            if (refusal.isPresent()) {
                return refusal;
            }
            if (again) {
                giveAgain(record, each, from, writes);
            } else {
                move(call, record, each, to, writes);
            }
        }
        return Optional.empty();
    }

    /** Whether its new custodian said that it does not open with the keys that this giver sent along. */
    public static boolean isReturned(RecordState record, String giver) {
        return record.getUnopened()
                && !record.hasErasure()
                && record.getLeaving().equals(giver);
    }

    /** The versions whose data keys a giver has, and gives: all that were there before the record went over. */
    public static List<RecordVersion> givenBy(RecordState record, String giver) {
        return record.hasErasure()
                ? List.of()
                : record.getVersionsList().stream()
                        .filter(version -> hasKeyOf(version, giver))
                        .toList();
    }

    private static boolean hasKeyOf(RecordVersion version, String giver) {
        return version.getContent().getDataKeyList().stream()
                .anyMatch(key -> key.getRecipient().equals(giver));
    }

    private static Optional<Rejection> keys(RecordHandOver over, int needed, InstitutionState to) {
        return over.getDataKeysCount() == needed
                ? SealedKeys.only(
                        over.getDataKeysList(),
                        to.getId(),
                        to.getEncryptionKey().getKey())
                : Optional.of(Refusal.DATA_KEY_MISSING.under(RULE, needed + " data keys are needed"));
    }

    private static void giveAgain(RecordState record, RecordHandOver over, String from, Writes writes) {
        RecordState.Builder given = record.toBuilder().clearUnopened().setVersion(record.getVersion() + 1);
        Iterator<SealedFor> keys = over.getDataKeysList().iterator();
        for (int i = 0; i < record.getVersionsCount(); i++) {
            RecordVersion version = record.getVersions(i);
            if (hasKeyOf(version, from)) {
                given.setVersions(i, withKeys(version, keys.next(), from));
            }
        }
        writes.put(StateKeys.record(record.getId()), given.build())
                .notify(EventType.RECORD_TRANSFERRED, List.of(record.getCustodian(), from), record.getId());
    }

    /** The giver keeps its own key until the content is received: it may have to give another. */
    private static RecordVersion withKeys(RecordVersion version, SealedFor given, String from) {
        return version.toBuilder()
                .setContent(version.getContent().toBuilder()
                        .clearDataKey()
                        .addDataKey(given)
                        .addAllDataKey(version.getContent().getDataKeyList().stream()
                                .filter(key -> key.getRecipient().equals(from))
                                .toList()))
                .build();
    }

    private static void move(Call call, RecordState record, RecordHandOver over, String to, Writes writes) {
        RecordState.Builder moved = record.toBuilder()
                .setCustodian(to)
                .clearReplicas()
                .addAllReplicas(record.getReplicasList().stream()
                        .filter(replica -> !replica.equals(to))
                        .toList())
                .setVersion(record.getVersion() + 1);
        if (record.hasErasure()) {
            writes.index(LedgerIndexes.of(
                    LedgerIndexes.INSTITUTION_ERASURES, to, record.getErasure().getTimeMillis(), record.getId()));
        } else {
            moved.setLeaving(record.getCustodian());
            for (int i = 0; i < record.getVersionsCount(); i++) {
                RecordVersion version = record.getVersions(i);
                moved.setVersions(i, withKeys(version, over.getDataKeys(i), record.getCustodian()));
                writes.index(LedgerIndexes.payload(
                        to, version.getContent().getCiphertextHash(), StateKeys.record(record.getId())));
            }
            writes.index(LedgerIndexes.of(LedgerIndexes.INSTITUTION_RECEIPTS, to, call.timeMillis(), record.getId()));
        }
        List<String> parties = new ArrayList<>(record.getReplicasList());
        parties.add(record.getCustodian());
        parties.add(to);
        writes.put(StateKeys.record(record.getId()), moved.build())
                .notify(EventType.RECORD_TRANSFERRED, parties, record.getId());
    }

    /**
     * The new custodian's node has the content. Where it opens, the old one lets go of it (REC-2); where it does not, both
     * are told, and the old one may hand it over again.
     */
    private static Outcome arrived(Call call, PatientState patient, List<ByteString> records, boolean opens) {
        Writes writes = new Writes();
        for (ByteString id : records) {
            Optional<RecordState> found = call.state().record(id).filter(record -> record.getPatientId()
                    .equals(patient.getId()));
            if (found.isEmpty()) {
                return Outcome.refused(Refusal.RECORD_UNKNOWN.under("REC-2", ""));
            }
            RecordState record = found.get();
            boolean custodian = call.signatory() instanceof Signatory.Node node
                    && node.institution().getId().equals(record.getCustodian());
            if (!custodian) {
                return Outcome.refused(
                        Refusal.SIGNER_NOT_PERMITTED.under("REC-2", "the node of the new custodian signs"));
            }
            if (record.getLeaving().isEmpty()) {
                return Outcome.refused(Refusal.TRANSFER_UNFIT.under("REC-2", "a record was received already"));
            }
            if (!opens && record.getUnopened()) {
                return Outcome.refused(Refusal.TRANSFER_UNFIT.under("REC-2", "that was said of a record already"));
            }
            RecordState next = opens
                    ? received(record)
                    : record.toBuilder()
                            .setUnopened(true)
                            .setVersion(record.getVersion() + 1)
                            .build();
            writes.put(StateKeys.record(id), next)
                    .notify(
                            opens ? EventType.RECORD_RECEIVED : EventType.RECORD_UNOPENED,
                            List.of(record.getCustodian(), record.getLeaving()),
                            id);
        }
        return Outcome.applied(writes, patient.getId(), patient.getVersion());
    }

    private static RecordState received(RecordState record) {
        RecordState.Builder received = record.toBuilder()
                .clearLeaving()
                .clearUnopened()
                .clearFormer()
                .addAllFormer(remembered(record.getFormerList(), record.getLeaving()))
                .setVersion(record.getVersion() + 1);
        for (int i = 0; i < record.getVersionsCount(); i++) {
            RecordVersion version = record.getVersions(i);
            List<SealedFor> kept = without(version.getContent().getDataKeyList(), record.getLeaving());
            received.setVersions(
                    i,
                    version.toBuilder()
                            .setContent(version.getContent().toBuilder()
                                    .clearDataKey()
                                    .addAllDataKey(kept)));
        }
        return received.build();
    }

    private static PatientState.Builder next(PatientState patient) {
        return patient.toBuilder().setVersion(patient.getVersion() + 1);
    }

    private static Outcome applied(EventType event, PatientState patient, List<String> parties, Writes writes) {
        writes.put(StateKeys.patient(patient.getId()), patient).notify(event, parties, patient.getId());
        return Outcome.applied(writes, patient.getId(), patient.getVersion());
    }
}
