package io.consilium.client.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void readsEveryKindOfValue() throws Exception {
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("text", "a\"\\/\b\f\n\r\té\uD83D\uDE00");
        expected.put("whole", -12L);
        expected.put("decimal", new BigDecimal("1.50"));
        expected.put("big", new BigDecimal("12345678901234567890"));
        expected.put("yes", true);
        expected.put("no", false);
        expected.put("nothing", Optional.empty());
        expected.put("list", List.of(List.of(), Map.of()));
        String text =
                "{ \"text\" : \"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\", \"whole\":-12,\"decimal\":1.50,"
                        + "\"big\":12345678901234567890,\"yes\":true,\"no\":false,\"nothing\":null,\"list\":[[],{}]}";
        assertThat(JsonReader.read(text)).isEqualTo(expected);
        assertThat(JsonReader.read(JsonWriter.indented(expected))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,]",
                "{\"a\":1,}",
                "{\"a\":1,\"a\":2}",
                "{a:1}",
                "'a'",
                "01",
                "1.",
                ".5",
                "+1",
                "1e",
                "tru",
                "nul",
                "\"\n\"",
                "\"\\x\"",
                "\"\\u12g4\"",
                "[1] 2",
                "NaN",
                "\"a",
                "{\"a\" 1}",
                "[1 2]",
                "\u00a0[]",
                "1e9999",
                "/**/[]"
            })
    void refusesWhatIsNotJson(String text) {
        assertThatThrownBy(() -> JsonReader.read(text)).isInstanceOf(JsonException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9999999999999999999999999999999999999999999999999999999999999999",
                "-0.1234567890123456789012345678901234567890123456789012345678901234",
                "1.5E+100",
                "-1.234567890123456789012345678901234567890123456789012345678901234E-100",
                "0.000001",
                "1E+20"
            })
    void readsAgainWhateverNumberItWrites(String number) throws Exception {
        Object read = JsonReader.read("[" + number + "]");
        assertThat(read).isEqualTo(List.of(new BigDecimal(number)));
        assertThat(JsonReader.read(JsonWriter.compact(read)))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .singleElement()
                .satisfies(again -> assertThat(new BigDecimal(again.toString())).isEqualByComparingTo(number));
    }

    @Test
    void boundsItsNumbers() {
        assertThatThrownBy(() -> JsonReader.read("1".repeat(81))).isInstanceOf(JsonException.class);
    }

    @Test
    void boundsItsDepthAndWantsUtf8() {
        assertThatThrownBy(() -> JsonReader.read("[".repeat(10_000)))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("deeper");
        assertThatThrownBy(() -> JsonReader.read(new byte[] {'"', (byte) 0xff, '"'}))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void saysWhereTheFaultIs() {
        assertThatThrownBy(() -> JsonReader.read("{\n  \"a\": ?\n}"))
                .isInstanceOfSatisfying(
                        JsonException.class, fault -> assertThat(fault.path()).isEqualTo("line 2, column 8"));
    }

    @Property
    void everyTextSurvives(@ForAll String text) throws Exception {
        String json = JsonWriter.compact(List.of(text));
        assertThat(JsonReader.read(json)).isEqualTo(List.of(text));
        byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        assertThat(JsonReader.read(utf8)).isEqualTo(List.of(text));
    }

    @Test
    void fieldsAreReadStrictly() throws Exception {
        JsonFields fields = JsonFields.of(
                JsonReader.read("{\"a\":\"00ff\",\"b\":\"AAE=\",\"c\":{\"d\":1},\"e\":[{}],\"f\":[\"x\"]}"), "");
        assertThat(fields.hex("a")).containsExactly(0, 0xff);
        assertThat(fields.base64("b")).containsExactly(0, 1);
        JsonFields inner = fields.object("c");
        assertThat(fields.objects("e")).hasSize(1);
        assertThat(fields.texts("f")).containsExactly("x");
        fields.end();
        assertThatThrownBy(inner::end).isInstanceOfSatisfying(JsonException.class, fault -> assertThat(fault.path())
                .isEqualTo("c.d"));
        assertThatThrownBy(() -> fields.number("a")).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> fields.hex("b")).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> fields.text("missing"))
                .isInstanceOfSatisfying(
                        JsonException.class, fault -> assertThat(fault.path()).isEqualTo("missing"));
        JsonFields spelled = JsonFields.of(Map.of("x", "AAF="), "");
        assertThatThrownBy(() -> spelled.base64("x"))
                .as("bits that base64 ignores")
                .isInstanceOf(JsonException.class);
    }
}
