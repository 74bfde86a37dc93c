package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CommandTextTest {
    @Test
    void aValueIsOneWordWhateverItHolds() {
        assertThat(CommandText.words("drug destroy --item ? --reason ?", Path.of("a file"), "water? damage"))
                .containsExactly("drug", "destroy", "--item", "a file", "--reason", "water? damage");
        assertThat(CommandText.words("drug exceptions")).containsExactly("drug", "exceptions");
    }

    @Test
    void eachPlaceHasItsValue() {
        assertThatThrownBy(() -> CommandText.words("trial show ?")).hasMessageContaining("fewer values");
        assertThatThrownBy(() -> CommandText.words("trial show ?", "a", "b")).hasMessageContaining("more values");
    }
}
