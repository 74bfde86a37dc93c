package io.consilium.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.GenesisFile;
import io.consilium.client.Keys;
import io.consilium.client.MalformedInput;
import io.consilium.client.ProtoJson;
import io.consilium.client.json.JsonWriter;
import io.consilium.crypto.Keystore;
import io.consilium.crypto.KeystoreException;
import io.consilium.crypto.PrivateFile;
import io.consilium.crypto.WrongPasswordException;
import io.consilium.node.config.ConfigException;
import io.consilium.node.config.NodeConfig;
import io.consilium.node.config.NodeKeys;
import io.consilium.node.process.NodeInit;
import io.consilium.node.process.NodeStartException;
import io.consilium.proto.Activity;
import io.consilium.proto.InstitutionState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a node in two steps: first its keys, configuration and public card, then, when all founders have agreed on the
 * genesis, its store.
 */
final class NodeSetup {
    private final Session session;
    private final Path configFile;
    private final Path directory;

    NodeSetup(Session session, Path configFile) throws IOException {
        this.session = session;
        this.configFile = configFile.toAbsolutePath().normalize();
        this.directory = UserFiles.parentOf(this.configFile);
    }

    /** What the institution says of itself. */
    record Institution(String id, String legalName, List<String> roles, String gln, String api, String peers) {}

    boolean exists() {
        return Files.exists(configFile);
    }

    /** Keys, configuration and card; answers with the card's file. */
    Path found(Institution institution, char[] password, Keystore.Cost cost) throws ClientException, IOException {
        UserFiles.requireAbsent(configFile);
        HostAndPort api = HostAndPort.parse("--api", institution.api());
        HostAndPort peers = HostAndPort.parse("--peers", institution.peers());
        Path keystore = directory.resolve("keys").resolve("node.keystore");
        UserFiles.requireAbsent(keystore);
        UserFiles.parentOf(keystore);
        NodeKeys keys = NodeKeys.generate(new SecureRandom());
        try {
            keys.write(keystore, password, cost);
        } catch (KeystoreException failed) {
            throw unreadable(failed);
        }
        PrivateFile.replace(
                directory.resolve("keys").resolve("password"),
                (new String(password) + "\n").getBytes(StandardCharsets.UTF_8));
        Path card = directory.resolve("institution.json");
        writeCard(card, card(institution, api, peers, keys));
        Files.writeString(
                configFile, """
                # A Consilium node; `consilium config show --effective` lists every setting.

                [node]
                institution = "%s"

                [api]
                host = "%s"
                port = %d

                [peers]
                host = "%s"
                port = %d
                """.formatted(institution.id(), api.host(), api.port(), peers.host(), peers.port()));
        return card;
    }

    private static InstitutionState card(Institution institution, HostAndPort api, HostAndPort peers, NodeKeys keys) {
        return InstitutionState.newBuilder()
                .setId(institution.id())
                .setLegalName(institution.legalName())
                .addAllRoles(institution.roles().stream()
                        .map(role -> role.toUpperCase(Locale.ROOT))
                        .sorted()
                        .distinct()
                        .toList())
                .setGln(institution.gln())
                .setApiEndpoint("https://" + api)
                .setPeerEndpoint(peers.toString())
                .setSigningKey(Keys.ed25519(keys.institutionSigning().publicKey()))
                .setEncryptionKey(Keys.x25519(keys.institutionEncryption().publicKey()))
                .setPeerTlsKey(Keys.ed25519(keys.peerTlsKey()))
                .setApiTlsSpkiSha256(ByteString.copyFrom(keys.apiTlsSpkiSha256().toBytes()))
                .setValidatorKey(Keys.ed25519(keys.validator().publicKey()))
                .setActivity(Activity.ACTIVE)
                .setVersion(1)
                .build();
    }

