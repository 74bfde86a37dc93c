package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.node.config.ConfigException;
import io.consilium.node.config.EffectiveConfig;
import io.consilium.node.config.NodeConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code consilium config}: the settings of a node. */
@Command(
        addMethodSubcommands = false,
        name = "config",
        description = "Check and show a node's configuration.",
        footer = {
            "  consilium config validate --config node.toml",
            "  consilium config show --effective --config node.toml"
        })
final class ConfigCommands {
    private final Session session;

    ConfigCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "validate",
            description = "Check a configuration and say everything that is wrong with it.",
            footer = {"  consilium config validate --config node.toml"})
    int validate(
            @Option(names = "--config", required = true, paramLabel = "FILE", description = "The node's node.toml.")
                    String file)
            throws Exception {
        EffectiveConfig config = load(file);
        try {
            NodeConfig.of(config);
        } catch (ConfigException invalid) {
            throw invalid(file, invalid);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("valid", true);
        result.put("file", file);
        result.put("settings", config.values().size());
        session.output().result(result);
        return 0;
    }

    @Command(
            name = "show",
            description = "Show the settings of a node, each with where it comes from: default, file, env or flag.",
            footer = {
                "  consilium config show --config node.toml",
                "  consilium config show --effective --config node.toml -o json"
            })
    int show(
            @Option(names = "--config", required = true, paramLabel = "FILE", description = "The node's node.toml.")
                    String file,
            @Option(names = "--effective", description = "Every setting, those left at their default too.")
                    boolean effective)
            throws Exception {
        List<Map<String, Object>> items = new ArrayList<>();
        for (EffectiveConfig.Value value : load(file).values()) {
            if (effective || value.source() != EffectiveConfig.Source.DEFAULT) {
                Map<String, Object> item = new LinkedHashMap<>();
                item.put("name", value.setting().name());
                item.put("value", value.text());
                item.put("source", value.source().name().toLowerCase(Locale.ROOT));
                item.put("place", value.place());
                item.put("meaning", value.setting().meaning());
                items.add(item);
            }
        }
        session.output().list(List.of("name", "value", "source", "place"), items, Optional.empty());
        return 0;
    }

    private EffectiveConfig load(String file) throws ClientException {
        Path path = UserFiles.existing(file);
        try {
            return EffectiveConfig.load(Optional.of(path), session.environment(), Map.of());
        } catch (ConfigException invalid) {
            throw invalid(file, invalid);
        }
    }

    static ClientException invalid(String file, ConfigException invalid) {
        return new ClientException(
                        FailureClass.USAGE,
                        "CONFIG_INVALID",
                        "",
                        file,
                        "The configuration cannot be used: " + String.join("; ", invalid.problems()),
                        "Correct " + file + "; consilium config show --effective lists every setting")
                .causedBy(invalid);
    }
}
