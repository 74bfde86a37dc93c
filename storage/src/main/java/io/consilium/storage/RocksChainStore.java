package io.consilium.storage;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.ledger.block.IndexEntry;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.state.NodeReader;
import io.consilium.ledger.state.StateKey;
import io.consilium.storage.ChainSchema.Family;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.rocksdb.RocksDBException;

/**
 * A chain store in one RocksDB with one write-ahead log (BFT-15).
 *
 * <p>What makes votes durable. Votes are written with sync. A block's batch is not; it precedes the next vote in the same
 * log, and a log is a prefix, so that vote's sync covers it. Hence the height of the tip at the last sync is the height
 * that survives anything, and vote entries up to it may go; they go with the next block's batch.
 *
 * <p>What finds lost votes. A damaged log must not read as a shorter one. Three checks, each for what the others cannot
 * see: {@link LogScan} reads the log before RocksDB may cut it; RocksDB compares sizes of finished log files with its
 * manifest; and the sequence number that the opened store has reached must not be below the {@link SyncedMark}. What is
 * left after all three is rot in the last second's votes together with a power failure, and for that peers echo the
 * highest vote that they saw (BFT-16).
 *
 * <p>Writes are serialised by one lock, so the sequence number read after a synced write belongs to that write or to
 * nothing later.
 */
public final class RocksChainStore extends RocksView implements ChainStore {
    private static final int BATCH_OVERHEAD_BYTES = 64 * 1024;
    private static final int MIN_PRUNE_NODES = 1;

    private final DataDirectory directory;
    private final StorageConfig config;
    private final SyncedMark mark;
    private final Hash chainId;
    private final NodeCache cache;
    private final SecretsStore secrets = new RocksSecrets(this);
    private final Set<RocksSnapshot> snapshots = ConcurrentHashMap.newKeySet();
    private final ReentrantLock writes = new ReentrantLock();

    /** Written under {@link #writes}. */
    private volatile ChainTip tip;

    private boolean hasVotes;
    private final AtomicLong syncs = new AtomicLong();
    private final AtomicLong stateWrites = new AtomicLong();
    private long syncedHeight;
    private long votesCleanedBelow;
    private long oldestVersion;

    RocksChainStore(DataDirectory directory, StorageConfig config, RocksTables tables, SyncedMark mark, Hash chainId) {
        super(tables, Optional.empty());
        this.directory = directory;
        this.config = config;
        this.mark = mark;
        this.chainId = chainId;
        this.cache = new NodeCache(config.nodeCacheBytes());
        this.tip = super.tip();
        this.hasVotes = get(Family.META, ChainSchema.META_VOTES).isPresent();
        this.oldestVersion = super.oldestVersion();
        // Recovery has written the log's content to table files before the store was opened.
        this.syncedHeight = tip.height();
    }

    /** Whether the genesis ceremony makes the store, or a node that comes later. */
    public enum Start {
        /** With an empty vote record: the validator votes from height 1 on. */
        GENESIS,
        /** Without one: the node starts as an observer (BFT-16). */
        OBSERVER
    }

    /** Makes the store of a chain in a directory that has none, durably, and closes it. */
    public static void initialise(Path directory, StorageConfig config, GenesisState genesis, Start start)
            throws StoreException {
        StoreOpening.initialise(directory, config, genesis, start);
    }

    /** Opens the store of this chain, whichever node's it is; never makes one. */
    public static RocksChainStore open(Path directory, Hash chainId, StorageConfig config) throws StoreException {
        return StoreOpening.open(directory, chainId, config, Optional.empty(), false);
    }

    /** The same for a node, unless the store is {@link #claim}ed by another (BFT-16). */
    public static RocksChainStore open(Path directory, Hash chainId, StorageConfig config, String node)
            throws StoreException {
        return StoreOpening.open(directory, chainId, config, Optional.of(node), false);
    }

    /** And forgets the vote record, whatever is left of it: {@link #votes} is empty then (BFT-16). */
    public static RocksChainStore openAsObserver(Path directory, Hash chainId, StorageConfig config, String node)
            throws StoreException {
        return StoreOpening.open(directory, chainId, config, Optional.of(node), true);
    }

