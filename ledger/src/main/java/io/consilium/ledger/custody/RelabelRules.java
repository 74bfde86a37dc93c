package io.consilium.ledger.custody;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.consent.ConsentRules;
import io.consilium.ledger.consent.LabelSpace;
import io.consilium.ledger.consent.PatientConsents;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.GuardianRules;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.identity.Signatory;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.ConsentRelabel;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ConsentStatus;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.GuardianState;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.PatientRelabel;
import io.consilium.proto.PatientState;
import io.consilium.proto.RecordRelabel;
import io.consilium.proto.RecordState;
import io.consilium.proto.SealedFor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A patient's next scope key, and what its labels make of consents and records (PRV-7). Nothing has to be whole at once:
 * where labels of a consent and of a record are of different keys, a deny holds and a permit does not, so every state on
 * the way is as closed as the last one or more.
 */
public final class RelabelRules {
    /** Scope keys that a patient can have one after the other. */
    public static final int MAX_EPOCHS = 64;

    private static final String RULE = "PRV-7";

    private RelabelRules() {}

    public static Outcome relabel(Call call) {
        PatientRelabel relabel = call.body().getPatientRelabel();
        Optional<PatientState> found = call.state().patient(relabel.getPatientId());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.PATIENT_UNKNOWN.under(RULE, ""));
        }
        PatientState patient = found.get();
        Writes writes = new Writes();
        Optional<Rejection> refusal = custodiansNode(call, patient, relabel.getRequestedBy())
                .or(() -> epoch(patient, relabel))
                .or(() -> key(call, patient, relabel, writes))
                .or(() -> consents(call, relabel, writes))
                .or(() -> records(call, relabel, writes));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        writes.notify(EventType.PATIENT_RELABELLED, patient.getCustodiansList(), patient.getId());
        return Outcome.applied(writes, patient.getId(), patient.getVersion() + (relabel.hasNewKey() ? 1 : 0));
    }

    /** The node of a custodian, asked by one of those who label, consent or keep privacy there. */
    static Optional<Rejection> custodiansNode(Call call, PatientState patient, String requestedBy) {
        if (!(call.signatory() instanceof Signatory.Node node)) {
            return Optional.of(Refusal.SIGNER_NOT_PERMITTED.under(RULE, "the custodian's node signs"));
        }
        String own = node.institution().getId();
        if (!patient.getCustodiansList().contains(own)) {
            return Optional.of(Refusal.NOT_CUSTODIAN.under(RULE, ""));
        }
        return asked(call, own, requestedBy);
    }

    /** Whether one of those who label, consent or keep privacy at the institution is named as who asked its node. */
    static Optional<Rejection> asked(Call call, String own, String requestedBy) {
        boolean asked = Signatories.person(call.state(), requestedBy)
                .filter(Signatories::isActive)
                .filter(person -> person.isOf(own)
                        && (person.has(MemberRole.CONSENT_OFFICER)
                                || person.has(MemberRole.PRIVACY_OFFICER)
                                || person.has(MemberRole.ADMIN)))
                .isPresent();
        return asked
                ? Optional.empty()
                : Optional.of(Refusal.ROLE_REQUIRED.under(
                        RULE, "CONSENT_OFFICER, PRIVACY_OFFICER or ADMIN of the custodian asks for it"));
    }

    private static Optional<Rejection> epoch(PatientState patient, PatientRelabel relabel) {
        int wanted = patient.getLabelEpoch() + (relabel.hasNewKey() ? 1 : 0);
        if (relabel.getLabelEpoch() != wanted) {
            return Optional.of(Refusal.LABEL_EPOCH_STALE.under(RULE, "the epoch is " + patient.getLabelEpoch()));
        }
        return wanted > MAX_EPOCHS ? Optional.of(Refusal.LABEL_EPOCH_LIMIT.rejection()) : Optional.empty();
    }

    /** Everybody who may label for the patient gets the key, and nobody who may not any more. */
    private static Optional<Rejection> key(Call call, PatientState patient, PatientRelabel relabel, Writes writes) {
        if (!relabel.hasNewKey()) {
            return Optional.empty();
        }
        List<ByteString> guardians = GuardianRules.current(call.state(), patient, call.timeMillis());
        SortedMap<String, ByteString> missing = new TreeMap<>();
        for (String custodian : patient.getCustodiansList()) {
            InstitutionState institution = call.state().institution(custodian).orElseThrow();
            if (Signatories.isActive(institution)) {
                missing.put(custodian, institution.getEncryptionKey().getKey());
            }
        }
        if (patient.hasEncryptionKey()) {
            missing.put(
                    ActorName.hex(patient.getId()), patient.getEncryptionKey().getKey());
        }
        for (ByteString guardian : guardians) {
            missing.put(
                    ActorName.hex(guardian),
                    call.state()
                            .guardian(guardian)
                            .orElseThrow()
                            .getEncryptionKey()
                            .getKey());
        }
        SortedMap<String, SealedFor> sealed = new TreeMap<>();
        for (SealedFor envelope : relabel.getNewKey().getScopeKeyList()) {
            ByteString key = missing.remove(envelope.getRecipient());
            if (key == null) {
                return Optional.of(Refusal.RECIPIENT_NOT_ALLOWED.under(RULE, ""));
            }
            if (!key.equals(envelope.getRecipientKey())) {
                return Optional.of(Refusal.RECIPIENT_KEY_STALE.under(RULE, ""));
            }
            sealed.put(envelope.getRecipient(), envelope);
        }
        if (!missing.isEmpty()) {
            return Optional.of(Refusal.SCOPE_KEY_MISSING.under(RULE, "for " + missing.firstKey()));
        }
        for (ByteString id : guardians) {
            GuardianState guardian = call.state().guardian(id).orElseThrow();
            writes.put(
                    StateKeys.guardian(id),
                    guardian.toBuilder()
                            .setScopeKey(sealed.remove(ActorName.hex(id)))
                            .setLabelEpoch(relabel.getLabelEpoch())
                            .setVersion(guardian.getVersion() + 1)
                            .build());
        }
        writes.put(
                StateKeys.patient(patient.getId()),
                patient.toBuilder()
                        .clearScopeKey()
                        .addAllScopeKey(sealed.values())
                        .addEarlierKeys(relabel.getNewKey().getPreviousKey())
                        .setLabelEpoch(relabel.getLabelEpoch())
                        .setVersion(patient.getVersion() + 1)
                        .build());
        return Optional.empty();
    }

    private static Optional<Rejection> consents(Call call, PatientRelabel relabel, Writes writes) {
        List<ConsentState> changed = new ArrayList<>();
        for (ConsentRelabel each : relabel.getConsentsList()) {
            Optional<ConsentState> found = call.state()
                    .consent(each.getConsentId())
                    .filter(consent -> consent.getPatientId().equals(relabel.getPatientId()));
            if (found.isEmpty()) {
                return Optional.of(Refusal.CONSENT_UNKNOWN.under(RULE, ""));
            }
            ConsentState consent = found.get();
            if (consent.getStatus() == ConsentStatus.CONSENT_REVOKED) {
                return Optional.of(Refusal.CONSENT_REVOKED.under(RULE, ""));
            }
            if (each.getPredecessor() != consent.getVersion()) {
                return Optional.of(Refusal.VERSION_CONFLICT.under(RULE, "a consent has another version"));
            }
            if (consent.getHistoryCount() >= ConsentRules.MAX_HISTORY) {
                return Optional.of(Refusal.VERSION_LIMIT.under(RULE, "revoke the consent and grant a new one"));
            }
            boolean stale = LabelSpace.isUsedBy(consent.getTerms())
                    && LabelSpace.epoch(consent.getTerms()) < relabel.getLabelEpoch();
            Optional<ConsentTerms> terms =
                    stale ? Relabelled.terms(consent.getTerms(), each, relabel.getLabelEpoch()) : Optional.empty();
            if (terms.isEmpty()) {
                return Optional.of(Refusal.LABELS_UNFIT.rejection("of a consent"));
            }
            ConsentState next = consent.toBuilder()
                    .setTerms(terms.get())
                    .setVersion(consent.getVersion() + 1)
                    .setChangedMillis(call.timeMillis())
                    .addHistory(call.txId())
                    .build();
            writes.put(StateKeys.consent(next.getId()), next);
            changed.add(next);
        }
        PatientConsents.replaceAll(call.state(), changed, writes);
        return Optional.empty();
    }

    private static Optional<Rejection> records(Call call, PatientRelabel relabel, Writes writes) {
        String own = call.signatory().name();
        for (RecordRelabel each : relabel.getRecordsList()) {
            Optional<RecordState> found = call.state()
                    .record(each.getRecordId())
                    .filter(record -> record.getPatientId().equals(relabel.getPatientId()));
            if (found.isEmpty()) {
                return Optional.of(Refusal.RECORD_UNKNOWN.under(RULE, ""));
            }
            RecordState record = found.get();
            if (!record.getCustodian().equals(own)) {
                return Optional.of(Refusal.NOT_CUSTODIAN.under(RULE, "a record's custodian labels it"));
            }
            if (each.getPredecessor() != record.getVersion()) {
                return Optional.of(Refusal.VERSION_CONFLICT.under(RULE, "a record has another version"));
            }
            Optional<RecordState> changed = Relabelled.record(record, each, relabel.getLabelEpoch());
            if (changed.isEmpty()) {
                return Optional.of(Refusal.LABELS_UNFIT.rejection("of a record"));
            }
            writes.put(StateKeys.record(record.getId()), changed.get());
        }
        return Optional.empty();
    }
}
