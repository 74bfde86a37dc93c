package io.consilium.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The published documents that tests are held against, outside the project. */
public final class Conformance {
    private Conformance() {}

    /** The JSON files of a folder whose names start so, in order; the test is skipped where the folder is absent. */
    public static List<Path> files(String folder, String prefix) throws IOException {
        try (Stream<Path> listed = Files.list(require(folder))) {
            return listed.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    /** A file or folder of them; the test is skipped, with a line that says so, where it is absent. */
    public static Path require(String relative) {
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
