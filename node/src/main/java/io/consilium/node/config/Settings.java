package io.consilium.node.config;

import static io.consilium.node.config.Setting.choice;
import static io.consilium.node.config.Setting.number;
import static io.consilium.node.config.Setting.path;
import static io.consilium.node.config.Setting.required;
import static io.consilium.node.config.Setting.text;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Every setting of a node with its default and bounds, in the order in which they are shown. */
public final class Settings {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long GIB = 1024 * MIB;

    private static final Map<String, Setting> ALL = new LinkedHashMap<>();

    static final Setting INSTITUTION = add(required("node.institution", "slug of the institution that runs this node"));
    static final Setting GENESIS = add(path("node.genesis", "genesis.json", "the chain's genesis file"));
    static final Setting KEYSTORE = add(path("node.keystore", "keys/node.keystore", "encrypted keys of this node"));
    static final Setting PASSWORD_FILE = add(path("node.password-file", "keys/password", "file with its password"));
    static final Setting DATABASE = add(path("node.database", "db", "directory of the chain's database"));
    static final Setting VAULT = add(path("node.vault", "vault", "directory of payload ciphertexts"));

    static final Setting API_HOST = add(text("api.host", "127.0.0.1", "address that the client API listens on"));
    static final Setting API_PORT = add(number("api.port", 7443, 0, 65535, "its port; 0 takes a free one"));
    static final Setting API_EVENT_LOOP_THREADS = add(number("api.event-loop-threads", 1, 1, 16, "network threads"));
    static final Setting API_BLOCKING_THREADS = add(number("api.blocking-threads", 4, 1, 64, "threads of requests"));
    static final Setting API_MAX_CONNECTIONS = add(number("api.max-connections", 512, 1, 65536, "open connections"));
    static final Setting API_MAX_REQUESTS =
            add(number("api.max-concurrent-requests", 1024, 1, 65536, "requests being answered at once"));
    static final Setting API_MAX_REQUEST_BYTES =
            add(number("api.max-request-bytes", 8 * MIB, 512 * KIB, 64 * MIB, "size of one request"));
    static final Setting API_MAX_IN_FLIGHT_BYTES =
            add(number("api.max-in-flight-bytes", 32 * MIB, MIB, 4 * GIB, "memory of all requests and their answers"));
    static final Setting API_REQUEST_TIMEOUT =
            add(number("api.request-timeout-millis", 30_000, 100, 600_000, "time to answer, waits not counted"));
    static final Setting API_IDLE_TIMEOUT =
            add(number("api.idle-timeout-millis", 60_000, 1_000, 3_600_000, "life of an unused connection"));
    static final Setting API_MAX_BATCH =
            add(number("api.max-batch-transactions", 1_000, 1, 10_000, "transactions in one submission"));
    static final Setting API_MAX_PAGE = add(number("api.max-page-items", 500, 1, 10_000, "items in one page"));
    static final Setting API_MAX_SCANNED =
            add(number("api.max-scanned-entries", 20_000, 256, 1_000_000, "entries gone through for one page"));
    static final Setting API_MAX_WATCHERS = add(number("api.max-watchers", 128, 1, 10_000, "waiting event readers"));
    static final Setting API_MAX_CACHED_BLOCKS =
            add(number("api.max-cached-blocks", 16, 1, 1_024, "blocks whose proof trees are kept"));

    static final Setting TOKEN_LIFE = add(number("token.max-life-seconds", 60, 1, 60, "life of a caller's token"));
    static final Setting TOKEN_TOLERANCE =
            add(number("token.clock-tolerance-seconds", 30, 0, 300, "difference of clocks allowed in tokens"));
    static final Setting TOKEN_MAX_REMEMBERED =
            add(number("token.max-remembered", 120_000, 1_000, 10_000_000, "used tokens remembered until they expire"));

