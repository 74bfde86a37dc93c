package io.consilium.node.config;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One setting of a node: its dotted name, kind, default and bounds.
 *
 * @param name dotted and dashed, e.g. {@code api.max-request-bytes}; a number carries its unit in the name
 * @param defaultText the default as it would be written; empty when the setting has none and must be given
 * @param min smallest number allowed, for numbers
 * @param max largest number allowed, for numbers
 * @param choices the words allowed, for choices
 */
public record Setting(
        String name, Kind kind, Optional<String> defaultText, long min, long max, Set<String> choices, String meaning) {
    /** Prefix of the environment variables that set a node's settings. */
    public static final String ENVIRONMENT_PREFIX = "CONSILIUM_NODE_";

    /** What a value must look like. */
    public enum Kind {
        TEXT,
        PATH,
        NUMBER,
        CHOICE
    }

    static Setting number(String name, long defaultValue, long min, long max, String meaning) {
        return new Setting(name, Kind.NUMBER, Optional.of(Long.toString(defaultValue)), min, max, Set.of(), meaning);
    }

    static Setting text(String name, String defaultValue, String meaning) {
        return new Setting(name, Kind.TEXT, Optional.of(defaultValue), 0, 0, Set.of(), meaning);
    }

    static Setting required(String name, String meaning) {
        return new Setting(name, Kind.TEXT, Optional.empty(), 0, 0, Set.of(), meaning);
    }

    static Setting path(String name, String defaultValue, String meaning) {
        return new Setting(name, Kind.PATH, Optional.of(defaultValue), 0, 0, Set.of(), meaning);
    }

    static Setting choice(String name, String defaultValue, Set<String> choices, String meaning) {
        return new Setting(name, Kind.CHOICE, Optional.of(defaultValue), 0, 0, choices, meaning);
    }

    /** The environment variable that sets it, e.g. {@code CONSILIUM_NODE_API_PORT}. */
    public String environmentName() {
        return ENVIRONMENT_PREFIX + name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** Why {@code text} cannot be this setting's value; empty when it can. */
    Optional<String> objection(String text) {
        return switch (kind) {
            case TEXT -> Optional.empty();
            case PATH -> text.isBlank() ? Optional.of("must be a path, not empty") : Optional.empty();
            case CHOICE ->
                choices.contains(text)
                        ? Optional.empty()
                        : Optional.of("must be one of " + String.join(", ", choices) + ", not '" + text + "'");
            case NUMBER -> numberObjection(text);
        };
    }

    private Optional<String> numberObjection(String text) {
        try {
            long value = Long.parseLong(text);
            return value >= min && value <= max
                    ? Optional.empty()
                    : Optional.of("must be between " + min + " and " + max + ", not " + text);
        } catch (NumberFormatException e) {
            return Optional.of("must be a whole number between " + min + " and " + max + ", not '" + text + "'");
        }
    }
}
