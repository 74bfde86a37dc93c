package io.consilium.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CommitWaitersTest {
    private static final Hash TX = Hash.sha256("tx".getBytes(StandardCharsets.UTF_8));

    private final CommitWaiters waiters = new CommitWaiters(2);

    @Test
    void givesEveryCallerAFutureOfItsOwn() {
        CompletableFuture<CommittedTransaction> one = waiters.add(TX);
        CompletableFuture<CommittedTransaction> two = waiters.add(TX);
        assertThat(waiters.of(TX)).containsExactly(one, two);
        one.cancel(false);
        assertThat(waiters.of(TX)).containsExactly(two);
        assertThat(two).isNotDone();
    }

    @Test
    void refusesMoreCallersThanItsBoundUntilOneLeaves() {
        CompletableFuture<CommittedTransaction> one = waiters.add(TX);
        waiters.add(TX);
        assertThatThrownBy(() -> waiters.add(TX).join()).hasCauseInstanceOf(NodeBusyException.class);
        one.cancel(false);
        assertThat(waiters.add(TX)).isNotDone();
    }

    @Test
    void tellsAllThatTheNodeStops() {
        CompletableFuture<CommittedTransaction> one = waiters.add(TX);
        CompletableFuture<CommittedTransaction> other = waiters.add(Hash.ZERO);
        waiters.failAll(new NodeBusyException("this node is stopping"));
        assertThat(one).isCompletedExceptionally();
        assertThat(other).isCompletedExceptionally();
        assertThat(waiters.of(TX)).isEmpty();
    }
}
