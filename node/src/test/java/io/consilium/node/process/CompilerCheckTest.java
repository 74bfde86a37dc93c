package io.consilium.node.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CompilerCheckTest {
    @Test
    @DisplayName("A node starts where Java does not inline parts of array copies, as these tests' own Java")
    void safe() {
        assertThatCode(CompilerCheck::require).doesNotThrowAnyException();
        assertThatCode(() -> CompilerCheck.require(
                        options(Map.of("UnlockDiagnosticVMOptions", "true", "ArrayOperationPartialInlineSize", "0"))))
                .doesNotThrowAnyException();
    }

    @Test
    @DisplayName("A Java that knows no such option is taken")
    void unknown() {
        assertThatCode(() -> CompilerCheck.require(options(Map.of("UnlockDiagnosticVMOptions", "true"))))
                .doesNotThrowAnyException();
    }

    @Test
    @DisplayName("A node does not start where Java may inline them, nor where that cannot be read")
    void unsafe() {
        assertThatThrownBy(() -> CompilerCheck.require(
                        options(Map.of("UnlockDiagnosticVMOptions", "true", "ArrayOperationPartialInlineSize", "32"))))
                .isInstanceOfSatisfying(NodeStartException.class, CompilerCheckTest::tellsWhatToDo);
        assertThatThrownBy(() -> CompilerCheck.require(options(Map.of("UnlockDiagnosticVMOptions", "false"))))
                .isInstanceOfSatisfying(NodeStartException.class, CompilerCheckTest::tellsWhatToDo);
    }

    private static void tellsWhatToDo(NodeStartException refused) {
        assertThat(refused.code()).isEqualTo("COMPILER_UNSAFE");
        assertThat(refused.hint()).contains("-XX:+UnlockDiagnosticVMOptions -XX:ArrayOperationPartialInlineSize=0");
    }

    private static Function<String, Optional<String>> options(Map<String, String> set) {
        return name -> Optional.ofNullable(set.get(name));
    }
}
