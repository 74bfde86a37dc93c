package io.consilium.storage;

/** More snapshots are open than the configuration allows: the caller is to be asked to come back later. */
public final class SnapshotLimitException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    SnapshotLimitException(int limit) {
        super(limit + " snapshots are open, which is the configured limit; try again when queries have ended");
    }
}
