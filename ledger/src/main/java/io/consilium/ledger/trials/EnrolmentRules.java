package io.consilium.ledger.trials;

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
import io.consilium.proto.TrialConsent;
import io.consilium.proto.TrialEnroll;
import io.consilium.proto.TrialNullifierState;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectChange;
import io.consilium.proto.TrialSubjectState;
import java.util.Optional;

/** Subjects under random pseudonyms, each with informed consent on the form that is registered now (TRI-3, TRI-4). */
final class EnrolmentRules {
    static final int MAX_CONSENTS = 32;

    private static final String RULE = "TRI-4";

    private EnrolmentRules() {}

    static Outcome enroll(Call call, TrialState trial) {
        TrialEnroll enroll = call.body().getTrial().getEnroll();
        Optional<Rejection> refusal = bySite(call, trial)
                .or(() -> EthicsApproval.refusal(trial, call.timeMillis()))
                .or(() -> TrialRules.unlocked(trial))
                .or(() -> form(trial, enroll.getIcfVersion()));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (call.state().trialNullifier(enroll.getNullifier()).isPresent()) {
            return Outcome.refused(Refusal.ALREADY_ENROLLED);
        }
        if (call.state().trialSubject(enroll.getPseudonym()).isPresent()) {
            return Outcome.refused(Refusal.PSEUDONYM_EXISTS);
        }
        TrialSubjectState subject = TrialSubjectState.newBuilder()
                .setPseudonym(enroll.getPseudonym())
                .setTrialId(trial.getId())
                .setVersion(1)
                .setSite(ActorName.institutionOf(call.signatory().name()))
                .setStatus(SubjectStatus.PENDING_ON_STUDY.code())
                .addConsents(consent(call, enroll.getIcfVersion(), enroll.getEvidenceHash()))
                .setEnrolledMillis(call.timeMillis())
                .setChangedMillis(call.timeMillis())
                .setNullifier(enroll.getNullifier())
                .build();
        Writes writes = new Writes()
                .put(StateKeys.trialSubject(enroll.getPseudonym()), subject)
                .put(
                        StateKeys.trialNullifier(enroll.getNullifier()),
                        TrialNullifierState.newBuilder()
                                .setNullifier(enroll.getNullifier())
                                .setPseudonym(enroll.getPseudonym())
                                .setVersion(1)
                                .build())
                .index(LedgerIndexes.of(
                        LedgerIndexes.TRIAL_SUBJECTS, trial.getId(), call.timeMillis(), enroll.getPseudonym()));
        TrialState.Builder next =
                trial.toBuilder().setVersion(trial.getVersion() + 1).setEnrolled(trial.getEnrolled() + 1);
        if (trial.getFirstEnrolledMillis() == 0) {
            next.setFirstEnrolledMillis(call.timeMillis());
        }
        writes.put(StateKeys.trial(trial.getId()), next.build());
        writes.notify(EventType.TRIAL_ENROLLED, TrialRules.parties(trial), enroll.getPseudonym());
        return Outcome.applied(writes, enroll.getPseudonym(), 1);
    }

