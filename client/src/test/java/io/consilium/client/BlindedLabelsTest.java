package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.Code;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BlindedLabelsTest {
    private static final Code PSYCHIATRY = code("PSY");
    private static final Code HIV = code("HIV");

    private final ScopeKey key = new ScopeKey(new CustodianKeys().freshKey(), 2);

    private static Code code(String code) {
        return Code.newBuilder()
                .setSystem("http://terminology.hl7.org/CodeSystem/v3-ActCode")
                .setCode(code)
                .build();
    }

    private static RecordState record(List<Code> codes, Sensitivity level, ScopeKey key) {
        return RecordState.newBuilder()
                .addVersions(RecordVersion.newBuilder()
                        .setVersion(1)
                        .setContent(RecordContent.newBuilder()
                                .setLabelEpoch(key.epoch())
                                .addAllLabels(key.labels(codes))
                                .addAllSensitivityLabels(key.sensitivityLabels(level))))
                .build();
    }

    private BlindedLabels amended(RecordState record, Set<Code> codes, Sensitivity said, boolean lowers)
            throws ClientException {
        return BlindedLabels.amended(record, codes, said, lowers, key);
    }

    @Test
    @DisplayName(
            "PRV-4 an amendment that says nothing of what it is keeps labels and level, so that a deny still reaches it")
    void prv4_labelsStay() throws Exception {
        RecordState record = record(List.of(PSYCHIATRY), Sensitivity.V, key);
        BlindedLabels kept = amended(record, Set.of(), Sensitivity.N, false);
        assertThat(kept).isEqualTo(new BlindedLabels(key.labels(List.of(PSYCHIATRY)), Sensitivity.V, 1, 0));
    }

    @Test
    @DisplayName("PRV-4 what the user or the resource says stands in the place of the labels before, which are counted")
    void prv4_newLabels() throws Exception {
        RecordState record = record(List.of(PSYCHIATRY, HIV), Sensitivity.R, key);
        assertThat(amended(record, Set.of(HIV), Sensitivity.V, false))
                .isEqualTo(new BlindedLabels(key.labels(List.of(HIV)), Sensitivity.V, 0, 1));
        assertThat(amended(record, Set.of(HIV), Sensitivity.N, false).sensitivity())
                .isEqualTo(Sensitivity.R);
        assertThat(amended(record, Set.of(HIV), Sensitivity.N, true).sensitivity())
                .as("on demand alone")
                .isEqualTo(Sensitivity.N);
        BlindedLabels plain = amended(record(List.of(), Sensitivity.N, key), Set.of(), Sensitivity.N, false);
        assertThat(plain).isEqualTo(new BlindedLabels(List.of(), Sensitivity.N, 0, 0));
    }

    @Test
    @DisplayName("PRV-4 PRV-7 a level that no key tells counts as the highest, labels of an earlier key are not kept")
    void prv4_earlierKey() throws Exception {
        ScopeKey earlier = new ScopeKey(new CustodianKeys().freshKey(), 1);
        assertThatThrownBy(() ->
                        amended(record(List.of(PSYCHIATRY), Sensitivity.N, earlier), Set.of(), Sensitivity.N, false))
                .isInstanceOfSatisfying(ClientException.class, refused -> {
                    assertThat(refused.code()).isEqualTo("LABEL_EPOCH_STALE");
                    assertThat(refused.hint()).contains("--label", "rotate-scope-key");
                });
        assertThat(amended(record(List.of(), Sensitivity.N, earlier), Set.of(), Sensitivity.N, false)
                        .sensitivity())
                .isEqualTo(Sensitivity.V);
    }
}
