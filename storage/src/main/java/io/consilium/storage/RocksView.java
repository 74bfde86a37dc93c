package io.consilium.storage;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.state.NodeReader;
import io.consilium.ledger.state.StateReader;
import io.consilium.ledger.state.StateTree;
import io.consilium.storage.ChainSchema.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/**
 * Reads of the store, of the newest data or through a RocksDB snapshot.
 *
 * <p>Native memory that is freed while another thread reads it kills the process, so every read holds the shared side of a
 * lock whose other side {@link #shut} takes.
 */
class RocksView implements ChainReader {
    /** Bytes after which a page ends, whatever its limit. */
    static final int MAX_PAGE_BYTES = 4 * 1024 * 1024;

    final RocksTables tables;
    private final Optional<Snapshot> snapshot;
    private final ReadOptions options = new ReadOptions();
    private final ReentrantReadWriteLock usage = new ReentrantReadWriteLock();
    private boolean open = true;

    RocksView(RocksTables tables, Optional<Snapshot> snapshot) {
        this.tables = tables;
        this.snapshot = snapshot;
        snapshot.ifPresent(options::setSnapshot);
    }

    /** One access to native memory. */
    @FunctionalInterface
    interface Access<T> {
        T run() throws RocksDBException, MalformedException;
    }

    final <T> T access(Access<T> access) {
        usage.readLock().lock();
        try {
            if (!open) {
                throw new StoreClosedException(snapshot.isPresent() ? "the snapshot" : "the store");
            }
            return access.run();
        } catch (RocksDBException failed) {
            throw tables.failure("read from", failed);
        } catch (MalformedException malformed) {
            throw new StorageFailure(
                    "the store holds something unreadable, " + malformed.getMessage()
                            + "; restore the data directory from a backup, or move it away and make a new one with"
                            + " `consilium node init` without --founding",
                    malformed);
        } finally {
            usage.readLock().unlock();
        }
    }

    /** Ends all reads and then runs {@code free}, once; false if that was done before. */
    final boolean shut(Runnable free) {
        usage.writeLock().lock();
        try {
            if (!open) {
                return false;
            }
            open = false;
            options.close();
            free.run();
            return true;
        } finally {
            usage.writeLock().unlock();
        }
    }

    final Optional<byte[]> get(Family family, byte[] key) {
        return access(() -> tables.get(family, options, key));
    }

    final List<Optional<byte[]>> getAll(Family family, List<byte[]> keys) {
        return access(() -> tables.getAll(family, options, keys));
    }

    final void scan(Family family, byte[] from, Optional<byte[]> to, boolean reverse, RocksTables.Visitor visitor) {
        access(() -> {
            tables.scan(family, snapshot, from, to, reverse, visitor);
            return true;
        });
    }

    final byte[] required(Family family, byte[] key, String what) {
        return get(family, key).orElseThrow(() -> lost(what));
    }

    static StorageFailure lost(String what) {
        return new StorageFailure("the store has lost " + what
                + ", which was written together with data that is there; restore the data directory from a backup");
    }

    @Override
    public ChainTip tip() {
        byte[] stored = required(Family.META, ChainSchema.META_TIP, "its tip");
        return access(() -> ChainSchema.tip(stored));
    }

    @Override
    public Optional<StoredBlock> block(long height) {
        Optional<byte[]> header = header(height);
        if (header.isEmpty()) {
            return Optional.empty();
        }
        byte[] receipts = part(height, ChainSchema.PART_RECEIPTS).orElseThrow(() -> lost("receipts of " + height));
        List<byte[]> decoded = access(() -> StoredBlock.decodeReceipts(receipts));
        return Optional.of(new StoredBlock(
                height,
                header.get(),
                part(height, ChainSchema.PART_BODY).orElseThrow(() -> lost("the body of block " + height)),
                commitQc(height).orElseThrow(() -> lost("the certificate of block " + height)),
                decoded));
    }

    @Override
    public Optional<byte[]> header(long height) {
        return part(height, ChainSchema.PART_HEADER);
    }

    @Override
    public Optional<byte[]> commitQc(long height) {
        return part(height, ChainSchema.PART_COMMIT_QC);
    }

    private Optional<byte[]> part(long height, byte part) {
        return height < 1 ? Optional.empty() : get(Family.BLOCKS, ChainSchema.blockPart(height, part));
    }

    @Override
    public Optional<TxLocation> transaction(Hash txId) {
        Optional<byte[]> stored = get(Family.TXS, txId.toBytes());
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(access(() -> ChainSchema.location(stored.get())));
    }

