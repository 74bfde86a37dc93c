package io.consilium.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoopStopTest {
    private static final long AN_HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

    @Test
    void aWaitingLoopIsWokenWithoutAnInterrupt() throws Exception {
        LoopQueue<String> queue = new LoopQueue<>(4);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread loop = new Thread(() -> {
            try {
                queue.drain(AN_HOUR_NANOS, 1, new ArrayList<>());
                interrupted.complete(Thread.currentThread().isInterrupted());
            } catch (InterruptedException broken) {
                interrupted.complete(true);
            }
        });
        loop.start();
        queue.wake();
        assertThat(interrupted.get()).isFalse();
        loop.join();
    }

    @Test
    void oneWakeEndsOneWait() throws Exception {
        LoopQueue<String> queue = new LoopQueue<>(4);
        List<String> taken = new ArrayList<>();
        queue.wake();
        queue.drain(AN_HOUR_NANOS, 1, taken);
        assertThat(taken).isEmpty();
        queue.offerUrgent("vote");
        queue.drain(AN_HOUR_NANOS, 1, taken);
        assertThat(taken).containsExactly("vote");
    }
}