    static final Setting QUOTA_TRANSACTIONS =
            add(number("quota.transactions-per-second", 20_000, 1, 10_000_000, "an institution's steady rate"));
    static final Setting QUOTA_TRANSACTION_BURST =
            add(number("quota.transaction-burst", 40_000, 1, 10_000_000, "an institution's burst of transactions"));
    static final Setting QUOTA_REQUESTS =
            add(number("quota.requests-per-second", 5_000, 1, 10_000_000, "an institution's steady rate of requests"));
    static final Setting QUOTA_REQUEST_BURST =
            add(number("quota.request-burst", 10_000, 1, 10_000_000, "an institution's burst of requests"));
    static final Setting QUOTA_VERIFICATIONS = add(number(
            "quota.verifications-per-second",
            20,
            1,
            1_000_000,
            "an institution's steady rate of verifications, and of packs of others that it looks for"));
    static final Setting QUOTA_VERIFICATION_BURST =
            add(number("quota.verification-burst", 100, 1, 1_000_000, "an institution's burst of verifications"));
    static final Setting QUOTA_STAGED_BYTES = add(
            number("quota.staged-bytes", 8 * GIB, MIB, 1024 * GIB, "an institution's uploads that are not registered"));
    static final Setting QUOTA_STAGED_PAYLOADS =
            add(number("quota.staged-payloads", 32, 1, 10_000, "an institution's uploads at once"));

    static final Setting DISCLOSURE_TOKEN_SECONDS =
            add(number("disclosure.token-seconds", 900, 10, 3_600, "life of a download token"));
    static final Setting DISCLOSURE_MAX_TOKENS =
            add(number("disclosure.max-tokens", 4_096, 16, 1_000_000, "download tokens alive at once"));
    static final Setting DISCLOSURE_WAIT = add(
            number("disclosure.commit-wait-millis", 20_000, 100, 120_000, "wait for the disclosure to be committed"));

    static final Setting PEERS_HOST = add(text("peers.host", "127.0.0.1", "address that other nodes connect to"));
    static final Setting PEERS_PORT = add(number("peers.port", 7444, 0, 65535, "its port"));
    static final Setting PEERS_ADDRESSES = add(text(
            "peers.addresses", "", "institution=host:port, comma separated, where the registry is not to be used"));
    static final Setting PEERS_MAX_FRAME_BYTES =
            add(number("peers.max-frame-bytes", 4 * MIB + 64 * KIB, MIB, 256 * MIB, "size of one frame between nodes"));
    static final Setting PEERS_MAX_QUEUED_BYTES =
            add(number("peers.max-queued-bytes", 4 * MIB + 64 * KIB, MIB, GIB, "blocks and bulk waiting for one peer"));

    static final Setting CONSENSUS_MIN_TIMEOUT = add(number("consensus.min-timeout-millis", 250, 10, 60_000, "round"));
    static final Setting CONSENSUS_MAX_TIMEOUT =
            add(number("consensus.max-timeout-millis", 4_000, 10, 600_000, "largest learned round timeout"));
    static final Setting CONSENSUS_INITIAL_TIMEOUT =
            add(number("consensus.initial-timeout-millis", 1_000, 10, 600_000, "round timeout at start"));
    static final Setting CONSENSUS_ROUND_CAP =
            add(number("consensus.round-timeout-cap-millis", 10_000, 10, 600_000, "round timeout after back-off"));
    static final Setting CONSENSUS_BATCH_DELAY =
            add(number("consensus.batch-delay-millis", 10, 0, 10_000, "wait for more transactions"));
    static final Setting CONSENSUS_STATUS_INTERVAL =
            add(number("consensus.status-interval-millis", 1_000, 50, 60_000, "between status messages"));

    static final Setting MEMPOOL_MAX_TRANSACTIONS =
            add(number("mempool.max-transactions", 50_000, 10, 10_000_000, "pending transactions"));
    static final Setting MEMPOOL_MAX_BYTES =
            add(number("mempool.max-bytes", 32 * MIB, MIB, 16 * GIB, "memory of pending transactions"));
    static final Setting MEMPOOL_MAX_WAITERS =
            add(number("mempool.max-waiters", 25_000, 10, 10_000_000, "callers waiting for a commit"));
    static final Setting VERIFY_THREADS =
            add(number("mempool.verify-threads", 2, 1, 64, "threads checking signatures"));

