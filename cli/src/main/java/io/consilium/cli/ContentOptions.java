package io.consilium.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a user says of content that becomes a record or a version of one. */
final class ContentOptions {
    @Option(
            names = "--label",
            paramLabel = "SYSTEM|CODE",
            description = "Category, with the code system's FHIR address; repeat it.")
    @Nullable
    List<String> labels;

    @Option(names = "--sensitivity", paramLabel = "N|R|V", description = "Level of confidentiality (default N).")
    Optional<String> sensitivity = Optional.empty();

    @Option(
            names = "--clinical-time",
            paramLabel = "TIME[/TIME]",
            description = "When it happened (default: what a FHIR resource says); sealed.")
    Optional<String> clinicalTime = Optional.empty();

    @Option(
            names = "--title",
            paramLabel = "TEXT",
            converter = SaidText.class,
            description = "Title; only readers of the record see it.")
    Optional<String> title = Optional.empty();

    @Option(
            names = "--media-type",
            paramLabel = "TYPE",
            description = "Media type, e.g. application/pdf (default: told from the content, then from the name).")
    Optional<String> mediaType = Optional.empty();

    @Option(
            names = "--opening",
            paramLabel = "FILE",
            description = "Where the opening is kept (default: openings/ under the home).")
    Optional<Path> opening = Optional.empty();

    RecordDraft.Source source(String file) {
        return new RecordDraft.Source(file, mediaType, title, Words.of(labels), sensitivity, clinicalTime);
    }
}
