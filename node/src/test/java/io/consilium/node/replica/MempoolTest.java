package io.consilium.node.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.TestTransactions;
import io.consilium.node.replica.Mempool.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MempoolTest {
    private static final Hash CHAIN = Hash.sha256("mempool".getBytes(StandardCharsets.UTF_8));
    private static final KeyPair KEY = TestTransactions.key(1);

    private final Mempool mempool = new Mempool(new MempoolLimits(10, 100_000, 50));

    @Test
    void keepsTransactionsInTheOrderOfArrival() {
        ParsedTransaction first = of("st-mary/a", 1, 1_000);
        ParsedTransaction second = of("central/b", 2, 1_000);
        assertThat(mempool.add(first)).isEqualTo(Outcome.ADDED);
        assertThat(mempool.add(second)).isEqualTo(Outcome.ADDED);

        assertThat(mempool.oldestFirst()).containsExactly(first, second);
        assertThat(mempool.oldest(1, 10_000)).containsExactly(first);
        assertThat(mempool.withLeaf(second.leafHash())).contains(second);
        assertThat(mempool.bytes()).isEqualTo(first.size() + second.size());
        assertThat(mempool.retained()).isEqualTo(first.retainedBytes() + second.retainedBytes());
    }

    @Test
    @DisplayName("TX-3 the same transaction waits once, whatever bytes sign it")
    void tx3_refusesTheSameTransactionTwice() {
        ParsedTransaction transaction = of("st-mary/a", 1, 1_000);
        mempool.add(transaction);
        assertThat(mempool.add(transaction)).isEqualTo(Outcome.DUPLICATE);
        assertThat(mempool.add(TestTransactions.badlySigned(transaction))).isEqualTo(Outcome.DUPLICATE);
        assertThat(mempool.size()).isEqualTo(1);
    }

    @Test
    @DisplayName("TX-6 one institution gets its share and no more")
    void tx6_boundsTheShareOfOneInstitution() {
        for (int i = 0; i < 5; i++) {
            assertThat(mempool.add(of("st-mary/" + (char) ('a' + i), i, 1_000))).isEqualTo(Outcome.ADDED);
        }
        assertThat(mempool.add(of("st-mary/z", 99, 1_000))).isEqualTo(Outcome.OVER_QUOTA);
        assertThat(mempool.add(of("central/a", 100, 1_000))).isEqualTo(Outcome.ADDED);

        mempool.remove(of("st-mary/a", 0, 1_000).txId());
        assertThat(mempool.add(of("st-mary/z", 99, 1_000))).isEqualTo(Outcome.ADDED);
    }

    @Test
    @DisplayName("TX-6 a few large transactions of one institution leave the others their room too")
    void tx6_boundsTheShareOfOneInstitutionInMemory() {
        int one = of("st-mary/a", 0, 1_000).retainedBytes();
        Mempool roomy = new Mempool(new MempoolLimits(1_000, 8L * one, 50));
        for (int i = 0; i < 4; i++) {
            assertThat(roomy.add(of("st-mary/a", i, 1_000))).isEqualTo(Outcome.ADDED);
        }
        assertThat(roomy.add(of("st-mary/b", 4, 1_000))).isEqualTo(Outcome.OVER_QUOTA);
        assertThat(roomy.add(of("central/a", 5, 1_000))).isEqualTo(Outcome.ADDED);

        roomy.remove(of("st-mary/a", 0, 1_000).txId());
        assertThat(roomy.add(of("st-mary/b", 4, 1_000))).isEqualTo(Outcome.ADDED);
    }

    @Test
    @DisplayName("TX-6 a transaction counts as what it takes in memory, not as its bytes alone")
    void tx6_chargesWhatATransactionHolds() {
        List<ParsedTransaction> kept = new ArrayList<>();
        Mempool unbounded = new Mempool(new MempoolLimits(100_000, 1L << 40, 100));
        long before = usedHeap();
        for (int i = 0; i < 20_000; i++) {
            ParsedTransaction transaction = of("st-mary/a", i, 1_000);
            kept.add(transaction);
            unbounded.add(transaction);
        }
        long holds = usedHeap() - before;
        assertThat(kept).hasSize(unbounded.size());
        assertThat(unbounded.bytes()).isLessThan(holds / 2);
        assertThat(unbounded.retained()).isBetween(holds * 9 / 10, holds * 2);
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void isBoundedInNumberAndBytes() {
        for (int i = 0; i < 5; i++) {
            mempool.add(of("st-mary/a", i, 1_000));
            mempool.add(of("central/a", 10 + i, 1_000));
        }
        assertThat(mempool.add(of("third/a", 20, 1_000))).isEqualTo(Outcome.FULL);

        ParsedTransaction one = of("st-mary/a", 1, 1_000);
        Mempool small = new Mempool(new MempoolLimits(10, one.retainedBytes() + 1, 100));
        assertThat(small.add(one)).isEqualTo(Outcome.ADDED);
        assertThat(small.add(of("st-mary/a", 2, 1_000))).isEqualTo(Outcome.FULL);
    }

    @Test
    @DisplayName("TX-2 what no later block may hold goes")
    void tx2_dropsExpiredTransactions() {
        ParsedTransaction early = of("st-mary/a", 1, 1_000);
        ParsedTransaction late = of("st-mary/a", 2, 2_000);
        mempool.add(early);
        mempool.add(late);

        assertThat(mempool.expire(1_000)).isEmpty();
        assertThat(mempool.expire(1_001)).containsExactly(early);
        assertThat(mempool.oldestFirst()).containsExactly(late);
        assertThat(mempool.contains(early.txId())).isFalse();
        assertThat(mempool.isVisible(early.txId())).isFalse();
        assertThat(mempool.isVisible(late.txId())).isTrue();
        assertThat(mempool.bytes()).isEqualTo(late.size());
        assertThat(mempool.retained()).isEqualTo(late.retainedBytes());
    }

    @Test
    void forgetsWhatWasDecided() {
        ParsedTransaction transaction = of("st-mary/a", 1, 1_000);
        mempool.add(transaction);
        mempool.remove(transaction.txId());
        mempool.remove(transaction.txId());
        assertThat(mempool.isEmpty()).isTrue();
        assertThat(mempool.bytes()).isZero();
        assertThat(mempool.retained()).isZero();
        assertThat(mempool.withLeaf(transaction.leafHash())).isEmpty();
        assertThat(List.copyOf(mempool.oldestFirst())).isEmpty();
    }

    private static ParsedTransaction of(String actor, int number, long validUntilMillis) {
        return TestTransactions.noop(CHAIN, actor, KEY, validUntilMillis, number);
    }
}
