package io.consilium.node.process;

import io.consilium.node.config.NodeConfig;
import java.security.Security;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a node until it is told to stop (SIGTERM, SIGINT) or cannot go on. */
public final class NodeProcess {
    private static final Logger LOG = LoggerFactory.getLogger(NodeProcess.class);
    private static final int STOP_SECONDS = 20;

    private NodeProcess() {}

    /** Called once the API answers. */
    public interface Started {
        void at(RunningNode node);
    }

    /** A part that does not close must not keep a process whose node has failed: it would neither serve nor end. */
    static void haltUnlessClosed(CompletableFuture<Void> closed, long millis, Runnable halt) {
        closed.copy().orTimeout(millis, TimeUnit.MILLISECONDS).whenComplete((done, late) -> {
            if (late != null) {
                LOG.error("the node has failed and does not stop within {} ms, so its process is ended", millis);
                halt.run();
            }
        });
    }

    /**
     * Blocks while the node runs.
     *
     * @param stop asks for a stop when it completes, as SIGTERM does
     * @return after a stop that was asked for
     * @throws NodeStartException it could not start, or had to stop by itself
     */
    public static void run(NodeConfig config, CompletableFuture<?> stop, Started started) throws NodeStartException {
        CompilerCheck.require();
        LogSetup.apply(config.log());
        // TLS libraries hold the node's keys in key stores in memory, where PKCS #12 would encrypt each of them anew
        // with ten thousand hashes.
        Security.setProperty("keystore.type", "jks");
        CompletableFuture<Void> end = new CompletableFuture<>();
        CompletableFuture<Void> closed = new CompletableFuture<>();
        Thread hook = new Thread(
                () -> {
                    end.complete(null);
                    // A part that does not close must not keep the process for ever.
                    closed.completeOnTimeout(null, STOP_SECONDS, TimeUnit.SECONDS)
                            .join();
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        stop.thenRun(() -> end.complete(null));
        try (RunningNode node = RunningNode.start(config, System::currentTimeMillis)) {
            node.failure().exceptionally(failure -> {
                end.completeExceptionally(failure);
                return null;
            });
            LOG.info("api listening host={} port={}", config.api().host(), node.apiPort());
            started.at(node);
            await(
                    end,
                    failed ->
                            haltUnlessClosed(closed, TimeUnit.SECONDS.toMillis(STOP_SECONDS), () -> Runtime.getRuntime()
                                    .halt(failed.exitCode())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StartFailures.ended(e);
        } finally {
            closed.complete(null);
        }
    }

    /** Returns after a stop that was asked for; throws what the node failed of, when {@code failing} was told. */
    static void await(CompletableFuture<Void> end, Consumer<NodeStartException> failing)
            throws InterruptedException, NodeStartException {
        try {
            end.get();
            LOG.info("node stopping");
        } catch (ExecutionException e) {
            NodeStartException failed = StartFailures.ended(e);
            LOG.info("node stopping exitCode={}", failed.exitCode());
            failing.accept(failed);
            throw failed;
        }
    }
}
