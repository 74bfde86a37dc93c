package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.ConsentAmend;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRevoke;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ConsentStatus;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.PatientState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Consents are granted, amended and revoked by the patient's own key, by a guardian within the mandate, or by a
 * CONSENT_OFFICER of a custodian who gives the hash of the signed form (CON-1, CON-6). Expiry needs no transaction (CON-4).
 */
public final class ConsentRules {
    /** Before the name under which a consent permits: whom its events are told, besides the custodians (CON-6). */
    public static final String GRANTEE = "grantee:";

    /** Grant, amendments and revocation of one consent. */
    public static final int MAX_HISTORY = 1_024;

    private ConsentRules() {}

    public static Outcome grant(Call call) {
        ConsentGrant grant = call.body().getConsentGrant();
        Optional<PatientState> found = call.state().patient(grant.getPatientId());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.PATIENT_UNKNOWN);
        }
        PatientState patient = found.get();
        Optional<Rejection> refusal = grantor(call, patient)
                .or(() -> evidence(call, grant.getEvidenceHash()))
                .or(() -> ConsentTermsCheck.refusal(call.state(), patient, grant.getTerms(), call.timeMillis()));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (!patient.getMergedInto().isEmpty()) {
            return Outcome.refused(Refusal.PATIENT_MERGED);
        }
        if (call.state().consent(grant.getConsentId()).isPresent()) {
            return Outcome.refused(Refusal.CONSENT_EXISTS);
        }
        Optional<Rejection> full = PatientConsents.full(call.state(), patient, grant.getConsentId());
        if (full.isPresent()) {
            return Outcome.refused(full.get());
        }
        ConsentState consent = ConsentState.newBuilder()
                .setId(grant.getConsentId())
                .setPatientId(grant.getPatientId())
                .setVersion(1)
                .setStatus(ConsentStatus.CONSENT_ACTIVE)
                .setTerms(grant.getTerms())
                .setGrantor(call.signatory().name())
                .setGrantedMillis(call.timeMillis())
                .setChangedMillis(call.timeMillis())
                .setEvidenceHash(grant.getEvidenceHash())
                .addHistory(call.txId())
                .setNumber(patient.getConsentsGranted() + 1)
                .build();
        Writes writes = new Writes()
                .index(LedgerIndexes.of(
                        LedgerIndexes.PATIENT_CONSENTS, patient.getId(), call.timeMillis(), consent.getId()));
        PatientConsents.add(call.state(), patient, consent, writes);
        return applied(EventType.CONSENT_GRANTED, consent, patient, writes);
    }

    public static Outcome amend(Call call) {
        ConsentAmend amend = call.body().getConsentAmend();
        if (call.signatory().subject().isEmpty() && !isOfficer(call)) {
            return Outcome.refused(Refusal.NOT_GRANTOR);
        }
        Optional<ConsentState> found = ofGrantor(call, amend.getConsentId());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.CONSENT_UNKNOWN);
        }
        ConsentState consent = found.get();
        PatientState patient = patientOf(call, consent);
        Optional<Rejection> refusal = evidence(call, amend.getEvidenceHash())
                .or(() -> changeable(consent))
                .or(() -> ConsentTermsCheck.refusal(call.state(), patient, amend.getTerms(), call.timeMillis()));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (amend.getPredecessor() != consent.getVersion()) {
            return Outcome.refused(
                    Refusal.VERSION_CONFLICT.under("CON-6", "the newest version is " + consent.getVersion()));
        }
        if (consent.getHistoryCount() >= MAX_HISTORY) {
            return Outcome.refused(Refusal.VERSION_LIMIT.under("CON-6", "revoke it and grant a new one"));
        }
        ConsentState changed = consent.toBuilder()
                .setVersion(consent.getVersion() + 1)
                .setTerms(amend.getTerms())
                .setGrantor(call.signatory().name())
                .setChangedMillis(call.timeMillis())
                .setEvidenceHash(amend.getEvidenceHash())
                .addHistory(call.txId())
                .build();
        Writes writes = new Writes();
        PatientConsents.replace(call.state(), changed, writes);
        return applied(EventType.CONSENT_AMENDED, changed, consent.getTerms(), patient, writes);
    }

    /** Takes the consent off the patient's list, so that decisions do not read it; its state keeps its history. */
    public static Outcome revoke(Call call) {
        ConsentRevoke revoke = call.body().getConsentRevoke();
        if (call.signatory().subject().isEmpty() && !isOfficer(call)) {
            return Outcome.refused(Refusal.NOT_GRANTOR);
        }
        Optional<ConsentState> found = ofGrantor(call, revoke.getConsentId());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.CONSENT_UNKNOWN);
        }
        ConsentState consent = found.get();
        PatientState patient = patientOf(call, consent);
        // What the patient signed may be a refusal: nobody takes it back on the patient's behalf without a signed form.
        Optional<Rejection> refusal = changeable(consent)
                .or(() ->
                        isSubject(consent.getGrantor()) ? evidence(call, revoke.getEvidenceHash()) : Optional.empty());
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        ConsentState.Builder changed = consent.toBuilder();
        if (!revoke.getEvidenceHash().isEmpty()) {
            changed.setEvidenceHash(revoke.getEvidenceHash());
        }
        changed.setVersion(consent.getVersion() + 1)
                .setStatus(ConsentStatus.CONSENT_REVOKED)
                .setChangedMillis(call.timeMillis())
                .addHistory(call.txId());
        Writes writes = new Writes();
        PatientConsents.remove(call.state(), patient, consent, writes);
        return applied(EventType.CONSENT_REVOKED, changed.build(), patient, writes);
    }

    private static Outcome applied(EventType event, ConsentState consent, PatientState patient, Writes writes) {
        return applied(event, consent, consent.getTerms(), patient, writes);
    }

    /** Those whom the terms before named are told too: a grant that ends is news to its grantee (CON-6). */
    private static Outcome applied(
            EventType event, ConsentState consent, ConsentTerms before, PatientState patient, Writes writes) {
        TreeSet<String> grantees = grantees(consent.getTerms());
        for (String grantee : grantees) {
            // one line for each grantee ever named, at the time of the grant, so that amendments repeat no line
            writes.index(LedgerIndexes.of(
                    LedgerIndexes.GRANTEE_CONSENTS, grantee, consent.getGrantedMillis(), consent.getId()));
        }
        grantees.addAll(grantees(before));
        List<String> parties = new ArrayList<>(patient.getCustodiansList());
        for (String grantee : grantees) {
            if (!grantee.equals(LedgerIndexes.ANYBODY)) {
                parties.add(GRANTEE + grantee);
            }
        }
        writes.put(StateKeys.consent(consent.getId()), consent).notify(event, parties, consent.getId());
        return Outcome.applied(writes, consent.getId(), consent.getVersion());
    }

    private static TreeSet<String> grantees(ConsentTerms terms) {
        TreeSet<String> grantees = new TreeSet<>();
        for (ConsentRule rule : terms.getRulesList()) {
            grantees(rule, rule, grantees);
            rule.getExceptionsList().forEach(exception -> grantees(exception, rule, grantees));
        }
        if (terms.getBasePermit()) {
            grantees.add(LedgerIndexes.ANYBODY);
        }
        return grantees;
    }

    private static void grantees(ConsentRule own, ConsentRule outer, TreeSet<String> grantees) {
        if (!own.getPermit()) {
            return;
        }
        List<String> actors = own.getActorsCount() > 0 ? own.getActorsList() : outer.getActorsList();
        grantees.addAll(actors.isEmpty() ? List.of(LedgerIndexes.ANYBODY) : actors);
    }

    private static Optional<Rejection> grantor(Call call, PatientState patient) {
        return isGrantor(call, patient) ? Optional.empty() : Optional.of(Refusal.NOT_GRANTOR.rejection());
    }

    private static boolean isGrantor(Call call, PatientState patient) {
        return call.isSignedFor(patient.getId())
                || call.isSignedBy(MemberRole.CONSENT_OFFICER, patient.getCustodiansList());
    }

    private static boolean isOfficer(Call call) {
        return call.person()
                .map(person -> person.has(MemberRole.CONSENT_OFFICER))
                .orElse(false);
    }

    /** A consent of a patient that the signatory cannot speak for answers like none (PRV-8). */
    private static Optional<ConsentState> ofGrantor(Call call, ByteString consentId) {
        return call.state().consent(consentId).filter(consent -> isGrantor(call, patientOf(call, consent)));
    }

    /** The signature of the patient or of a guardian is evidence; an officer's is not. */
    private static Optional<Rejection> evidence(Call call, ByteString evidenceHash) {
        boolean missing = call.signatory().subject().isEmpty() && evidenceHash.isEmpty();
        return missing ? Optional.of(Refusal.EVIDENCE_MISSING.rejection()) : Optional.empty();
    }

    /** A patient or a guardian. */
    private static boolean isSubject(String actor) {
        return ActorName.parse(actor)
                .filter(ActorName.Patient.class::isInstance)
                .isPresent();
    }

    private static Optional<Rejection> changeable(ConsentState consent) {
        return consent.getStatus() == ConsentStatus.CONSENT_REVOKED
                ? Optional.of(Refusal.CONSENT_REVOKED.rejection())
                : Optional.empty();
    }

    private static PatientState patientOf(Call call, ConsentState consent) {
        return call.state().patient(consent.getPatientId()).orElseThrow();
    }
}
