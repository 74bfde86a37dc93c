package io.consilium.ledger.records;

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
import io.consilium.proto.RecordAmend;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordMark;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Records are registered, amended and marked by the custodian's clinical staff; nothing is ever deleted (REC-1). */
public final class RecordRules {
    public static final int MAX_VERSIONS = 128;

    private static final String RULE = "REC-1";

    private RecordRules() {}

    public static Outcome register(Call call) {
        RecordRegister register = call.body().getRecordRegister();
        Optional<Rejection> refusal = call.requireRole(RULE, MemberRole.CLINICIAN, MemberRole.ADMIN)
                .or(() -> custody(call, register))
                .or(() -> replicas(call, register));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (call.state().record(register.getRecordId()).isPresent()) {
            return Outcome.refused(Refusal.RECORD_EXISTS);
        }
        RecordState record = RecordState.newBuilder()
                .setId(register.getRecordId())
                .setPatientId(register.getPatientId())
                .setCustodian(register.getCustodian())
                .addAllReplicas(register.getReplicasList())
                .addVersions(version(call, 1, register.getContent(), ByteString.EMPTY))
                .setVersion(1)
                .build();
        Writes writes = kept(record, register.getContent())
                .index(LedgerIndexes.of(
                        LedgerIndexes.PATIENT_RECORDS,
                        register.getPatientId(),
                        call.timeMillis(),
                        register.getRecordId()));
        return applied(call, EventType.RECORD_REGISTERED, record, writes);
    }

