package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutputTest {
    private static Map<String, Object> sample() {
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("institution", "st-mary");
        inner.put("connected", true);
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("txId", "12ab");
        object.put("height", 7L);
        object.put("until", Optional.empty());
        object.put("roles", List.of("ADMIN", "yes"));
        object.put("peers", List.of(inner));
        object.put("none", List.of());
        object.put("note", "a: \"b\"\n");
        return object;
    }

    @Test
    void aTableHasOneLineAField() {
        assertThat(TableWriter.object(sample())).isEqualTo("""
                        txId                  12ab
                        height                7
                        until                 -
                        roles                 ADMIN, yes
                        peers[0].institution  st-mary
                        peers[0].connected    true
                        none                  -
                        note                  a: "b"\s
                        """);
    }

    @Test
    void aListIsATableUnderHeadings() {
        assertThat(TableWriter.list(List.of("txId", "grantedAt"), List.of(sample())))
                .isEqualTo("TX ID  GRANTED AT\n12ab   -\n");
        assertThat(TableWriter.list(List.of("txId"), List.of())).isEqualTo("(none)\n");
    }

    @Test
    void yamlQuotesWhatCouldBeAnythingElse() {
        assertThat(YamlWriter.write(sample())).isEqualTo("""
                        txId: "12ab"
                        height: 7
                        until: null
                        roles:
                        - ADMIN
                        - "yes"
                        peers:
                        - institution: st-mary
                          connected: true
                        none: []
                        note: "a: \\"b\\"\\n"
                        """);
    }
}
