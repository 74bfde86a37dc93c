package io.consilium.cli;

import io.consilium.interop.fhir.AuditEvents;
import io.consilium.interop.fhir.AuditLine;
import io.consilium.ledger.access.Accounting.Exemption;
import io.consilium.proto.AccessState;
import io.consilium.proto.DecisionOutcome;
import java.util.List;
import java.util.Optional;

/** Writes audit lines as FHIR AuditEvents; loaded by nothing but the commands that are asked for them (INT-3). */
final class AuditFhir {
    private AuditFhir() {}

    static String bundle(List<AuditEntry> entries, long nowMillis) {
        return AuditEvents.bundle(entries.stream().map(AuditFhir::line).toList(), nowMillis);
    }

    private static AuditLine line(AuditEntry entry) {
        AccessState access = entry.access();
        // what follows on a request has no id of its own but its transaction's
        boolean later = List.of(AuditEntry.Kind.DISCLOSED, AuditEntry.Kind.REVIEWED, AuditEntry.Kind.JUDGED)
                .contains(entry.kind());
        boolean disclosure = entry.kind() == AuditEntry.Kind.DISCLOSED;
        // a break-glass concerns all custodians; the line is answered for by the actor's side
        String custodian = access.getCustodian().isEmpty() ? entry.recipientInstitution() : access.getCustodian();
        return new AuditLine(
                later ? entry.txId() : Ids.text(access.getId()),
                entry.timeMillis(),
                kind(entry),
                custodian,
                entry.kind() == AuditEntry.Kind.REVIEWED ? entry.actor() : access.getRequester(),
                Ids.text(access.getPatientId()),
                Ids.text(access.getRecordId()),
                access.getRecordVersion(),
                access.getPurpose(),
                access.getAction(),
                disclosure ? Optional.of(entry.accountable()) : Optional.empty(),
                entry.exemption().map(Exemption::name));
    }

    private static AuditLine.Kind kind(AuditEntry entry) {
        return switch (entry.kind()) {
            case JUDGED ->
                entry.access().getOutcome().getOutcome() == DecisionOutcome.PERMIT
                        ? AuditLine.Kind.PERMITTED
                        : AuditLine.Kind.DENIED;
            case PERMITTED, CONDITIONAL -> AuditLine.Kind.PERMITTED;
            case DENIED -> AuditLine.Kind.DENIED;
            case USED -> AuditLine.Kind.USE;
            case BREAK_GLASS -> AuditLine.Kind.BREAK_GLASS;
            case REVIEWED -> AuditLine.Kind.REVIEW;
            case DISCLOSED -> AuditLine.Kind.DISCLOSURE;
        };
    }
}
