package io.consilium.node.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NodeProcessTest {
    private final BlockingQueue<Integer> halts = new LinkedBlockingQueue<>();

    @Test
    void aFailedNodeThatDoesNotStopIsEnded() throws Exception {
        NodeProcess.haltUnlessClosed(new CompletableFuture<>(), 1, halts::add);
        assertThat(halts.poll(30, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void aFailedNodeThatStopsIsLeftAlone() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        NodeProcess.haltUnlessClosed(closed, 60_000, halts::add);
        closed.complete(null);
        assertThat(halts).isEmpty();
    }
}
