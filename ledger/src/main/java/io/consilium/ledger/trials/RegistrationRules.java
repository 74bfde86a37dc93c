package io.consilium.ledger.trials;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.InstitutionRole;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.TrialAmend;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialVersion;
import io.consilium.proto.TrialVersionState;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Registration before any data, and its amendments, of which none ever replaces what was registered (TRI-1, TRI-3). */
final class RegistrationRules {
    static final int MAX_VERSIONS = 64;

    private static final String REGISTER = "TRI-1";
    private static final String AMEND = "TRI-3";

    private RegistrationRules() {}

    static Outcome register(Call call) {
        ByteString trialId = call.body().getTrial().getTrialId();
        TrialRegistration registration = call.body().getTrial().getRegister().getRegistration();
        Optional<Rejection> refusal = TrialRules.bySponsor(call, REGISTER, registration.getSponsor())
                .or(() -> parties(call, registration))
                .or(() -> outcomes(registration));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        TrialState.Builder trial = TrialState.newBuilder()
                .setId(trialId)
                .setSponsor(registration.getSponsor())
                .setEthicsCommittee(registration.getEthicsCommittee());
        Writes writes = new Writes()
                .index(LedgerIndexes.of(LedgerIndexes.TRIALS, LedgerIndexes.EVERY, call.timeMillis(), trialId));
        version(call, trial, registration, writes);
        return TrialRules.changed(call, trial, writes, EventType.TRIAL_REGISTERED);
    }

    static Outcome amend(Call call, TrialState trial) {
        TrialAmend amend = call.body().getTrial().getAmend();
        TrialRegistration registration = amend.getRegistration();
        TrialVersion current = EthicsApproval.current(trial);
        Optional<Rejection> refusal = TrialRules.bySponsor(call, AMEND, trial.getSponsor());
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (amend.getPredecessor() != current.getNumber()) {
            return Outcome.refused(
                    Refusal.TRIAL_VERSION_CONFLICT.rejection("version " + current.getNumber() + " is registered now"));
        }
        if (trial.getVersionsCount() == MAX_VERSIONS) {
            return Outcome.refused(Refusal.TRIAL_LIMIT.rejection(MAX_VERSIONS + " versions"));
        }
        if (!registration.getSponsor().equals(trial.getSponsor())
                || !registration.getEthicsCommittee().equals(trial.getEthicsCommittee())) {
            return Outcome.refused(Refusal.TRIAL_PARTY_FIXED);
        }
        if (TrialIds.contentHash(registration).equals(current.getContentHash())) {
            return Outcome.refused(Refusal.AMENDMENT_EMPTY);
        }
        refusal = parties(call, registration)
                .or(() -> outcomes(registration))
                .or(() -> budget(trial, registration))
                .or(() -> anonymity(trial, registration));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Writes writes = new Writes();
        TrialState.Builder next = trial.toBuilder();
        version(call, next, registration, writes);
        return TrialRules.changed(call, next, writes, EventType.TRIAL_AMENDED);
    }

    private static void version(Call call, TrialState.Builder trial, TrialRegistration registration, Writes writes) {
        long number = trial.getVersionsCount() + 1L;
        ByteString document = TrialIds.versionDocument(trial.getId(), number);
        trial.clearSites()
                .addAllSites(registration.getSitesList())
                .setBudgetMicros(registration.getPrivacyBudgetMicros())
                .setAnonymityThreshold(registration.getAnonymityThreshold())
                .addVersions(TrialVersion.newBuilder()
                        .setNumber(number)
                        .setDocumentId(document)
                        .setContentHash(TrialIds.contentHash(registration))
                        .setProtocolVersion(registration.getProtocolVersion())
                        .setIcfVersion(registration.getIcfVersion())
                        .setTimeMillis(call.timeMillis())
                        .setAuthor(call.signatory().name())
                        .setTxId(call.txId()));
        writes.put(
                StateKeys.trialVersion(document),
                TrialVersionState.newBuilder()
                        .setTrialId(trial.getId())
                        .setVersion(number)
                        .setRegistration(registration)
                        .build());
    }

    private static Optional<Rejection> parties(Call call, TrialRegistration registration) {
        if (registration.getSponsor().equals(registration.getEthicsCommittee())) {
            return Optional.of(Refusal.TRIAL_PARTY_TWICE.rejection());
        }
        Optional<Rejection> refusal = party(call, registration.getSponsor(), InstitutionRole.SPONSOR)
                .or(() -> party(call, registration.getEthicsCommittee(), InstitutionRole.ETHICS_COMMITTEE));
        for (String site : registration.getSitesList()) {
            refusal = refusal.or(() -> party(call, site, InstitutionRole.PROVIDER));
        }
        for (String sponsor : registration.getSecondarySponsorsList()) {
            refusal = refusal.or(() -> known(call, sponsor));
        }
        return refusal.or(() -> known(call, registration.getPublicContact()))
                .or(() -> known(call, registration.getScientificContact()));
    }

    private static Optional<Rejection> known(Call call, String slug) {
        return call.state().institution(slug).isPresent()
                ? Optional.empty()
                : Optional.of(Refusal.INSTITUTION_UNKNOWN.under(REGISTER, slug));
    }

    private static Optional<Rejection> party(Call call, String slug, InstitutionRole role) {
        Optional<InstitutionState> institution = call.state().institution(slug);
        if (institution.isEmpty()) {
            return known(call, slug);
        }
        if (!Signatories.isActive(institution.get())) {
            return Optional.of(Refusal.INSTITUTION_INACTIVE.under(REGISTER, slug));
        }
        return institution.get().getRolesList().contains(role.name())
                ? Optional.empty()
                : Optional.of(Refusal.INSTITUTION_ROLE.under(REGISTER, slug + " is no " + role.name()));
    }

    private static Optional<Rejection> outcomes(TrialRegistration registration) {
        Optional<Rejection> repeated = distinct(REGISTER, registration.getOutcomesList());
        if (repeated.isPresent()) {
            return repeated;
        }
        return registration.getOutcomesList().stream().anyMatch(TrialOutcome::getPrimary)
                ? Optional.empty()
                : Optional.of(Refusal.PRIMARY_OUTCOME_MISSING.rejection());
    }

    /** Outcomes are known by their names, so that a report can be held against them (TRI-6). */
    static Optional<Rejection> distinct(String rule, List<TrialOutcome> outcomes) {
        TreeSet<String> names = new TreeSet<>();
        for (int i = 0; i < outcomes.size(); i++) {
            if (!names.add(OutcomeClassification.normal(outcomes.get(i).getName()))) {
                return Optional.of(Refusal.OUTCOME_REPEATED.under(rule, "outcomes[" + i + "].name"));
            }
        }
        return Optional.empty();
    }

    /** What is spent is spent: an amendment may not take the budget below it (TRI-7). */
    private static Optional<Rejection> budget(TrialState trial, TrialRegistration registration) {
        return registration.getPrivacyBudgetMicros() >= trial.getSpentMicros()
                ? Optional.empty()
                : Optional.of(Refusal.BUDGET_SPENT.rejection("more than that is spent already"));
    }

    /** What was released under a threshold stays as safe as that promised (TRI-7). */
    private static Optional<Rejection> anonymity(TrialState trial, TrialRegistration registration) {
        return trial.getReleasesCount() == 0 || registration.getAnonymityThreshold() >= trial.getAnonymityThreshold()
                ? Optional.empty()
                : Optional.of(Refusal.ANONYMITY_LOWERED.rejection());
    }
}
