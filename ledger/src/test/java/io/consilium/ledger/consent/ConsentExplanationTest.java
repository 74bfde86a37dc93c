package io.consilium.ledger.consent;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.START;
import static io.consilium.ledger.consent.Story.rule;
import static io.consilium.ledger.consent.Story.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.ledger.TestChain;
import io.consilium.proto.Period;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ConsentExplanationTest {
    private static List<String> explain(Story story, String by, String purpose) {
        ConsentExplanation.Explained explained = ConsentExplanation.explain(
                new io.consilium.ledger.state.LedgerState(story.chain::get),
                new DecisionRequest(PATIENT, RECORD, 0, by, purpose, "", START + 3_600_000));
        assertThat(explained.decision()).isEqualTo(story.ask(by, purpose, "", START + 3_600_000));
        assertThat(explained.complete()).isTrue();
        return explained.consents().stream()
                .map(consent -> consent.fate() + " " + consent.answer() + " "
                        + consent.rules().stream()
                                .map(rule -> rule.rule() + "." + rule.exception() + "=" + rule.result())
                                .toList())
                .toList();
    }

    @Test
    @DisplayName(
            "CON-2 the explanation names what decided, and of each other rule the first criterion that does not fit")
    void con2_whyAndWhyNot() {
        Story story = new Story(Sensitivity.N, "a")
                .grant(terms(
                        false,
                        rule(true, "to=riverside for=TREAT", rule(false, "label=b")),
                        rule(true, "to=helix"),
                        rule(true, "to=riverside for=HRESCH"),
                        rule(true, "to=riverside do=correct"),
                        rule(true, "to=riverside other-record"),
                        rule(true, "to=riverside by=helix"),
                        rule(true, "to=riverside until=1"),
                        rule(true, "to=riverside label=z")));
        assertThat(explain(story, BROWN, "TREAT"))
                .containsExactly("DECIDED EXPLICIT_PERMIT [0.-1=DECIDED, 0.0=NOT_LABEL, 1.-1=NOT_ACTOR,"
                        + " 2.-1=NOT_PURPOSE, 3.-1=NOT_ACTION, 4.-1=NOT_RECORD, 5.-1=NOT_AUTHOR, 6.-1=NOT_PERIOD,"
                        + " 7.-1=NOT_LABEL]");
    }

    @Test
    @DisplayName(
            "CON-2 CON-4 of several consents each has its fate: decided, agrees, outranked, silent, not in its period")
    void con2_fates() {
        Story story = new Story(Sensitivity.N)
                .grant(terms(false, rule(true, "to=riverside")))
                .grant(terms(false, rule(false, "to=" + BROWN)))
                .grant(terms(false, rule(false, "to=role:CLINICIAN")))
                .grant(terms(true))
                .grant(terms(false, rule(false, "to=riverside")).toBuilder()
                        .setPeriod(Period.newBuilder().setEndMillis(START + 60_000))
                        .build());
        assertThat(explain(story, BROWN, "TREAT"))
                .containsExactly(
                        "OUTRANKED EXPLICIT_PERMIT [0.-1=MATCHES]",
                        "DECIDED EXPLICIT_DENY [0.-1=DECIDED]",
                        "AGREES EXPLICIT_DENY [0.-1=MATCHES]",
                        "OUTRANKED BASE_PERMIT []",
                        "NOT_IN_PERIOD EXPLICIT_DENY [0.-1=MATCHES]");
        assertThat(explain(story, BROWN, "BTG").get(3)).isEqualTo("SILENT NOTHING []");
    }

    @Test
    @DisplayName("ACC-1 PRV-8 where no consent decides, none is said to have decided")
    void acc1_standingPermits() {
        Story story = new Story(Sensitivity.N).grant(terms(false));
        assertThat(explain(story, ADAMS, "TREAT")).containsExactly("OUTRANKED BASE_DENY []");
        assertThat(explain(story, TestChain.patientName(), "PATRQT")).isEmpty();
    }
}
