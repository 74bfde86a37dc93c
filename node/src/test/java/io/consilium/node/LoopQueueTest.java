package io.consilium.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.node.replica.TimerKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoopQueueTest {
    private final LoopQueue<String> queue = new LoopQueue<>(3);

    @Test
    void givesEverythingUrgentFirstAndSomeOfTheBulk() throws InterruptedException {
        queue.offerBulk("b1");
        queue.offerUrgent("u1");
        queue.offerBulk("b2");
        queue.offerUrgent("u2");
        assertThat(drain(1)).containsExactly("u1", "u2", "b1");
        assertThat(queue.size()).isEqualTo(1);
        assertThat(drain(5)).containsExactly("b2");
        assertThat(drain(5)).isEmpty();
    }

    @Test
    void refusesBeyondItsBoundInEachLane() {
        for (int i = 0; i < 3; i++) {
            assertThat(queue.offerBulk("b")).isTrue();
            assertThat(queue.offerUrgent("u")).isTrue();
        }
        assertThat(queue.offerBulk("b")).isFalse();
        assertThat(queue.offerUrgent("u")).isFalse();
    }

    @Test
    void wakesWhoeverWaits() throws InterruptedException {
        Thread offering = new Thread(() -> queue.offerUrgent("late"));
        List<String> taken = new ArrayList<>();
        offering.start();
        queue.drain(20_000_000_000L, 1, taken);
        assertThat(taken).containsExactly("late");
        offering.join();
    }

    @Test
    void timersFireOnceInOrderAndCanBeReplaced() {
        LoopTimers timers = new LoopTimers();
        TimerKey first = new TimerKey(TimerKey.Owner.CONSENSUS, 0);
        TimerKey second = new TimerKey(TimerKey.Owner.CONSENSUS, 1);
        timers.set(first, 1, 100);
        timers.set(second, 2, 50);
        timers.set(first, 3, 80);
        assertThat(timers.nanosToNext(0, 1_000)).isEqualTo(50);
        assertThat(timers.takeDue(49)).isEmpty();
        assertThat(timers.takeDue(90)).extracting(LoopTimers.Timer::token).containsExactly(2L, 3L);
        assertThat(timers.takeDue(1_000)).isEmpty();
        timers.set(first, 4, 10);
        timers.cancel(first);
        assertThat(timers.takeDue(1_000)).isEmpty();
        assertThat(timers.nanosToNext(0, 1_000)).isEqualTo(1_000);
    }

    private List<String> drain(int maxBulk) throws InterruptedException {
        List<String> taken = new ArrayList<>();
        queue.drain(0, maxBulk, taken);
        return taken;
    }
}
