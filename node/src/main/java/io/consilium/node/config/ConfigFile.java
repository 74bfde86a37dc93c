package io.consilium.node.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A settings file in TOML, read into dotted names with their lines. */
record ConfigFile(List<Entry> entries) {
    private static final int MAX_BYTES = 256 * 1024;
    private static final int MAX_DEPTH = 4;

    /** One value of the file; {@code place} is {@code file:line}. */
    record Entry(String name, String text, String place) {}

    static ConfigFile read(Path file) throws ConfigException {
        String toml = readText(file);
        JsonNode tree;
        try {
            tree = new TomlMapper().readTree(toml);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new ConfigException(List.of(file + ":" + line + ": not valid TOML: " + e.getOriginalMessage()));
        }
        Map<String, Integer> lines = lines(toml);
        List<Entry> entries = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        flatten("", tree, 0, (name, node) -> {
            String place = file + ":" + lines.getOrDefault(name, 1);
            if (node.isContainerNode()) {
                problems.add(place + ": '" + name + "' must be a single value");
            } else {
                entries.add(new Entry(name, node.asText(), place));
            }
        });
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new ConfigFile(entries);
    }

    private static String readText(Path file) throws ConfigException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ConfigException(
                        List.of(file + ": larger than " + MAX_BYTES + " bytes; is it a config file?"));
            }
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new ConfigException(List.of(file + ": no such file; `node init` writes one"));
        } catch (MalformedInputException e) {
            throw new ConfigException(List.of(file + ": is no UTF-8 text; is it a config file?"));
        } catch (IOException e) {
            throw new ConfigException(List.of(file + ": cannot be read: " + e.getMessage()));
        }
    }

    private interface Leaf {
        void accept(String name, JsonNode node);
    }

    private static void flatten(String prefix, JsonNode node, int depth, Leaf leaf) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String name = prefix.isEmpty() ? field.getKey() : prefix + "." + field.getKey();
            if (field.getValue().isObject() && depth < MAX_DEPTH) {
                flatten(name, field.getValue(), depth + 1, leaf);
            } else {
                leaf.accept(name, field.getValue());
            }
        }
    }

    /** Line of each dotted name; the parser keeps no places, and a person wants to be told where. */
    private static Map<String, Integer> lines(String toml) {
        Map<String, Integer> lines = new HashMap<>();
        String table = "";
        int number = 0;
        for (String raw : toml.split("\n", -1)) {
            number++;
            String line = raw.strip();
            if (line.startsWith("[") && line.contains("]")) {
                table = bare(line.substring(1, line.indexOf(']'))) + ".";
            } else if (line.contains("=") && !line.startsWith("#")) {
                lines.putIfAbsent(table + bare(line.substring(0, line.indexOf('='))), number);
            }
        }
        return lines;
    }

    private static String bare(String key) {
        return key.replace("\"", "").replace("'", "").replace(" ", "").strip();
    }
}
