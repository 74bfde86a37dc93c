package io.consilium.storage;

import io.consilium.crypto.Hash;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.state.TreeUpdate;
import io.consilium.storage.ChainSchema.Family;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;

/** Makes and opens the store in a data directory, and says in plain words why it cannot. */
final class StoreOpening {
    /** RocksDB's files. */
    static final String CHAIN = "chain";

    private static final int GENESIS_BATCH_BYTES = 64 * 1024;
    private static final String CURRENT = "CURRENT";

    private StoreOpening() {}

    static void initialise(Path directory, StorageConfig config, GenesisState genesis, RocksChainStore.Start start)
            throws StoreException {
        try (DataDirectory lock = DataDirectory.create(directory)) {
            Path chain = lock.path().resolve(CHAIN);
            refuseLeftovers(directory, chain);
            Files.createDirectories(
                    chain, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try (RocksTables tables = new RocksTables(chain, config, true)) {
                refuseExisting(directory, tables);
                writeGenesis(tables, genesis, start);
                try (SyncedMark mark = SyncedMark.open(lock.path(), tables.sequence())) {
                    sync(lock.path());
                }
                tables.flush();
            }
        } catch (RocksDBException failed) {
            throw new StoreUnavailableException(
                    directory,
                    "cannot make a store in " + directory + ": " + failed.getMessage()
                            + "; check the disk's space and the rights on that directory",
                    failed);
        } catch (IOException failed) {
            throw unavailable(directory, failed);
        }
    }

    /** Nothing that might be somebody's chain is ever deleted or written over. */
    private static void refuseLeftovers(Path directory, Path chain) throws IOException, StoreException {
        if (!Files.exists(chain) || Files.exists(chain.resolve(CURRENT))) {
            return;
        }
        try (Stream<Path> files = Files.list(chain)) {
            Optional<Path> table = files.filter(
                            file -> file.getFileName().toString().matches("[0-9]+\\.(sst|log)|MANIFEST-[0-9]+"))
                    .findFirst();
            if (table.isPresent()) {
                throw new StoreUnavailableException(
                        directory,
                        "data directory " + directory + " holds the remains of a store in " + chain
                                + "; move that folder away if nobody needs it, then try again");
            }
        }
    }

    private static void refuseExisting(Path directory, RocksTables tables)
            throws RocksDBException, StoreExistsException {
        try (ReadOptions options = new ReadOptions()) {
            Optional<byte[]> stored = tables.get(Family.META, options, ChainSchema.META_CHAIN);
            if (stored.isPresent()) {
                throw new StoreExistsException(directory, Hash.of(stored.get()).hex());
            }
        }
    }

    private static void writeGenesis(RocksTables tables, GenesisState genesis, RocksChainStore.Start start) {
        Hash chainId = genesis.chainId();
        TreeUpdate tree = genesis.tree();
        try (RocksTables.Batch batch = tables.batch(GENESIS_BATCH_BYTES)) {
            genesis.state()
                    .forEach((key, value) -> batch.put(Family.FLAT, key.bytes(), ChainSchema.flatValue(0, value)));
            tree.newNodes().forEach((key, node) -> batch.put(Family.NODES, key.encode(), node));
            genesis.index()
                    .forEach(entry -> batch.put(
                            Family.INDEX, ChainSchema.indexPrefix(entry.index(), entry.key()), entry.value()));
            batch.put(
                    Family.META,
                    ChainSchema.META_FORMAT,
                    ByteBuffer.allocate(Integer.BYTES)
                            .putInt(ChainSchema.FORMAT_VERSION)
                            .array());
            batch.put(Family.META, ChainSchema.META_CHAIN, chainId.toBytes());
            batch.put(Family.META, ChainSchema.META_GENESIS_ROOT, tree.root().toBytes());
            batch.put(Family.META, ChainSchema.META_TIP, ChainSchema.tip(new ChainTip(0, chainId, tree.root())));
            if (start == RocksChainStore.Start.GENESIS) {
                batch.put(Family.META, ChainSchema.META_VOTES, new byte[0]);
            }
            batch.write(true);
        }
    }

    static RocksChainStore open(
            Path directory, Hash chainId, StorageConfig config, Optional<String> node, boolean forgetVotes)
            throws StoreException {
        DataDirectory lock = DataDirectory.lock(directory);
        boolean opened = false;
        try {
            RocksChainStore store = openLocked(lock, directory, chainId, config, node, forgetVotes);
            opened = true;
            return store;
        } catch (IOException failed) {
            throw unavailable(directory, failed);
        } finally {
            if (!opened) {
                release(lock);
            }
        }
    }

    private static RocksChainStore openLocked(
            DataDirectory lock,
            Path directory,
            Hash chainId,
            StorageConfig config,
            Optional<String> node,
            boolean forgetVotes)
            throws StoreException, IOException {
        Path chain = lock.path().resolve(CHAIN);
        requireStore(lock.path(), directory, chain);
        OptionalLong mark = SyncedMark.read(lock.path());
        LogScan.Findings log = LogScan.of(chain, mark);
        if (log.lost().isPresent() && !forgetVotes) {
            LogScan.Fault lost = log.lost().get();
            throw StoreCorruptException.votes(directory, lost.file(), lost.describe());
        }
        RocksTables tables;
        try {
            tables = new RocksTables(chain, config, false);
        } catch (RocksDBException refused) {
            throw OpenRefusal.of(directory, chain, refused, log.damaged());
        }
        boolean opened = false;
        try {
            requireChain(directory, chain, tables, chainId);
            if (node.isPresent()) {
                requireNode(directory, tables, node.get());
            }
            if (!forgetVotes) {
                requireVotes(lock.path(), directory, tables, mark);
            }
            RocksChainStore store = assemble(lock, chainId, config, tables, forgetVotes);
            opened = true;
            return store;
        } catch (RocksDBException refused) {
            throw OpenRefusal.of(directory, chain, refused, log.damaged());
        } finally {
            if (!opened) {
                tables.close();
            }
        }
    }

    private static RocksChainStore assemble(
            DataDirectory lock, Hash chainId, StorageConfig config, RocksTables tables, boolean forgetVotes)
            throws IOException {
        SyncedMark mark = SyncedMark.open(lock.path(), tables.sequence());
        boolean assembled = false;
        try {
            RocksChainStore store = new RocksChainStore(lock, config, tables, mark, chainId);
            if (forgetVotes) {
                store.forgetVotes();
            }
            assembled = true;
            return store;
        } finally {
            if (!assembled) {
                mark.close();
            }
        }
    }

    private static void requireStore(Path path, Path directory, Path chain) throws StoreException {
        if (Files.isRegularFile(chain.resolve(CURRENT))) {
            return;
        }
        if (Files.exists(path.resolve(SyncedMark.FILE))) {
            throw StoreCorruptException.data(directory, chain.resolve(CURRENT), "is missing");
        }
        throw new StoreMissingException(directory, "holds no chain");
    }

    private static void requireChain(Path directory, Path chain, RocksTables tables, Hash chainId)
            throws RocksDBException, StoreException {
        try (ReadOptions options = new ReadOptions()) {
            Optional<byte[]> format = tables.get(Family.META, options, ChainSchema.META_FORMAT);
            Optional<byte[]> stored = tables.get(Family.META, options, ChainSchema.META_CHAIN);
            Optional<byte[]> tip = tables.get(Family.META, options, ChainSchema.META_TIP);
            if (format.isEmpty() && stored.isEmpty() && tip.isEmpty()) {
                throw new StoreMissingException(directory, "holds a store whose making was interrupted");
            }
            if (format.isEmpty() || stored.isEmpty() || tip.isEmpty()) {
                throw StoreCorruptException.data(directory, chain, "has lost its chain id, format or tip");
            }
            int version = ByteBuffer.wrap(format.get()).getInt();
            if (version != ChainSchema.FORMAT_VERSION) {
                throw new StoreUnavailableException(
                        directory,
                        "data directory " + directory + " has format " + version + ", this version reads format "
                                + ChainSchema.FORMAT_VERSION + "; use the version of the program that wrote it");
            }
            Hash found = Hash.of(stored.get());
            if (!found.equals(chainId)) {
                throw new WrongChainException(directory, found, chainId);
            }
        }
    }

    private static void requireNode(Path directory, RocksTables tables, String node)
            throws RocksDBException, StoreException {
        try (ReadOptions options = new ReadOptions()) {
            Optional<String> stored = tables.get(Family.META, options, ChainSchema.META_NODE)
                    .map(name -> new String(name, StandardCharsets.UTF_8));
            if (stored.isPresent() && !stored.get().equals(node)) {
                throw new WrongNodeException(directory, stored.get(), node);
            }
        }
    }

    private static void requireVotes(Path path, Path directory, RocksTables tables, OptionalLong mark)
            throws RocksDBException, StoreException {
        Path file = path.resolve(SyncedMark.FILE);
        long reached = tables.sequence();
        if (mark.isPresent() && reached < mark.getAsLong()) {
            throw StoreCorruptException.votes(
                    directory,
                    file,
                    "says that write " + mark.getAsLong() + " was durable, and the store ends with write " + reached);
        }
        try (ReadOptions options = new ReadOptions()) {
            boolean voting =
                    tables.get(Family.META, options, ChainSchema.META_VOTES).isPresent();
            if (voting && mark.isEmpty()) {
                throw StoreCorruptException.votes(
                        directory, file, "is missing or damaged, so nobody can tell whether the votes are complete");
            }
        }
    }

    private static StoreException unavailable(Path directory, IOException failed) {
        return new StoreUnavailableException(
                directory,
                "data directory " + directory + " cannot be used: " + failed
                        + "; check the disk's space and the rights of the node's user",
                failed);
    }

    private static void release(DataDirectory lock) throws StoreException {
        try {
            lock.close();
        } catch (IOException failed) {
            throw unavailable(lock.path(), failed);
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
