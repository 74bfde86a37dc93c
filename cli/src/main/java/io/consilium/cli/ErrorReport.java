package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.json.JsonWriter;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.PrivateFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A failure as the user sees it: a line of cause and a line of what to do next, or one JSON object. */
record ErrorReport(FailureClass kind, String error, String code, String rule, String path, String hint) {

    static ErrorReport of(Throwable failure) {
        if (failure instanceof ClientException known) {
            return new ErrorReport(
                    known.kind(), known.getMessage(), known.code(), known.rule(), known.path(), known.hint());
        }
        if (failure instanceof MalformedException || failure instanceof CryptoException) {
            return new ErrorReport(
                    FailureClass.VERIFICATION_FAILED,
                    message(failure),
                    "NOT_AUTHENTIC",
                    "",
                    "",
                    "Fetch it again, and suspect whoever gave it to you if it stays so");
        }
        if (failure instanceof IOException io) {
            return new ErrorReport(
                    FailureClass.USAGE,
                    named(io) + " cannot be read or written: " + PrivateFile.reason(io),
                    "FILE_FAILURE",
                    "",
                    "",
                    "Check the paths given, their owner and the free space");
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError) {
                return new ErrorReport(
                        FailureClass.INTERNAL,
                        "What was given does not fit into this command's memory of "
                                + Runtime.getRuntime().maxMemory() / (1024 * 1024) + " MiB",
                        "OUT_OF_MEMORY",
                        "",
                        "",
                        "Check that it is the right file; CONSILIUM_JAVA_OPTS=-Xmx1g gives a command more");
            }
        }
        return new ErrorReport(
                FailureClass.INTERNAL,
                "A fault of this program: " + failure.getClass().getSimpleName() + ": " + message(failure),
                "INTERNAL",
                "",
                "",
                "Run it again with --verbose and report what it prints");
    }

    /** @param verbose adds the stack trace to the talk of a terminal */
    void print(Output output, Throwable failure, boolean json, boolean verbose) {
        // What was printed so far goes before the reason why there is no more.
        output.flush();
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("error", oneLine(error));
            object.put("code", code);
            object.put("rule", rule);
            object.put("path", path);
            object.put("hint", oneLine(hint));
            if (failure instanceof DocumentRefused refused) {
                object.put(
                        "faults",
                        refused.faults().entrySet().stream()
                                .map(fault -> fault(fault.getKey(), fault.getValue()))
                                .toList());
                object.put("moreFaults", refused.more());
            }
            output.err().println(JsonWriter.compact(object));
        } else {
            output.err().println("consilium: " + oneLine(error) + (rule.isEmpty() ? "" : " [" + rule + "]"));
            if (failure instanceof DocumentRefused refused) {
                printFaults(output, refused);
            }
            if (!hint.isEmpty()) {
                output.err().println("  " + oneLine(hint));
            }
        }
        if (verbose) {
            failure.printStackTrace(output.err());
        }
        output.flush();
    }

    private static Map<String, Object> fault(String path, String reason) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("path", path);
        object.put("reason", reason);
        return object;
    }

    /** Of one alone the line of cause has told. */
    private static void printFaults(Output output, DocumentRefused refused) {
        if (refused.faults().size() > 1) {
            refused.faults().forEach((path, reason) -> output.err().println("    " + path + ": " + oneLine(reason)));
        }
        if (refused.more() > 0) {
            output.err().println("    and " + refused.more() + " more");
        }
    }

    private static String named(IOException failed) {
        return failed instanceof FileSystemException at && at.getFile() != null ? at.getFile() : "A file";
    }

    private static String message(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? "no further word" : message;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }
}