    @Override
    public Optional<Hash> stateRoot(long height) {
        if (height == 0) {
            return Optional.of(
                    Hash.of(required(Family.META, ChainSchema.META_GENESIS_ROOT, "the genesis' state root")));
        }
        Optional<byte[]> header = header(height);
        if (header.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(access(() -> BlockHeader.decode(header.get()).stateRoot()));
    }

    @Override
    public StateReader latest() {
        return key -> get(Family.FLAT, key.bytes()).map(ChainSchema::flatContent);
    }

    @Override
    public Optional<StateReader> stateAt(long height) {
        if (height < oldestVersion()) {
            return Optional.empty();
        }
        return stateRoot(height).map(root -> key -> {
            Optional<byte[]> flat = get(Family.FLAT, key.bytes());
            // A value that was last changed at that height or before is still the same: no need to walk the tree.
            if (flat.isPresent() && ChainSchema.flatHeight(flat.get()) <= height) {
                return flat.map(ChainSchema::flatContent);
            }
            return StateTree.read(nodes(), height, root, key);
        });
    }

    @Override
    public NodeReader nodes() {
        return key -> get(Family.NODES, key.encode());
    }

    @Override
    public long oldestVersion() {
        return get(Family.META, ChainSchema.META_OLDEST)
                .map(ChainSchema::heightOf)
                .orElse(0L);
    }

    @Override
    public IndexPage scan(String index, byte[] prefix, Optional<byte[]> afterKey, int limit, boolean reverse) {
        requireLimit(limit);
        byte[] from = ChainSchema.indexPrefix(index, prefix);
        Optional<byte[]> to = ChainSchema.above(from);
        if (afterKey.isPresent()) {
            byte[] after = ChainSchema.indexPrefix(index, afterKey.get());
            if (reverse) {
                to = Optional.of(to.isPresent() && Arrays.compareUnsigned(to.get(), after) < 0 ? to.get() : after);
            } else if (Arrays.compareUnsigned(from, after) <= 0) {
                from = Arrays.copyOf(after, after.length + 1); // the least key above it
            }
        }
        PageOf page = new PageOf(index, limit);
        if (to.isEmpty() || Arrays.compareUnsigned(from, to.get()) < 0) {
            scan(Family.INDEX, from, to, reverse, page);
        }
        return page.finish();
    }

    /** Collects entries until the page is full, and looks one further to know whether more follow. */
    private static final class PageOf implements RocksTables.Visitor {
        private final String index;
        private final int limit;
        private final List<IndexPage.Item> items = new ArrayList<>();
        private int bytes;
        private boolean more;

        PageOf(String index, int limit) {
            this.index = index;
            this.limit = limit;
        }

        @Override
        public boolean visit(byte[] key, byte[] value) {
            if (items.size() == limit || bytes >= MAX_PAGE_BYTES) {
                more = true;
                return false;
            }
            items.add(new IndexPage.Item(ChainSchema.indexKeyOf(index, key), value));
            bytes += key.length + value.length;
            return true;
        }

        IndexPage finish() {
            return new IndexPage(
                    items, more ? Optional.of(items.get(items.size() - 1).key()) : Optional.empty());
        }
    }

    @Override
    public List<HeldEvidence> evidence() {
        List<HeldEvidence> held = new ArrayList<>();
        scan(Family.EVIDENCE, new byte[0], Optional.empty(), false, (key, value) -> {
            held.add(access(() -> new HeldEvidence(HeldEvidence.culpritOf(key), Evidence.decode(value))));
            return true;
        });
        return held;
    }

    @Override
    public EventPage events(EventCursor after, int limit) {
        requireLimit(limit);
        long tip = tipHeight(); // before the scan, so that no event between the two is skipped
        List<StoredEvent> events = new ArrayList<>();
        int[] bytes = {0};
        scan(
                Family.EVENTS,
                ChainSchema.height(after.height()),
                Optional.of(ChainSchema.height(tip + 1)),
                false,
                (key, value) -> {
                    collect(ChainSchema.heightOf(key), value, after, limit, events);
                    bytes[0] += value.length;
                    return events.size() < limit && bytes[0] < MAX_PAGE_BYTES;
                });
        EventCursor end = EventCursor.after(tip);
        EventCursor next = events.isEmpty()
                ? (end.compareTo(after) > 0 ? end : after)
                : events.get(events.size() - 1).cursor();
        return new EventPage(events, next);
    }

    private void collect(long height, byte[] value, EventCursor after, int limit, List<StoredEvent> events) {
        List<LedgerEvent> stored = access(() -> StoredEvent.decode(value));
        for (int i = 0; i < stored.size() && events.size() < limit; i++) {
            EventCursor cursor = new EventCursor(height, i);
            if (cursor.compareTo(after) > 0) {
                events.add(new StoredEvent(cursor, stored.get(i)));
            }
        }
    }

    private static void requireLimit(int limit) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw new IllegalArgumentException("a page has 1 to " + MAX_PAGE + " entries, not " + limit);
        }
    }
}
