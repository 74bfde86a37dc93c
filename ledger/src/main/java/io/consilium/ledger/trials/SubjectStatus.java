package io.consilium.ledger.trials;

import java.util.Optional;

/** The states of a subject: FHIR R4 ResearchSubject.status. */
public enum SubjectStatus {
    CANDIDATE("candidate", false),
    ELIGIBLE("eligible", false),
    FOLLOW_UP("follow-up", false),
    INELIGIBLE("ineligible", true),
    NOT_REGISTERED("not-registered", true),
    OFF_STUDY("off-study", true),
    ON_STUDY("on-study", false),
    ON_STUDY_INTERVENTION("on-study-intervention", false),
    ON_STUDY_OBSERVATION("on-study-observation", false),
    PENDING_ON_STUDY("pending-on-study", false),
    POTENTIAL_CANDIDATE("potential-candidate", false),
    SCREENING("screening", false),
    WITHDRAWN("withdrawn", true);

    private final String code;
    private final boolean last;

    SubjectStatus(String code, boolean last) {
        this.code = code;
        this.last = last;
    }

    public String code() {
        return code;
    }

    /** Whether nothing comes after it but a withdrawal. */
    public boolean isLast() {
        return last;
    }

    public static Optional<SubjectStatus> of(String code) {
        for (SubjectStatus status : values()) {
            if (status.code.equals(code)) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }
}
