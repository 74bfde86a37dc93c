package io.consilium.interop.cdisc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("TRI-5 dates as ISO 8601 and SDTM write them")
class PartialDateTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2003",
                "2003-12",
                "2003-12-15",
                "2003---15",
                "--12-15",
                "--02-29",
                "-----T07:15",
                "2003-12-15T-:15",
                "2003-12-15T13:14:17.123Z",
                "2003-12-15T13:14+01:00",
                "2003-12-15T24:00",
                "2003-12-15T24:00:00",
                "2003-12-15T10:00/2003-12-15T10:30",
                "2003-12/2004-01"
            })
    void taken(String text) {
        assertThat(PartialDate.isValid(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "----",
                "2003-13",
                "2003-02-30",
                "2003---32",
                "--02-30",
                "2003-12-15T24:59",
                "2003-12-15T24:00:01",
                "2003-12-15T25",
                "2003-12-15T10:60",
                "2003-12-15T10:30:60",
                "2003-12-15/",
                "2003-12-15/x",
                "2003/2004/2005",
                "03-12-15"
            })
    void refused(String text) {
        assertThat(PartialDate.isValid(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"25:99", "24:01", "7:15", "12:60", "noon"})
    void timesThatAreNone(String text) {
        assertThat(PartialDate.isTime(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"07:15", "07", "23:59:59.5", "24:00", "12:00+02:00"})
    void times(String text) {
        assertThat(PartialDate.isTime(text)).isTrue();
    }
}
