package io.consilium.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class OpenLoopTest {
    private static final int RATE = 500;

    /** A cluster that answers after a while. */
    private static class PretendedCluster implements Target {
        final AtomicInteger received = new AtomicInteger();
        final long answerNanos;

        PretendedCluster(long answerNanos) {
            this.answerNanos = answerNanos;
        }

        @Override
        public List<Outcome> submit(long turn, List<byte[]> signed) {
            received.addAndGet(signed.size());
            LockSupport.parkNanos(answerNanos);
            List<Outcome> outcomes = new ArrayList<>();
            signed.forEach(each -> outcomes.add(outcome()));
            return outcomes;
        }

        Outcome outcome() {
            return Outcome.VERIFIED;
        }

        @Override
        public Counters counters() {
            return new Counters(received.get() * 100L, received.get() / 10, received.get() / 5);
        }
    }

    @Test
    void sendsEverythingOnceAndMeasuresFromTheIntendedTime() throws Exception {
        PretendedCluster cluster = new PretendedCluster(20_000_000);
        Rung rung = new OpenLoop(cluster, RATE, 0, 1).run(transactions(RATE));
        assertThat(cluster.received).hasValue(RATE);
        assertThat(rung.failed()).isZero();
        assertThat(rung.latencyMicros().getTotalCount()).isEqualTo(RATE);
        assertThat(rung.millis(1)).isGreaterThanOrEqualTo(19);
        assertThat(rung.blocks()).isPositive();
        assertThat(rung.cpuMicrosPerTransaction()).isPositive();
    }

    @Test
    void warmUpIsSentAndNotMeasured() throws Exception {
        PretendedCluster cluster = new PretendedCluster(1_000_000);
        Rung rung = new OpenLoop(cluster, RATE, 1, 1).run(transactions(2 * RATE));
        assertThat(cluster.received).hasValue(2 * RATE);
        assertThat(rung.latencyMicros().getTotalCount()).isEqualTo(RATE);
    }

    @Test
    void whatIsRefusedIsNoCommitAndEndsTheRate() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        PretendedCluster refusing = new PretendedCluster(0) {
            @Override
            Outcome outcome() {
                return asked.incrementAndGet() == 7 ? new Outcome("REFUSED for a test") : Outcome.VERIFIED;
            }
        };
        Rung rung = new OpenLoop(refusing, RATE, 0, 1).run(transactions(RATE));
        assertThat(rung.failed()).isEqualTo(1);
        assertThat(rung.firstFailure()).isEqualTo("REFUSED for a test");
        assertThat(rung.sustained()).isFalse();
        assertThat(LoadTest.describe(rung)).contains("NOT SUSTAINED, 1 failed: REFUSED for a test");
    }

    @Test
    void aStallIsChargedToEveryoneItWouldHaveHeldUp() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Object door = new Object();
        PretendedCluster stalling = new PretendedCluster(0) {
            @Override
            public List<Outcome> submit(long turn, List<byte[]> signed) {
                synchronized (door) { // one at a time, so that the stall holds all
                    if (calls.incrementAndGet() == 20) {
                        LockSupport.parkNanos(400_000_000L);
                    }
                    return super.submit(turn, signed);
                }
            }
        };
        Rung rung = new OpenLoop(stalling, RATE, 0, 1).run(transactions(RATE));
        // 0.4 s of 1 s stood still: at the least a fifth of all waited for 100 ms and more.
        assertThat(rung.millis(80)).isGreaterThan(100);
        assertThat(rung.maxMillis()).isGreaterThanOrEqualTo(350);
    }

    private static List<byte[]> transactions(int count) {
        List<byte[]> transactions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            transactions.add(new byte[] {(byte) i});
        }
        return transactions;
    }
}
