package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry of the command line. */
public final class Main {
    private static final int BUFFER_BYTES = 32 * 1024;

    private Main() {}

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES),
                false,
                StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.exit(run(List.of(arguments), System.getenv(), System.in, out, err));
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
            tree.setExecutionExceptionHandler((failure, command, parsed) -> failed(session, failure, json));
            return tree.execute(arguments.toArray(new String[0]));
        } finally {
            session.output().flush();
        }
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
        String name = failure.getCommandLine().getCommandSpec().qualifiedName();
        String hint = "See " + name + " --help";
        if (failure instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            hint = "Did you mean " + String.join(" or ", unmatched.getSuggestions()) + "? " + hint;
        }
        new ErrorReport(FailureClass.USAGE, cause(failure), "USAGE", "", "", hint)
                .print(session.output(), failure, json, false);
        return FailureClass.USAGE.exitCode();
    }

    private static String cause(ParameterException failure) {
        if (failure instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String word = unmatched.getUnmatched().get(0);
            if (word.startsWith("-")) {
                return "Unknown option " + word;
            }
            return failure.getCommandLine().getSubcommands().isEmpty()
                    ? "Unexpected argument '" + word + "'"
                    : "There is no command '" + word + "'";
        }
        return failure.getMessage() == null ? "Wrong usage" : failure.getMessage();
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
