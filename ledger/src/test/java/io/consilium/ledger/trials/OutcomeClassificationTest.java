package io.consilium.ledger.trials;

import static io.consilium.ledger.trials.TestTrial.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.consilium.ledger.trials.OutcomeClassification.Classified;
import io.consilium.ledger.trials.OutcomeClassification.Registered;
import io.consilium.proto.TrialOutcome;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("TRI-6 reported outcomes are held against the registered ones")
class OutcomeClassificationTest {
    private static final TrialOutcome PAIN = outcome("Pain", "VAS score", "week 12", true);
    private static final TrialOutcome SLEEP = outcome("Sleep", "PSQI score", "week 12", false);
    private static final TrialOutcome MOOD = outcome("Mood", "BDI score", "week 4", false);
    private static final TrialOutcome LATER_PAIN = outcome("Pain", "VAS score", "week 24", true);
    private static final Optional<Long> OPEN = Optional.empty();
    private static final Optional<Long> LOCKED_AT_15 = Optional.of(15L);

    private static Registered version(long number, TrialOutcome... outcomes) {
        return new Registered(number, 10 * number, Optional.of(10 * number + 1), List.of(outcomes));
    }

    private static final List<Registered> ONCE = List.of(version(1, PAIN, SLEEP));
    private static final List<Registered> AMENDED = List.of(version(1, PAIN, SLEEP), version(2, LATER_PAIN, MOOD));

    /** Registered in time, and never approved or too late. */
    private static List<Registered> amendedAndApproved(Optional<Long> approved) {
        return List.of(version(1, PAIN, SLEEP), new Registered(2, 12, approved, List.of(LATER_PAIN, MOOD)));
    }

