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
import java.util.Optional;
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

        assertThat(mempool.inTurn()).containsExactly(first, second);
        assertThat(mempool.first(1, 10_000)).containsExactly(first);
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
    @DisplayName("TX-6 one peer gets its share and no more, whoever signed what it brings")
    void tx6_boundsTheShareOfOnePeer() {
        for (int i = 0; i < 5; i++) {
            assertThat(brought("i" + i + "/a", i, "liar")).isEqualTo(Outcome.ADDED);
        }
        assertThat(brought("i9/a", 9, "liar")).isEqualTo(Outcome.OVER_QUOTA);
        assertThat(brought("i9/a", 9, "honest")).isEqualTo(Outcome.ADDED);
        mempool.remove(of("i0/a", 0, 1_000).txId());
        assertThat(brought("i0/a", 0, "liar")).isEqualTo(Outcome.ADDED);
    }

    private Outcome brought(String actor, int number, String peer) {
        return mempool.add(of(actor, number, 1_000), Optional.of(peer), false);
    }

    @Test
    @DisplayName("TX-6 patients, of whom one custodian may register thousands, share what one institution may hold")
    void tx6_boundsTheShareOfPatients() {
        for (int i = 0; i < 5; i++) {
            assertThat(mempool.add(of("%032x".formatted(i), i, 1_000))).isEqualTo(Outcome.ADDED);
        }
        assertThat(mempool.add(of("%032x".formatted(9), 9, 1_000))).isEqualTo(Outcome.OVER_QUOTA);
        assertThat(mempool.add(of("st-mary", 10, 1_000))).isEqualTo(Outcome.ADDED);
    }

    @Test
    @DisplayName("TX-6 institutions are served in turn, each in its own order")
    void tx6_servesInstitutionsInTurn() {
        ParsedTransaction[] many = new ParsedTransaction[3];
        for (int i = 0; i < many.length; i++) {
            many[i] = of("st-mary/" + (char) ('a' + i), i, 1_000);
            mempool.add(many[i]);
        }
        ParsedTransaction other = of("central/b", 10, 1_000);
        ParsedTransaction third = of("third", 11, 1_000);
        mempool.add(other);
        mempool.add(third);
        assertThat(mempool.inTurn()).containsExactly(many[0], other, third, many[1], many[2]);
        assertThat(mempool.first(2, 10_000)).containsExactly(many[0], other);
        mempool.remove(other.txId());
        assertThat(mempool.inTurn()).containsExactly(many[0], third, many[1], many[2]);
    }

    @Test
    @DisplayName("BFT-9 what no block may hold yet is no work until one may")
    void waitsAsideUntilItsTime() {
        ParsedTransaction early = of("st-mary/a", 1, 2_000);
        assertThat(mempool.add(early, Optional.of("peer"), true)).isEqualTo(Outcome.ADDED);
        assertThat(mempool.hasWork()).isFalse();
        assertThat(mempool.inTurn()).isEmpty();
        assertThat(mempool.contains(early.txId())).isTrue();
        mempool.ripen(transaction -> false);
        assertThat(mempool.hasWork()).isFalse();
        mempool.ripen(early::equals);
        assertThat(mempool.inTurn()).containsExactly(early);

        ParsedTransaction never = of("st-mary/b", 2, 1_500);
        mempool.add(never, Optional.of("peer"), true);
        assertThat(mempool.expire(1_501)).containsExactly(never);
        mempool.remove(early.txId());
        assertThat(mempool.size()).isZero();
        assertThat(mempool.retained()).isZero();
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
        assertThat(mempool.inTurn()).containsExactly(late);
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
        assertThat(mempool.hasWork()).isFalse();
        assertThat(mempool.size()).isZero();
        assertThat(mempool.bytes()).isZero();
        assertThat(mempool.retained()).isZero();
        assertThat(mempool.withLeaf(transaction.leafHash())).isEmpty();
        assertThat(mempool.inTurn()).isEmpty();
    }

    private static ParsedTransaction of(String actor, int number, long validUntilMillis) {
        return TestTransactions.noop(CHAIN, actor, KEY, validUntilMillis, number);
    }
}
