package io.consilium.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The help page of a command, {@value #WIDTH} characters wide. Picocli's own page loads Java's rules of where a line of
 * any language may break, a fifth of the time of {@code --help}.
 */
final class HelpPage {
    private static final int WIDTH = 80;
    private static final String MARGIN = "  ";
    private static final String WITHOUT_SHORT_NAME = "      ";
    private static final String END = System.lineSeparator();

    /** A name that is longer has its text on the next line. */
    private static final int MAX_NAME = 28;

    private HelpPage() {}

    static String of(Help help) {
        CommandSpec spec = help.commandSpec();
        UsageMessageSpec usage = spec.usageMessage();
        StringBuilder page = new StringBuilder();
        page.append("Usage: ").append(synopsis(spec)).append(END);
        for (String paragraph : usage.description()) {
            wrapped(paragraph, WIDTH, "").forEach(line -> page.append(line).append(END));
        }
        part(page, "", arguments(spec.positionalParameters()));
        part(page, "Options:", arguments(ownOptions(spec)));
        part(page, "Commands:", commands(spec));
        // Examples are to be copied, so that their lines stay as they are.
        page.append(END).append("Examples:").append(END);
        for (String example : usage.footer()) {
            page.append(example).append(END);
        }
        if (spec.parent() != null) {
            page.append(END)
                    .append("Options that every command takes: consilium --help")
                    .append(END);
        }
        return page.toString();
    }

    /** Required options by name, the rest as one word, then the parameters. */
    private static String synopsis(CommandSpec spec) {
        List<String> words = new ArrayList<>(List.of(spec.qualifiedName()));
        for (OptionSpec option : spec.options()) {
            if (option.required() && !option.inherited()) {
                words.add(option.longestName() + " " + option.paramLabel());
            }
        }
        words.add("[options]");
        if (spec.parent() == null || !spec.subcommands().isEmpty()) {
            words.add("COMMAND");
        }
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            words.add(parameter.required() ? label(parameter) : "[" + label(parameter) + "]");
        }
        return String.join(" ", words);
    }

    /** What the command itself takes: the options that all share stand in the help of {@code consilium}, sorted. */
    private static List<OptionSpec> ownOptions(CommandSpec spec) {
        boolean root = spec.parent() == null;
        List<OptionSpec> own = new ArrayList<>(spec.options());
        own.removeIf(option -> option.hidden() || option.inherited() && !root);
        if (root) {
            own.sort(Comparator.comparing(
                    option -> option.shortestName().replace("-", "").toLowerCase(Locale.ROOT)));
        }
        return own;
    }

    private static Map<String, String[]> arguments(List<? extends ArgSpec> arguments) {
        Map<String, String[]> rows = new LinkedHashMap<>();
        arguments.forEach(argument -> rows.put(name(argument), argument.description()));
        return rows;
    }

    /** As on a command line: {@code -o, --output=FORMAT}. */
    private static String name(ArgSpec argument) {
        if (argument instanceof OptionSpec option) {
            List<String> names = new ArrayList<>(List.of(option.names()));
            names.sort(Comparator.comparing(String::length));
            String first = names.get(0).startsWith("--") ? WITHOUT_SHORT_NAME : MARGIN;
            String label = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
            String written = String.join(", ", names);
            return first + (option.negatable() ? written.replace("--", "--[no-]") : written) + label;
        }
        return WITHOUT_SHORT_NAME + label((PositionalParamSpec) argument);
    }

    private static String label(PositionalParamSpec parameter) {
        return parameter.paramLabel() + (parameter.arity().max() > 1 ? "..." : "");
    }

    /** Of the first level all groups, also those that were not built for this page. */
    private static Map<String, String[]> commands(CommandSpec spec) {
        Map<String, String[]> rows = new LinkedHashMap<>();
        if (spec.parent() == null) {
            for (CommandGroup group : CommandGroup.values()) {
                rows.put(MARGIN + group.command(), new String[] {group.description() + "."});
            }
        } else {
            spec.subcommands().forEach((name, command) -> {
                String[] description = command.getCommandSpec().usageMessage().description();
                rows.put(MARGIN + name, Arrays.copyOf(description, 1));
            });
        }
        return rows;
    }

    /** Names on the left, what they mean on the right. */
    private static void part(StringBuilder page, String heading, Map<String, String[]> rows) {
        if (rows.isEmpty()) {
            return;
        }
        page.append(END);
        if (!heading.isEmpty()) {
            page.append(heading).append(END);
        }
        int width = rows.keySet().stream()
                .mapToInt(String::length)
                .filter(length -> length <= MAX_NAME)
                .max()
                .orElse(0);
        String indent = " ".repeat(width + MARGIN.length());
        rows.forEach((name, meaning) -> {
            String left = name + " ".repeat(Math.max(0, indent.length() - name.length()));
            if (name.length() > width) {
                page.append(name).append(END);
                left = indent;
            }
            for (String paragraph : meaning) {
                for (String line : wrapped(paragraph, WIDTH - indent.length(), MARGIN)) {
                    page.append(left).append(line).append(END);
                    left = indent;
                }
            }
        });
    }

    private static List<String> wrapped(String paragraph, int width, String further) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : Arrays.asList(paragraph.split(" "))) {
            if (line.length() > further.length() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
                line.append(further);
            } else if (!line.isEmpty()) {
                line.append(' ');
            }
            line.append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
