package io.consilium.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command takes, before or after its name. */
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

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            scope = ScopeType.INHERIT,
            description = "Print results as table, json or yaml (default table).")
    Format format = Format.table;

    @Option(names = "--quiet", scope = ScopeType.INHERIT, description = "Print results and errors only.")
    boolean quiet;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Say more on stderr, with stack traces of failures.")
    boolean verbose;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "Context of config.toml in CONSILIUM_HOME (default ~/.config/consilium).")
    Optional<String> context = Optional.empty();

    @Option(
            names = "--node",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "Node to ask, in place of the context's.")
    Optional<String> node = Optional.empty();

    @Option(
            names = "--as",
            paramLabel = "MEMBER",
            scope = ScopeType.INHERIT,
            description = "Member (institution/handle) or patient id that asks and signs.")
    Optional<String> as = Optional.empty();

    @Option(
            names = "--key",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Keystore with the keys of --as.")
    Optional<Path> key = Optional.empty();

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "File with the keystore's password on its first line.")
    Optional<Path> passwordFile = Optional.empty();

    @Option(
            names = "--genesis",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Genesis file: what every proof and every node's key is checked against.")
    Optional<Path> genesis = Optional.empty();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = DurationText.class,
            scope = ScopeType.INHERIT,
            description = "How long to wait, e.g. 500ms, 30s, 2m (default 30s).")
    Duration timeout = Duration.ofSeconds(30);

    @Option(
            names = "--wait",
            paramLabel = "UNTIL",
            defaultValue = "committed",
            scope = ScopeType.INHERIT,
            description = "Of a write: wait until committed, or none.")
    Wait wait = Wait.committed;

    @Option(
            names = "--dry-run",
            scope = ScopeType.INHERIT,
            description = "Of a write: build and show the transaction, send nothing.")
    boolean dryRun;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show help and examples.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show the version.")
    boolean version;
}
