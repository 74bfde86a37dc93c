package io.consilium.node.process;

import io.consilium.crypto.Keystore;
import io.consilium.crypto.KeystoreException;
import io.consilium.crypto.PrivateFile;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.node.config.ConfigException;
import io.consilium.node.config.EffectiveConfig;
import io.consilium.node.config.NodeConfig;
import io.consilium.node.config.NodeKeys;
import io.consilium.storage.RocksChainStore;
import io.consilium.storage.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes a node's data directory: config, genesis, keys and an empty store. */
public final class NodeInit {
    /** Beside the keystore, so that it stays where the store goes: a line for each chain of which this node has had one. */
    private static final String JOINED = "joined-";

    private static final int MAX_JOINED_BYTES = 1024 * 1024;

    private NodeInit() {}

    /** How a node comes to a chain. */
    public enum Joining {
        /** A founding validator before the first block: it may vote at once. */
        AT_GENESIS(RocksChainStore.Start.GENESIS),
        /** A node that comes later, or lost its disk: it signs nothing until others proved where the chain is (BFT-16). */
        LATER(RocksChainStore.Start.OBSERVER);

        private final RocksChainStore.Start start;

        Joining(RocksChainStore.Start start) {
            this.start = start;
        }
    }

    /**
     * Writes {@code node.toml}, {@code genesis.json}, the keystore and its password file into a directory, and makes the
     * store. Nothing that exists is overwritten.
     *
     * @param settings further settings by name, e.g. {@code api.port}
     */
    public static NodeConfig create(
            Path directory,
            String institution,
            Path genesisFile,
            NodeKeys keys,
            char[] password,
            Keystore.Cost cost,
            Map<String, String> settings,
            Joining joining)
            throws NodeStartException {
        Path configFile = directory.resolve("node.toml");
        if (Files.exists(configFile)) {
            throw new NodeStartException(
                    NodeStartException.CONFLICT,
                    "NODE_EXISTS",
                    configFile + " exists already",
                    "start that node, or give another directory");
        }
        GenesisReader.read(genesisFile);
        try {
            Files.createDirectories(
                    directory.resolve("keys"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.copy(genesisFile, directory.resolve("genesis.json"));
            keys.write(directory.resolve("keys/node.keystore"), password, cost);
            PrivateFile.replace(
                    directory.resolve("keys/password"), (new String(password) + "\n").getBytes(StandardCharsets.UTF_8));
            Files.writeString(configFile, toml(institution, settings));
        } catch (KeystoreException e) {
            throw StartFailures.of(e);
        } catch (IOException e) {
            throw unusable(directory, e);
        }
        NodeConfig config = read(configFile);
        makeStore(config, joining);
        return config;
    }

    /** Makes the empty store of a node whose config, genesis and keys stand already; at genesis once only (BFT-16). */
    public static void makeStore(NodeConfig config, Joining joining) throws NodeStartException {
        GenesisState genesis = GenesisReader.read(config.genesis());
        Path joined = config.keystore().resolveSibling(JOINED + config.institution());
        String chain = genesis.chainId().hex() + "\n";
        try {
            String known = Files.exists(joined)
                    ? new String(PrivateFile.read(joined, MAX_JOINED_BYTES), StandardCharsets.UTF_8)
                    : "";
            if (joining == Joining.AT_GENESIS && known.contains(chain)) {
                throw new NodeStartException(
                        NodeStartException.CONFLICT,
                        "FOUNDED_BEFORE",
                        "this node has had a store of chain "
                                + genesis.chainId().shortHex()
                                + ", so it may have voted, and must not begin with an empty vote record",
                        "if the store is gone, leave --founding out: the node then fetches the chain and votes once others"
                                + " have proved where it is");
            }
            // Before the store: one that cannot be remembered is not made.
            PrivateFile.replace(joined, bytes(known.contains(chain) ? known : known + chain));
            try {
                RocksChainStore.initialise(config.database(), config.storage().bounds(), genesis, joining.start);
            } catch (StoreException notMade) {
                PrivateFile.replace(joined, bytes(known));
                throw StartFailures.of(notMade);
            }
        } catch (IOException e) {
            throw unusable(joined, e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static NodeStartException unusable(Path path, IOException e) {
        return new NodeStartException(
                        NodeStartException.USAGE,
                        "DIRECTORY_UNUSABLE",
                        path + " cannot be read or written: " + PrivateFile.reason(e),
                        "check its rights and the room on its disk")
                .causedBy(e);
    }

    private static NodeConfig read(Path configFile) throws NodeStartException {
        try {
            return NodeConfig.of(EffectiveConfig.load(Optional.of(configFile), Map.of(), Map.of()));
        } catch (ConfigException e) {
            throw StartFailures.of(e);
        }
    }

    private static String toml(String institution, Map<String, String> settings) {
        Map<String, Map<String, String>> tables = new LinkedHashMap<>();
        tables.put("node", new TreeMap<>(Map.of("institution", institution)));
        new TreeMap<>(settings).forEach((name, value) -> {
            int dot = name.indexOf('.');
            tables.computeIfAbsent(name.substring(0, Math.max(dot, 0)), table -> new TreeMap<>())
                    .put(name.substring(dot + 1), value);
        });
        StringBuilder toml =
                new StringBuilder("# A Consilium node; `consilium config show --effective` lists every setting.\n");
        tables.forEach((table, values) -> {
            toml.append("\n[").append(table).append("]\n");
            values.forEach((name, value) -> toml.append(name)
                    .append(value.matches("-?\\d+") ? " = " + value : " = \"" + escaped(value) + "\"")
                    .append('\n'));
        });
        return toml.toString();
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
