package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TrialReadersTest {
    @Test
    @DisplayName(
            "TRI-3 PRV-1 of the readers of a reason auditors and reviewers are served before the sponsor's many researchers")
    void whoHoldsTheSponsorToAccountComesFirst() {
        List<String> researchers =
                IntStream.range(0, 40).mapToObj(i -> "helix/r" + i).toList();
        assertThat(TrialReaders.order("helix/r7", List.of("medwatch/inspector"), List.of("ethics/chair"), researchers))
                .hasSize(42)
                .startsWith("helix/r7", "medwatch/inspector", "ethics/chair", "helix/r0");
    }
}
