package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.Submitter;
import io.consilium.ledger.consent.ConsentAction;
import io.consilium.ledger.consent.PurposeOfUse;
import io.consilium.ledger.records.ErasureRules;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.Period;
import java.util.Locale;

/** What the ledger refuses and a client can tell beforehand, with the ledger's own codes, so that no block is spent on it. */
final class BeforeSubmit {
    private BeforeSubmit() {}

    /** An HL7 v3 PurposeOfUse code, in any case (CON-3). */
    static String purpose(String text) throws ClientException {
        String code = text.toUpperCase(Locale.ROOT);
        if (PurposeOfUse.of(code).isEmpty()) {
            throw Submitter.failure(Refusal.PURPOSE_UNKNOWN, "--purpose", text);
        }
        return code;
    }

    static String action(String text) throws ClientException {
        String code = text.toLowerCase(Locale.ROOT);
        if (ConsentAction.of(code).isEmpty()) {
            throw Submitter.failure(Refusal.ACTION_UNKNOWN, "--action", text);
        }
        return code;
    }

    static String basis(String text) throws ClientException {
        if (!ErasureRules.BASES.contains(text)) {
            throw Submitter.failure(Refusal.ERASURE_BASIS_UNKNOWN, "--basis", text);
        }
        return text;
    }

    static String ground(String text) throws ClientException {
        if (!ErasureRules.GROUNDS.contains(text)) {
            throw Submitter.failure(Refusal.HOLD_GROUND_UNKNOWN, "--ground", text);
        }
        return text;
    }

    /** A period that ends after it starts, and after now; 0 leaves a side open (CON-4). */
    static Period period(Period period, long nowMillis) throws ClientException {
        if (period.getEndMillis() != 0 && period.getEndMillis() <= period.getStartMillis()) {
            throw Submitter.failure(Refusal.PERIOD_EMPTY, "--until");
        }
        if (period.getEndMillis() != 0 && period.getEndMillis() <= nowMillis) {
            throw Submitter.failure(Refusal.PERIOD_OVER, "--until");
        }
        return period;
    }
}
