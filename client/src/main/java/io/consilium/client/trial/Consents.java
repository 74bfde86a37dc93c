package io.consilium.client.trial;

import io.consilium.ledger.trials.SubjectStatus;
import io.consilium.proto.TrialSubjectState;
import java.util.List;

/** What became of those who are enrolled, and whose consent is on an older form (TRI-3). */
public record Consents(long enrolled, long withdrawn, long stale) {
    /** @param form version of the form that is registered now */
    public static Consents of(List<TrialSubjectState> subjects, String form) {
        long withdrawn = subjects.stream()
                .filter(subject -> subject.getStatus().equals(SubjectStatus.WITHDRAWN.code()))
                .count();
        long stale = subjects.stream().filter(subject -> isStale(subject, form)).count();
        return new Consents(subjects.size(), withdrawn, stale);
    }

    /** Whose study is over is asked for no further consent. */
    public static boolean isStale(TrialSubjectState subject, String form) {
        boolean left =
                SubjectStatus.of(subject.getStatus()).map(SubjectStatus::isLast).orElse(false);
        return !left && !form(subject).equals(form);
    }

    /** The version of the form that the subject consented to last. */
    public static String form(TrialSubjectState subject) {
        return subject.getConsents(subject.getConsentsCount() - 1).getIcfVersion();
    }
}
