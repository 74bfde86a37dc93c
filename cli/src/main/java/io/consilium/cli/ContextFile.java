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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

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
    private static final String SECTION = "[contexts.";

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
        StringBuilder text =
                new StringBuilder("# Contexts of the consilium command line; paths start from this directory.\n");
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
        int number = 0;
        for (String raw : text.split("\n", -1)) {
            number++;
            String line = raw.strip();
            String place = file + ":" + number;
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith(SECTION)) {
                String name = sectionName(line, place);
                if (sections.putIfAbsent(name, new LinkedHashMap<>()) != null) {
                    throw malformed(place, "the context \"" + name + "\" stands twice");
                }
                section = Optional.of(name);
                continue;
            }
            int equals = line.indexOf('=');
            if (equals < 1) {
                throw malformed(place, "neither [contexts.\"NAME\"] nor name = \"text\"");
            }
            String name = line.substring(0, equals).strip();
            String value = quotedText(line.substring(equals + 1).strip(), place);
            if (section.isEmpty() && name.equals("current")) {
                current = Optional.of(value);
            } else if (section.isPresent() && FIELDS.contains(name)) {
                if (Objects.requireNonNull(sections.get(section.get())).putIfAbsent(name, value) != null) {
                    throw malformed(place, "'" + name + "' stands twice in one context");
                }
            } else {
                throw malformed(place, "unknown name '" + name + "'");
            }
        }
        return new ContextFile(current, entries(sections));
    }

    private static Map<String, Entry> entries(Map<String, Map<String, String>> sections) {
        Map<String, Entry> contexts = new LinkedHashMap<>();
        sections.forEach((name, fields) -> contexts.put(
                name,
                new Entry(
                        Optional.ofNullable(fields.get("node")),
                        Optional.ofNullable(fields.get("as")),
                        Optional.ofNullable(fields.get("key")),
                        Optional.ofNullable(fields.get("password-file")),
                        Optional.ofNullable(fields.get("genesis")))));
        return contexts;
    }

    /** The name in {@code [contexts."NAME"]} or {@code [contexts.NAME]}. */
    private static String sectionName(String line, String place) throws MalformedInput {
        String rest = line.substring(SECTION.length());
        boolean quoted = rest.startsWith("\"");
        String end = quoted ? "\"]" : "]";
        String name = rest.endsWith(end) && rest.length() > end.length()
                ? rest.substring(quoted ? 1 : 0, rest.length() - end.length())
                : "";
        if (name.isEmpty() || name.indexOf('"') >= 0 || name.indexOf('\\') >= 0 || name.indexOf(']') >= 0) {
            throw malformed(place, "no context's name in " + line);
        }
        return name;
    }

    /** A text in double quotes, and a comment behind it if there is one. */
    private static String quotedText(String text, String place) throws MalformedInput {
        StringBuilder value = new StringBuilder();
        int at = 1;
        while (text.startsWith("\"") && at < text.length()) {
            char next = text.charAt(at++);
            if (next == '"') {
                String rest = text.substring(at).strip();
                if (rest.isEmpty() || rest.startsWith("#")) {
                    return value.toString();
                }
                break;
            }
            if (next == '\\') {
                if (at == text.length() || "\"\\".indexOf(text.charAt(at)) < 0) {
                    break;
                }
                next = text.charAt(at++);
            }
            value.append(next);
        }
        throw malformed(place, "a text in double quotes expected");
    }

    private static MalformedInput malformed(String place, String cause) {
        return new MalformedInput(
                place, place + ": " + cause, "A context has the fields node, as, key, password-file and genesis");
    }
}
