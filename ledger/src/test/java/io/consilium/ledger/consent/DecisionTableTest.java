package io.consilium.ledger.consent;

import static io.consilium.ledger.TestChain.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.ledger.TestChain;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.Period;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every line of {@code decisions.txt}, which says itself how it is read. */
class DecisionTableTest {
    private static final int PROMISED_CASES = 200;
    private static final long DEFAULT_OFFSET_MILLIS = 3_600_000;

    /** One {@code ask} line under its {@code given}. */
    record Case(String given, List<ConsentTerms> consents, int line, String question, String answer) {
        @Override
        public String toString() {
            return given + " (line " + line + "): " + question;
        }
    }

    /** Reads the table from top to bottom. */
    private static final class Reader {
        private final List<Case> cases = new ArrayList<>();
        private String given = "";
        private List<ConsentTerms.Builder> consents = new ArrayList<>();

        void line(int number, String text) {
            String[] words = text.split(" ", 2);
            String rest = words.length > 1 ? words[1].strip() : "";
            switch (words[0]) {
                case "given" -> {
                    given = rest;
                    consents = new ArrayList<>();
                }
                case "consent" -> consents.add(consent(rest));
                case "permit", "deny" -> last().addRules(Story.rule(words[0].equals("permit"), rest));
                case "but" -> {
                    String[] exception = rest.split(" ", 2);
                    ConsentRule.Builder outer = last().getRulesBuilder(last().getRulesCount() - 1);
                    outer.addExceptions(
                            Story.rule(exception[0].equals("permit"), exception.length > 1 ? exception[1] : ""));
                }
                case "ask" -> {
                    String[] sides = rest.split("->");
                    cases.add(new Case(
                            given,
                            consents.stream().map(ConsentTerms.Builder::build).toList(),
                            number,
                            sides[0].strip(),
                            sides[1].strip()));
                }
                default -> throw new IllegalArgumentException("line " + number + ": " + text);
            }
        }

        private ConsentTerms.Builder last() {
            return consents.get(consents.size() - 1);
        }

        private static ConsentTerms.Builder consent(String text) {
            List<String> words = List.of(text.split(" "));
            ConsentTerms.Builder terms =
                    ConsentTerms.newBuilder().setBasePermit(words.get(0).equals("permit"));
            Period period = Story.rule(true, String.join(" ", words.subList(1, words.size())))
                    .getPeriod();
            return period.equals(Period.getDefaultInstance()) ? terms : terms.setPeriod(period);
        }
    }

    static Stream<Case> cases() throws IOException {
        try (InputStream in = Objects.requireNonNull(DecisionTableTest.class.getResourceAsStream("decisions.txt"))) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            Reader reader = new Reader();
            for (int i = 0; i < lines.size(); i++) {
                String text = lines.get(i).strip();
                if (!text.isEmpty() && !text.startsWith("#")) {
                    reader.line(i + 1, text);
                }
            }
            return reader.cases.stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    @DisplayName("CON-1 CON-2 CON-3 CON-4 ACC-1 PRV-5 PRV-8 the table of decisions")
    void con2_decides(Case given) {
        String[] asked = given.question().split(" ");
        String[] record = asked[0].split(":");
        String[] labels = record.length > 1 ? record[1].split(",") : new String[0];
        Story story = new Story(Sensitivity.of(record[0]).orElseThrow(), labels);
        given.consents().forEach(story::grant);
        String by = asked[1].equals("patient") ? TestChain.patientName() : asked[1];
        List<String> more = Arrays.asList(asked).subList(3, asked.length);
        String action =
                more.stream().filter(word -> !word.startsWith("@")).findFirst().orElse("");
        long offset = more.stream()
                .filter(word -> word.startsWith("@"))
                .map(word -> Long.parseLong(word.substring(1)))
                .findFirst()
                .orElse(DEFAULT_OFFSET_MILLIS);
        Decision decision = story.ask(by, asked[2], action, START + offset);
        assertThat(text(decision, given.consents().size())).as(given.toString()).isEqualTo(given.answer());
    }

    /** Outcome, reason, and consent:rule:exception if a consent decided. */
    private static String text(Decision decision, int consents) {
        String text = decision.outcome() + " " + decision.reason();
        for (int i = 0; i < consents; i++) {
            if (decision.consentId().equals(Story.consentId(i))) {
                return text + " " + i + ":" + decision.rule() + ":" + decision.exception();
            }
        }
        return text;
    }

    @Test
    void theTableHasTheCasesThatArePromisedOfEveryOutcome() throws IOException {
        List<Case> cases = cases().toList();
        assertThat(cases).hasSizeGreaterThanOrEqualTo(PROMISED_CASES);
        for (DecisionOutcome outcome :
                List.of(DecisionOutcome.PERMIT, DecisionOutcome.DENY, DecisionOutcome.PERMIT_CONDITIONAL)) {
            assertThat(cases).anyMatch(each -> each.answer().startsWith(outcome.name() + " "));
        }
        for (Decision.Reason reason : Decision.Reason.values()) {
            boolean askedElsewhere = List.of(
                            Decision.Reason.REQUESTER_INACTIVE,
                            Decision.Reason.GUARDIAN_OF_PATIENT,
                            Decision.Reason.BREAK_GLASS,
                            Decision.Reason.REVIEW_OVERDUE,
                            Decision.Reason.BREAK_GLASS_LIMIT,
                            Decision.Reason.NOT_CUSTODIAN,
                            Decision.Reason.RECORD_UNKNOWN,
                            Decision.Reason.ROLE_NOT_SUITABLE)
                    .contains(reason);
            assertThat(askedElsewhere
                            || cases.stream().anyMatch(each -> each.answer().contains(reason.name())))
                    .as(reason.name())
                    .isTrue();
        }
    }
}
