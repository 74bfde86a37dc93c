package io.consilium.crypto;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Published vectors that stand beside a checkout; tests without them are skipped and say so. */
final class Conformance {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Conformance() {}

    /** The file or folder, or a skipped test. */
    static Path require(String relative) {
        Optional<Path> found = find(relative);
        if (found.isEmpty()) {
            System.out.println("conformance: 1 skipped, no " + relative + " (set CONSILIUM_CONFORMANCE)");
        }
        Assumptions.assumeTrue(found.isPresent(), "no conformance folder");
        return found.orElseThrow();
    }

    private static Optional<Path> find(String relative) {
        String configured = System.getenv("CONSILIUM_CONFORMANCE");
        if (configured != null) {
            return Optional.of(Path.of(configured, relative)).filter(Files::exists);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path candidate = at.resolve("shared").resolve("conformance").resolve(relative);
            if (Files.exists(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static List<Path> jsonFiles(String folder) {
        try (Stream<Path> files = Files.walk(require(folder))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static byte[] hex(JsonNode node) {
        return HexFormat.of().parseHex(node.asText());
    }
}
