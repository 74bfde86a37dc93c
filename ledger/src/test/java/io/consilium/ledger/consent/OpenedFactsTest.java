package io.consilium.ledger.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.ledger.consent.OpenedFacts.Fall;
import io.consilium.proto.Code;
import io.consilium.proto.Conditions;
import io.consilium.proto.Period;
import io.consilium.proto.RecordFacts;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenedFactsTest {
    private static final Code FIRST =
            Code.newBuilder().setSystem("s").setCode("1").build();
    private static final Code SECOND =
            Code.newBuilder().setSystem("s").setCode("2").build();

    private static Period period(long start, long end) {
        return Period.newBuilder().setStartMillis(start).setEndMillis(end).build();
    }

    private static OpenedFacts clinical(long start, long end) {
        return new OpenedFacts(Optional.of(
                RecordFacts.newBuilder().setClinical(period(start, end)).build()));
    }

    /** The condition is data from 100 until 200, both open where 0. */
    @ParameterizedTest
    @CsvSource({
        // the data's time, the condition's, permit, deny
        "100, 200, 100, 200, HOLDS, HOLDS",
        "150, 151, 100, 200, HOLDS, HOLDS",
        "50, 100, 100, 200, FAILS, FAILS",
        "200, 250, 100, 200, FAILS, FAILS",
        "50, 101, 100, 200, FAILS, HOLDS",
        "199, 201, 100, 200, FAILS, HOLDS",
        "50, 250, 100, 200, FAILS, HOLDS",
        "150, 0, 100, 200, FAILS, HOLDS",
        "150, 0, 100, 0, HOLDS, HOLDS",
        "50, 60, 0, 200, HOLDS, HOLDS",
        "-90, -80, 0, 200, HOLDS, HOLDS",
        "-90, -80, 100, 0, FAILS, FAILS",
        "-90, -80, -100, -50, HOLDS, HOLDS"
    })
    @DisplayName("PRV-5 a permit needs all of the data's time within the period, a deny reaches what touches it")
    void prv5_dataPeriod(long from, long until, long start, long end, Fall permit, Fall deny) {
        Conditions conditions =
                Conditions.newBuilder().setDataPeriod(period(start, end)).build();
        assertThat(clinical(from, until).fall(true, conditions)).isEqualTo(permit);
        assertThat(clinical(from, until).fall(false, conditions)).isEqualTo(deny);
    }

    @Test
    @DisplayName("PRV-5 one of the codes must be among the record's")
    void prv5_codes() {
        OpenedFacts facts = new OpenedFacts(
                Optional.of(RecordFacts.newBuilder().addCodes(FIRST).build()));
        assertThat(facts.fall(
                        true,
                        Conditions.newBuilder().addCodes(SECOND).addCodes(FIRST).build()))
                .isEqualTo(Fall.HOLDS);
        assertThat(facts.fall(true, Conditions.newBuilder().addCodes(SECOND).build()))
                .isEqualTo(Fall.FAILS);
    }

    @Test
    @DisplayName("PRV-5 what the facts do not tell is unknown, unless something else fails")
    void prv5_unknown() {
        Conditions timed =
                Conditions.newBuilder().setDataPeriod(period(100, 200)).build();
        OpenedFacts none = new OpenedFacts(Optional.empty());
        OpenedFacts untimed = new OpenedFacts(
                Optional.of(RecordFacts.newBuilder().addCodes(FIRST).build()));
        assertThat(none.fall(true, timed)).isEqualTo(Fall.UNKNOWN);
        assertThat(untimed.fall(true, timed)).isEqualTo(Fall.UNKNOWN);
        assertThat(untimed.fall(true, timed.toBuilder().addCodes(SECOND).build()))
                .isEqualTo(Fall.FAILS);
        assertThat(untimed.fall(true, timed.toBuilder().addCodes(FIRST).build()))
                .isEqualTo(Fall.UNKNOWN);
        assertThat(none.fall(true, Conditions.getDefaultInstance())).isEqualTo(Fall.HOLDS);
    }
}
