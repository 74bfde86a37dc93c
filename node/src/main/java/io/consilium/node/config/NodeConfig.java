package io.consilium.node.config;

import io.consilium.storage.StorageConfig;
import io.consilium.storage.VaultConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A node's configuration, typed. Paths are absolute; numbers carry their unit in their name and stand within the bounds
 * that {@link Settings} names.
 */
public record NodeConfig(
        Path directory,
        String institution,
        Path genesis,
        Path keystore,
        Path passwordFile,
        Path database,
        Path vaultDirectory,
        Api api,
        Tokens tokens,
        Quotas quotas,
        Disclosures disclosures,
        Peers peers,
        Timing timing,
        Pending pending,
        Storage storage,
        VaultConfig vault,
        long scrubBytesPerSecond,
        long maxClockOffsetMillis,
        Log log) {

    /** The client API's address, threads and bounds. */
    public record Api(
            String host,
            int port,
            int eventLoopThreads,
            int blockingThreads,
            int maxConnections,
            int maxConcurrentRequests,
            int maxRequestBytes,
            long maxInFlightBytes,
            long requestTimeoutMillis,
            long idleTimeoutMillis,
            int maxBatchTransactions,
            int maxPageItems,
            int maxScannedEntries,
            int maxWatchers,
            int maxCachedBlocks) {}

    /** How long a caller's token lives and how many used ones are remembered. */
    public record Tokens(int maxLifeSeconds, int clockToleranceSeconds, int maxRemembered) {}

    /** What one institution may send. */
    public record Quotas(
            long transactionsPerSecond,
            long transactionBurst,
            long requestsPerSecond,
            long requestBurst,
            long verificationsPerSecond,
            long verificationBurst) {}

    /** Bounds of disclosures and their download tokens (ACC-2). */
    public record Disclosures(int tokenSeconds, int maxTokens, long commitWaitMillis) {}

    /** Where other nodes connect, and bounds of their connections; {@code addresses} overrides the registry. */
    public record Peers(String host, int port, Map<String, String> addresses, int maxFrameBytes, long maxQueuedBytes) {}

    /** The pacemaker's times in milliseconds. */
    public record Timing(
            long minTimeoutMillis,
            long maxTimeoutMillis,
            long initialTimeoutMillis,
            long roundTimeoutCapMillis,
            long batchDelayMillis,
            long statusIntervalMillis) {}

    /** Bounds of what waits to be decided. */
    public record Pending(int maxTransactions, long maxBytes, int maxWaiters, int verifyThreads) {}

    /** The database's bounds; {@code asObserver} forgets the vote record at the start (BFT-16). */
    public record Storage(StorageConfig bounds, boolean asObserver) {}

    /** Where logs go and how long they are kept. */
    public record Log(Path file, String format, String level, long maxFileBytes, int maxFiles) {}

    /** File, then the environment, then flags. */
    public static NodeConfig load(Optional<Path> file, Map<String, String> environment, Map<String, String> flags)
            throws ConfigException {
        return of(EffectiveConfig.load(file, environment, flags));
    }

    public static NodeConfig of(EffectiveConfig c) throws ConfigException {
        return new NodeConfig(
                c.directory(),
                c.text(Settings.INSTITUTION),
                c.path(Settings.GENESIS),
                c.path(Settings.KEYSTORE),
                c.path(Settings.PASSWORD_FILE),
                c.path(Settings.DATABASE),
                c.path(Settings.VAULT),
                api(c),
                new Tokens(
                        c.integer(Settings.TOKEN_LIFE),
                        c.integer(Settings.TOKEN_TOLERANCE),
                        c.integer(Settings.TOKEN_MAX_REMEMBERED)),
                new Quotas(
                        c.number(Settings.QUOTA_TRANSACTIONS),
                        c.number(Settings.QUOTA_TRANSACTION_BURST),
                        c.number(Settings.QUOTA_REQUESTS),
                        c.number(Settings.QUOTA_REQUEST_BURST),
                        c.number(Settings.QUOTA_VERIFICATIONS),
                        c.number(Settings.QUOTA_VERIFICATION_BURST)),
                new Disclosures(
                        c.integer(Settings.DISCLOSURE_TOKEN_SECONDS),
                        c.integer(Settings.DISCLOSURE_MAX_TOKENS),
                        c.number(Settings.DISCLOSURE_WAIT)),
                new Peers(
                        c.text(Settings.PEERS_HOST),
                        c.integer(Settings.PEERS_PORT),
                        addresses(c.text(Settings.PEERS_ADDRESSES)),
                        c.integer(Settings.PEERS_MAX_FRAME_BYTES),
                        c.number(Settings.PEERS_MAX_QUEUED_BYTES)),
                timing(c),
                new Pending(
                        c.integer(Settings.MEMPOOL_MAX_TRANSACTIONS),
                        c.number(Settings.MEMPOOL_MAX_BYTES),
                        c.integer(Settings.MEMPOOL_MAX_WAITERS),
                        c.integer(Settings.VERIFY_THREADS)),
                storage(c),
                new VaultConfig(
                        c.number(Settings.VAULT_QUOTA),
                        c.number(Settings.VAULT_MAX_PAYLOAD),
                        c.integer(Settings.VAULT_MAX_UPLOADS),
                        c.number(Settings.VAULT_UPLOAD_AGE),
                        c.number(Settings.VAULT_UPLOAD_REST),
                        c.integer(Settings.QUOTA_STAGED_PAYLOADS),
                        c.number(Settings.QUOTA_STAGED_BYTES)),
                c.number(Settings.VAULT_SCRUB_RATE),
                c.number(Settings.CLOCK_MAX_OFFSET),
                new Log(
                        c.path(Settings.LOG_FILE),
                        c.text(Settings.LOG_FORMAT),
                        c.text(Settings.LOG_LEVEL),
                        c.number(Settings.LOG_MAX_FILE_BYTES),
                        c.integer(Settings.LOG_MAX_FILES)));
    }

    private static Api api(EffectiveConfig c) {
        return new Api(
                c.text(Settings.API_HOST),
                c.integer(Settings.API_PORT),
                c.integer(Settings.API_EVENT_LOOP_THREADS),
                c.integer(Settings.API_BLOCKING_THREADS),
                c.integer(Settings.API_MAX_CONNECTIONS),
                c.integer(Settings.API_MAX_REQUESTS),
                c.integer(Settings.API_MAX_REQUEST_BYTES),
                c.number(Settings.API_MAX_IN_FLIGHT_BYTES),
                c.number(Settings.API_REQUEST_TIMEOUT),
                c.number(Settings.API_IDLE_TIMEOUT),
                c.integer(Settings.API_MAX_BATCH),
                c.integer(Settings.API_MAX_PAGE),
                c.integer(Settings.API_MAX_SCANNED),
                c.integer(Settings.API_MAX_WATCHERS),
                c.integer(Settings.API_MAX_CACHED_BLOCKS));
    }

    private static Storage storage(EffectiveConfig c) {
        return new Storage(
                new StorageConfig(
                        c.number(Settings.STORAGE_BLOCK_CACHE),
                        c.number(Settings.STORAGE_WRITE_BUFFER),
                        c.number(Settings.STORAGE_WAL),
                        c.number(Settings.STORAGE_NODE_CACHE),
                        c.integer(Settings.STORAGE_MAX_OPEN_FILES),
                        c.integer(Settings.STORAGE_MAX_SNAPSHOTS),
                        c.number(Settings.STORAGE_RETAINED)),
                c.text(Settings.STORAGE_START).equals("observer"));
    }

    private static Timing timing(EffectiveConfig c) throws ConfigException {
        Timing timing = new Timing(
                c.number(Settings.CONSENSUS_MIN_TIMEOUT),
                c.number(Settings.CONSENSUS_MAX_TIMEOUT),
                c.number(Settings.CONSENSUS_INITIAL_TIMEOUT),
                c.number(Settings.CONSENSUS_ROUND_CAP),
                c.number(Settings.CONSENSUS_BATCH_DELAY),
                c.number(Settings.CONSENSUS_STATUS_INTERVAL));
        if (timing.minTimeoutMillis > timing.maxTimeoutMillis) {
            throw new ConfigException(List.of("'consensus.min-timeout-millis' (" + timing.minTimeoutMillis
                    + ") must not exceed 'consensus.max-timeout-millis' (" + timing.maxTimeoutMillis + ")"));
        }
        return timing;
    }

    private static Map<String, String> addresses(String text) throws ConfigException {
        Map<String, String> addresses = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (String part : text.isBlank() ? new String[0] : text.split(",")) {
            String[] sides = part.strip().split("=", 2);
            if (sides.length != 2 || !sides[1].matches("\\[?[^,=]+]?:\\d{1,5}")) {
                problems.add("'peers.addresses' must be institution=host:port, comma separated, not '" + part + "'");
            } else {
                addresses.put(sides[0].strip(), sides[1].strip());
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return addresses;
    }
}
