package io.consilium.client.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.client.ClientException;
import io.consilium.client.VerificationFailed;
import io.consilium.proto.TrialDataVersion;
import io.consilium.proto.TrialDatasetEntry;
import io.consilium.proto.TrialDatasetState;
import java.util.Collections;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("TRI-4 a list of subjects has as many as the chain proves to be enrolled")
class TrialReaderTest {
    @ParameterizedTest
    @CsvSource({"9, 9, 10, 10", "10, 9, 10, 10", "11, 11, 10, 10", "13, 13, 10, 12", "0, 0, 1, 1"})
    void hiddenRepeatedAndInventedSubjectsAreTold(long listed, long different, long atLeast, long atMost) {
        assertThatThrownBy(() -> TrialReader.requireWhole(listed, different, atLeast, atMost))
                .isInstanceOfSatisfying(VerificationFailed.class, failure -> assertThat(failure.code())
                        .isEqualTo("SUBJECTS_INCOMPLETE"));
    }

    @Test
    @DisplayName("TRI-5 a dataset that a node shows without its corrections is told")
    void olderDatasetsAreTold() throws Exception {
        TrialDatasetEntry entry = TrialDatasetEntry.newBuilder().setVersions(3).build();
        TrialDatasetState three = TrialDatasetState.newBuilder()
                .addAllVersions(Collections.nCopies(3, TrialDataVersion.getDefaultInstance()))
                .build();
        assertThatThrownBy(() -> TrialReader.requireCurrent(
                        three.toBuilder().removeVersions(2).build(), entry))
                .isInstanceOfSatisfying(VerificationFailed.class, failure -> assertThat(failure.code())
                        .isEqualTo("DATASET_OUTDATED"));
        TrialReader.requireCurrent(three, entry);
        TrialReader.requireCurrent(
                three.toBuilder().addVersions(three.getVersions(0)).build(), entry);
    }

    @Test
    @DisplayName("TRI-6 a bundle holds as many subjects as a command was seen to have memory for")
    void subjectsOfABundle() throws Exception {
        TrialBundle.requireRoom(10_000);
        assertThatThrownBy(() -> TrialBundle.requireRoom(10_001))
                .isInstanceOfSatisfying(ClientException.class, failure -> assertThat(failure.code())
                        .isEqualTo("TRIAL_LIMIT"));
    }

    @Test
    void whoWasEnrolledWhileTheListWasMadeMayBeInIt() throws Exception {
        TrialReader.requireWhole(10, 10, 10, 10);
        TrialReader.requireWhole(11, 11, 10, 12);
    }
}
