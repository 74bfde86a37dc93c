package io.consilium.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;

/**
 * The options that every command takes, before or after its name. Written out and not as annotations, which take picocli a
 * tenth of a short command's time.
 */
final class GlobalOptions {
    /** How results are printed. */
    enum Format {
        table,
        json,
        yaml
    }

    /** What a write waits for. */
    enum Wait {
        committed,
        none
    }

    Format format = Format.table;
    boolean quiet;
    boolean verbose;
    Optional<String> context = Optional.empty();
    Optional<String> node = Optional.empty();
    Optional<String> as = Optional.empty();
    Optional<Path> key = Optional.empty();
    Optional<Path> passwordFile = Optional.empty();
    Optional<Path> genesis = Optional.empty();
    Duration timeout = Duration.ofSeconds(30);
    Wait wait = Wait.committed;
    boolean dryRun;

    /** Each sets its field here when a command line is read. */
    List<OptionSpec> specs() {
        return List.of(
                value(Format.class, "FORMAT", chosen -> format = chosen, "-o", "--output")
                        .defaultValue("table")
                        .description("Print results as table, json or yaml (default table).")
                        .build(),
                flag(given -> quiet = given, "--quiet")
                        .description("Print results and errors only.")
                        .build(),
                flag(given -> verbose = given, "--verbose")
                        .description("Say more on stderr, with stack traces of failures.")
                        .build(),
                optional(String.class, "NAME", name -> context = name, "--context")
                        .description("Context of config.toml in CONSILIUM_HOME (default ~/.config/consilium).")
                        .build(),
                optional(String.class, "URL", url -> node = url, "--node")
                        .description("Node to ask, in place of the context's.")
                        .build(),
                optional(String.class, "MEMBER", member -> as = member, "--as")
                        .description("Member (institution/handle) or patient id that asks and signs.")
                        .build(),
                optional(Path.class, "FILE", file -> key = file, "--key")
                        .description("Keystore with the keys of --as.")
                        .build(),
                optional(Path.class, "FILE", file -> passwordFile = file, "--password-file")
                        .description("File with the keystore's password on its first line.")
                        .build(),
                optional(Path.class, "FILE", file -> genesis = file, "--genesis")
                        .description("Genesis file: what every proof and every node's key is checked against.")
                        .build(),
                value(Duration.class, "TIME", time -> timeout = time, "--timeout")
                        .defaultValue("30s")
                        .converters(new DurationText())
                        .description("How long to wait, e.g. 500ms, 30s, 2m (default 30s).")
                        .build(),
                value(Wait.class, "UNTIL", until -> wait = until, "--wait")
                        .defaultValue("committed")
                        .description("Of a write: wait until committed, or none.")
                        .build(),
                flag(given -> dryRun = given, "--dry-run")
                        .description("Of a write: build and show the transaction, send nothing.")
                        .build(),
                flag(given -> {}, "-h", "--help")
                        .usageHelp(true)
                        .description("Show help and examples.")
                        .build(),
                flag(given -> {}, "-V", "--version")
                        .versionHelp(true)
                        .description("Show the version.")
                        .build());
    }

    private static OptionSpec.Builder flag(Consumer<Boolean> field, String... names) {
        return option(new Field<>(Boolean.class, given -> field.accept(given.orElse(false))), names)
                .type(boolean.class);
    }

    /** With a default, so that there is always one. */
    private static <T> OptionSpec.Builder value(Class<T> type, String label, Consumer<T> field, String... names) {
        return optional(type, label, given -> given.ifPresent(field), names);
    }

    private static <T> OptionSpec.Builder optional(
            Class<T> type, String label, Consumer<Optional<T>> field, String... names) {
        return option(new Field<>(type, field), names).type(type).paramLabel(label);
    }

    private static OptionSpec.Builder option(ISetter field, String... names) {
        return OptionSpec.builder(names).setter(field).scopeType(ScopeType.INHERIT);
    }

    /** A class and not a lambda of picocli's, which no class-data archive of Java 17 can hold. */
    private record Field<T>(Class<T> type, Consumer<Optional<T>> set) implements ISetter {
        @Override
        @SuppressWarnings("unchecked") // picocli answers with the value before
        public <V> V set(V value) {
            set.accept(Optional.ofNullable(value).map(type::cast));
            return value;
        }
    }
}
