package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.client.MalformedInput;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

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
}
