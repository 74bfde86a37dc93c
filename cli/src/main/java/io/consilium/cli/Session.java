package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.GenesisFile;
import io.consilium.client.Identity;
import io.consilium.client.NodeClient;
import io.consilium.client.NodeDirectory;
import io.consilium.client.ReceiptVerifier;
import io.consilium.client.SeenHeight;
import io.consilium.client.VerificationFailed;
import io.consilium.client.VerifiedState;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** One run of the command line: its options, its surroundings, and what commands ask for on demand. */
public final class Session {
    private final GlobalOptions options = new GlobalOptions();
    private final Map<String, String> environment;
    private final InputStream in;
    private final Output output;
    private Optional<Context> context = Optional.empty();
    private Optional<GenesisFile> genesis = Optional.empty();
    private Optional<Identity> identity = Optional.empty();
    private Optional<NodeClient> client = Optional.empty();
    private Optional<ReceiptVerifier> verifier = Optional.empty();
    private Optional<KeptHeight> seen = Optional.empty();

    Session(Map<String, String> environment, InputStream in, java.io.PrintStream out, java.io.PrintStream err) {
        this.environment = environment;
        this.in = in;
        this.output = new Output(options, out, err);
    }

    /** The same surroundings seen from another home directory, e.g. that of a cluster this command has started. */
    Session at(Path home, String contextName) {
        Map<String, String> there = new LinkedHashMap<>();
        environment.forEach((name, value) -> {
            if (!name.startsWith("CONSILIUM_")) {
                there.put(name, value);
            }
        });
        there.put("CONSILIUM_HOME", home.toString());
        Session inside = new Session(there, in, output.raw(), output.err());
        inside.options.context = Optional.of(contextName);
        return inside;
    }

    GlobalOptions options() {
        return options;
    }

    Output output() {
        return output;
    }

    InputStream in() {
        return in;
    }

    Map<String, String> environment() {
        return environment;
    }

    Context context() throws ClientException {
        if (context.isEmpty()) {
            context = Optional.of(new ContextResolver(options, environment).resolve());
        }
        return context.get();
    }

    /** Whether a genesis file is known without being told: by a context, by --genesis or the environment. */
    boolean hasGenesis() throws ClientException {
        return context().genesis().filter(java.nio.file.Files::isRegularFile).isPresent();
    }

    /** The genesis of the context or of --genesis, as part of the configuration: one that cannot be used ends with 2. */
    GenesisFile genesis() throws ClientException {
        try {
            return genesisToVerify();
        } catch (VerificationFailed invalid) {
            throw new ClientException(
                            FailureClass.USAGE, invalid.code(), String.valueOf(invalid.getMessage()), invalid.hint())
                    .causedBy(invalid);
        }
    }

    /** The same as evidence that is checked: one that contradicts itself fails with 9. */
    GenesisFile genesisToVerify() throws ClientException {
        if (genesis.isEmpty()) {
            Path file = context()
                    .genesis()
                    .orElseThrow(() -> missing("GENESIS_MISSING", "No genesis file is known", "--genesis FILE"));
            genesis = Optional.of(GenesisFile.read(file));
        }
        return genesis.get();
    }

    /** Who asks and signs. */
    Identity identity() throws ClientException {
        if (identity.isEmpty()) {
            String actor = actor();
            Path key = context()
                    .key()
                    .orElseThrow(() -> missing("KEY_MISSING", "No keystore is known for " + actor, "--key FILE"));
            char[] password = new Passwords(this).of(key);
            identity = Optional.of(Identity.open(actor, key, password));
        }
        return identity.get();
    }

    /** The member or patient that the context names. */
    String actor() throws ClientException {
        return context()
                .as()
                .orElseThrow(() -> missing("MEMBER_MISSING", "It is not known as whom to act", "--as MEMBER"));
    }

    /** The institution of the acting member. */
    String institution() throws ClientException {
        String actor = actor();
        int slash = actor.indexOf('/');
        if (slash <= 0) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "INSTITUTION_MISSING",
                    "A patient (" + actor + ") belongs to no institution",
                    "Name the institution in the command");
        }
        return actor.substring(0, slash);
    }

    /** Checks receipts and state values from the session's genesis. */
    ReceiptVerifier verifier() throws ClientException {
        if (verifier.isEmpty()) {
            verifier = Optional.of(new ReceiptVerifier(genesisToVerify().trustRoot(), seen()));
        }
        return verifier.get();
    }

    /** Proven reads through the context's node. */
    VerifiedState state() throws ClientException {
        return new VerifiedState(client(), verifier(), genesis());
    }

    /** The client of the node that the context names. */
    NodeClient client() throws ClientException {
        if (client.isEmpty()) {
            URI node = context()
                    .node()
                    .orElseThrow(() -> missing("NODE_MISSING", "It is not known which node to ask", "--node URL"));
            client = Optional.of(clientOf(genesis().directory(), node));
        }
        return client.get();
    }

    /** A client of another node of the directory, as the same member. */
    NodeClient clientOf(NodeDirectory directory, URI node) throws ClientException {
        return new NodeClient(
                genesis().chainId(), directory.resolve(node, options.timeout), identity(), options.timeout, seen());
    }

    /** At the end of a command: what it has seen is kept for the next. */
    void keepSeenHeight() {
        seen.ifPresent(KeptHeight::keep);
    }

    private SeenHeight seen() throws ClientException {
        if (seen.isEmpty()) {
            seen = Optional.of(KeptHeight.of(this));
        }
        return seen.get();
    }

    private static ClientException missing(String code, String cause, String option) {
        return new ClientException(
                FailureClass.USAGE,
                code,
                cause,
                "Give " + option + ", or a context: --context NAME with CONSILIUM_HOME set to its directory");
    }
}
