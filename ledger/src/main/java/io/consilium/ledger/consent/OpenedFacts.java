package io.consilium.ledger.consent;

import io.consilium.proto.Code;
import io.consilium.proto.Conditions;
import io.consilium.proto.Period;
import io.consilium.proto.RecordFacts;
import java.util.Optional;

/**
 * A record's facts in clear, which the custodian's node holds a consent's conditions against (PRV-5). What the facts do not
 * tell holds for a deny and not for a permit, so that ignorance never opens anything.
 *
 * @param facts empty where the record has none, or where they cannot be opened
 */
public record OpenedFacts(Optional<RecordFacts> facts) {
    /** How one rule's conditions fall. */
    public enum Fall {
        HOLDS,
        FAILS,
        /** The facts do not tell. */
        UNKNOWN
    }

    /** A permit needs the record's whole clinical time within the data period; a deny reaches it when they touch. */
    public Fall fall(boolean permit, Conditions conditions) {
        Fall time = conditions.hasDataPeriod() ? time(permit, conditions.getDataPeriod()) : Fall.HOLDS;
        Fall codes = conditions.getCodesCount() > 0 ? codes(conditions) : Fall.HOLDS;
        if (time == Fall.FAILS || codes == Fall.FAILS) {
            return Fall.FAILS;
        }
        return time == Fall.UNKNOWN || codes == Fall.UNKNOWN ? Fall.UNKNOWN : Fall.HOLDS;
    }

    private Fall time(boolean permit, Period wanted) {
        Optional<Period> clinical = facts.filter(RecordFacts::hasClinical).map(RecordFacts::getClinical);
        if (clinical.isEmpty()) {
            return Fall.UNKNOWN;
        }
        long from = clinical.get().getStartMillis();
        long until = clinical.get().getEndMillis();
        boolean startsAfter = wanted.getStartMillis() == 0 || from >= wanted.getStartMillis();
        boolean endsBefore = wanted.getEndMillis() == 0 || until != 0 && until <= wanted.getEndMillis();
        boolean apart = wanted.getEndMillis() != 0 && from >= wanted.getEndMillis()
                || wanted.getStartMillis() != 0 && until != 0 && until <= wanted.getStartMillis();
        boolean holds = permit ? startsAfter && endsBefore : !apart;
        return holds ? Fall.HOLDS : Fall.FAILS;
    }

    private Fall codes(Conditions conditions) {
        if (facts.isEmpty()) {
            return Fall.UNKNOWN;
        }
        for (Code code : conditions.getCodesList()) {
            if (facts.get().getCodesList().contains(code)) {
                return Fall.HOLDS;
            }
        }
        return Fall.FAILS;
    }
}