    /** Takes the genesis and makes the store; the genesis must know this node's keys. */
    NodeConfig join(Path genesisFile, boolean founding) throws ClientException, IOException {
        GenesisFile genesis = GenesisFile.read(genesisFile);
        genesis.state();
        NodeConfig config = config(configFile, session.environment(), Map.of());
        requireKnown(genesis, config);
        if (Files.exists(config.genesis())) {
            GenesisFile present = GenesisFile.read(config.genesis());
            if (!present.chainId().equals(genesis.chainId())) {
                throw new ClientException(
                        FailureClass.CONFLICT,
                        "DIRECTORY_OF_ANOTHER_CHAIN",
                        directory + " belongs to chain " + present.chainId().shortHex() + ", the genesis given is of "
                                + genesis.chainId().shortHex(),
                        "Set the node up in another directory");
            }
        } else {
            Files.write(config.genesis(), genesis.encode());
        }
        try {
            NodeInit.makeStore(config, founding ? NodeInit.Joining.AT_GENESIS : NodeInit.Joining.LATER);
        } catch (NodeStartException refused) {
            throw failure(refused);
        }
        return config;
    }

    private static void requireKnown(GenesisFile genesis, NodeConfig config) throws ClientException, IOException {
        NodeKeys keys;
        try {
            keys = NodeKeys.read(config.keystore(), Passwords.read(config.passwordFile()));
        } catch (WrongPasswordException wrong) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "WRONG_PASSWORD",
                            "The password in " + config.passwordFile() + " does not open " + config.keystore(),
                            "Restore the pair from a backup")
                    .causedBy(wrong);
        } catch (KeystoreException broken) {
            throw unreadable(broken);
        }
        InstitutionState known = genesis.document().getInstitutionsList().stream()
                .filter(institution -> institution.getId().equals(config.institution()))
                .findFirst()
                .orElseThrow(() -> otherNode(config, "does not name the institution"));
        ByteString spki = ByteString.copyFrom(keys.apiTlsSpkiSha256().toBytes());
        if (!known.getApiTlsSpkiSha256().equals(spki)
                || !known.getPeerTlsKey().equals(Keys.ed25519(keys.peerTlsKey()))) {
            throw otherNode(config, "has other keys for the institution");
        }
    }

    private static ClientException otherNode(NodeConfig config, String how) {
        return new ClientException(
                FailureClass.USAGE,
                "NODE_NOT_IN_GENESIS",
                "The genesis " + how + " " + config.institution(),
                "Make the genesis with this node's institution.json, or use the keys that it was made with");
    }

    /** Reads a node's configuration; every fault in one message. */
    static NodeConfig config(Path file, Map<String, String> environment, Map<String, String> flags)
            throws ClientException {
        try {
            return NodeConfig.load(Optional.of(file), environment, flags);
        } catch (ConfigException invalid) {
            throw ConfigCommands.invalid(file.toString(), invalid);
        }
    }

    /** A failure of node code in the words of the command line. */
    static ClientException failure(NodeStartException refused) {
        return new ClientException(
                        FailureClass.ofExitCode(refused.exitCode()),
                        refused.code(),
                        sentence(refused.error()),
                        sentence(refused.hint()))
                .causedBy(refused);
    }

    private static String sentence(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** A public card: JSON of public keys, for everybody to read. */
    static void writeCard(Path file, Message card) throws ClientException {
        UserFiles.publish(file, (JsonWriter.indented(ProtoJson.write(card)) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static ClientException unreadable(KeystoreException failed) {
        return new ClientException(
                        FailureClass.USAGE,
                        "KEYSTORE_UNREADABLE",
                        String.valueOf(failed.getMessage()),
                        "Check the directory and its owner")
                .causedBy(failed);
    }

    /** An address such as {@code 127.0.0.1:7443}. */
    record HostAndPort(String host, int port) {
        static HostAndPort parse(String option, String text) throws MalformedInput {
            int colon = text.lastIndexOf(':');
            String port = text.substring(colon + 1);
            if (colon <= 0 || !port.matches("[1-9][0-9]{0,4}") || Integer.parseInt(port) > 65_535) {
                throw new MalformedInput(
                        option, "'" + text + "' is no address", "Write HOST:PORT, e.g. 127.0.0.1:7443");
            }
            return new HostAndPort(text.substring(0, colon), Integer.parseInt(port));
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }
}
