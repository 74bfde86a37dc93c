package io.consilium.interop.epcis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Bytes of any kind are read or refused; what is read survives being written. */
class EpcisFuzzProperties {
    private static final List<String> SEEDS = List.of(
            Documents.of(Documents.OBJECT_EVENT, Documents.AGGREGATION_EVENT),
            "[" + Documents.OBJECT_EVENT.replaceFirst("\\{", "{" + Documents.CONTEXT + ",") + "]",
            Documents.XML);

    @Property(tries = 3000)
    void changedDocumentsAreReadOrRefused(
            @ForAll @IntRange(min = 0, max = 2) int seed,
            @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 0, max = 5000) Integer> places,
            @ForAll("pieces") String piece,
            @ForAll @IntRange(min = 0, max = 40) int removed) {
        StringBuilder text = new StringBuilder(SEEDS.get(seed));
        for (int place : places) {
            int at = place % text.length();
            text.replace(at, Math.min(text.length(), at + removed), piece);
            if (text.length() == 0) {
                text.append(' ');
            }
        }
        readOrRefused(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Property(tries = 2000)
    void anyBytesAreReadOrRefused(@ForAll byte[] bytes) {
        readOrRefused(bytes);
    }

    @Property(tries = 1000)
    void anyTextInAnExtensionSurvives(@ForAll String text) throws Exception {
        String quoted = JsonTree.NODES.textNode(text).toString();
        String event = Documents.OBJECT_EVENT.replace("[\"b\",\"a\"]", quoted);
        byte[] document = Documents.of(event).getBytes(StandardCharsets.UTF_8);
        if (!new String(document, StandardCharsets.UTF_8).equals(Documents.of(event)) || text.length() > 1000) {
            return;
        }
        EpcisDocument read = EpcisDocument.read(document);
        EpcisDocument again = EpcisDocument.read(read.toJson());
        assertThat(again.events().get(0).json()).isEqualTo(read.events().get(0).json());
        assertThat(again.events().get(0).json().at("/ext:field/ext:inner").asText())
                .isEqualTo(text);
    }

    private static void readOrRefused(byte[] content) {
        try {
            EpcisDocument document = EpcisDocument.read(content);
            for (EpcisEvent event : document.events()) {
                // What a caller asks of an event must not fail either.
                assertThat(event.id()).isNotEmpty();
                assertThat(event.eventTime()).isNotNull();
                event.epcs();
                event.children();
                event.parent();
                event.readPoint();
                event.quantities();
                event.bizTransactions();
                event.destinations();
                event.errorDeclaration();
                event.lot();
            }
            EpcisDocument again = EpcisDocument.read(document.toJson());
            assertThat(again.events()).hasSameSizeAs(document.events());
        } catch (MalformedEpcis refused) {
            assertThat(refused.reason()).isNotBlank();
        }
    }

    @Provide
    Arbitrary<String> pieces() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "",
                        "\"",
                        "{",
                        "}",
                        "[",
                        "]",
                        ",",
                        ":",
                        "null",
                        "true",
                        "1e9",
                        "-0",
                        "\\u0000",
                        "<",
                        ">",
                        "&a;",
                        "<!DOCTYPE a>",
                        "<![CDATA[",
                        "<!--",
                        "]]>",
                        "<?x?>",
                        "xmlns:a=\"\"",
                        "urn:epc:id:",
                        "ilmd",
                        "\"epcList\":[null],",
                        "\"readPoint\":\"x\",",
                        "\"@context\":null,",
                        "\"type\":\"ObjectEvent\","),
                Arbitraries.strings().ofMaxLength(5));
    }
}
