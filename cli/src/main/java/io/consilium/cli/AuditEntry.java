package io.consilium.cli;

import io.consilium.ledger.access.Accounting;
import io.consilium.ledger.access.Accounting.Exemption;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.AccessState;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.Review;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One line of a patient's log: who did what, when, and what the signature means (ACC-4, ACC-5).
 *
 * @param timeMillis block time of the transaction behind it
 * @param actor who signed it
 * @param exemption of a disclosure that need not be accounted for
 */
record AuditEntry(
        AccessState access, Kind kind, long timeMillis, String actor, String txId, Optional<Exemption> exemption) {
    /** What happened, with what the signature under it means. */
    enum Kind {
        PERMITTED("asked for access, which was permitted"),
        DENIED("asked for access, which was denied"),
        CONDITIONAL("asked for access, which the custodian has to decide"),
        JUDGED("judged the sealed conditions"),
        USED("read it as the custodian's own staff"),
        BREAK_GLASS("broke the glass"),
        REVIEWED("reviewed the break-glass"),
        DISCLOSED("handed it over");

        private final String meaning;

        Kind(String meaning) {
            this.meaning = meaning;
        }

        String code() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    /** The lines of accesses, in order of time. */
    static List<AuditEntry> of(List<AccessState> accesses) {
        Map<String, AccessState> glasses = new LinkedHashMap<>();
        for (AccessState access : accesses) {
            if (access.hasBreakGlass()) {
                glasses.put(Ids.text(access.getId()), access);
            }
        }
        List<AuditEntry> entries = new ArrayList<>();
        for (AccessState access : accesses) {
            entries.add(asked(access));
            if (access.getBreakGlass().hasReview()) {
                Review review = access.getBreakGlass().getReview();
                entries.add(new AuditEntry(
                        access,
                        Kind.REVIEWED,
                        review.getTimeMillis(),
                        review.getReviewer(),
                        Ids.text(review.getTxId()),
                        Optional.empty()));
            }
            if (access.hasOutcome()) {
                entries.add(new AuditEntry(
                        access,
                        Kind.JUDGED,
                        access.getOutcome().getTimeMillis(),
                        access.getCustodian(),
                        Ids.text(access.getOutcome().getTxId()),
                        Optional.empty()));
            }
            if (access.hasDisclosure()) {
                entries.add(new AuditEntry(
                        access,
                        Kind.DISCLOSED,
                        access.getDisclosure().getTimeMillis(),
                        access.getDisclosure().getDiscloser(),
                        Ids.text(access.getDisclosure().getTxId()),
                        exemption(access, glasses)));
            }
        }
        entries.sort(Comparator.comparingLong(AuditEntry::timeMillis));
        return entries;
    }

    /** A read under a break-glass that is not in the list is accounted for: nobody here knows what its review found. */
    private static Optional<Accounting.Exemption> exemption(AccessState read, Map<String, AccessState> glasses) {
        if (read.getBreakGlassId().isEmpty()) {
            return Accounting.exemption(read, Optional.empty());
        }
        return Optional.ofNullable(glasses.get(Ids.text(read.getBreakGlassId())))
                .map(AccessState::getBreakGlass)
                .flatMap(glass -> Accounting.exemption(
                        read, glass.hasReview() ? Optional.of(glass.getReview()) : Optional.empty()));
    }

    private static AuditEntry asked(AccessState access) {
        Kind kind =
                switch (access.getDecision().getOutcome()) {
                    case DENY -> Kind.DENIED;
                    case PERMIT_CONDITIONAL -> Kind.CONDITIONAL;
                    default -> permitted(access);
                };
        return new AuditEntry(
                access,
                kind,
                access.getTimeMillis(),
                access.getRequester(),
                Ids.text(access.getTxId()),
                Optional.empty());
    }

    private static Kind permitted(AccessState access) {
        if (access.hasBreakGlass()) {
            return Kind.BREAK_GLASS;
        }
        return access.getUse() ? Kind.USED : Kind.PERMITTED;
    }

    boolean accountable() {
        return kind == Kind.DISCLOSED && exemption.isEmpty();
    }

    String recipientInstitution() {
        return ActorName.institutionOf(access.getRequester());
    }

    /** What the signature of this line means, in words (ACC-5). */
    String meaning() {
        if (kind == Kind.REVIEWED) {
            return kind.meaning + " and found it " + BreakGlassSteps.outcome(access.getBreakGlass());
        }
        if (kind == Kind.JUDGED) {
            boolean permitted = access.getOutcome().getOutcome() == DecisionOutcome.PERMIT;
            return kind.meaning + (permitted ? " and permitted it" : " and denied it");
        }
        boolean glass = access.hasBreakGlass() && access.getDecision().getOutcome() == DecisionOutcome.DENY;
        return glass ? "tried to break the glass, which was denied" : kind.meaning;
    }

    /** What was decided at this line: of sealed conditions, when they were judged. */
    private DecisionOutcome decision() {
        return kind == Kind.JUDGED
                ? access.getOutcome().getOutcome()
                : access.getDecision().getOutcome();
    }

    /** A line of the patient's log. */
    Map<String, Object> describe() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("time", Dates.text(timeMillis));
        object.put("kind", kind.code());
        object.put("by", actor);
        object.put("meaning", meaning());
        object.put("purpose", access.getPurpose());
        object.put("action", access.getAction());
        if (!access.getRecordId().isEmpty()) {
            object.put("recordId", Ids.text(access.getRecordId()));
            object.put("recordVersion", access.getRecordVersion());
        }
        object.put("requester", access.getRequester());
        object.put("decision", decision().name());
        object.putAll(ConsentCommands.basis(access.getDecision()));
        if (kind == Kind.JUDGED && !access.getOutcome().getReason().isEmpty()) {
            object.put("reason", access.getOutcome().getReason());
        }
        if (access.getBreakGlass().getReviewDueMillis() > 0) {
            object.put("review", BreakGlassSteps.outcome(access.getBreakGlass()));
        }
        if (!access.getBreakGlassId().isEmpty()) {
            object.put("breakGlassId", Ids.text(access.getBreakGlassId()));
        }
        if (kind == Kind.DISCLOSED) {
            object.put("accountable", accountable());
            object.put("exemption", exemption.map(Exemption::name));
        }
        object.put("accessId", Ids.text(access.getId()));
        object.put("txId", txId);
        return object;
    }

    /** A line of the accounting of disclosures. */
    Map<String, Object> disclosure(String recipientName) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("date", Dates.text(timeMillis));
        object.put("recipient", access.getRequester());
        object.put("recipientName", recipientName);
        object.put("recordId", Ids.text(access.getRecordId()));
        object.put("recordVersion", access.getRecordVersion());
        object.put("purpose", access.getPurpose());
        object.put("accountable", accountable());
        object.put("exemption", exemption.map(Exemption::name));
        object.put("citation", exemption.map(Exemption::citation));
        object.put("discloser", actor);
        object.put("meaning", meaning());
        if (!access.getBreakGlassId().isEmpty()) {
            object.put("breakGlassId", Ids.text(access.getBreakGlassId()));
        }
        object.put("accessId", Ids.text(access.getId()));
        object.put("txId", txId);
        return object;
    }
}
