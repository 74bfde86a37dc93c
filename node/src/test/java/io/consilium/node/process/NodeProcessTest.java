package io.consilium.node.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.consilium.storage.StorageFailure;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class NodeProcessTest {
    private final BlockingQueue<Integer> halts = new LinkedBlockingQueue<>();

    @Test
    void aFailedNodeThatDoesNotStopIsEnded() throws Exception {
        NodeProcess.haltUnlessClosed(new CompletableFuture<>(), 1, () -> halts.add(1));
        assertThat(halts.poll(30, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void aFailedNodeThatStopsIsLeftAlone() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        NodeProcess.haltUnlessClosed(closed, 60_000, () -> halts.add(1));
        closed.complete(null);
        assertThat(halts).isEmpty();
    }

    private NodeStartException endedBy(Throwable failure) {
        CompletableFuture<Void> node = new CompletableFuture<>();
        CompletableFuture<Void> end = node.copy();
        node.completeExceptionally(failure);
        AtomicReference<NodeStartException> told = new AtomicReference<>();
        NodeStartException thrown =
                catchThrowableOfType(NodeStartException.class, () -> NodeProcess.await(end, told::set));
        assertThat(thrown).isNotNull().isSameAs(told.get());
        assertThat(thrown.error()).doesNotContain("\n");
        assertThat(thrown.hint()).isNotEmpty();
        return thrown;
    }

    @Test
    void aNodeWhoseStoreFailsEndsAsOneWhoseStoreIsCorrupt() {
        NodeStartException ended =
                endedBy(new StorageFailure("the store has lost its tip; restore the data directory from a backup"));
        assertThat(ended.exitCode()).isEqualTo(NodeStartException.CORRUPT);
        assertThat(ended.error()).isEqualTo("the store has lost its tip");
        assertThat(ended.hint()).isEqualTo("restore the data directory from a backup");
    }

    @Test
    void aNodeThatFailsSaysWhyAndWhatToDo() {
        NodeStartException ended = endedBy(new IllegalStateException("block 7 was decided\nand not executed"));
        assertThat(ended.exitCode()).isEqualTo(NodeStartException.INTERNAL);
        assertThat(ended.code()).isEqualTo("NODE_FAILED");
        assertThat(ended.error()).contains("block 7 was decided and not executed");
        assertThat(endedBy(new StackOverflowError()).error()).contains("StackOverflowError");
    }

    @Test
    void aStopThatWasAskedForIsNoFailure() throws Exception {
        NodeProcess.await(CompletableFuture.completedFuture(null), failed -> halts.add(1));
        assertThat(halts).isEmpty();
    }
}
