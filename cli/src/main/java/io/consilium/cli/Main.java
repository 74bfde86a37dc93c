package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.EarlyTls;
import io.consilium.client.FailureClass;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry of the command line. */
public final class Main {
    private static final int BUFFER_BYTES = 32 * 1024;

    private Main() {}

    public static void main(String[] arguments) {
        // Every key here is pinned; reading the certificates of public authorities costs a tenth of a second.
        System.setProperty("javax.net.ssl.trustStore", "NONE");
        if (asksANode(List.of(arguments))) {
            EarlyTls.begin();
        }
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES),
                false,
                StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.exit(run(List.of(arguments), System.getenv(), System.in, out, err));
    }

    static boolean asksANode(List<String> words) {
        return !words.contains("--help")
                && !words.contains("-h")
                && words.stream()
                        .flatMap(word -> Arrays.stream(CommandGroup.values())
                                .filter(group -> group.command().equals(word)))
                        .findFirst()
                        .map(CommandGroup::asksANode)
                        .orElse(false);
    }

    /** Runs one command line and answers with its exit code. */
    public static int run(
            List<String> arguments, Map<String, String> environment, InputStream in, PrintStream out, PrintStream err) {
        Session session = new Session(environment, in, out, err);
        boolean json = asksForJson(arguments);
        try {
            CommandLine tree = CommandTree.of(session, arguments);
            tree.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
            tree.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
            tree.setParameterExceptionHandler((failure, words) -> misused(session, failure, json));
            tree.setExecutionStrategy(Main::execute);
            tree.setExecutionExceptionHandler((failure, command, parsed) -> failed(session, failure, json));
            return tree.execute(arguments.toArray(new String[0]));
        } finally {
            session.keepSeenHeight();
            session.output().flush();
        }
    }

    /** As picocli does, except that --help after a word that names nothing is no help. */
    private static int execute(CommandLine.ParseResult parsed) {
        CommandLine.ParseResult deepest = parsed;
        while (deepest.hasSubcommand()) {
            deepest = deepest.subcommand();
        }
        CommandLine command = deepest.commandSpec().commandLine();
        List<String> unknown = command.getUnmatchedArguments();
        if (!unknown.isEmpty()) {
            throw new UnmatchedArgumentException(command, unknown);
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private static int failed(Session session, Exception failure, boolean json) {
        ErrorReport report = ErrorReport.of(failure);
        report.print(session.output(), failure, json, session.options().verbose);
        return report.kind().exitCode();
    }

    private static int misused(Session session, ParameterException failure, boolean json) {
        if (failure.getCause() instanceof ClientException cause) {
            return failed(session, cause, json);
        }
        CommandLine command = failure.getCommandLine();
        String hint = "See " + command.getCommandSpec().qualifiedName() + " --help";
        Optional<String> unknown = unknown(failure);
        if (unknown.isPresent()) {
            Optional<String> near = ContextResolver.nearest(unknown.get(), known(command, unknown.get()));
            hint = near.map(word -> "Did you mean " + word + "? ").orElse("") + hint;
        }
        Optional<ArgSpec> missing = unknown.isPresent() ? Optional.empty() : missing(failure);
        if (missing.isPresent()) {
            hint = named(missing.get()) + " is: " + missing.get().description()[0] + " " + hint;
        }
        String path = unknown.or(() -> missing.map(Main::named)).orElse("");
        new ErrorReport(FailureClass.USAGE, cause(failure), "USAGE", "", path, hint)
                .print(session.output(), failure, json, false);
        return FailureClass.USAGE.exitCode();
    }

    private static Optional<ArgSpec> missing(ParameterException failure) {
        return failure instanceof MissingParameterException without
                ? without.getMissing().stream()
                        .filter(argument -> argument.description().length > 0)
                        .findFirst()
                : Optional.empty();
    }

    private static String named(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    private static String cause(ParameterException failure) {
        Optional<String> unknown = unknown(failure);
        if (unknown.isPresent()) {
            if (unknown.get().startsWith("-")) {
                return "Unknown option " + unknown.get();
            }
            return CommandTree.commandNames(failure.getCommandLine()).isEmpty()
                    ? "Unexpected argument '" + unknown.get() + "'"
                    : "There is no command '" + unknown.get() + "'";
        }
        if (String.valueOf(failure.getMessage()).startsWith("Missing required subcommand")) {
            return "Name a command of "
                    + failure.getCommandLine().getCommandSpec().qualifiedName();
        }
        return failure.getMessage() == null ? "Wrong usage" : failure.getMessage();
    }

    /** The first word that names nothing; a misspelt option also shows as one that is missing. */
    private static Optional<String> unknown(ParameterException failure) {
        List<String> words = failure instanceof UnmatchedArgumentException unmatched
                ? unmatched.getUnmatched()
                : failure instanceof MissingParameterException
                        ? failure.getCommandLine().getUnmatchedArguments()
                        : List.of();
        return words.stream().findFirst();
    }

    private static List<String> known(CommandLine command, String word) {
        return word.startsWith("-")
                ? command.getCommandSpec().options().stream()
                        .flatMap(option -> Arrays.stream(option.names()))
                        .toList()
                : CommandTree.commandNames(command);
    }

    /** Looked up in the plain words, because a command line that cannot be parsed also has a format. */
    private static boolean asksForJson(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            boolean next = i + 1 < arguments.size() && arguments.get(i + 1).equalsIgnoreCase("json");
            if ((word.equals("-o") || word.equals("--output")) && next
                    || word.equalsIgnoreCase("-ojson")
                    || word.equalsIgnoreCase("-o=json")
                    || word.equalsIgnoreCase("--output=json")) {
                return true;
            }
        }
        return false;
    }
}
