package io.consilium.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BackgroundWorkTest {
    private final BlockingQueue<Throwable> broken = new LinkedBlockingQueue<>();
    private final BackgroundWork work = new BackgroundWork("test", broken::add);

    @AfterEach
    void close() throws Exception {
        work.close();
    }

    @Test
    void whatFailsHasItsNextTurn() throws Exception {
        CountDownLatch turns = new CountDownLatch(3);
        work.kind("counting", () -> {
                    turns.countDown();
                    throw new NullPointerException("one that nobody foresaw");
                })
                .every(0, 1);
        assertThat(turns.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(broken).isEmpty();
        assertThat(work.failures()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void anErrorIsToldWhereverItComesFrom() throws Exception {
        Error error = new AssertionError("the disk is gone");
        Runnable failing = () -> {
            throw error;
        };
        List<Runnable> ways = List.of(
                () -> work.kind("kind", failing).soon(),
                () -> work.kind("kind", failing).every(0, 600),
                () -> work.execute(failing),
                () -> work.later(1, failing));
        for (Runnable way : ways) {
            way.run();
            assertThat(broken.poll(30, TimeUnit.SECONDS)).isSameAs(error);
        }
    }

    @Test
    void workOfAKindWaitsOnceHoweverOftenItIsWanted() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger turns = new AtomicInteger();
        BackgroundWork.Kind kind = work.kind("slow", () -> {
            turns.incrementAndGet();
            begun.countDown();
            await(gate);
        });
        kind.soon();
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        IntStream.range(0, 1_000).forEach(i -> kind.soon());
        CompletableFuture<Void> after = new CompletableFuture<>();
        gate.countDown();
        work.execute(() -> after.complete(null));
        after.get(30, TimeUnit.SECONDS);
        // One turn that was under way, and one for all that was wanted during it.
        assertThat(turns).hasValue(2);
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
