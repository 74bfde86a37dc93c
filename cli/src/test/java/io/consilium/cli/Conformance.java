package io.consilium.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The published documents that tests are held against, outside the project. */
final class Conformance {
    private Conformance() {}

    /** A file of them; the test is skipped, with a line that says so, where it is absent. */
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
