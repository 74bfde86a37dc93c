package io.consilium.interop.epcis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.consilium.interop.Conformance;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** DRU-1 on the documents that OpenEPCIS published. */
class EpcisDocumentsTest {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    /** Whole numbers and decimals of one value are one number. */
    private static final Comparator<JsonNode> BY_VALUE = (left, right) -> {
        BigDecimal difference = left.isNumber() && right.isNumber()
                ? left.decimalValue().subtract(right.decimalValue())
                : BigDecimal.ONE;
        return left.equals(right) || difference.signum() == 0 ? 0 : 1;
    };

    @Test
    void dru1_readsEveryValidDocumentAndWritesItWithNothingLost() throws Exception {
        int read = 0;
        for (Path file : files(".json", false)) {
            byte[] content = Files.readAllBytes(file);
            EpcisDocument document = read(file, content);
            assertThat(document.events()).as(file.toString()).isNotEmpty();
            assertThat(JSON.readTree(document.toJson()).equals(BY_VALUE, JSON.readTree(content)))
                    .as(file + ": " + new String(document.toJson(), java.nio.charset.StandardCharsets.UTF_8))
                    .isTrue();
            read++;
        }
        System.out.println("conformance: " + read + " EPCIS documents in JSON read and written");
        assertThat(read).isGreaterThan(20);
    }

    @Test
    void dru1_readsEveryXmlDocumentAndWritesItAsJsonOfTheSameEvents() throws Exception {
        int read = 0;
        for (Path file : files(".xml", false)) {
            EpcisDocument document = read(file, Files.readAllBytes(file));
            assertThat(document.events()).as(file.toString()).isNotEmpty();
            EpcisDocument again = document.form() == EpcisDocument.Form.EVENT
                    ? EpcisDocument.of("2026-01-01T00:00:00Z", JsonTree.NODES.objectNode(), document.events())
                    : document;
            EpcisDocument json = read(file, again.toJson());
            assertThat(json.events())
                    .extracting(EpcisEvent::preHash)
                    .isEqualTo(
                            document.events().stream().map(EpcisEvent::preHash).toList());
            assertThat(json.events())
                    .extracting(EpcisEvent::json)
                    .isEqualTo(document.events().stream().map(EpcisEvent::json).toList());
            read++;
        }
        System.out.println("conformance: " + read + " EPCIS documents in XML read");
        assertThat(read).isGreaterThan(9);
    }

    @Test
    void dru1_keepsEveryEventByItselfWithNothingLost() throws Exception {
        int kept = 0;
        for (Path file : Stream.concat(files(".json", false).stream(), files(".xml", false).stream())
                .toList()) {
            EpcisDocument document = read(file, Files.readAllBytes(file));
            JsonNode context = document.head().path("@context");
            List<String> texts =
                    document.events().stream().map(EpcisEvent::text).toList();
            EpcisDocument again = read(file, EpcisDocument.of(context, texts));
            for (int i = 0; i < texts.size(); i++) {
                EpcisEvent alone = again.standalone(i);
                assertThat(again.events()
                                .get(i)
                                .json()
                                .equals(BY_VALUE, document.events().get(i).json()))
                        .as(file.toString())
                        .isTrue();
                assertThat(without(alone)
                                .equals(BY_VALUE, without(document.events().get(i))))
                        .as(file.toString())
                        .isTrue();
                assertThat(alone.preHash())
                        .as(file + ": in its own context it means the same")
                        .isEqualTo(again.events().get(i).preHash());
                kept++;
            }
        }
        System.out.println("conformance: " + kept + " EPCIS events kept one by one");
        assertThat(kept).isGreaterThan(40);
    }

    private static JsonNode without(EpcisEvent event) {
        return event.json().without("@context");
    }

    @Test
    void dru1_refusesEveryInvalidDocumentWithPathAndReason() throws Exception {
        int refused = 0;
        for (Path file : files(".json", true)) {
            byte[] content = Files.readAllBytes(file);
            MalformedEpcis refusal = catchThrowableOfType(MalformedEpcis.class, () -> EpcisDocument.read(content));
            assertThat(refusal).as(file.toString()).isNotNull();
            assertThat(refusal.path()).as(file.toString()).isNotEmpty();
            System.out.println("conformance: " + file.getFileName() + ": " + refusal.line());
            refused++;
        }
        assertThat(refused).isGreaterThan(7);
    }

    private static EpcisDocument read(Path file, byte[] content) {
        try {
            return EpcisDocument.read(content);
        } catch (MalformedEpcis refused) {
            throw new AssertionError(file + ": " + refused.line(), refused);
        }
    }

    private static List<Path> files(String ending, boolean invalid) throws Exception {
        try (Stream<Path> files = Files.walk(Conformance.require("epcis2-openepcis"))) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .filter(file -> file.toString().contains("/Invalid/") == invalid)
                    .sorted()
                    .toList();
        }
    }
}
