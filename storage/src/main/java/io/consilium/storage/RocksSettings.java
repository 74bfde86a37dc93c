package io.consilium.storage;

import io.consilium.storage.ChainSchema.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.ConfigOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;

/**
 * How RocksDB is set up: what makes BFT-15 true, and what keeps a node small.
 *
 * <p>The settings of durability go in by name, because the Java interface has no setter for some of them, and are read
 * back from the options file that RocksDB writes when it opens: a misspelt or renamed one must not pass.
 */
final class RocksSettings {
    /** BFT-15; the last two keep recovery from doing anything clever. */
    private static final Map<String, String> DURABILITY = durability();

    static final int BLOOM_BITS_A_KEY = 10;
    private static final long POINT_BLOCK_BYTES = 4 * 1024;
    private static final long RANGE_BLOCK_BYTES = 16 * 1024;
    private static final int LOG_FILES = 4;
    private static final long LOG_FILE_BYTES = 1024 * 1024;
    private static final long MANIFEST_BYTES = 8 * 1024 * 1024;
    private static final long MANIFEST_PREALLOCATION_BYTES = 64 * 1024;
    private static final long MIN_WRITE_BUFFER_BYTES = 1024 * 1024;
    private static final int WRITE_BUFFER_SHARES = 4;
    private static final double MEMTABLE_FILTER_SHARE = 0.02;

    /** Twice RocksDB's own: compactions took a tenth of a node's processor time under load. */
    private static final int TABLES_BEFORE_COMPACTION = 8;

    private RocksSettings() {}

    private static Map<String, String> durability() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("wal_recovery_mode", "kTolerateCorruptedTailRecords");
        settings.put("recycle_log_file_num", "0");
        settings.put("manual_wal_flush", "false");
        settings.put("unordered_write", "false");
        settings.put("enable_pipelined_write", "false");
        settings.put("two_write_queues", "false");
        settings.put("paranoid_checks", "true");
        settings.put("max_bgerror_resume_count", "0");
        settings.put("track_and_verify_wals_in_manifest", "true");
        settings.put("avoid_flush_during_recovery", "false");
        settings.put("best_efforts_recovery", "false");
        return settings;
    }

    static DBOptions database(StorageConfig config, boolean create) {
        Properties properties = new Properties();
        DURABILITY.forEach(properties::setProperty);
        try (ConfigOptions strict = new ConfigOptions().setIgnoreUnknownOptions(false)) {
            return DBOptions.getDBOptionsFromProps(strict, properties)
                    .setCreateIfMissing(create)
                    // a store of an earlier build lacks the families that came later
                    .setCreateMissingColumnFamilies(true)
                    .setDbWriteBufferSize(config.writeBufferBytes())
                    .setMaxTotalWalSize(config.walBytes())
                    .setMaxOpenFiles(config.maxOpenFiles())
                    .setMaxManifestFileSize(MANIFEST_BYTES)
                    .setManifestPreallocationSize(MANIFEST_PREALLOCATION_BYTES)
                    .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                    .setKeepLogFileNum(LOG_FILES)
                    .setMaxLogFileSize(LOG_FILE_BYTES)
                    .setStatsDumpPeriodSec(0)
                    .setStatsPersistPeriodSec(0);
        }
    }

    static ColumnFamilyOptions family(Family family, StorageConfig config, Cache cache, BloomFilter bloom) {
        boolean points = family.lookup() == Family.Lookup.POINTS || family.lookup() == Family.Lookup.HITS;
        boolean ranges = family.lookup() == Family.Lookup.RANGES;
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setBlockSize(ranges ? RANGE_BLOCK_BYTES : POINT_BLOCK_BYTES);
        if (points) {
            table.setFilterPolicy(bloom);
        }
        ColumnFamilyOptions options = new ColumnFamilyOptions()
                .setTableFormatConfig(table)
                .setWriteBufferSize(Math.max(MIN_WRITE_BUFFER_BYTES, config.writeBufferBytes() / WRITE_BUFFER_SHARES))
                .setCompressionType(
                        family.content() == Family.Content.RANDOM
                                ? CompressionType.NO_COMPRESSION
                                : CompressionType.LZ4_COMPRESSION)
                .setLevel0FileNumCompactionTrigger(TABLES_BEFORE_COMPACTION)
                .setOptimizeFiltersForHits(family.lookup() == Family.Lookup.HITS);
        if (family.lookup() == Family.Lookup.POINTS) {
            options.setMemtableWholeKeyFiltering(true).setMemtablePrefixBloomSizeRatio(MEMTABLE_FILTER_SHARE);
        }
        return options;
    }

    /** Compares what RocksDB wrote down at its start with what was asked for. */
    static void requireInForce(Path chain) throws IOException {
        List<String> lines = Files.readAllLines(newestOptions(chain));
        DURABILITY.forEach((name, value) -> {
            if (lines.stream().map(String::strip).noneMatch((name + "=" + value)::equals)) {
                throw new StorageFailure("RocksDB did not take the setting " + name + "=" + value
                        + ", without which votes are not durable (BFT-15); use the RocksDB that this version was built"
                        + " with");
            }
        });
    }

    private static Path newestOptions(Path chain) throws IOException {
        try (Stream<Path> files = Files.list(chain)) {
            return files.filter(file -> file.getFileName().toString().matches("OPTIONS-[0-9]+"))
                    .max((a, b) -> a.getFileName().compareTo(b.getFileName()))
                    .orElseThrow(() -> new IOException("RocksDB wrote no options file in " + chain));
        }
    }
}
