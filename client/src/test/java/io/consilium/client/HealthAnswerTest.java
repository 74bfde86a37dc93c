package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HealthAnswerTest {
    @Test
    void givesTheReasonsOfThePageAlone() {
        String page = "{\"ready\":false,\"height\":46,\"reasons\":[\"no quorum\",\"catching up\"]}";
        assertThat(new HealthProbe.Answer(false, page).reasons()).isEqualTo("no quorum; catching up");
    }

    @Test
    void keepsWordsThatAreNoPage() {
        assertThat(new HealthProbe.Answer(false, "unreachable (refused)").reasons())
                .isEqualTo("unreachable (refused)");
        assertThat(new HealthProbe.Answer(false, "{\"live\":true}").reasons()).isEqualTo("{\"live\":true}");
    }
}
