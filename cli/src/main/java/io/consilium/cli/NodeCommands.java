package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.HealthProbe;
import io.consilium.client.NodeEndpoint;
import io.consilium.client.NodeUnreachable;
import io.consilium.client.GenesisFile;
import io.consilium.node.config.ConfigException;
import io.consilium.node.config.NodeConfig;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code consilium node}: one node of an institution. */
@Command(
        name = "node",
        description = "Set up and run a node.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  consilium node run --config node.toml",
            "  consilium node status --config node.toml"
        })
final class NodeCommands {
    private final Session session;

    NodeCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "status",
            description = "Ask a node's health pages: is it live, is it ready, and if not, why.",
            footerHeading = "%nExamples:%n",
            footer = {"  consilium node status --config node.toml", "  consilium node status --node https://127.0.0.1:7443"})
    int status(
            @Option(
                            names = "--config",
                            paramLabel = "FILE",
                            description = "The node's node.toml (default: the context's node).")
                    Optional<String> file)
            throws Exception {
        NodeEndpoint endpoint = file.isPresent() ? configured(file.get()) : ofContext();
        HealthProbe probe = new HealthProbe(endpoint);
        HealthProbe.Answer live = probe.ask(HealthProbe.Question.LIVE, session.options().timeout);
        if (!live.good()) {
            throw new NodeUnreachable("The node at " + endpoint.uri() + " is not live: " + live.text());
        }
        HealthProbe.Answer ready = probe.ask(HealthProbe.Question.READY, session.options().timeout);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("institution", endpoint.institution());
        result.put("api", endpoint.uri().toString());
        result.put("live", true);
        result.put("ready", ready.good());
        result.put("reasons", ready.text());
        session.output().result(result);
        return 0;
    }

    private NodeEndpoint ofContext() throws ClientException {
        URI node = session.context()
                .node()
                .orElseThrow(() -> new ClientException(
                        FailureClass.USAGE,
                        "NODE_MISSING",
                        "It is not known which node to ask",
                        "Give --config node.toml, --node URL or a context"));
        return session.genesis().directory().resolve(node, session.options().timeout);
    }

    private NodeEndpoint configured(String file) throws ClientException {
        NodeConfig config;
        try {
            config = NodeConfig.load(Optional.of(UserFiles.existing(file)), session.environment(), Map.of());
        } catch (ConfigException invalid) {
            throw ConfigCommands.invalid(file, invalid);
        }
        GenesisFile genesis = GenesisFile.read(config.genesis());
        return genesis.directory()
                .ofInstitution(config.institution())
                .map(known -> new NodeEndpoint(
                        known.institution(),
                        URI.create("https://" + config.api().host() + ":" + config.api().port()),
                        known.keyHash()))
                .orElseThrow(() -> new ClientException(
                        FailureClass.USAGE,
                        "NODE_NOT_PINNED",
                        "The genesis pins no API key of " + config.institution(),
                        "Check node.institution and node.genesis in " + file));
    }

}