    static Stream<Arguments> cases() {
        return Stream.of(
                arguments("as registered", ONCE, OPEN, List.of(PAIN, SLEEP), "Pain=as-registered Sleep=as-registered"),
                arguments(
                        "case and spaces do not matter",
                        ONCE,
                        OPEN,
                        List.of(outcome(" PAIN", "vas   Score", "Week 12 ", true), SLEEP),
                        "Pain=as-registered Sleep=as-registered"),
                arguments("one is missing", ONCE, OPEN, List.of(PAIN), "Pain=as-registered Sleep=missing"),
                arguments(
                        "one is added",
                        ONCE,
                        OPEN,
                        List.of(PAIN, SLEEP, MOOD),
                        "Pain=as-registered Sleep=as-registered Mood=added"),
                arguments(
                        "primary and secondary are swapped",
                        ONCE,
                        OPEN,
                        List.of(
                                outcome("Pain", "VAS score", "week 12", false),
                                outcome("Sleep", "PSQI score", "week 12", true)),
                        "Pain=switched Sleep=switched"),
                arguments(
                        "the measure is another",
                        ONCE,
                        OPEN,
                        List.of(outcome("Pain", "NRS score", "week 12", true), SLEEP),
                        "Pain=measure-changed Sleep=as-registered"),
                arguments(
                        "the time point is another",
                        ONCE,
                        OPEN,
                        List.of(LATER_PAIN, SLEEP),
                        "Pain=time-point-changed Sleep=as-registered"),
                arguments(
                        "everything is another",
                        ONCE,
                        OPEN,
                        List.of(outcome("Pain", "NRS score", "week 24", false), SLEEP),
                        "Pain=switched+measure-changed+time-point-changed Sleep=as-registered"),
                arguments(
                        "amended in time, one dropped, one new",
                        AMENDED,
                        OPEN,
                        List.of(LATER_PAIN, MOOD),
                        "Pain=amended Mood=amended Sleep=amended"),
                arguments(
                        "amended, and the old one reported",
                        AMENDED,
                        OPEN,
                        List.of(PAIN, MOOD),
                        "Pain=time-point-changed+amended Mood=amended Sleep=amended"),
                arguments(
                        "amended after the lock never counts",
                        AMENDED,
                        LOCKED_AT_15,
                        List.of(LATER_PAIN, MOOD),
                        "Pain=time-point-changed Sleep=missing Mood=added"),
                arguments(
                        "amended in the block of the lock never counts",
                        AMENDED,
                        Optional.of(20L),
                        List.of(LATER_PAIN, MOOD),
                        "Pain=time-point-changed Sleep=missing Mood=added"),
                arguments(
                        "an amendment that was never approved does not count",
                        amendedAndApproved(Optional.empty()),
                        OPEN,
                        List.of(LATER_PAIN, MOOD),
                        "Pain=time-point-changed Sleep=missing Mood=added"),
                arguments(
                        "an amendment that was approved after the lock does not count",
                        amendedAndApproved(Optional.of(16L)),
                        LOCKED_AT_15,
                        List.of(LATER_PAIN, MOOD),
                        "Pain=time-point-changed Sleep=missing Mood=added"),
                arguments(
                        "an amendment that was approved before the lock counts",
                        amendedAndApproved(Optional.of(14L)),
                        LOCKED_AT_15,
                        List.of(LATER_PAIN, MOOD),
                        "Pain=amended Mood=amended Sleep=amended"),
                arguments(
                        "a version between added one and made one primary, and the next took both back",
                        List.of(
                                version(1, PAIN, SLEEP),
                                version(2, PAIN, outcome("Sleep", "PSQI score", "week 12", true), MOOD),
                                version(3, PAIN, SLEEP)),
                        OPEN,
                        List.of(PAIN, SLEEP),
                        "Pain=as-registered Sleep=amended Mood=amended"),
                arguments(
                        "what a version between said that was never approved is nothing",
                        List.of(
                                version(1, PAIN, SLEEP),
                                new Registered(2, 20, Optional.empty(), List.of(LATER_PAIN, SLEEP, MOOD)),
                                version(3, PAIN, SLEEP)),
                        OPEN,
                        List.of(PAIN, SLEEP),
                        "Pain=as-registered Sleep=as-registered"),
                arguments(
                        "a dropped outcome that is reported all the same is added",
                        AMENDED,
                        OPEN,
                        List.of(LATER_PAIN, MOOD, SLEEP),
                        "Pain=amended Mood=amended Sleep=added"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void classifies(
            String name,
            List<Registered> versions,
            Optional<Long> cutOff,
            List<TrialOutcome> reported,
            String expected) {
        StringBuilder found = new StringBuilder();
        for (Classified outcome : OutcomeClassification.classify(versions, cutOff, reported)) {
            found.append(found.isEmpty() ? "" : " ").append(outcome.name()).append('=');
            found.append(String.join(
                    "+",
                    outcome.changes().stream()
                            .map(OutcomeClassification.Change::word)
                            .toList()));
            assertThat(outcome.classification()).isEqualTo(outcome.changes().get(0));
        }
        assertThat(found.toString()).isEqualTo(expected);
    }

    @Test
    @DisplayName("TRI-6 of an outcome that an amendment dropped the report says which versions had it")
    void namesTheVersionsOfADroppedOne() {
        List<Classified> classified = OutcomeClassification.classify(
                List.of(version(1, PAIN), version(2, PAIN, MOOD), version(3, PAIN)), OPEN, List.of(PAIN));
        assertThat(classified.get(1).name()).isEqualTo("Mood");
        assertThat(classified.get(1).likeVersions()).containsExactly(2L);
    }

    @Test
    @DisplayName("TRI-6 the report says which registered versions describe an outcome as it does")
    void namesTheVersionsThatAreAlike() {
        List<Classified> classified = OutcomeClassification.classify(AMENDED, LOCKED_AT_15, List.of(LATER_PAIN));
        assertThat(classified.get(0).likeVersions()).containsExactly(2L);
        assertThat(OutcomeClassification.classify(AMENDED, LOCKED_AT_15, List.of(PAIN))
                        .get(0)
                        .likeVersions())
                .containsExactly(1L);
    }
}
