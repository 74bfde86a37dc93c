package io.consilium.storage;

/** A view of the chain as of one tip, which later blocks do not change; for queries on other threads. */
public interface Snapshot extends ChainReader, AutoCloseable {
    /** Must be called: an open snapshot keeps old data on disk and counts against the configured limit. */
    @Override
    void close();
}
