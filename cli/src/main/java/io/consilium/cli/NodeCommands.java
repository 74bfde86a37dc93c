package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.GenesisFile;
import io.consilium.client.HealthProbe;
import io.consilium.client.MalformedInput;
import io.consilium.client.NodeEndpoint;
import io.consilium.client.NodeUnreachable;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonReader;
import io.consilium.node.config.NodeConfig;
import io.consilium.node.process.NodeProcess;
import io.consilium.node.process.NodeStartException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code consilium node}: one node of an institution. */
@Command(
        addMethodSubcommands = false,
        name = "node",
        description = "Set up and run a node.",
        footer = {
            "  consilium node init --config node/node.toml --institution st-mary \\",
            "      --name 'St Mary' --roles PROVIDER",
            "  consilium node init --config node/node.toml --genesis genesis.json --founding",
            "  consilium node run --config node/node.toml"
        })
final class NodeCommands {
    private static final String STOP_WITH = "CONSILIUM_STOP_WITH";

    private final Session session;

    NodeCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "init",
            description = {
                "Set a node up, in two steps.",
                "First with --institution: it makes keys, node.toml, and institution.json, a public card for genesis new.",
                "Then with --genesis: it makes the empty store. --founding says that the chain has no block yet;"
                        + " without it the node signs nothing until others have proved where the chain is."
            },
            footer = {
                "  consilium node init --config node/node.toml --institution st-mary --name 'St Mary Hospital' \\",
                "      --roles PROVIDER --api 127.0.0.1:7443 --peers 127.0.0.1:7444",
                "  consilium node init --config node/node.toml --genesis genesis.json --founding"
            })
    int init(
            @Option(
                            names = "--config",
                            required = true,
                            paramLabel = "FILE",
                            description = "The node's node.toml; its directory is the node's.")
                    Path configFile,
            @Option(names = "--institution", paramLabel = "ID", description = "Slug of the institution.")
                    Optional<String> institution,
            @Option(names = "--name", paramLabel = "NAME", description = "Its legal name.") Optional<String> name,
            @Option(
                            names = "--roles",
                            paramLabel = "ROLE,...",
                            description = "PROVIDER, LABORATORY, PAYER, SPONSOR, ETHICS_COMMITTEE, MANUFACTURER,"
                                    + " WHOLESALER, PHARMACY, REGULATOR.")
                    @Nullable
                    List<String> roles,
            @Option(names = "--gln", paramLabel = "GLN", defaultValue = "", description = "Its GS1 location number.")
                    String gln,
            @Option(
                            names = "--api",
                            paramLabel = "HOST:PORT",
                            defaultValue = "127.0.0.1:7443",
                            description = "Where clients reach it (default 127.0.0.1:7443).")
                    String api,
            @Option(
                            names = "--peers",
                            paramLabel = "HOST:PORT",
                            defaultValue = "127.0.0.1:7444",
                            description = "Where other nodes reach it (default 127.0.0.1:7444).")
                    String peers,
            @Option(names = "--founding", description = "With --genesis: the chain has no block yet.") boolean founding,
            @Option(
                            names = "--cost",
                            defaultValue = "standard",
                            paramLabel = "COST",
                            description = "Of the keystore: standard, or devnet: quick to open and weak.")
                    KeyCommands.CostChoice cost)
            throws Exception {
        NodeSetup setup = new NodeSetup(session, configFile);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("config", configFile.toString());
        if (institution.isPresent()) {
            String slug = Ids.institution(institution.get());
            Path card = setup.found(
                    new NodeSetup.Institution(slug, name.orElse(slug), Words.of(roles), gln, api, peers),
                    new Passwords(session).fresh(Optional.empty()),
                    cost.cost());
            result.put("institution", slug);
            result.put("card", card.toString());
        } else if (!setup.exists()) {
            throw new MalformedInput(
                    "--institution",
                    "There is no node at " + configFile + " yet",
                    "Give --institution, --name and --roles to make its keys first");
        }
        Optional<Path> genesis = session.options().genesis;
        if (genesis.isPresent()) {
            NodeConfig config = setup.join(genesis.get(), founding);
            result.put("institution", config.institution());
            result.put("chainId", GenesisFile.read(config.genesis()).chainId().hex());
            result.put("store", config.database().toString());
        } else if (institution.isEmpty()) {
            throw new MalformedInput("--genesis", "There is nothing to do", "Give --genesis FILE to make the store");
        }
        session.output().result(result);
        return 0;
    }

    @Command(
            name = "run",
            description = "Run a node in the foreground until it is told to stop (SIGTERM, Ctrl-C).",
            footer = {
                "  consilium node run --config node/node.toml",
                "  consilium node run --config node/node.toml --set log.format=console"
            })
    int run(
            @Option(names = "--config", required = true, paramLabel = "FILE", description = "The node's node.toml.")
                    String file,
            @Option(names = "--set", paramLabel = "NAME=VALUE", description = "A setting for this run; repeat it.")
                    @Nullable
                    Map<String, String> settings)
            throws Exception {
        NodeConfig config = NodeSetup.config(
                UserFiles.existing(file), session.environment(), settings == null ? Map.of() : settings);
        try {
            NodeProcess.run(config, companionsEnd(), node -> session.output()
                    .say("Node " + config.institution() + " serves https://"
                            + config.api().host() + ":" + node.apiPort()));
            return 0;
        } catch (NodeStartException refused) {
            throw NodeSetup.failure(refused);
        }
    }

    /** A node that serves one command only, as that of the launcher's preparation does, ends when the command has died. */
    private CompletableFuture<?> companionsEnd() throws ClientException {
        String companion = session.environment().getOrDefault(STOP_WITH, "");
        if (companion.isEmpty()) {
            return new CompletableFuture<>();
        }
        if (!companion.matches("[1-9][0-9]{0,17}")) {
            throw new MalformedInput(STOP_WITH, STOP_WITH + " is no process id", "Unset it, or give a process id");
        }
        return ProcessHandle.of(Long.parseLong(companion))
                .map(ProcessHandle::onExit)
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    @Command(
            name = "status",
            description = "Ask a node's health pages: is it live, is it ready, and if not, why.",
            footer = {
                "  consilium node status --config node/node.toml",
                "  consilium node status --node https://127.0.0.1:7443 --genesis genesis.json"
            })
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
        details(ready.text()).forEach(result::putIfAbsent);
        session.output().result(result);
        return 0;
    }

    /** Height and reasons, as the health page says them. */
    private static Map<String, Object> details(String text) {
        Map<String, Object> details = new LinkedHashMap<>();
        try {
            if (JsonReader.read(text) instanceof Map<?, ?> page) {
                page.forEach((name, value) -> details.put(String.valueOf(name), value));
            }
        } catch (JsonException plainText) {
            details.put("health", text);
        }
        return details;
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
        NodeConfig config = NodeSetup.config(UserFiles.existing(file), session.environment(), Map.of());
        GenesisFile genesis = GenesisFile.read(config.genesis());
        return genesis.directory()
                .ofInstitution(config.institution())
                .map(known -> new NodeEndpoint(
                        known.institution(),
                        URI.create("https://" + config.api().host() + ":"
                                + config.api().port()),
                        known.keyHash()))
                .orElseThrow(() -> new ClientException(
                        FailureClass.USAGE,
                        "NODE_NOT_PINNED",
                        "The genesis pins no API key of " + config.institution(),
                        "Check node.institution and node.genesis in " + file));
    }
}
