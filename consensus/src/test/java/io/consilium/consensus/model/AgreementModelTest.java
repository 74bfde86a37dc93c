package io.consilium.consensus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.consensus.model.AgreementModel.Fault;
import io.consilium.consensus.model.AgreementModel.Result;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

@DisplayName("BFT-1 to BFT-3, searched exhaustively")
class AgreementModelTest {
    @Test
    void threeRoundsAreSafe() {
        assertThat(new AgreementModel(3, Fault.NONE).search()).isEqualTo(new Result(true, 3_945_526, 24));
    }

    @Test
    void twoRoundsAreSafe() {
        assertThat(new AgreementModel(2, Fault.NONE).search()).isEqualTo(new Result(true, 5_771, 15));
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, mode = Mode.EXCLUDE, names = "NONE")
    void everyRuleLeftOutBreaksAgreementWithinTwoRounds(Fault fault) {
        assertThat(new AgreementModel(2, fault).search().safe()).isFalse();
    }
}
