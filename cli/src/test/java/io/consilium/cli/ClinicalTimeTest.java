package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.client.MalformedInput;
import io.consilium.proto.Period;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClinicalTimeTest {
    private static final long NOW = Instant.parse("2026-05-10T12:00:00Z").toEpochMilli();

    @Test
    @DisplayName("PRV-5 a clinical time is a day or a span that has begun, somewhere on earth")
    void prv5_given() throws Exception {
        assertThat(ClinicalTime.given("2026-05-10", NOW).getStartMillis())
                .isEqualTo(Instant.parse("2026-05-10T00:00:00Z").toEpochMilli());
        assertThat(ClinicalTime.given("2026-05-11", NOW).getStartMillis()).isGreaterThan(NOW);
        assertThat(ClinicalTime.given("2026-05-01/2030-01-01", NOW).getEndMillis())
                .isGreaterThan(NOW);
    }

    @Test
    @DisplayName("PRV-5 a clinical time in the future, and a span that ends before it begins, are refused")
    void prv5_refused() {
        for (String text : new String[] {"2026-05-12", "2999-01-01/3000-01-01"}) {
            assertThatThrownBy(() -> ClinicalTime.given(text, NOW))
                    .isInstanceOfSatisfying(MalformedInput.class, refused -> assertThat(refused.path())
                            .isEqualTo("--clinical-time"))
                    .hasMessageContaining("future");
        }
        assertThatThrownBy(() -> ClinicalTime.given("2026-05-09/2026-05-01", NOW))
                .isInstanceOf(MalformedInput.class);
    }

    private static Optional<Period> of(String elements) {
        return ClinicalTime.of(
                ("{\"resourceType\":\"Observation\"," + elements + "}").getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"effectivePeriod\":{\"end\":\"2010\"}",
                "\"effectiveTiming\":{\"event\":[\"2010\"]}",
                "\"onsetString\":\"as a child\"",
                "\"onsetAge\":{\"value\":7}",
                "\"performedString\":\"long ago\"",
                "\"effectiveDateTime\":\"2010-13\"",
                "\"_effectiveDateTime\":{\"extension\":[]}"
            })
    @DisplayName("PRV-5 what says when it happened and cannot be read leaves the time untold, whatever else has a date")
    void prv5_unreadable(String element) {
        assertThat(of(element + ",\"issued\":\"2024-05-01T00:00:00Z\",\"recordedDate\":\"2024\""))
                .isEmpty();
    }

    @Test
    @DisplayName("PRV-5 the clinically nearest element that is there tells the time")
    void prv5_nearest() {
        assertThat(of("\"issued\":\"2024-05-01T00:00:00Z\",\"effectivePeriod\":{\"start\":\"2010\"}"))
                .hasValueSatisfying(period -> {
                    assertThat(period.getStartMillis())
                            .isEqualTo(Instant.parse("2010-01-01T00:00:00Z").toEpochMilli());
                    assertThat(period.getEndMillis()).isZero();
                });
        assertThat(of("\"issued\":\"2024-05-01T00:00:00Z\"")).isPresent();
        assertThat(of("\"status\":\"final\"")).isEmpty();
    }
}
