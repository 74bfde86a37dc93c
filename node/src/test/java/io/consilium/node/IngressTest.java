package io.consilium.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Ed25519Verifier;
import io.consilium.ledger.Ledger;
import io.consilium.ledger.LedgerLimits;
import io.consilium.node.replica.TransactionCheck;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class IngressTest {
    private static final long NOW = TestChain.GENESIS_MILLIS;

    private final TestChain chain = TestChain.of(List.of(7_001));
    private final VerificationPool pool = new VerificationPool(1, check(), failure -> {});
    private final Notifier notifier = new Notifier(new CommitWaiters(10));
    private final Ingress ingress = new Ingress(pool, event -> true, notifier, new NodeCounters(), () -> NOW, 1 << 20);

    private TransactionCheck check() {
        Ledger ledger = new Ledger(
                chain.genesis().chainId(),
                LedgerLimits.of(chain.genesis().document().getParameters()));
        return new TransactionCheck(ledger, new Ed25519Verifier(16), 100);
    }

    @AfterEach
    void close() throws InterruptedException {
        pool.close();
        notifier.close();
    }

    @Test
    void whoeverComesAfterTheEndIsToldAsWellAsWhoeverWaits() {
        CompletableFuture<List<Admission>> before = ingress.submit(List.of(chain.noop(0, 1, NOW + 1_000)));
        ingress.failAll(new NodeStoppingException());
        CompletableFuture<List<Admission>> after = ingress.submit(List.of(chain.noop(0, 2, NOW + 1_000)));
        for (CompletableFuture<List<Admission>> answer : List.of(before, after)) {
            assertThatThrownBy(() -> answer.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(NodeStoppingException.class);
        }
        assertThat(ingress.bytes()).isZero();
    }
}
