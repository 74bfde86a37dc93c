package io.consilium.storage;

/**
 * The bounds of one chain store.
 *
 * @param blockCacheBytes blocks, indexes and filters of tables that RocksDB keeps in memory
 * @param writeBufferBytes what all column families together hold in memory before they write a table
 * @param walBytes log that a start has to read at most, roughly
 * @param nodeCacheBytes tree nodes on the Java heap for the executor
 * @param maxOpenFiles table files held open
 * @param maxSnapshots snapshots open at one time
 * @param retainedVersions heights whose state can be read and proven; older tree nodes are pruned
 */
public record StorageConfig(
        long blockCacheBytes,
        long writeBufferBytes,
        long walBytes,
        long nodeCacheBytes,
        int maxOpenFiles,
        int maxSnapshots,
        long retainedVersions) {
    private static final long MIB = 1024 * 1024;

    public static final StorageConfig DEFAULT =
            new StorageConfig(32 * MIB, 32 * MIB, 64 * MIB, 48 * MIB, 512, 256, 10_000);

    public StorageConfig {
        require(blockCacheBytes >= MIB, "blockCacheBytes", "1 MiB");
        require(writeBufferBytes >= 2 * MIB, "writeBufferBytes", "2 MiB");
        require(walBytes >= MIB, "walBytes", "1 MiB");
        require(nodeCacheBytes >= 0, "nodeCacheBytes", "0");
        require(maxOpenFiles >= 64, "maxOpenFiles", "64");
        require(maxSnapshots >= 1, "maxSnapshots", "1");
        require(retainedVersions >= 1, "retainedVersions", "1");
    }

    private static void require(boolean holds, String name, String least) {
        if (!holds) {
            throw new IllegalArgumentException("storage setting " + name + " must be at least " + least);
        }
    }
}
