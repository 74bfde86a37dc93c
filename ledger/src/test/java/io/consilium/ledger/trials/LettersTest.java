package io.consilium.ledger.trials;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LettersTest {
    @Test
    @DisplayName("the case of letters beyond Z is left alone: Unicode tables differ between versions of Java")
    void onlyAToZ() {
        assertThat(Letters.lower("Pain AT 12 Weeks [@Z] \u00c4\u0130\u2c2f"))
                .isEqualTo("pain at 12 weeks [@z] \u00c4\u0130\u2c2f");
        assertThat(Letters.upper("adsl_1 {z} \u00df\u00e4")).isEqualTo("ADSL_1 {Z} \u00df\u00e4");
    }
}
