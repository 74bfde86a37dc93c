package io.consilium.interop.gs1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.interop.Conformance;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which application identifiers stand together (DRU-2), against GS1's syntax dictionary. */
class AiPairingTest {
    private static final Pattern REQUIRED = Pattern.compile("\\breq=(\\S+)");
    private static final Pattern EXCLUDED = Pattern.compile("\\bex=(\\S+)");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(10)LOT | (10) needs",
                "(21)S1 | (21) needs",
                "(17)291231(21)S1 | needs",
                "(01)10614141073464(02)10614141073464(37)1 | do not stand in one code",
                "(01)10614141073464(3100)000100(3101)000100 | do not stand in one code",
                "(00)106141412345678908(37)10 | (37) needs",
            })
    @DisplayName("DRU-2 a code that was cut off or mixed is refused with what is missing")
    void dru2_unpaired(String code, String reason) {
        assertThatThrownBy(() -> ElementString.read(code))
                .isInstanceOf(MalformedIdentifier.class)
                .hasMessageContaining(reason);
    }

    @Test
    @DisplayName("DRU-2 a pack's code in any order, raw or with brackets, is well paired")
    void dru2_paired() throws Exception {
        assertThat(ElementString.read("(21)S1(17)291231(10)L1(01)10614141073464")
                        .key()
                        .serial())
                .isEqualTo("S1");
        assertThat(ElementString.read("]d2011061414107346417291231" + "10L1" + ElementString.SEPARATOR + "21S1")
                        .lot())
                .contains("L1");
    }

    @Test
    @DisplayName("DRU-2 every need and exclusion of the syntax dictionary holds")
    void dru2_dictionary() throws Exception {
        int rules = 0;
        for (String line : Files.readAllLines(Conformance.require("gs1-identifiers/gs1-syntax-dictionary.txt"))) {
            String rule = line.replaceFirst("#.*", "").strip();
            if (rule.isEmpty()) {
                continue;
            }
            String ai = rule.substring(0, rule.indexOf(' ')).replaceFirst("-.*", "");
            Matcher required = REQUIRED.matcher(rule);
            if (required.find()) {
                rules++;
                assertThat(AiPairing.fault(Set.of(ai))).as(rule).isPresent();
                for (String group : required.group(1).split(",")) {
                    Set<String> together = new LinkedHashSet<>(List.of(ai));
                    Arrays.stream(group.split("\\+"))
                            .map(AiPairingTest::example)
                            .forEach(together::add);
                    assertThat(AiPairing.fault(together).filter(fault -> fault.startsWith("(" + ai + ") needs")))
                            .as(rule + " with " + group)
                            .isEmpty();
                }
            } else {
                assertThat(AiPairing.fault(Set.of(ai))).as(rule).isEmpty();
            }
            Matcher excluded = EXCLUDED.matcher(rule);
            if (excluded.find()) {
                rules++;
                for (String other : excluded.group(1).split(",")) {
                    String beside = example(other).equals(ai) ? ai.substring(0, 3) + "1" : example(other);
                    assertThat(AiPairing.fault(Set.of(ai, beside)).orElse(""))
                            .as(rule + " with " + other)
                            .isNotEmpty();
                }
            }
        }
        assertThat(rules).isGreaterThan(200);
    }

    private static String example(String pattern) {
        return pattern.replace('n', '0');
    }
}
