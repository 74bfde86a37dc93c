package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.client.MalformedInput;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of serials that a recall names by their ends (DRU-6). */
class SerialRangeTest {
    @Test
    @DisplayName("DRU-6 a range counts up with both ends, its zeros kept")
    void dru6_counts() throws Exception {
        assertThat(SerialRange.read("A0098..A0101")).containsExactly("A0098", "A0099", "A0100", "A0101");
        assertThat(SerialRange.read("7..7")).containsExactly("7");
        assertThat(SerialRange.read("B2-08..B2-10")).containsExactly("B2-08", "B2-09", "B2-10");
        assertThat(SerialRange.read("X00000..X14999")).hasSize(SerialRange.MAX).endsWith("X14999");
        assertThat(SerialRange.read("999999999999998..999999999999999")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A1",
                "A1..",
                "..A1",
                "A1..B2",
                "A1..A10",
                "A2..A1",
                "AB..AC",
                "A1..1A",
                "X00000..X15000",
                "1000000000000000..1000000000000001",
                "A1...A3"
            })
    @DisplayName("DRU-6 what is no such row, counts down or is longer than a transaction is refused with what to write")
    void dru6_refused(String range) {
        assertThatThrownBy(() -> SerialRange.read(range))
                .isInstanceOfSatisfying(MalformedInput.class, refused -> assertThat(refused.hint())
                        .isNotBlank());
    }
}
