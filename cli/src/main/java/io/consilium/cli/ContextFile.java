package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.crypto.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file {@code config.toml} of a home directory: contexts by name, and which one is current.
 *
 * <p>The part of TOML that it is written in: comments, {@code [contexts."NAME"]} and {@code name = "text"}. Reading it
 * here rather than with a library keeps start-up short.
 */
public record ContextFile(Optional<String> current, Map<String, Entry> contexts) {
    public static final String NAME = "config.toml";

    private static final int MAX_BYTES = 1024 * 1024;
    private static final Set<String> FIELDS = Set.of("node", "as", "key", "password-file", "genesis");
    private static final Pattern SECTION = Pattern.compile("\\[contexts\\.(?:\"([^\"\\\\]+)\"|([A-Za-z0-9_-]+))]");
    private static final Pattern FIELD = Pattern.compile("([a-z-]+)\\s*=\\s*\"((?:[^\"\\\\]|\\\\[\"\\\\])*)\"\\s*(?:#.*)?");

    /** One context as written; relative paths start from the file's directory. */
    public record Entry(
            Optional<String> node,
            Optional<String> as,
            Optional<String> key,
            Optional<String> passwordFile,
            Optional<String> genesis) {}

    public ContextFile {
        contexts = new LinkedHashMap<>(contexts);
    }

    /** The contexts of the home directory, none where it has no such file. */
    public static ContextFile read(Path home) throws ClientException {
        Path file = home.resolve(NAME);
        if (!Files.exists(file)) {
            return new ContextFile(Optional.empty(), Map.of());
        }
        try {
            return parse(file, new String(PrivateFile.read(file, MAX_BYTES), StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "CONFIG_UNREADABLE",
                            file + " cannot be read: " + PrivateFile.reason(failed),
                            "Check its owner and mode, or name another directory in CONSILIUM_HOME")
                    .causedBy(failed);
        }
    }

    /** Writes or replaces the file, mode 0600. */
    public void write(Path home) throws IOException {
        StringBuilder text = new StringBuilder("# Contexts of the consilium command line; paths start from this directory.\n");
        current.ifPresent(name -> text.append("current = ").append(quoted(name)).append('\n'));
        contexts.forEach((name, entry) -> {
            text.append("\n[contexts.").append(quoted(name)).append("]\n");
            field(text, "node", entry.node());
            field(text, "as", entry.as());
            field(text, "key", entry.key());
            field(text, "password-file", entry.passwordFile());
            field(text, "genesis", entry.genesis());
        });
        PrivateFile.replace(home.resolve(NAME), text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void field(StringBuilder text, String name, Optional<String> value) {
        value.ifPresent(v -> text.append(name).append(" = ").append(quoted(v)).append('\n'));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static ContextFile parse(Path file, String text) throws MalformedInput {
        Optional<String> current = Optional.empty();
        Map<String, Map<String, String>> sections = new LinkedHashMap<>();
        Optional<String> section = Optional.empty();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            String place = file + ":" + (i + 1);
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Matcher heading = SECTION.matcher(line);
            if (heading.matches()) {
                String name = heading.group(1) != null ? heading.group(1) : heading.group(2);
                if (sections.putIfAbsent(name, new LinkedHashMap<>()) != null) {
                    throw malformed(place, "the context \"" + name + "\" stands twice");
                }
                section = Optional.of(name);
                continue;
            }
            Matcher field = FIELD.matcher(line);
            if (!field.matches()) {
                throw malformed(place, "neither [contexts.\"NAME\"] nor name = \"text\"");
            }
            String value = field.group(2).replaceAll("\\\\(.)", "$1");
            if (section.isEmpty() && field.group(1).equals("current")) {
                current = Optional.of(value);
            } else if (section.isPresent() && FIELDS.contains(field.group(1))) {
                if (sections.get(section.get()).putIfAbsent(field.group(1), value) != null) {
                    throw malformed(place, "'" + field.group(1) + "' stands twice in one context");
                }
            } else {
                throw malformed(place, "unknown name '" + field.group(1) + "'");
            }
        }
        Map<String, Entry> contexts = new LinkedHashMap<>();
        sections.forEach((name, fields) -> contexts.put(
                name,
                new Entry(
                        Optional.ofNullable(fields.get("node")),
                        Optional.ofNullable(fields.get("as")),
                        Optional.ofNullable(fields.get("key")),
                        Optional.ofNullable(fields.get("password-file")),
                        Optional.ofNullable(fields.get("genesis")))));
        return new ContextFile(current, contexts);
    }

    private static MalformedInput malformed(String place, String cause) {
        return new MalformedInput(
                place, place + ": " + cause, "A context has the fields node, as, key, password-file and genesis");
    }
}
