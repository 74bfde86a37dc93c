package io.consilium.storage;

import io.consilium.storage.ChainSchema.Family;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The open RocksDB with its column families: everything native stands here, and is freed here.
 *
 * <p>It does not guard against use after {@link #close}; {@link RocksView} does.
 */
final class RocksTables implements AutoCloseable {
    private final Path chain;
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final Map<Family, ColumnFamilyHandle> handles = new EnumMap<>(Family.class);
    private final RocksDB db;
    private final WriteOptions synced;
    private final WriteOptions unsynced;

    /** What the first failed write said. */
    private volatile Optional<String> failure = Optional.empty();

    RocksTables(Path chain, StorageConfig config, boolean create) throws RocksDBException, IOException {
        RocksLibrary.load();
        this.chain = chain;
        boolean opened = false;
        try {
            synced = keep(new WriteOptions().setSync(true));
            unsynced = keep(new WriteOptions().setSync(false));
            db = openDatabase(config, create);
            RocksSettings.requireInForce(chain);
            opened = true;
        } finally {
            if (!opened) {
                free();
            }
        }
    }

    private RocksDB openDatabase(StorageConfig config, boolean create) throws RocksDBException {
        LRUCache cache = keep(new LRUCache(config.blockCacheBytes()));
        BloomFilter bloom = keep(new BloomFilter(RocksSettings.BLOOM_BITS_A_KEY));
        DBOptions options = keep(RocksSettings.database(config, create));
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        for (Family family : Family.values()) {
            ColumnFamilyOptions familyOptions = keep(RocksSettings.family(family, config, cache, bloom));
            families.add(new ColumnFamilyDescriptor(family.bytes(), familyOptions));
        }
        List<ColumnFamilyHandle> opened = new ArrayList<>();
        RocksDB database = keep(RocksDB.open(options, chain.toString(), families, opened));
        for (Family family : Family.values()) {
            handles.put(family, keep(opened.get(family.ordinal())));
        }
        return database;
    }

    private <T extends AutoCloseable> T keep(T resource) {
        resources.push(resource);
        return resource;
    }

    /** One read through the given options, which carry the snapshot if there is one. */
    Optional<byte[]> get(Family family, ReadOptions options, byte[] key) throws RocksDBException {
        return Optional.ofNullable(db.get(handle(family), options, key));
    }

    List<Optional<byte[]>> getAll(Family family, ReadOptions options, List<byte[]> keys) throws RocksDBException {
        List<byte[]> values = db.multiGetAsList(options, Collections.nCopies(keys.size(), handle(family)), keys);
        List<Optional<byte[]>> found = new ArrayList<>(values.size());
        for (byte[] value : values) {
            found.add(Optional.ofNullable(value));
        }
        return found;
    }

    /** Sees the entries of a range one by one, until it has enough. */
    @FunctionalInterface
    interface Visitor {
        /** True to go on. */
        boolean visit(byte[] key, byte[] value);
    }

    /** Visits the keys in [from, to) in order, or in reverse. */
    void scan(
            Family family,
            Optional<Snapshot> snapshot,
            byte[] from,
            Optional<byte[]> to,
            boolean reverse,
            Visitor visitor)
            throws RocksDBException {
        try (ReadOptions options = new ReadOptions();
                Slice lower = new Slice(from);
                Slice upper = new Slice(to.orElse(new byte[0]))) {
            snapshot.ifPresent(options::setSnapshot);
            options.setIterateLowerBound(lower);
            if (to.isPresent()) {
                options.setIterateUpperBound(upper);
            }
            try (RocksIterator at = db.newIterator(handle(family), options)) {
                if (reverse) {
                    at.seekToLast();
                } else {
                    at.seekToFirst();
                }
                while (at.isValid() && visitor.visit(at.key(), at.value())) {
                    if (reverse) {
                        at.prev();
                    } else {
                        at.next();
                    }
                }
                at.status();
            }
        }
    }

    /** Changes that are written all together or not at all. */
    final class Batch implements AutoCloseable {
        private final WriteBatch batch;

        private Batch(int expectedBytes) {
            batch = new WriteBatch(expectedBytes);
        }

        void put(Family family, byte[] key, byte[] value) {
            try {
                batch.put(handle(family), key, value);
            } catch (RocksDBException refused) {
                throw failure("collect a write for", refused);
            }
        }

        void delete(Family family, byte[] key) {
            try {
                batch.delete(handle(family), key);
            } catch (RocksDBException refused) {
                throw failure("collect a deletion for", refused);
            }
        }

        /**
         * Writes the batch. After a failure every later write fails too: what is in the log is then unknown, and only a
         * new start can find out (BFT-16).
         */
        void write(boolean sync) {
            Optional<String> before = failure;
            if (before.isPresent()) {
                throw new StorageFailure("the store takes no more writes after it failed: " + before.get());
            }
            try {
                db.write(sync ? synced : unsynced, batch);
            } catch (RocksDBException refused) {
                StorageFailure failed = failure("write to", refused);
                failure = Optional.of(String.valueOf(failed.getMessage()));
                throw failed;
            }
        }

        @Override
        public void close() {
            batch.close();
        }
    }

    Batch batch(int expectedBytes) {
        return new Batch(expectedBytes);
    }

    /** Remembers that something beside RocksDB failed which the log depends on. */
    StorageFailure fail(String doing, IOException cause) {
        StorageFailure failed = new StorageFailure(
                "cannot " + doing + ": " + cause.getMessage()
                        + "; the node stops, so that nothing is acknowledged that is not durable: check the disk, then"
                        + " start it again",
                cause);
        failure = Optional.of(String.valueOf(failed.getMessage()));
        return failed;
    }

    StorageFailure failure(String doing, RocksDBException cause) {
        return new StorageFailure(
                "cannot " + doing + " the store " + chain + ": " + cause.getMessage()
                        + "; the node stops, so that nothing is acknowledged that is not durable: check the disk's space and"
                        + " health, then start it again; if it says the same, restore the data directory",
                cause);
    }

    /** Number of the last write; meaningful where writes are serialised. */
    long sequence() {
        return db.getLatestSequenceNumber();
    }

    Snapshot takeSnapshot() {
        return db.getSnapshot();
    }

    void release(Snapshot snapshot) {
        db.releaseSnapshot(snapshot);
        snapshot.close();
    }

    /** Removes deleted entries of a range from the disk. */
    void compact(Family family, byte[] from, byte[] to) throws RocksDBException {
        db.compactRange(handle(family), from, to);
    }

    /** Reads every table file and checks every block. */
    void verifyChecksums() throws RocksDBException {
        db.verifyChecksum();
    }

    long approximateKeys(Family family) throws RocksDBException {
        return db.getLongProperty(handle(family), "rocksdb.estimate-num-keys");
    }

    /** Writes the memory tables out, so that the next start has no log to read. */
    void flush() throws RocksDBException {
        if (failure.isEmpty()) {
            try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
                db.flush(wait, new ArrayList<>(handles.values()));
            }
        }
    }

    private ColumnFamilyHandle handle(Family family) {
        ColumnFamilyHandle handle = handles.get(family);
        if (handle == null) {
            throw new StoreClosedException("the store " + chain);
        }
        return handle;
    }

    @Override
    public void close() {
        free();
    }

    private void free() {
        handles.clear();
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (Exception failed) {
                throw new IllegalStateException("a native handle of the store could not be freed", failed);
            }
        }
    }
}
