package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.interop.cdisc.Enrolled;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.trials.DataUse;
import io.consilium.ledger.trials.EarlierData;
import io.consilium.ledger.trials.EthicsApproval;
import io.consilium.node.api.StateView;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialVersion;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The enrolled subjects of a trial whom a dataset names, as far as they say what may be shared of their data (TRI-4, TRI-7). */
final class TrialSubjects {
    /** As many are remembered at once; who is asked for again is read again. */
    private static final int MAX_KNOWN = 100_000;

    private static final Pattern PSEUDONYM = Pattern.compile("[0-9a-f]{32}");

    private final LedgerState state;
    private final TrialState trial;
    private final Map<String, Optional<Known>> known = new HashMap<>();

    private final EarlierData earlier;
    private final long asOfMillis;

    /** What is kept of a subject: dates and status, and the version whose form was signed last. */
    private record Known(Enrolled enrolled, TrialVersion signed) {}

    private TrialSubjects(StateView view, TrialState trial) {
        this.state = view.state();
        this.trial = trial;
        this.earlier = new EarlierData(trial, version -> registration(state, version));
        this.asOfMillis = view.tipMillis();
    }

    /** Reads of the state while it is asked, so only as long as the view is open. */
    static TrialSubjects of(StateView view, TrialState trial) {
        return new TrialSubjects(view, trial);
    }

    Optional<Enrolled> enrolled(String pseudonym) {
        return of(pseudonym).map(Known::enrolled);
    }

    /** Time of the newest block of which this knows. */
    long asOfMillis() {
        return asOfMillis;
    }

    /** Whether a subject has withdrawn whose earlier data the protocol then leaves out. */
    boolean excluded(String pseudonym) {
        return excluded(pseudonym, asOfMillis);
    }

    /** Whether it was so after the block of a time, by the versions of that time. */
    boolean excluded(String pseudonym, long timeMillis) {
        return of(pseudonym)
                .filter(subject -> subject.enrolled().withdrawn()
                        && earlier.excluded(subject.signed(), subject.enrolled().changedMillis(), timeMillis))
                .isPresent();
    }

    /**
     * Whether the form that each of these consented to last permits a use, by what was registered when it was signed. Who is
     * not enrolled here is taken to have signed the form that is registered now.
     */
    boolean permit(Collection<String> pseudonyms, Collection<String> uses) {
        Map<Long, Boolean> permitting = new HashMap<>();
        for (String pseudonym : pseudonyms) {
            TrialVersion version = of(pseudonym).map(Known::signed).orElse(EthicsApproval.current(trial));
            boolean permitted = permitting.computeIfAbsent(
                    version.getNumber(),
                    number -> DataUse.permits(registration(state, version).getDataUseList(), uses));
            if (!permitted) {
                return false;
            }
        }
        return true;
    }

    private Optional<Known> of(String pseudonym) {
        if (!PSEUDONYM.matcher(pseudonym).matches()) {
            return Optional.empty();
        }
        if (known.size() == MAX_KNOWN) {
            known.clear();
        }
        return known.computeIfAbsent(pseudonym, this::read);
    }

    private Optional<Known> read(String pseudonym) {
        return state.trialSubject(ByteString.copyFrom(HexFormat.of().parseHex(pseudonym)))
                .filter(subject -> subject.getTrialId().equals(trial.getId()))
                .map(subject -> new Known(Enrolled.of(subject), EarlierData.signed(trial, subject)));
    }

    private static TrialRegistration registration(LedgerState state, TrialVersion version) {
        return state.trialVersion(version.getDocumentId()).orElseThrow().getRegistration();
    }
}
