package io.consilium.cli;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** Builds picocli's tree of commands, as much of it as a command line needs. */
final class CommandTree {
    private static final String HELP_PAGE = "page";

    private CommandTree() {}

    /** As much as the words of a command line name; everything of the level at which they name nothing. */
    static CommandLine of(Session session, List<String> words) {
        CommandLine root = Root.of(session.options());
        List<CommandGroup> named = Arrays.stream(CommandGroup.values())
                .filter(group -> words.contains(group.command()))
                .toList();
        for (CommandGroup group : named) {
            root.addSubcommand(group.command(), subcommands(group.create(session), words));
        }
        return finish(root);
    }

    /** Every command, for completion and for tests. */
    static CommandLine whole(Session session) {
        CommandLine root = Root.of(session.options());
        for (CommandGroup group : CommandGroup.values()) {
            root.addSubcommand(group.command(), subcommands(group.create(session), List.of()));
        }
        return finish(root);
    }

    /**
     * A group with its commands, which are its annotated methods: reading one method's annotations takes picocli
     * milliseconds, so only those that are named are read where any is.
     */
    private static CommandLine subcommands(Object group, List<String> words) {
        CommandLine command = new CommandLine(spec(group));
        List<Method> named = commands(group.getClass(), words::contains);
        Map<String, Object> nested = group instanceof Nesting nesting ? nesting.nested() : Map.of();
        boolean anyNested = nested.keySet().stream().anyMatch(words::contains);
        nested.forEach((name, inner) -> {
            if (words.contains(name) || named.isEmpty() && !anyNested) {
                command.addSubcommand(name, subcommands(inner, words));
            }
        });
        List<Method> methods = named.isEmpty() && !anyNested ? commands(group.getClass(), name -> true) : named;
        for (Method method : methods) {
            if (!command.getSubcommands().containsKey(name(method))) {
                command.addSubcommand(name(method), new CommandLine(method));
            }
        }
        return command;
    }

    /** Picocli would read all annotations of a group that only carries its commands; one that runs has options too. */
    private static CommandSpec spec(Object group) {
        if (group instanceof Runnable || group instanceof Callable) {
            return CommandSpec.forAnnotatedObject(group);
        }
        CommandSpec spec = CommandSpec.wrapWithoutInspection(group);
        spec.updateCommandAttributes(
                Objects.requireNonNull(group.getClass().getAnnotation(Command.class)), CommandLine.defaultFactory());
        return spec;
    }

    /** The names of all commands of a level, those that were not built for this command line included. */
    static List<String> commandNames(CommandLine level) {
        if (level.getParent() == null) {
            return Arrays.stream(CommandGroup.values())
                    .map(CommandGroup::command)
                    .toList();
        }
        Object group = level.getCommandSpec().userObject();
        List<String> names = new ArrayList<>();
        commands(group.getClass(), name -> true).forEach(method -> names.add(name(method)));
        if (group instanceof Nesting nesting) {
            names.addAll(nesting.nested().keySet());
        }
        return names;
    }

    /**
     * The annotated methods with a wanted name, in the order of their names. A group that is too long for one file takes
     * the rest of its commands from the class that it extends.
     */
    private static List<Method> commands(Class<?> group, Predicate<String> wanted) {
        List<Method> methods = new ArrayList<>();
        for (Class<?> part = group; part != null && part != Object.class; part = part.getSuperclass()) {
            Arrays.stream(part.getDeclaredMethods())
                    .filter(method -> wanted.test(name(method)) && method.isAnnotationPresent(Command.class))
                    .forEach(methods::add);
        }
        methods.sort(Comparator.comparing(CommandTree::name));
        return methods;
    }

    /** A group of commands that holds further groups beside its own commands. */
    interface Nesting {
        SortedMap<String, Object> nested();
    }

    /**
     * A method's name tells its command's: {@code linkMrn} is link-mrn, and {@code return_}, which Java would not have
     * otherwise, is return.
     */
    static String name(Method method) {
        StringBuilder name = new StringBuilder();
        for (char letter : method.getName().toCharArray()) {
            if (Character.isUpperCase(letter)) {
                name.append('-').append(Character.toLowerCase(letter));
            } else if (letter != '_') {
                name.append(letter);
            }
        }
        return name.toString();
    }

    private static CommandLine finish(CommandLine root) {
        layOut(root);
        root.setCaseInsensitiveEnumValuesAllowed(true);
        root.setUnmatchedOptionsArePositionalParams(false);
        return root;
    }

    private static void layOut(CommandLine command) {
        command.setHelpSectionKeys(List.of(HELP_PAGE));
        command.getHelpSectionMap().put(HELP_PAGE, HelpPage::of);
        command.getSubcommands().values().forEach(CommandTree::layOut);
    }
}
