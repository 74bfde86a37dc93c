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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.Text;

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
    void dru1_losesNoTextAndNoAttributeOfAnyXmlDocument() throws Exception {
        int compared = 0;
        for (Path file : files(".xml", false)) {
            EpcisDocument document = read(file, Files.readAllBytes(file));
            List<String> values = new ArrayList<>();
            collect(JSON.readTree(document.toJson()), values);
            Map<String, Long> written =
                    values.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
            List<String> words = words(file);
            if (document.form() == EpcisDocument.Form.EVENT) {
                // an event by itself has no date of a document, though one of the files says so
                words.remove("2013-06-04T14:59:02.099+02:00");
            }
            for (String word : words) {
                assertThat(spellings(word))
                        .as(file + ": " + word)
                        .anyMatch(spelling -> written.merge(spelling, -1L, Long::sum) >= 0);
                compared++;
            }
        }
        System.out.println("conformance: " + compared + " texts and attributes of EPCIS documents in XML kept");
        assertThat(compared).isGreaterThan(500);
    }

    private static void collect(JsonNode node, List<String> values) {
        if (node.isValueNode()) {
            values.add(
                    node.isNumber()
                            ? number(node.decimalValue())
                            : node.asText().strip());
        } else {
            node.forEach(child -> collect(child, values));
        }
    }

    private static String number(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }

    /** As it stands, as a number, or as the bare word of a vocabulary. */
    private static List<String> spellings(String word) {
        List<String> spellings = new ArrayList<>(List.of(word));
        if (word.matches("-?[0-9]+([.][0-9]+)?")) {
            spellings.add(number(new BigDecimal(word)));
        }
        spellings.add(word.substring(
                1 + Math.max(word.lastIndexOf(':'), Math.max(word.lastIndexOf('/'), word.lastIndexOf('-')))));
        return spellings;
    }

    /** Every text and every attribute but the version, which is that of the JSON, and the schema's own. */
    private static List<String> words(Path file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        List<String> words = new ArrayList<>();
        words(factory.newDocumentBuilder().parse(file.toFile()).getDocumentElement(), words);
        return words;
    }

    private static void words(Element element, List<String> words) {
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
            Node attribute = element.getAttributes().item(i);
            String namespace = attribute.getNamespaceURI() == null ? "" : attribute.getNamespaceURI();
            if (!namespace.contains("www.w3.org") && !attribute.getNodeName().equals("schemaVersion")) {
                words.add(attribute.getNodeValue().strip());
            }
        }
        for (int i = 0; i < element.getChildNodes().getLength(); i++) {
            Node child = element.getChildNodes().item(i);
            if (child instanceof Element inner) {
                words(inner, words);
            } else if (child instanceof Text text && !text.getData().isBlank()) {
                words.add(text.getData().strip());
            }
        }
    }

    @Test
    void dru1_keepsEveryEventByItselfWithNothingLost() throws Exception {
        int kept = 0;
        for (Path file : Stream.concat(files(".json", false).stream(), files(".xml", false).stream())
                .toList()) {
            EpcisDocument document = read(file, Files.readAllBytes(file));
            List<String> texts =
                    document.events().stream().map(EpcisEvent::text).toList();
            EpcisDocument again = read(file, EpcisDocument.of(document.head(), texts));
            assertThat(again.remarks().equals(BY_VALUE, document.remarks()))
                    .as(file.toString())
                    .isTrue();
            EpcisDocument alone0 = EpcisDocument.of(
                            "2026-01-01T00:00:00Z", JsonTree.NODES.objectNode(), List.of(again.standalone(0)))
                    .with(again);
            assertThat(read(file, alone0.toJson()).remarks().equals(BY_VALUE, document.remarks()))
                    .as(file + ": the head goes out with an event of it")
                    .isTrue();
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
