package io.consilium.ledger.trials;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("TRI-7 a use matches what the consent form permits")
class DataUseTest {
    @ParameterizedTest
    @CsvSource({
        "GRU,         HMB,          true",
        "GRU,         DUO:0000042,  true",
        "GRU,         POA,          true",
        "GRU,         NRES,         false",
        "NRES,        NRES,         true",
        "HMB,         DS,           true",
        "HMB,         GRU,          false",
        "HMB,         POA,          false",
        "DS,          HMB,          false",
        "GRU IRB,     HMB,          false",
        "GRU IRB,     HMB IRB PUB,  true",
        "GRU NCU,     HMB NPUNCU,   true",
        "GRU NPUNCU,  HMB NCU,      false",
        "GRU NPOA,    POA NPOA,     false",
        "GRU,         IRB,          false",
        "GRU,         HMB NONSENSE, false",
        "IRB,         HMB IRB,      false"
    })
    void permits(String permitted, String asked, boolean expected) {
        assertThat(DataUse.permits(List.of(permitted.split(" ")), List.of(asked.split(" "))))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"'', HMB", "GRU, ''"})
    void nothingPermittedOrNothingAskedMatchesNothing(String permitted, String asked) {
        assertThat(DataUse.permits(words(permitted), words(asked))).isFalse();
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text);
    }
}
