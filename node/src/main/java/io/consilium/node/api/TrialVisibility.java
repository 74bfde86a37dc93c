package io.consilium.node.api;

import com.google.protobuf.ByteString;
import io.consilium.ledger.identity.InstitutionRole;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialDatasetState;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectState;

/**
 * Who sees what of a trial (PRV-8): the registry is everybody's; subjects and datasets, which are pseudonyms and hashes,
 * are shown to the trial's parties and to regulators.
 */
final class TrialVisibility {
    private final LedgerState state;

    TrialVisibility(LedgerState state) {
        this.state = state;
    }

    boolean seesAction(Caller caller, TrialAction action) {
        return switch (action.getActionCase()) {
            case REGISTER, AMEND, DECIDE, MARK, PUBLISH, RELEASE, SPEND -> true;
            case ENROLL, SUBJECT_CHANGE, SUBMIT, CORRECT -> seesInside(caller, action.getTrialId());
            case ACTION_NOT_SET -> false;
        };
    }

    /** Whether the caller sees who is enrolled and what was submitted. */
    boolean seesInside(Caller caller, ByteString trialId) {
        return caller instanceof Caller.Member member
                && state.trial(trialId).map(trial -> isParty(member, trial)).orElse(false);
    }

    boolean sendsData(Caller caller, ByteString trialId, String sponsor) {
        return caller instanceof Caller.Member member
                && member.roles().contains(MemberRole.CLINICIAN.name())
                && state.trial(trialId)
                        .filter(trial -> trial.getSponsor().equals(sponsor))
                        .map(trial -> trial.getSitesList().contains(member.institution()) || submitted(member, trial))
                        .orElse(false);
    }

    /** An author corrects what it submitted, also when its site was left out since. */
    private boolean submitted(Caller.Member member, TrialState trial) {
        return trial.getDatasetsList().stream()
                .map(entry -> state.trialDataset(entry.getId()).orElseThrow())
                .anyMatch(dataset -> dataset.getVersions(0).getAuthor().equals(member.id()));
    }

    boolean seesSubject(Caller caller, TrialSubjectState subject) {
        return seesInside(caller, subject.getTrialId());
    }

    boolean seesDataset(Caller caller, TrialDatasetState dataset) {
        return seesInside(caller, dataset.getTrialId());
    }

    /** What an event about a trial names: the trial itself, a subject or a dataset. */
    boolean seesObject(Caller caller, ByteString id) {
        return state.trial(id).isPresent()
                || state.trialSubject(id)
                        .map(subject -> seesSubject(caller, subject))
                        .orElse(false)
                || state.trialDataset(id)
                        .map(dataset -> seesDataset(caller, dataset))
                        .orElse(false);
    }

    private static boolean isParty(Caller.Member member, TrialState trial) {
        String institution = member.institution();
        return institution.equals(trial.getSponsor())
                || institution.equals(trial.getEthicsCommittee())
                || trial.getSitesList().contains(institution)
                || member.institutionRoles().contains(InstitutionRole.REGULATOR.name());
    }
}
