package io.consilium.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlatJsonTest {
    @Test
    void readsStringsAndIntegersInOrder() throws Exception {
        Map<String, Object> members =
                FlatJson.parse(" { \"b\" : \"\\u00e9\\n\\/\\ud83d\\ude00\" , \"a\" : -9223372036854775808 } ");
        assertThat(members).containsExactly(Map.entry("b", "é\n/😀"), Map.entry("a", Long.MIN_VALUE));
        assertThat(FlatJson.parse("{}")).isEmpty();
    }

    @Property(tries = 500)
    void readsBackWhatItWrote(@ForAll String name, @ForAll String text, @ForAll long number) throws Exception {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("n" + name, text);
        members.put("number", number);
        boolean wellFormed = wellFormed(name) && wellFormed(text);
        for (String json : new String[] {FlatJson.write(members), FlatJson.writeLines(members)}) {
            if (wellFormed) {
                assertThat(FlatJson.parse(json)).isEqualTo(members);
            } else {
                assertThatThrownBy(() -> FlatJson.parse(json)).isInstanceOf(MalformedException.class);
            }
        }
    }

    private static boolean wellFormed(String text) {
        return text.codePoints().noneMatch(point -> point >= 0xd800 && point <= 0xdfff);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "}",
                "null",
                "[]",
                "\"a\"",
                "{} {}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{,\"a\":1}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":1,\"a\":2}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":1.0}",
                "{\"a\":1e3}",
                "{\"a\":01}",
                "{\"a\":-0}",
                "{\"a\":-}",
                "{\"a\":+1}",
                "{\"a\":9223372036854775808}",
                "{\"a\":true}",
                "{\"a\":null}",
                "{\"a\":{}}",
                "{\"a\":[]}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u00g0\"}",
                "{\"a\":\"\\ud800\"}",
                "{\"a\":\"\\udc00\\ud800\"}",
                "{\"a\":\"unfinished}",
                "{\"a\":\"\\"
            })
    void refusesEverythingElse(String json) {
        assertThatThrownBy(() -> FlatJson.parse(json))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("at character");
    }

    @Test
    void boundsItsMembers() {
        Map<String, Object> members = new LinkedHashMap<>();
        for (int i = 0; i < 65; i++) {
            members.put("m" + i, (long) i);
        }
        assertThatThrownBy(() -> FlatJson.parse(FlatJson.write(members))).hasMessageContaining("64");
    }
}
