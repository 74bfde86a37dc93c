package io.consilium.node.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.Keystore;
import io.consilium.crypto.X25519;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.node.config.NodeConfig;
import io.consilium.node.config.NodeKeys;
import io.consilium.proto.Activity;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.MemberState;
import io.consilium.storage.RocksChainStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each way in which a node cannot start: one line of cause, a next step, the right exit code. */
class RunningNodeTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    Path directory;

    private final NodeKeys keys = NodeKeys.generate(RANDOM);
    private Path configFile;

    @BeforeEach
    void create() throws Exception {
        make(directory.resolve("node"), genesis("first"));
        configFile = directory.resolve("node/node.toml");
    }

    private NodeConfig make(Path home, Path genesis) throws Exception {
        return NodeInit.create(
                home,
                "st-mary",
                genesis,
                keys,
                "secret".toCharArray(),
                Keystore.Cost.DEVNET,
                Map.of("api.port", "0", "peers.port", "0", "log.format", "console"),
                NodeInit.Joining.AT_GENESIS);
    }

    private Path genesis(String name) throws Exception {
        GenesisDocument document = GenesisDocument.newBuilder()
                .setVersion(1)
                .setName(name)
                .setTimeMillis(1)
                .addValidators("st-mary")
                .addInstitutions(InstitutionState.newBuilder()
                        .setId("st-mary")
                        .setLegalName("St Mary")
                        .addRoles("PROVIDER")
                        .setGln("0614141000005")
                        .setPeerEndpoint("127.0.0.1:1")
                        .setSigningKey(key(
                                KeyAlgorithm.ED25519,
                                keys.institutionSigning().publicKey().bytes()))
                        .setEncryptionKey(key(
                                KeyAlgorithm.X25519,
                                keys.institutionEncryption().publicKey()))
                        .setPeerTlsKey(
                                key(KeyAlgorithm.ED25519, keys.peerTlsKey().bytes()))
                        .setValidatorKey(key(
                                KeyAlgorithm.ED25519,
                                keys.validator().publicKey().bytes()))
                        .setActivity(Activity.ACTIVE)
                        .setVersion(1))
                .addMembers(MemberState.newBuilder()
                        .setId("st-mary/admin")
                        .addRoles("ADMIN")
                        .addKeys(MemberKeys.newBuilder()
                                .setSigningKey(key(
                                        KeyAlgorithm.ED25519,
                                        KeyPair.generate(RANDOM).publicKey().bytes()))
                                .setEncryptionKey(key(
                                        KeyAlgorithm.X25519,
                                        X25519.generate(RANDOM).publicKey())))
                        .setActivity(Activity.ACTIVE)
                        .setVersion(1))
                .setParameters(ChainParameters.newBuilder()
                        .setPermitAgeMillis(900_000)
                        .setMaxTransactionBytes(262_144)
                        .setMaxBlockBytes(1 << 20)
                        .setMaxBlockTransactions(1_000))
                .build();
        GenesisState state = GenesisState.of(document);
        return Files.writeString(
                directory.resolve(name + ".json"),
                "{\"chainId\":\"" + state.chainId().hex() + "\",\"genesis\":\""
                        + Base64.getEncoder().encodeToString(state.canonicalBytes()) + "\"}");
    }

    private static KeyValue key(KeyAlgorithm algorithm, byte[] bytes) {
        return KeyValue.newBuilder()
                .setAlgorithm(algorithm)
                .setKey(ByteString.copyFrom(bytes))
                .build();
    }

    private NodeConfig config(Map<String, String> flags) throws Exception {
        return NodeConfig.load(Optional.of(configFile), Map.of(), flags);
    }

    private RunningNode start(Map<String, String> flags) throws Exception {
        return RunningNode.start(config(flags), System::currentTimeMillis);
    }

    private void fails(Map<String, String> flags, int exitCode, String code) {
        assertThatThrownBy(() -> start(flags)).isInstanceOfSatisfying(NodeStartException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.exitCode()).isEqualTo(exitCode);
            assertThat(e.error()).isNotBlank().doesNotContain("\n").doesNotContain("Exception");
            assertThat(e.hint()).isNotBlank();
        });
    }

    @Test
    void startsStopsAndStartsAgainOnItsDirectory() throws Exception {
        long height;
        try (RunningNode node = start(Map.of())) {
            height = node.gateway().status().height();
            assertThat(node.apiPort()).isPositive();
        }
        try (RunningNode node = start(Map.of())) {
            assertThat(node.gateway().status().height()).isGreaterThanOrEqualTo(height);
        }
    }

    @Test
    void portsInUseAreNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());
            fails(Map.of("api.port", port), 8, "PORT_IN_USE");
            fails(Map.of("peers.port", port), 8, "PORT_IN_USE");
        }
    }

    @Test
    void aDataDirectoryInUseOrOfAnotherChainIsRefused() throws Exception {
        try (RunningNode node = start(Map.of())) {
            fails(Map.of(), 8, "DATA_DIRECTORY_IN_USE");
        }
        Path other = genesis("second");
        fails(Map.of("node.genesis", other.toString()), 8, "DATA_DIRECTORY_OF_CHAIN");
        assertThatThrownBy(() -> NodeInit.makeStore(config(Map.of()), NodeInit.Joining.AT_GENESIS))
                .isInstanceOfSatisfying(
                        NodeStartException.class, e -> assertThat(e.exitCode()).isEqualTo(8));
        assertThatThrownBy(() -> make(directory.resolve("node"), other))
                .isInstanceOfSatisfying(
                        NodeStartException.class, e -> assertThat(e.code()).isEqualTo("NODE_EXISTS"));
    }

    @Test
    @DisplayName("BFT-16 a node founds once: with an empty vote record again it could vote twice")
    void foundsOnceAlone() throws Exception {
        start(Map.of()).close();
        Path database = directory.resolve("node/db");
        Files.move(database, directory.resolve("lost"));
        assertThatThrownBy(() -> NodeInit.makeStore(config(Map.of()), NodeInit.Joining.AT_GENESIS))
                .isInstanceOfSatisfying(NodeStartException.class, e -> {
                    assertThat(e.code()).isEqualTo("FOUNDED_BEFORE");
                    assertThat(e.exitCode()).isEqualTo(8);
                    assertThat(e.hint()).contains("leave --founding out");
                });
        assertThat(database).doesNotExist();
        NodeInit.makeStore(config(Map.of()), NodeInit.Joining.LATER);
        try (RunningNode node = start(Map.of())) {
            assertThat(node.gateway().status().observer()).isTrue();
        }
    }

    @Test
    @DisplayName("BFT-16 each of two nodes with their keystores in one directory founds once")
    void foundsBesideAnother() throws Exception {
        start(Map.of()).close();
        NodeConfig other = config(Map.of(
                "node.institution",
                "riverside",
                "node.database",
                directory.resolve("other").toString()));
        NodeInit.makeStore(other, NodeInit.Joining.AT_GENESIS);
        Files.move(other.database(), directory.resolve("lost"));
        assertThatThrownBy(() -> NodeInit.makeStore(other, NodeInit.Joining.AT_GENESIS))
                .isInstanceOfSatisfying(
                        NodeStartException.class, e -> assertThat(e.code()).isEqualTo("FOUNDED_BEFORE"));
    }

    @Test
    @DisplayName("BFT-16 a node that was of another chain meanwhile founds its first one no second time")
    void foundsEachChainOnce() throws Exception {
        start(Map.of()).close();
        Path lost = Files.createDirectory(directory.resolve("lost"));
        Path database = directory.resolve("node/db");
        Files.move(database, lost.resolve("first"));
        NodeConfig second = config(Map.of("node.genesis", genesis("second").toString()));
        NodeInit.makeStore(second, NodeInit.Joining.AT_GENESIS);
        Files.move(database, lost.resolve("second"));
        for (NodeConfig config : List.of(config(Map.of()), second)) {
            assertThatThrownBy(() -> NodeInit.makeStore(config, NodeInit.Joining.AT_GENESIS))
                    .isInstanceOfSatisfying(
                            NodeStartException.class, e -> assertThat(e.code()).isEqualTo("FOUNDED_BEFORE"));
        }
    }

    @Test
    @DisplayName("BFT-16 a store that cannot be made is not remembered, and none is made that cannot be remembered")
    void foundingThatFails() throws Exception {
        NodeConfig config = config(Map.of());
        Path database = config.database();
        Path remembered = directory.resolve("node/keys/joined-st-mary");
        Files.move(database, directory.resolve("lost"));
        Files.delete(remembered);
        Files.writeString(database, "no directory");
        assertThatThrownBy(() -> NodeInit.makeStore(config, NodeInit.Joining.AT_GENESIS))
                .isInstanceOf(NodeStartException.class);
        Files.delete(database);

        Files.delete(remembered);
        Files.createDirectory(remembered);
        assertThatThrownBy(() -> NodeInit.makeStore(config, NodeInit.Joining.AT_GENESIS))
                .isInstanceOfSatisfying(
                        NodeStartException.class, e -> assertThat(e.code()).isEqualTo("DIRECTORY_UNUSABLE"));
        assertThat(database).doesNotExist();

        Files.delete(remembered);
        NodeInit.makeStore(config, NodeInit.Joining.AT_GENESIS);
        assertThat(database).exists();
    }

    @Test
    void aStoreCopiedFromAnotherNodeIsRefused() throws Exception {
        start(Map.of()).close();
        Path database = directory.resolve("node/db");
        Files.move(database, directory.resolve("lost"));
        NodeInit.makeStore(config(Map.of()), NodeInit.Joining.LATER);
        Hash chain = Hash.fromHex(
                Files.readString(directory.resolve("node/keys/joined-st-mary")).strip());
        try (RocksChainStore store =
                RocksChainStore.open(database, chain, config(Map.of()).storage().bounds())) {
            store.claim("riverside");
        }
        fails(Map.of(), 8, "DATA_DIRECTORY_OF_NODE");
    }

    @Test
    void wrongPasswordsFilesAndNamesAreUsageErrors() throws Exception {
        Path wrong = Files.writeString(directory.resolve("wrong"), "wrong\n");
        fails(Map.of("node.password-file", wrong.toString()), 2, "WRONG_PASSWORD");
        fails(Map.of("node.password-file", "no-such-file"), 2, "FILE_UNREADABLE");
        fails(Map.of("node.keystore", "no-such-file"), 2, "KEYSTORE_UNUSABLE");
        fails(Map.of("node.genesis", "no-such-file"), 2, "FILE_UNREADABLE");
        fails(Map.of("node.genesis", wrong.toString()), 2, "GENESIS_INVALID");
        fails(Map.of("node.institution", "riverside"), 2, "INSTITUTION_UNKNOWN");
        fails(Map.of("node.database", "elsewhere"), 2, "STORE_MISSING");
        NodeKeys others = NodeKeys.generate(RANDOM);
        Path keystore = directory.resolve("others");
        others.write(keystore, "secret".toCharArray(), Keystore.Cost.DEVNET);
        fails(Map.of("node.keystore", keystore.toString()), 2, "KEYS_NOT_REGISTERED");
    }

    @Test
    void boundsThatDoNotFitTheHeapAreAUsageError() throws Exception {
        fails(Map.of("mempool.max-bytes", "17179869184"), 2, "HEAP_TOO_SMALL");
    }

    @Test
    void verifyingTheHistoryFindsATableThatNoBlockIsReadFrom() throws Exception {
        start(Map.of()).close();
        NodeConfig config = config(Map.of());
        assertThat(HistoryAudit.run(config, 0, height -> {}).fault()).isEmpty();
        List<Path> tables = files(directory.resolve("node/db"), ".sst");
        for (Path table : tables) {
            byte[] whole = Files.readAllBytes(table);
            byte[] rotten = whole.clone();
            rotten[3] ^= 1;
            Files.write(table, rotten);
            assertThatThrownBy(() -> HistoryAudit.run(config, 0, height -> {}))
                    .isInstanceOfSatisfying(NodeStartException.class, e -> {
                        assertThat(e.code()).isEqualTo("STORE_CORRUPT");
                        assertThat(e.exitCode()).isEqualTo(9);
                        assertThat(e.error())
                                .contains(table.getFileName().toString())
                                .doesNotContain("\n");
                    });
            Files.write(table, whole);
        }
        assertThat(HistoryAudit.run(config, 0, height -> {}).fault()).isEmpty();
    }

    @Test
    void aDamagedStoreIsNotStarted() throws Exception {
        start(Map.of()).close();
        for (Path file : files(directory.resolve("node/db"), "CURRENT")) {
            Files.writeString(file, "rotten");
        }
        fails(Map.of(), 9, "STORE_CORRUPT");
    }

    private static List<Path> files(Path root, String name) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            List<Path> found =
                    tree.filter(path -> path.toString().endsWith(name)).toList();
            assertThat(found).isNotEmpty();
            return found;
        }
    }
}
