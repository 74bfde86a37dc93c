package io.consilium.node.config;

import java.util.List;

/** The settings cannot be used; says every reason with its place. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    private final List<String> problems;

    public ConfigException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One line each: where, what is wrong, what was probably meant. */
    public List<String> problems() {
        return problems;
    }
}
