package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessWatchTest {
    @Test
    @DisplayName("INT-3 one watch keeps a place at a time: a second is refused, one of other kinds is not")
    void int3_oneWatchForAPlace(@TempDir Path home) throws Exception {
        Path place = home.resolve("watch").resolve("a.cursor");
        List<String> ran = new ArrayList<>();
        AccessWatch.alone(place, () -> {
            ran.add("first");
            assertThatThrownBy(() -> AccessWatch.alone(place, () -> ran.add("second")))
                    .isInstanceOfSatisfying(ClientException.class, refused -> {
                        assertThat(refused.code()).isEqualTo("ALREADY_WATCHED");
                        assertThat(refused.kind()).isEqualTo(FailureClass.CONFLICT);
                    });
            AccessWatch.alone(place.resolveSibling("b.cursor"), () -> ran.add("other kinds"));
        });
        AccessWatch.alone(place, () -> ran.add("after it"));
        assertThat(ran).containsExactly("first", "other kinds", "after it");
    }
}