    /** From now on the store is this node's alone: its votes are signed with its key, its secrets sealed to it (BFT-16). */
    public void claim(String node) {
        if (get(Family.META, ChainSchema.META_NODE).isEmpty()) {
            writeSynced(batch -> batch.put(Family.META, ChainSchema.META_NODE, node.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Override
    public void commit(DecidedBatch block) {
        writes.lock();
        try {
            requireFollows(block.header());
            ChainTip next = new ChainTip(
                    block.height(), block.blockHash(), block.header().stateRoot());
            long cleanUpTo = syncedHeight;
            try (RocksTables.Batch batch = tables.batch(block.body().length * 2 + BATCH_OVERHEAD_BYTES)) {
                putBlock(batch, block);
                putState(batch, block);
                for (IndexEntry entry : block.index()) {
                    batch.put(Family.INDEX, ChainSchema.indexPrefix(entry.index(), entry.key()), entry.value());
                }
                if (!block.events().isEmpty()) {
                    batch.put(Family.EVENTS, ChainSchema.height(block.height()), StoredEvent.encode(block.events()));
                }
                batch.put(Family.META, ChainSchema.META_TIP, ChainSchema.tip(next));
                deleteVotes(batch, cleanUpTo);
                write(batch, false);
            }
            votesCleanedBelow = cleanUpTo + 1;
            stateWrites.addAndGet(block.changes().size());
            cache.putAll(block.tree().newNodes());
            tip = next;
        } finally {
            writes.unlock();
        }
    }

    private void requireFollows(BlockHeader header) {
        if (!header.chainId().equals(chainId)
                || header.height() != tip.height() + 1
                || !header.parentHash().equals(tip.blockHash())) {
            throw new IllegalArgumentException("block " + header.height() + " of chain "
                    + header.chainId().shortHex() + " does not follow tip " + tip.height() + " of chain "
                    + chainId.shortHex() + ", or has another parent");
        }
    }

    private static void putBlock(RocksTables.Batch batch, DecidedBatch block) {
        long height = block.height();
        batch.put(
                Family.BLOCKS,
                ChainSchema.blockPart(height, ChainSchema.PART_HEADER),
                block.header().encode());
        batch.put(
                Family.BLOCKS,
                ChainSchema.blockPart(height, ChainSchema.PART_COMMIT_QC),
                block.commitQc().encode());
        batch.put(
                Family.BLOCKS,
                ChainSchema.blockPart(height, ChainSchema.PART_RECEIPTS),
                StoredBlock.encodeReceipts(block.receipts()));
        batch.put(Family.BLOCKS, ChainSchema.blockPart(height, ChainSchema.PART_BODY), block.body());
        for (int i = 0; i < block.txIds().size(); i++) {
            batch.put(Family.TXS, block.txIds().get(i).toBytes(), ChainSchema.location(height, i));
        }
    }

    private static void putState(RocksTables.Batch batch, DecidedBatch block) {
        block.changes().forEach((key, value) -> {
            if (value.isPresent()) {
                batch.put(Family.FLAT, key.bytes(), ChainSchema.flatValue(block.height(), value.get()));
            } else {
                batch.delete(Family.FLAT, key.bytes());
            }
        });
        block.tree().newNodes().forEach((key, node) -> batch.put(Family.NODES, key.encode(), node));
        if (!block.tree().staleNodes().isEmpty()) {
            batch.put(
                    Family.STALE,
                    ChainSchema.height(block.height()),
                    ChainSchema.stale(block.tree().staleNodes()));
        }
    }

    /** BFT-15: only what a durable block has made superfluous. */
    private void deleteVotes(RocksTables.Batch batch, long upTo) {
        if (votesCleanedBelow > upTo) {
            return;
        }
        // From the last cleaned height on, so as not to walk over what is already deleted.
        scan(
                Family.VOTES,
                ChainSchema.height(votesCleanedBelow),
                Optional.of(ChainSchema.height(upTo + 1)),
                false,
                (key, value) -> {
                    batch.delete(Family.VOTES, key);
                    return true;
                });
    }

    @Override
    public void appendVotes(List<VoteEntry> entries) {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("there are no votes to write");
        }
        writeSynced(batch -> {
            entries.forEach(entry -> batch.put(Family.VOTES, entry.key(), entry.value()));
            if (!hasVotes) {
                batch.put(Family.META, ChainSchema.META_VOTES, new byte[0]);
            }
        });
    }

    @Override
    public boolean keepEvidence(HeldEvidence found) {
        long ofCulprit = evidence().stream()
                .filter(held -> held.culprit().equals(found.culprit()))
                .count();
        if (ofCulprit >= HeldEvidence.MAX_A_CULPRIT
                || get(Family.EVIDENCE, found.key()).isPresent()) {
            return false;
        }
        writeSynced(batch ->
                batch.put(Family.EVIDENCE, found.key(), found.evidence().encode()));
        return true;
    }

    @Override
    public void dropEvidence(HeldEvidence held) {
        writeSynced(batch -> batch.delete(Family.EVIDENCE, held.key()));
    }

    /** Values of the state that blocks have written since the start. */
    public long stateWrites() {
        return stateWrites.get();
    }

    /** Synced writes since the start. */
    public long syncs() {
        return syncs.get();
    }

    /** BFT-6: durable when it returns, and the log before it too. */
    void writeSynced(Consumer<RocksTables.Batch> content) {
        writes.lock();
        try (RocksTables.Batch batch = tables.batch(BATCH_OVERHEAD_BYTES)) {
            content.accept(batch);
            write(batch, true);
            hasVotes = hasVotes || get(Family.META, ChainSchema.META_VOTES).isPresent();
            syncedHeight = tip.height();
            mark.advance(tables.sequence());
            syncs.incrementAndGet();
        } catch (IOException failed) {
            throw tables.fail("write " + directory.path().resolve(SyncedMark.FILE), failed);
        } finally {
            writes.unlock();
        }
    }

    /** Through {@link #access}, so that nothing is written to a store that is being closed. */
    private void write(RocksTables.Batch batch, boolean sync) {
        access(() -> {
            batch.write(sync);
            return true;
        });
    }

    @Override
    public boolean votes(Consumer<VoteEntry> each) {
        if (get(Family.META, ChainSchema.META_VOTES).isEmpty()) {
            return false;
        }
        scan(Family.VOTES, ChainSchema.height(0), Optional.empty(), false, (key, value) -> {
            each.accept(new VoteEntry(key, value));
            return true;
        });
        return true;
    }

    /** BFT-16: what is left of the votes is worth nothing. */
    void forgetVotes() throws IOException {
        writes.lock();
        try (RocksTables.Batch batch = tables.batch(BATCH_OVERHEAD_BYTES)) {
            votes(entry -> batch.delete(Family.VOTES, entry.key()));
            batch.delete(Family.META, ChainSchema.META_VOTES);
            write(batch, true);
            hasVotes = false;
            mark.reset(tables.sequence());
        } finally {
            writes.unlock();
        }
    }

    @Override
    public ChainTip tip() {
        return tip;
    }

    /** For the executor: through the cache of branches. */
    @Override
    public NodeReader nodes() {
        NodeReader stored = super.nodes();
        return key -> {
            Optional<byte[]> cached = cache.get(key);
            if (cached.isPresent()) {
                return cached;
            }
            Optional<byte[]> read = stored.node(key);
            read.ifPresent(node -> cache.put(key, node));
            return read;
        };
    }

    /** Past the cache, for whoever wants to see the disk. */
    NodeReader storedNodes() {
        return super.nodes();
    }

    public Hash chainId() {
        return chainId;
    }

    @Override
    public List<Optional<byte[]>> getAll(List<StateKey> keys) {
        return getAll(Family.FLAT, keys.stream().map(StateKey::bytes).toList()).stream()
                .map(found -> found.map(ChainSchema::flatContent))
                .toList();
    }

    @Override
    public io.consilium.storage.Snapshot snapshot() {
        return access(() -> {
            synchronized (snapshots) {
                if (snapshots.size() >= config.maxSnapshots()) {
                    throw new SnapshotLimitException(config.maxSnapshots());
                }
                RocksSnapshot snapshot = new RocksSnapshot(tables, tables.takeSnapshot(), snapshots::remove);
                snapshots.add(snapshot);
                return snapshot;
            }
        });
    }

    @Override
    public int prune(int maxNodes) {
        if (maxNodes < MIN_PRUNE_NODES) {
            throw new IllegalArgumentException("a step of pruning takes 1 node or more, not " + maxNodes);
        }
        writes.lock();
        try {
            long keep = Math.max(0, tip.height() - config.retainedVersions());
            int[] pruned = {0};
            long[] reached = {keep};
            try (RocksTables.Batch batch = tables.batch(BATCH_OVERHEAD_BYTES)) {
                // What height h left behind serves versions up to h - 1 only.
                scan(
                        Family.STALE,
                        ChainSchema.height(oldestVersion),
                        Optional.of(ChainSchema.height(keep + 1)),
                        false,
                        (key, value) -> {
                            if (pruned[0] >= maxNodes) {
                                reached[0] = ChainSchema.heightOf(key) - 1;
                                return false;
                            }
                            pruned[0] += pruneHeight(batch, key, value);
                            return true;
                        });
                if (reached[0] <= oldestVersion) {
                    return 0;
                }
                batch.put(Family.META, ChainSchema.META_OLDEST, ChainSchema.height(reached[0]));
                write(batch, false);
            }
            oldestVersion = reached[0];
            return pruned[0];
        } finally {
            writes.unlock();
        }
    }

    private int pruneHeight(RocksTables.Batch batch, byte[] height, byte[] value) {
        List<byte[]> nodes = access(() -> ChainSchema.stale(value));
        nodes.forEach(node -> batch.delete(Family.NODES, node));
        batch.delete(Family.STALE, height);
        return nodes.size();
    }

    @Override
    public SecretsStore secrets() {
        return secrets;
    }

    public Path directory() {
        return directory.path();
    }

    @Override
    public void close() {
        writes.lock();
        try {
            shut(this::free);
        } finally {
            writes.unlock();
        }
    }

    private void free() {
        List.copyOf(snapshots).forEach(RocksSnapshot::close);
        try {
            tables.flush();
        } catch (RocksDBException failed) {
            throw tables.failure("write the last tables of", failed);
        } finally {
            closeFiles();
        }
    }

    private void closeFiles() {
        try (directory;
                mark) {
            tables.close();
        } catch (IOException failed) {
            throw tables.fail("close the files in " + directory.path(), failed);
        }
    }
}
