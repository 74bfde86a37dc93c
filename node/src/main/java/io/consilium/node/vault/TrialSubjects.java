package io.consilium.node.vault;

import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.trials.DataUse;
import io.consilium.ledger.trials.EthicsApproval;
import io.consilium.ledger.trials.SubjectStatus;
import io.consilium.ledger.tx.ActorName;
import io.consilium.node.api.StateView;
import io.consilium.proto.TrialConsent;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectState;
import io.consilium.proto.TrialVersion;
import io.consilium.proto.WithdrawalRule;
import io.consilium.storage.IndexPage;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The enrolled subjects of a trial, as far as they say what may be shared of their data (TRI-4, TRI-7). */
final class TrialSubjects {
    private static final int PAGE = 1_000;

    private final Map<String, TrialSubjectState> byPseudonym = new HashMap<>();

    /** By the time from which on a version of the protocol was the registered one. */
    private final NavigableMap<Long, WithdrawalRule> rules = new TreeMap<>();

    private final long asOfMillis;

    private TrialSubjects(long asOfMillis) {
        this.asOfMillis = asOfMillis;
    }

    static TrialSubjects of(StateView view, TrialState trial) {
        TrialSubjects subjects = new TrialSubjects(view.tipMillis());
        for (TrialVersion version : trial.getVersionsList()) {
            subjects.rules.put(
                    version.getTimeMillis(), registration(view.state(), version).getWithdrawalRule());
        }
        Optional<byte[]> after = Optional.empty();
        do {
            IndexPage page = view.chain()
                    .scan(LedgerIndexes.TRIAL_SUBJECTS, LedgerIndexes.prefix(trial.getId()), after, PAGE, false);
            for (IndexPage.Item item : page.items()) {
                view.state()
                        .trialSubject(LedgerIndexes.idAt(item.key()))
                        .ifPresent(subject -> subjects.byPseudonym.put(ActorName.hex(subject.getPseudonym()), subject));
            }
            after = page.nextAfterKey();
        } while (after.isPresent());
        return subjects;
    }

    Collection<TrialSubjectState> all() {
        return byPseudonym.values();
    }

    /** Time of the newest block of which this knows. */
    long asOfMillis() {
        return asOfMillis;
    }

    /** Whether a subject has withdrawn whose earlier data the protocol then leaves out. */
    boolean excluded(String pseudonym) {
        return excluded(pseudonym, asOfMillis);
    }

    /** Whether it was so after the block of a time, by the protocol of that time. */
    boolean excluded(String pseudonym, long timeMillis) {
        Map.Entry<Long, WithdrawalRule> rule = rules.floorEntry(timeMillis);
        return rule != null
                && rule.getValue() == WithdrawalRule.EXCLUDE_EARLIER_DATA
                && of(pseudonym)
                        .filter(subject -> subject.getStatus().equals(SubjectStatus.WITHDRAWN.code()))
                        .filter(subject -> subject.getChangedMillis() <= timeMillis)
                        .isPresent();
    }

    /**
     * Whether the form that each of these consented to last permits a use, by what was registered when it was signed. Who is
     * not enrolled here is taken to have signed the form that is registered now.
     */
    boolean permit(LedgerState state, TrialState trial, Collection<String> pseudonyms, Collection<String> uses) {
        Map<Long, Boolean> known = new HashMap<>();
        for (String pseudonym : pseudonyms) {
            TrialVersion version =
                    of(pseudonym).map(subject -> signed(trial, subject)).orElse(EthicsApproval.current(trial));
            boolean permitted = known.computeIfAbsent(
                    version.getNumber(),
                    number -> DataUse.permits(registration(state, version).getDataUseList(), uses));
            if (!permitted) {
                return false;
            }
        }
        return true;
    }

    private Optional<TrialSubjectState> of(String pseudonym) {
        return Optional.ofNullable(byPseudonym.get(pseudonym.toLowerCase(Locale.ROOT)));
    }

    /** The version that was registered when the subject's last consent was given: its form is the one that was signed. */
    private static TrialVersion signed(TrialState trial, TrialSubjectState subject) {
        TrialConsent consent = subject.getConsents(subject.getConsentsCount() - 1);
        return trial.getVersionsList().stream()
                .filter(version -> version.getIcfVersion().equals(consent.getIcfVersion())
                        && version.getTimeMillis() <= consent.getTimeMillis())
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> new IllegalStateException("a consent on a form that was never registered"));
    }

    private static TrialRegistration registration(LedgerState state, TrialVersion version) {
        return state.trialVersion(version.getDocumentId()).orElseThrow().getRegistration();
    }
}
