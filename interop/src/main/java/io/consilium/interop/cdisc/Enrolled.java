package io.consilium.interop.cdisc;

import io.consilium.ledger.trials.SubjectStatus;
import io.consilium.proto.TrialSubjectState;

/** What rows of an enrolled subject are held against. */
public record Enrolled(long enrolledMillis, long changedMillis, boolean withdrawn) {
    public static Enrolled of(TrialSubjectState subject) {
        return new Enrolled(
                subject.getEnrolledMillis(),
                subject.getChangedMillis(),
                subject.getStatus().equals(SubjectStatus.WITHDRAWN.code()));
    }
}
