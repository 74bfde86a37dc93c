package io.consilium.ledger.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.proto.Code;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("CON-2 PRV-4 sensitivity as labels that compare by equality")
class SensitivityTest {
    @Test
    void con2_aDenyReachesTheLevelAndHigherAPermitTheLevelAndLower() {
        for (Sensitivity record : Sensitivity.values()) {
            List<Code> carried = record.recordCodes();
            for (Sensitivity rule : Sensitivity.values()) {
                boolean denied = rule.denyCode().map(carried::contains).orElse(true);
                boolean permitted = rule.permitCode().map(carried::contains).orElse(true);
                assertThat(denied).as("deny %s, record %s", rule, record).isEqualTo(record.compareTo(rule) >= 0);
                assertThat(permitted).as("permit %s, record %s", rule, record).isEqualTo(record.compareTo(rule) <= 0);
            }
        }
    }

    @Test
    void prv4_theirNumberTellsNothing() {
        for (Sensitivity level : Sensitivity.values()) {
            assertThat(level.recordCodes()).hasSize(5).doesNotHaveDuplicates();
        }
        assertThat(Sensitivity.DEFAULT).isEqualTo(Sensitivity.N);
        assertThat(Sensitivity.of("R")).contains(Sensitivity.R);
        assertThat(Sensitivity.of("X")).isEmpty();
    }
}
