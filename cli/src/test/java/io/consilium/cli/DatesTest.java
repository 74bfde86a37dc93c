package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.client.MalformedInput;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatesTest {
    @Test
    void aDayIsInUtcWithItsEndInclusive() throws Exception {
        assertThat(Dates.start("--from", "2026-01-31"))
                .isEqualTo(Instant.parse("2026-01-31T00:00:00Z").toEpochMilli());
        assertThat(Dates.end("--until", "2026-01-31"))
                .isEqualTo(Instant.parse("2026-02-01T00:00:00Z").toEpochMilli());
        assertThat(Dates.end("--until", "2024-02-29"))
                .isEqualTo(Instant.parse("2024-03-01T00:00:00Z").toEpochMilli());
        assertThat(Dates.endText(Dates.end("--until", "2029-12-31"))).isEqualTo("2029-12-31");
        assertThat(Dates.endText(Dates.end("--until", "2029-12-31T10:00:00Z"))).isEqualTo("2029-12-31T10:00:00Z");
        assertThat(Dates.lastDay(Dates.end("--expiry", "2029-12-31"))).hasToString("2029-12-31");
    }

    @Test
    void aTimeIsTakenAsItIsAtBothEnds() throws Exception {
        long time = Instant.parse("2026-01-31T10:30:00.250Z").toEpochMilli();
        assertThat(Dates.start("--from", "2026-01-31T12:30:00.250+02:00")).isEqualTo(time);
        assertThat(Dates.end("--until", "2026-01-31t10:30:00.250z")).isEqualTo(time);
        assertThat(Dates.text(time)).isEqualTo("2026-01-31T10:30:00.250Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026",
                "2026-02-30",
                "2026-13-01",
                "31.01.2026",
                "2026-01-31T10:30",
                "2026-01-31T10:30:00",
                "2026-01-31T25:00:00Z",
                "1969-12-30",
                "tomorrow",
                "2026-01-31 10:30:00Z",
                "1"
            })
    void refusesEverythingElse(String text) {
        assertThatThrownBy(() -> Dates.start("--from", text))
                .isInstanceOfSatisfying(MalformedInput.class, refused -> assertThat(refused.path())
                        .isEqualTo("--from"));
        assertThatThrownBy(() -> Dates.end("--until", text)).isInstanceOf(MalformedInput.class);
    }
}
