package io.consilium.interop.fhir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Published documents, which stand beside a checkout. */
final class Conformance {
    private Conformance() {}

    /** The JSON files of a folder whose names start so, in order; the test is skipped where the folder is absent. */
    static List<Path> files(String folder, String prefix) throws IOException {
        try (Stream<Path> listed = Files.list(require(folder))) {
            return listed.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

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
}