    public static Outcome amend(Call call) {
        RecordAmend amend = call.body().getRecordAmend();
        Optional<Rejection> role = call.requireRole(RULE, MemberRole.CLINICIAN);
        if (role.isPresent()) {
            return Outcome.refused(role.get());
        }
        Optional<RecordState> found = inCustody(call, amend.getRecordId());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.RECORD_UNKNOWN);
        }
        RecordState record = found.get();
        Optional<Rejection> refusal = amendable(call, record, amend);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        int next = record.getVersionsCount() + 1;
        RecordState changed = record.toBuilder()
                .addVersions(version(call, next, amend.getContent(), amend.getSealedReason()))
                .setVersion(record.getVersion() + 1)
                .build();
        return applied(call, EventType.RECORD_AMENDED, changed, kept(changed, amend.getContent()));
    }

    /** Has the vaults of the record's holders keep the ciphertext of a version (REC-2). */
    private static Writes kept(RecordState record, RecordContent content) {
        Writes writes = new Writes();
        for (String holder : ErasureRules.holders(record)) {
            writes.index(LedgerIndexes.payload(holder, content.getCiphertextHash(), StateKeys.record(record.getId())));
        }
        return writes;
    }

    private static Optional<Rejection> amendable(Call call, RecordState record, RecordAmend amend) {
        if (record.hasErasure()) {
            return Optional.of(Refusal.RECORD_PURGED.rejection());
        }
        if (record.getEnteredInError()) {
            return Optional.of(Refusal.RECORD_IN_ERROR.rejection());
        }
        if (amend.getPredecessor() != record.getVersionsCount()) {
            return Optional.of(
                    Refusal.VERSION_CONFLICT.rejection("the newest version is " + record.getVersionsCount()));
        }
        if (record.getVersionsCount() >= MAX_VERSIONS) {
            return Optional.of(Refusal.VERSION_LIMIT.rejection());
        }
        PatientState patient = patientOf(call, record);
        return content(call, amend.getContent(), record.getCustodian(), patient);
    }

    public static Outcome mark(Call call) {
        RecordMark mark = call.body().getRecordMark();
        Optional<Rejection> role = call.requireRole(RULE, MemberRole.CLINICIAN);
        if (role.isPresent()) {
            return Outcome.refused(role.get());
        }
        Optional<RecordState> found = inCustody(call, mark.getRecordId());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.RECORD_UNKNOWN);
        }
        RecordState record = found.get();
        if (record.hasErasure()) {
            return Outcome.refused(Refusal.RECORD_PURGED);
        }
        if (record.getEnteredInError() == mark.getEnteredInError()) {
            return Outcome.refused(Refusal.MARK_UNCHANGED);
        }
        RecordState changed = record.toBuilder()
                .setEnteredInError(mark.getEnteredInError())
                .setVersion(record.getVersion() + 1)
                .build();
        return applied(call, EventType.RECORD_MARKED, changed, new Writes());
    }

    private static Outcome applied(Call call, EventType event, RecordState record, Writes writes) {
        List<String> parties = new ArrayList<>(patientOf(call, record).getCustodiansList());
        parties.add(record.getCustodian());
        parties.addAll(record.getReplicasList());
        writes.put(StateKeys.record(record.getId()), record).notify(event, parties, record.getId());
        return Outcome.applied(writes, record.getId(), record.getVersion());
    }

    private static RecordVersion version(Call call, int number, RecordContent content, ByteString sealedReason) {
        return RecordVersion.newBuilder()
                .setVersion(number)
                .setAuthor(call.signatory().name())
                .setTimeMillis(call.timeMillis())
                .setTxId(call.txId())
                .setContent(content)
                .setSealedReason(sealedReason)
                .build();
    }

    /** Only a custodian of the patient can label: nobody else has the scope key, and no label would fail open (PRV-4). */
    private static Optional<Rejection> custody(Call call, RecordRegister register) {
        Optional<PatientState> patient = call.state().patient(register.getPatientId());
        if (patient.isEmpty()) {
            return Optional.of(Refusal.PATIENT_UNKNOWN.rejection());
        }
        Signatory.Person person = call.person().orElseThrow();
        if (!person.isOf(register.getCustodian())
                || !patient.get().getCustodiansList().contains(register.getCustodian())) {
            return Optional.of(Refusal.NOT_CUSTODIAN.under(RULE, "the patient's custodian registers its records"));
        }
        if (!person.worksFor(InstitutionRole.PROVIDER) && !person.worksFor(InstitutionRole.LABORATORY)) {
            return Optional.of(Refusal.INSTITUTION_ROLE.under(RULE, "records are kept by a PROVIDER or a LABORATORY"));
        }
        if (!patient.get().getMergedInto().isEmpty()) {
            return Optional.of(Refusal.PATIENT_MERGED.rejection());
        }
        return content(call, register.getContent(), register.getCustodian(), patient.get());
    }

    private static Optional<Rejection> content(
            Call call, RecordContent content, String custodian, PatientState patient) {
        if (content.getLabelEpoch() != patient.getLabelEpoch()) {
            return Optional.of(Refusal.LABEL_EPOCH_STALE.rejection("the epoch is " + patient.getLabelEpoch()));
        }
        InstitutionState institution = call.state().institution(custodian).orElseThrow();
        return SealedKeys.refusal(content.getDataKeyList(), institution, patient.getId(), Refusal.DATA_KEY_MISSING);
    }

    private static Optional<Rejection> replicas(Call call, RecordRegister register) {
        for (String replica : register.getReplicasList()) {
            boolean usable = !replica.equals(register.getCustodian())
                    && call.state()
                            .institution(replica)
                            .filter(Signatories::isActive)
                            .filter(institution ->
                                    !institution.getPeerEndpoint().isEmpty())
                            .isPresent();
            if (!usable) {
                return Optional.of(Refusal.REPLICA_NOT_ALLOWED.rejection(replica));
            }
        }
        return Optional.empty();
    }

    /**
     * A record of whoever has custody now, the author's institution until it handed the record over; to all others there is
     * none (PRV-8).
     */
    private static Optional<RecordState> inCustody(Call call, ByteString recordId) {
        return call.state().record(recordId).filter(record -> call.person()
                .map(person -> person.isOf(record.getCustodian()))
                .orElse(false));
    }

    private static PatientState patientOf(Call call, RecordState record) {
        return call.state().patient(record.getPatientId()).orElseThrow();
    }
}