    static Outcome change(Call call, TrialState trial) {
        TrialSubjectChange change = call.body().getTrial().getSubjectChange();
        Optional<TrialSubjectState> found = call.state()
                .trialSubject(change.getPseudonym())
                .filter(subject -> subject.getTrialId().equals(trial.getId()));
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.SUBJECT_UNKNOWN);
        }
        TrialSubjectState subject = found.get();
        Optional<Rejection> refusal = call.requireRole(RULE, MemberRole.CLINICIAN)
                .or(() -> TrialRules.isOf(call, subject.getSite())
                        ? Optional.empty()
                        : Optional.of(Refusal.NOT_TRIAL_SITE.under(RULE, "the subject's site decides")))
                .or(() -> status(subject, change))
                .or(() -> renewal(call, trial, subject, change));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        TrialSubjectState.Builder next =
                subject.toBuilder().setVersion(subject.getVersion() + 1).setChangedMillis(call.timeMillis());
        if (!change.getStatus().isEmpty()) {
            next.setStatus(change.getStatus());
        }
        if (!change.getIcfVersion().isEmpty()) {
            next.addConsents(consent(call, change.getIcfVersion(), change.getEvidenceHash()));
        }
        TrialState.Builder counted =
                trial.toBuilder().setVersion(trial.getVersion() + 1).setSubjectChanges(trial.getSubjectChanges() + 1);
        Writes writes = new Writes()
                .put(StateKeys.trialSubject(subject.getPseudonym()), next.build())
                .put(StateKeys.trial(trial.getId()), counted.build())
                .notify(EventType.TRIAL_SUBJECT_CHANGED, TrialRules.parties(trial), subject.getPseudonym());
        return Outcome.applied(writes, subject.getPseudonym(), next.getVersion());
    }

    private static Optional<Rejection> bySite(Call call, TrialState trial) {
        return call.requireRole(RULE, MemberRole.CLINICIAN)
                .or(() -> trial.getSitesList().stream().anyMatch(site -> TrialRules.isOf(call, site))
                        ? Optional.empty()
                        : Optional.of(Refusal.NOT_TRIAL_SITE.rejection()));
    }

    /** TRI-3: a form that was registered before and is not now is stale; any other is none of this trial's. */
    private static Optional<Rejection> form(TrialState trial, String icfVersion) {
        String current = EthicsApproval.current(trial).getIcfVersion();
        if (icfVersion.equals(current)) {
            return Optional.empty();
        }
        boolean earlier = trial.getVersionsList().stream()
                .anyMatch(version -> version.getIcfVersion().equals(icfVersion));
        return Optional.of((earlier ? Refusal.ICF_VERSION_STALE : Refusal.ICF_VERSION_UNKNOWN)
                .rejection("form " + current + " is registered now"));
    }

    /** A consent may be renewed after the study, for later uses of the data, but not after the withdrawal. */
    private static Optional<Rejection> status(TrialSubjectState subject, TrialSubjectChange change) {
        if (subject.getStatus().equals(SubjectStatus.WITHDRAWN.code())) {
            return Optional.of(Refusal.SUBJECT_STATUS_FINAL.rejection(subject.getStatus()));
        }
        if (change.getStatus().isEmpty()) {
            return change.getIcfVersion().isEmpty()
                    ? Optional.of(Refusal.SUBJECT_UNCHANGED.rejection())
                    : Optional.empty();
        }
        if (SubjectStatus.of(change.getStatus()).isEmpty()) {
            return Optional.of(Refusal.SUBJECT_STATUS_UNKNOWN.rejection());
        }
        boolean last =
                SubjectStatus.of(subject.getStatus()).map(SubjectStatus::isLast).orElse(false);
        // Consent may be withdrawn after the last visit too: the data are used long after it.
        if (last && !change.getStatus().equals(SubjectStatus.WITHDRAWN.code())) {
            return Optional.of(Refusal.SUBJECT_STATUS_FINAL.rejection(subject.getStatus()));
        }
        return change.getStatus().equals(subject.getStatus())
                ? Optional.of(Refusal.SUBJECT_UNCHANGED.rejection())
                : Optional.empty();
    }

    /** Consent is renewed as it is given first: on the registered form, with evidence, under a valid approval. */
    private static Optional<Rejection> renewal(
            Call call, TrialState trial, TrialSubjectState subject, TrialSubjectChange change) {
        if (change.getIcfVersion().isEmpty()) {
            return Optional.empty();
        }
        if (change.getEvidenceHash().isEmpty()) {
            return Optional.of(Refusal.EVIDENCE_MISSING.under(RULE, ""));
        }
        if (subject.getConsentsCount() == MAX_CONSENTS) {
            return Optional.of(Refusal.TRIAL_LIMIT.rejection(MAX_CONSENTS + " consents of a subject"));
        }
        return EthicsApproval.refusal(trial, call.timeMillis()).or(() -> form(trial, change.getIcfVersion()));
    }

    private static TrialConsent consent(Call call, String icfVersion, ByteString evidence) {
        return TrialConsent.newBuilder()
                .setIcfVersion(icfVersion)
                .setEvidenceHash(evidence)
                .setTimeMillis(call.timeMillis())
                .setClinician(call.signatory().name())
                .build();
    }
}