    static final Setting STORAGE_BLOCK_CACHE =
            add(number("storage.block-cache-bytes", 32 * MIB, MIB, 64 * GIB, "database read cache"));
    static final Setting STORAGE_WRITE_BUFFER =
            add(number("storage.write-buffer-bytes", 32 * MIB, 2 * MIB, 4 * GIB, "database write buffers, in all"));
    static final Setting STORAGE_WAL =
            add(number("storage.wal-bytes", 64 * MIB, MIB, 16 * GIB, "database log that a start has to read"));
    static final Setting STORAGE_NODE_CACHE =
            add(number("storage.node-cache-bytes", 48 * MIB, 0, 16 * GIB, "state tree nodes kept in memory"));
    static final Setting STORAGE_MAX_OPEN_FILES =
            add(number("storage.max-open-files", 256, 64, 100_000, "database files open at once"));
    static final Setting STORAGE_MAX_SNAPSHOTS =
            add(number("storage.max-snapshots", 256, 8, 100_000, "queries reading at once"));
    static final Setting STORAGE_RETAINED =
            add(number("storage.retained-versions", 10_000, 2, 1_000_000_000, "heights whose state can be proven"));
    static final Setting STORAGE_START = add(choice(
            "storage.start",
            "normal",
            Set.of("normal", "observer"),
            "observer forgets a lost or old vote record and signs nothing until peers have moved on"));

    static final Setting VAULT_QUOTA =
            add(number("vault.quota-bytes", 64 * GIB, MIB, 1024 * 1024 * GIB, "size of all payloads kept"));
    static final Setting VAULT_MAX_PAYLOAD =
            add(number("vault.max-payload-bytes", 4 * GIB, KIB, 64 * GIB, "size of one payload"));

    static final Setting VAULT_MAX_UPLOADS =
            add(number("vault.max-uploads", 256, 1, 100_000, "payloads being received at once"));
    static final Setting VAULT_UPLOAD_AGE = add(number(
            "vault.upload-age-millis", 86_400_000, 60_000, 30 * 86_400_000L, "rest after which an upload is dropped"));
    static final Setting VAULT_UPLOAD_REST = add(number(
            "vault.upload-rest-millis",
            600_000,
            1_000,
            86_400_000,
            "rest after which another upload may get its room"));

    static final Setting VAULT_SCRUB_RATE = add(number(
            "vault.scrub-bytes-per-second", 4 * MIB, 0, GIB, "speed of the background check of payloads; 0: none"));

    static final Setting CLOCK_MAX_OFFSET = add(number(
            "clock.max-offset-millis",
            60_000,
            100,
            3_600_000,
            "difference from the peers' median clock when not ready"));

    static final Setting LOG_FILE = add(path("log.file", "logs/node.log", "log file of the json format"));
    static final Setting LOG_FORMAT =
            add(choice("log.format", "json", Set.of("json", "console"), "json to the file, or console"));
    static final Setting LOG_LEVEL =
            add(choice("log.level", "INFO", Set.of("ERROR", "WARN", "INFO", "DEBUG"), "least severity written"));
    static final Setting LOG_MAX_FILE_BYTES =
            add(number("log.max-file-bytes", 16 * MIB, 64 * KIB, GIB, "size at which the log file is rolled"));
    static final Setting LOG_MAX_FILES = add(number("log.max-files", 5, 1, 1_000, "rolled log files kept"));

    private Settings() {}

    private static Setting add(Setting setting) {
        ALL.put(setting.name(), setting);
        return setting;
    }

    public static Collection<Setting> all() {
        return Collections.unmodifiableCollection(ALL.values());
    }

    public static Optional<Setting> named(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    /** The known name nearest to a misspelt one, if one is near. */
    static Optional<String> nearest(String name) {
        return Spelling.nearest(name, ALL.keySet());
    }
}
