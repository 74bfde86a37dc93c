package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.interop.epcis.EventDraft;
import io.consilium.interop.epcis.EventType;
import io.consilium.interop.epcis.TradeStep;
import io.consilium.interop.epcis.TradeSteps;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.KeyKind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepTermsTest {
    @ParameterizedTest
    @CsvSource({
        "commission, Commission",
        "receive, Receive",
        "dispense, DISPENSE",
        "dispense-partially, DISPENSE_PARTIALLY",
        "sample, SAMPLE",
        "destroy, DESTROY",
        "decommission, DECOMMISSION",
        "export, DECOMMISSION",
        "quarantine, QUARANTINE",
        "mark-suspect, QUARANTINE",
        "mark-illegitimate, QUARANTINE",
        "release, RELEASE",
        "undo, RELEASE",
        "recall, Observed",
        "missing, Observed",
        "not-received, Observed",
    })
    @DisplayName("DRU-1 DRU-4 a step that is exported reads as what it was: nobody receives what was missed")
    void dru1_readsBack(String step, String readAs) throws Exception {
        StepTerms terms = StepTerms.of(step).orElseThrow();
        EventDraft draft = new EventDraft(EventType.OBJECT, Instant.parse("2026-03-02T08:00:00Z"), ZoneOffset.UTC)
                .action(terms.action())
                .readPoint(Gs1Key.of(KeyKind.SGLN, "0614141123452", ""))
                .step(terms.bizStep(), terms.disposition())
                .objects(List.of(Gs1Key.sgtin("00614141123452", "A1")));
        if (step.equals("commission")) {
            draft.batch("L1", LocalDate.of(2031, 12, 31));
        }
        TradeStep read = TradeSteps.of(draft.event()).get(0);
        assertThat(
                        read instanceof TradeStep.Change change
                                ? change.kind().name()
                                : read.getClass().getSimpleName())
                .isEqualTo(readAs);
    }
}
