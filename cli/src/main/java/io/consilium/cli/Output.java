package io.consilium.cli;

import io.consilium.client.json.JsonWriter;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where results and talk go: data to stdout in the format asked for, everything else to stderr. */
final class Output {
    private final GlobalOptions options;
    private final PrintStream out;
    private final PrintStream err;

    Output(GlobalOptions options, PrintStream out, PrintStream err) {
        this.options = options;
        this.out = out;
        this.err = err;
    }

    /** One result. */
    void result(Map<String, ?> object) {
        switch (options.format) {
            case json -> out.println(JsonWriter.indented(object));
            case yaml -> out.print(YamlWriter.write(object));
            case table -> out.print(TableWriter.object(object));
        }
    }

    /** A document that people save and edit: JSON, whatever the format of tables. */
    void document(Map<String, ?> object) {
        out.println(JsonWriter.indented(object));
    }

    /** A page of results; a table shows the given columns alone. */
    void list(List<String> columns, List<Map<String, Object>> items, Optional<String> nextCursor) {
        list(columns, items, nextCursor, Map.of());
    }

    /** The same with facts about the whole list, which a table leaves out. */
    void list(
            List<String> columns,
            List<Map<String, Object>> items,
            Optional<String> nextCursor,
            Map<String, Object> about) {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("items", items);
        page.put("nextCursor", nextCursor);
        page.putAll(about);
        switch (options.format) {
            case json -> out.println(JsonWriter.indented(page));
            case yaml -> out.print(YamlWriter.write(page));
            case table -> {
                out.print(TableWriter.list(columns, items));
                nextCursor.ifPresent(cursor -> say("More: --cursor " + cursor));
            }
        }
    }

    /** One of a stream of results: a line of its own in every format, shown at once. */
    void event(Map<String, ?> object, String text) {
        switch (options.format) {
            case json -> out.println(JsonWriter.compact(object));
            case yaml -> out.print("---\n" + YamlWriter.write(object));
            case table -> out.println(text);
        }
        out.flush();
    }

    /** The bytes of a result that is a file. */
    PrintStream raw() {
        return out;
    }

    /** A note to the person at the terminal. */
    void say(String text) {
        if (!options.quiet) {
            err.println(text);
        }
    }

    /** A note for those who asked for more. */
    void detail(String text) {
        if (options.verbose) {
            err.println(text);
        }
    }

    boolean isQuiet() {
        return options.quiet;
    }

    PrintStream err() {
        return err;
    }

    GlobalOptions.Format format() {
        return options.format;
    }

    void flush() {
        out.flush();
        err.flush();
    }
}
