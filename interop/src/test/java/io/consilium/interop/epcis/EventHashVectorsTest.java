package io.consilium.interop.epcis;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.interop.Conformance;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** DRU-1: the hash ids that the CBV's reference implementation published. */
class EventHashVectorsTest {
    @Test
    void dru1_everyPublishedDocumentHasItsPublishedHashes() throws Exception {
        int documents = 0;
        for (Path file : files("epcis-event-hash/examples", List.of(".jsonld", ".json", ".xml"))) {
            String name = file.toString().replaceAll("\\.[a-z]+$", "");
            Path hashes = Path.of(name + ".hashes");
            if (Files.exists(hashes)) {
                EpcisDocument document = EpcisDocument.read(Files.readAllBytes(file));
                assertThat(document.events().stream().map(EpcisEvent::hashId))
                        .as(
                                "%s: %s",
                                file.getFileName(), document.events().get(0).preHash())
                        .containsExactlyElementsOf(lines(hashes));
                documents++;
            }
        }
        System.out.println("conformance: " + documents + " EPCIS documents hashed");
        assertThat(documents).isGreaterThan(10);
    }

    @Test
    void dru1_preHashTextsAreThePublishedOnesWhereTheseHaveThePublishedHash() throws Exception {
        int compared = 0;
        for (Path file : files("epcis-event-hash/examples", List.of(".jsonld"))) {
            String name = file.toString().replace(".jsonld", "");
            List<String> hashes = lines(Path.of(name + ".hashes"));
            List<String> texts = lines(Path.of(name + ".prehashes"));
            EpcisDocument document = EpcisDocument.read(Files.readAllBytes(file));
            for (int i = 0; i < hashes.size(); i++) {
                // Some of the published texts were damaged; their hashes tell.
                if (EventHash.id(texts.get(i)).equals(hashes.get(i))) {
                    assertThat(document.events().get(i).preHash()).as(name).isEqualTo(texts.get(i));
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(20);
    }

    @Test
    void dru1_differentSpellingsOfOneEventHaveOneHash() throws Exception {
        for (Path file : files("epcis-event-hash/expected_equal", List.of(".json", ".jsonld", ".xml"))) {
            EpcisDocument document = EpcisDocument.read(Files.readAllBytes(file));
            assertThat(document.events()).hasSizeGreaterThan(1);
            assertThat(document.events().stream().map(EpcisEvent::hashId).distinct())
                    .as(file.toString())
                    .hasSize(1);
        }
    }

    private static List<String> lines(Path file) throws Exception {
        return Files.readAllLines(file, StandardCharsets.UTF_8).stream()
                .filter(line -> !line.isBlank())
                .toList();
    }

    private static List<Path> files(String folder, List<String> endings) throws Exception {
        try (Stream<Path> files = Files.list(Conformance.require(folder))) {
            return files.filter(file -> endings.stream().anyMatch(file.toString()::endsWith))
                    .sorted()
                    .toList();
        }
    }
}
