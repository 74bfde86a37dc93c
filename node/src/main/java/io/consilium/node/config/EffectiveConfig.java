package io.consilium.node.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Every setting's value and where it came from: default, file, environment or flag; the later wins. */
public final class EffectiveConfig {
    /** Where a value came from. */
    public enum Source {
        DEFAULT,
        FILE,
        ENV,
        FLAG
    }

    /** A value with its source and place, e.g. {@code node.toml:12} or the variable's name. */
    public record Value(Setting setting, String text, Source source, String place) {}

    private final Path directory;
    private final Map<String, Value> values;

    private EffectiveConfig(Path directory, Map<String, Value> values) {
        this.directory = directory;
        this.values = values;
    }

    /**
     * Reads the file (if any), the environment's {@code CONSILIUM_NODE_…} variables and the flags (setting name to text).
     *
     * @throws ConfigException with every unknown name and wrong value found, not only the first
     */
    public static EffectiveConfig load(Optional<Path> file, Map<String, String> environment, Map<String, String> flags)
            throws ConfigException {
        List<String> problems = new ArrayList<>();
        Map<String, Value> values = new LinkedHashMap<>();
        for (Setting setting : Settings.all()) {
            setting.defaultText()
                    .ifPresent(text -> values.put(setting.name(), new Value(setting, text, Source.DEFAULT, "default")));
        }
        if (file.isPresent()) {
            for (ConfigFile.Entry entry : ConfigFile.read(file.get()).entries()) {
                offer(values, problems, entry.name(), entry.text(), Source.FILE, entry.place());
            }
        }
        new TreeMap<>(environment).forEach((variable, text) -> {
            if (variable.startsWith(Setting.ENVIRONMENT_PREFIX)) {
                offer(values, problems, settingOf(variable), text, Source.ENV, variable);
            }
        });
        flags.forEach((name, text) -> offer(values, problems, name, text, Source.FLAG, "flag " + name));
        for (Setting setting : Settings.all()) {
            if (!values.containsKey(setting.name())) {
                problems.add("setting '" + setting.name() + "' is missing (" + setting.meaning() + "); set it in "
                        + file.map(Path::toString).orElse("the config file") + " or by " + setting.environmentName());
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        Path directory = file.map(f -> f.toAbsolutePath().normalize().getParent())
                .orElseGet(() -> Path.of("").toAbsolutePath());
        return new EffectiveConfig(directory, values);
    }

    private static String settingOf(String variable) {
        for (Setting setting : Settings.all()) {
            if (setting.environmentName().equals(variable)) {
                return setting.name();
            }
        }
        return variable.substring(Setting.ENVIRONMENT_PREFIX.length()).toLowerCase(java.util.Locale.ROOT);
    }

    private static void offer(
            Map<String, Value> values, List<String> problems, String name, String text, Source source, String place) {
        Optional<Setting> setting = Settings.named(name);
        if (setting.isEmpty()) {
            problems.add(place + ": unknown setting '" + name + "'"
                    + Settings.nearest(name.replace('_', '-'))
                            .map(n -> "; did you mean '" + n + "'?")
                            .orElse("; `config show` lists every setting"));
            return;
        }
        Optional<String> objection = setting.get().objection(text);
        if (objection.isPresent()) {
            problems.add(place + ": '" + name + "' " + objection.get());
            return;
        }
        values.put(name, new Value(setting.get(), text, source, place));
    }

    /** Every value in the order of {@link Settings#all}. */
    public List<Value> values() {
        List<Value> ordered = new ArrayList<>();
        for (Setting setting : Settings.all()) {
            ordered.add(value(setting));
        }
        return ordered;
    }

    /** The directory that relative paths start from: the file's. */
    public Path directory() {
        return directory;
    }

    public String text(Setting setting) {
        return value(setting).text();
    }

    public long number(Setting setting) {
        return Long.parseLong(text(setting));
    }

    public int integer(Setting setting) {
        return Math.toIntExact(number(setting));
    }

    public Path path(Setting setting) {
        return directory.resolve(text(setting)).normalize();
    }

    private Value value(Setting setting) {
        Value value = values.get(setting.name());
        if (value == null) {
            throw new IllegalArgumentException("no setting " + setting.name());
        }
        return value;
    }
}
