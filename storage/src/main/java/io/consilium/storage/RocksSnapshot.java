package io.consilium.storage;

import java.util.Optional;
import java.util.function.Consumer;
import org.rocksdb.Snapshot;

/** A snapshot of the store that holds on to RocksDB's own. */
final class RocksSnapshot extends RocksView implements io.consilium.storage.Snapshot {
    private final Snapshot held;
    private final Consumer<RocksSnapshot> onClose;
    private final ChainTip tip;

    RocksSnapshot(RocksTables tables, Snapshot held, Consumer<RocksSnapshot> onClose) {
        super(tables, Optional.of(held));
        this.held = held;
        this.onClose = onClose;
        this.tip = super.tip();
    }

    @Override
    public ChainTip tip() {
        return tip;
    }

    @Override
    public void close() {
        // Inside the lock: a store that is being closed waits for it before it frees the rest.
        shut(() -> tables.release(held));
        onClose.accept(this);
    }
}
