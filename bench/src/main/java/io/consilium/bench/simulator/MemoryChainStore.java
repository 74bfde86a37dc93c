package io.consilium.bench.simulator;

import io.consilium.ledger.state.StateKey;
import io.consilium.storage.ChainStore;
import io.consilium.storage.DecidedBatch;
import io.consilium.storage.HeldEvidence;
import io.consilium.storage.SecretsStore;
import io.consilium.storage.Snapshot;
import io.consilium.storage.VoteEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A chain store on a {@link MemoryDisk}: what was written since the last sync may be lost in a crash, and a crash may
 * fall before or after every write and every sync.
 */
final class MemoryChainStore extends MemoryChainReader implements ChainStore {
    private final MemoryDisk disk;

    MemoryChainStore(MemoryDisk disk) {
        this.disk = disk;
    }

    @Override
    ChainImage image() {
        return disk.written();
    }

    @Override
    public void commit(DecidedBatch batch) {
        disk.crashPoint("before a block is written");
        disk.write(image -> image.commit(batch));
        disk.crashPoint("after a block is written, before it is durable");
    }

    @Override
    public void appendVotes(List<VoteEntry> entries) {
        List<VoteEntry> written = List.copyOf(entries);
        disk.crashPoint("before votes are written");
        disk.write(image -> image.appendVotes(written));
        disk.crashPoint("after votes are written, before they are durable");
        disk.sync();
        disk.crashPoint("after votes are durable");
    }

    @Override
    public boolean keepEvidence(HeldEvidence found) {
        ByteBuffer key = ByteBuffer.wrap(found.key());
        long ofCulprit = evidence().stream()
                .filter(held -> held.culprit().equals(found.culprit()))
                .count();
        if (ofCulprit >= HeldEvidence.MAX_A_CULPRIT || image().evidence.containsKey(key)) {
            return false;
        }
        disk.write(image -> image.evidence.put(key, found));
        disk.sync();
        return true;
    }

    @Override
    public void dropEvidence(HeldEvidence held) {
        disk.write(image -> image.evidence.remove(ByteBuffer.wrap(held.key())));
        disk.sync();
    }

    @Override
    public boolean votes(Consumer<VoteEntry> each) {
        if (image().voteRecord) {
            image().voteEntries().forEach(each);
        }
        return image().voteRecord;
    }

    @Override
    public List<Optional<byte[]>> getAll(List<StateKey> keys) {
        List<Optional<byte[]>> values = new ArrayList<>(keys.size());
        for (StateKey key : keys) {
            values.add(latest().get(key));
        }
        return values;
    }

    @Override
    public Snapshot snapshot() {
        return new MemorySnapshot(disk.written().copy());
    }

    /** Worlds are short: nothing is pruned. */
    @Override
    public int prune(int maxNodes) {
        return 0;
    }

    @Override
    public SecretsStore secrets() {
        throw new UnsupportedOperationException("consensus and ledger keep no secrets in the store");
    }

    /** A clean stop makes everything durable. */
    @Override
    public void close() {
        disk.sync();
    }

    private static final class MemorySnapshot extends MemoryChainReader implements Snapshot {
        private final ChainImage image;

        MemorySnapshot(ChainImage image) {
            this.image = image;
        }

        @Override
        ChainImage image() {
            return image;
        }

        @Override
        public void close() {}
    }
}
