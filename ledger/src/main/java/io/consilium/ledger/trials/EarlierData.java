package io.consilium.ledger.trials;

import io.consilium.proto.TrialConsent;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectState;
import io.consilium.proto.TrialVersion;
import io.consilium.proto.WithdrawalRule;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Whether the earlier data of a subject who withdrew are left out (TRI-4). What it was promised is not taken back: they are
 * where the version says so whose form it signed last, or the one that was registered when it left, or any since then.
 */
public final class EarlierData {
    private final TrialState trial;
    private final List<TrialVersion> excluding = new ArrayList<>();

    /** @param registrations what each version of the trial holds */
    public EarlierData(TrialState trial, Function<TrialVersion, TrialRegistration> registrations) {
        this.trial = trial;
        for (TrialVersion version : trial.getVersionsList()) {
            if (registrations.apply(version).getWithdrawalRule() == WithdrawalRule.EXCLUDE_EARLIER_DATA) {
                excluding.add(version);
            }
        }
    }

    /** As it was after the block of a time. */
    public boolean excluded(TrialSubjectState subject, long timeMillis) {
        return subject.getStatus().equals(SubjectStatus.WITHDRAWN.code())
                && excluded(signed(trial, subject), subject.getChangedMillis(), timeMillis);
    }

    /**
     * The same of a subject of whom no more is known than this.
     *
     * @param signed version whose form it signed last
     */
    public boolean excluded(TrialVersion signed, long withdrawnMillis, long timeMillis) {
        return withdrawnMillis <= timeMillis
                && excluding.stream()
                        .anyMatch(version -> version.getNumber() == signed.getNumber()
                                || version.getTimeMillis() <= timeMillis && isRegisteredAt(version, withdrawnMillis));
    }

    /** Whether it was the registered version at a time or came later; of one block the order is not known, so both count. */
    private boolean isRegisteredAt(TrialVersion version, long timeMillis) {
        return version.getNumber() == trial.getVersionsCount()
                || trial.getVersions((int) version.getNumber()).getTimeMillis() >= timeMillis;
    }

    /**
     * The version that was registered and approved when the subject's last consent was given: its form is the one that was
     * signed. Of an amendment in the block of the consent that nobody had decided on, the form cannot have been signed.
     */
    public static TrialVersion signed(TrialState trial, TrialSubjectState subject) {
        TrialConsent consent = subject.getConsents(subject.getConsentsCount() - 1);
        return trial.getVersionsList().stream()
                .filter(version -> version.getIcfVersion().equals(consent.getIcfVersion())
                        && version.getTimeMillis() <= consent.getTimeMillis()
                        && isApproved(trial, version, consent.getTimeMillis()))
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> new IllegalStateException("a consent on a form that was never approved"));
    }

    private static boolean isApproved(TrialState trial, TrialVersion version, long timeMillis) {
        return trial.getDecisionsList().stream()
                .anyMatch(decision -> decision.getTrialVersion() == version.getNumber()
                        && decision.getApproved()
                        && decision.getTimeMillis() <= timeMillis);
    }
}
