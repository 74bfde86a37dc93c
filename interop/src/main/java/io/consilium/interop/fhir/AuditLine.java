package io.consilium.interop.fhir;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One line of a patient's log or of the accounting of disclosures, in the ledger's words (ACC-4).
 *
 * @param id what makes the line one of its kind: an access id for a decision or a use, the transaction id for a
 *     disclosure; lowercase hex, at least 32 digits
 * @param timeMillis block time of the transaction behind it, milliseconds since 1970
 * @param custodian institution that holds the record and answers for the line; of a disclosure the discloser
 * @param recipient member who asked, used or received, as {@code institution/handle}
 * @param patientId the patient's random subject id in hex, never an identifier of the world outside (PRV-1)
 * @param recordId in hex; empty where a break-glass is of the whole patient
 * @param recordVersion from 1; 0 where the line names none
 * @param purpose an HL7 v3 PurposeOfUse code
 * @param action a consent action of the ledger: access, correct or disclose
 * @param accountable whether 45 CFR 164.528 wants it accounted for; empty for lines that are no disclosures
 * @param exemption why it does not, as a code
 */
public record AuditLine(
        String id,
        long timeMillis,
        Kind kind,
        String custodian,
        String recipient,
        String patientId,
        String recordId,
        long recordVersion,
        String purpose,
        String action,
        Optional<Boolean> accountable,
        Optional<String> exemption) {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{32,64}");

    /** What happened. */
    public enum Kind {
        /** The custodian's own staff read the record (ACC-1). */
        USE,
        /** The chain permitted an access; nothing was handed over yet. */
        PERMITTED,
        /** The chain denied an access. */
        DENIED,
        /** The record went to another institution (ACC-2). */
        DISCLOSURE,
        /** A clinician broke the glass, of one record or of all (ACC-3). */
        BREAK_GLASS,
        /** A privacy officer reviewed that (ACC-3). */
        REVIEW
    }

    public AuditLine {
        requireHex(id, "id");
        requireHex(patientId, "patientId");
        boolean ofPatient = kind == Kind.BREAK_GLASS || kind == Kind.REVIEW || kind == Kind.DENIED;
        if (!(ofPatient && recordId.isEmpty())) {
            requireHex(recordId, "recordId");
        }
        if (custodian.isEmpty() || recipient.isEmpty() || purpose.isEmpty() || action.isEmpty()) {
            throw new IllegalArgumentException("custodian, recipient, purpose and action are never empty");
        }
        if (timeMillis < 0 || recordVersion < 0) {
            throw new IllegalArgumentException("time and version are not negative");
        }
    }

    private static void requireHex(String text, String name) {
        if (!HEX.matcher(text).matches()) {
            throw new IllegalArgumentException(name + " is 32 to 64 lowercase hex digits");
        }
    }
}
