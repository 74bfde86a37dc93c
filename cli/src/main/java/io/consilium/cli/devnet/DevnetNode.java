package io.consilium.cli.devnet;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * One node of a devnet as devnet.json tells it.
 *
 * @param api base URL of its client API
 * @param p2p host:port of its peer listener
 * @param pid process id, 0 where it was stopped
 * @param startedMillis when the process started, so that a reused pid is not taken for the node
 */
public record DevnetNode(int number, String id, URI api, String p2p, long pid, long startedMillis, Path dataDir) {
    /** Clocks of the process table are coarse. */
    private static final long START_TOLERANCE_MILLIS = 3_000;

    DevnetNode running(ProcessHandle process) {
        long started = process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        return new DevnetNode(number, id, api, p2p, process.pid(), started, dataDir);
    }

    DevnetNode stopped() {
        return new DevnetNode(number, id, api, p2p, 0, 0, dataDir);
    }

    /** The live process of this node, empty where it ended or its pid belongs to another process now. */
    public Optional<ProcessHandle> process() {
        if (pid <= 0) {
            return Optional.empty();
        }
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::isOurs);
    }

    private boolean isOurs(ProcessHandle process) {
        return process.info()
                .startInstant()
                .map(start -> Math.abs(start.toEpochMilli() - startedMillis) <= START_TOLERANCE_MILLIS)
                .orElse(startedMillis == 0);
    }
}
