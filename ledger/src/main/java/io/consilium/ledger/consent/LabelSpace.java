package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.ledger.identity.PatientRules;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;

/**
 * Where labels can be compared: they were made for one patient id and with one scope key (PRV-4, PRV-7).
 *
 * @param epoch of the scope key, counted from 1
 */
public record LabelSpace(ByteString patientId, int epoch) {
    static final LabelSpace NONE = new LabelSpace(ByteString.EMPTY, 0);

    static LabelSpace of(ConsentState consent) {
        return new LabelSpace(consent.getPatientId(), epoch(consent.getTerms()));
    }

    static LabelSpace of(RecordState record, RecordVersion version) {
        return new LabelSpace(record.getPatientId(), version.getContent().getLabelEpoch());
    }

    /** The epoch of the scope key behind a consent's labels, conditions and codes. */
    public static int epoch(ConsentTerms terms) {
        return terms.getLabelEpoch() == 0 ? PatientRules.FIRST_LABEL_EPOCH : terms.getLabelEpoch();
    }

    /** Whether anything in the terms was made with the scope key. */
    public static boolean isUsedBy(ConsentTerms terms) {
        return !terms.getSealedCodes().isEmpty()
                || terms.getRulesList().stream()
                        .anyMatch(rule -> isUsedBy(rule)
                                || rule.getExceptionsList().stream().anyMatch(LabelSpace::isUsedBy));
    }

    private static boolean isUsedBy(ConsentRule rule) {
        return rule.getLabelsCount() > 0 || !rule.getSealedConditions().isEmpty();
    }
}
