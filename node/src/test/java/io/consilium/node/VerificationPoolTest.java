package io.consilium.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.PublicKey;
import io.consilium.ledger.Ledger;
import io.consilium.ledger.LedgerLimits;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.replica.TransactionCheck;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VerificationPoolTest {
    private static final long NOW = TestChain.GENESIS_MILLIS;

    private final TestChain chain = TestChain.of(List.of(7_001));
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger verified = new AtomicInteger();
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private final VerificationPool pool = new VerificationPool(2, check(), failures::add);

    private TransactionCheck check() {
        Ed25519Verifier verifier = new Ed25519Verifier(16);
        Ledger ledger = new Ledger(
                chain.genesis().chainId(),
                LedgerLimits.of(chain.genesis().document().getParameters()));
        return new TransactionCheck(
                ledger,
                (PublicKey key, byte[] message, byte[] signature) -> {
                    await(gate);
                    verified.incrementAndGet();
                    return verifier.verify(key, message, signature);
                },
                1_000);
    }

    @AfterEach
    void close() throws InterruptedException {
        gate.countDown();
        pool.close();
        assertThat(failures).isEmpty();
    }

    @Test
    void answersInTheOrderOfTheTransactionsHoweverTheyWereShared() throws Exception {
        gate.countDown();
        List<ParsedTransaction> batch = batch(300);
        ParsedTransaction bad = TestTransactions.badlySigned(batch.get(150));
        batch.set(150, bad);
        BlockingQueue<List<Checked>> answers = new LinkedBlockingQueue<>();
        assertThat(pool.submitted(batch, NOW, answers::add)).isTrue();
        List<Checked> checked = answers.poll(30, TimeUnit.SECONDS);
        assertThat(checked).extracting(Checked::transaction).containsExactlyElementsOf(batch);
        assertThat(checked.get(150).rejection()).isPresent();
        assertThat(checked).filteredOn(each -> each.rejection().isPresent()).hasSize(1);
    }

    @Test
    void verifiesEachTransactionOnceWhoeverBringsIt() throws Exception {
        gate.countDown();
        List<ParsedTransaction> batch = batch(10);
        for (int i = 0; i < 3; i++) {
            BlockingQueue<List<ParsedTransaction>> answers = new LinkedBlockingQueue<>();
            assertThat(pool.received(signed(batch), i == 1, NOW, answers::add)).isTrue();
            assertThat(answers.poll(30, TimeUnit.SECONDS)).isEqualTo(batch);
        }
        assertThat(verified).hasValue(10);
    }

    @Test
    void leavesOutWhatIsMalformedBadlySignedOrExpired() throws Exception {
        gate.countDown();
        ParsedTransaction good = chain.noop(0, 1, NOW + 1_000);
        List<ByteString> signed = List.of(
                ByteString.copyFrom(new byte[] {1, 2, 3}),
                bytes(TestTransactions.badlySigned(chain.noop(0, 2, NOW + 1_000))),
                bytes(chain.noop(0, 3, NOW - 1)),
                bytes(good));
        BlockingQueue<List<ParsedTransaction>> answers = new LinkedBlockingQueue<>();
        pool.received(signed, false, NOW, answers::add);
        assertThat(answers.poll(30, TimeUnit.SECONDS)).containsExactly(good);
    }

    @Test
    void refusesClientsBeforePeersAndNeverWhatADecisionWaitsFor() throws Exception {
        BlockingQueue<String> order = new LinkedBlockingQueue<>();
        List<ByteString> one = signed(batch(1));
        // Two threads take one piece each and stand at the gate; what comes after waits.
        for (int i = 0; i < 2; i++) {
            pool.received(List.of(bytes(chain.noop(0, 1_000_000 + i, NOW + 1))), false, NOW, done -> {});
        }
        List<ByteString> large = new ArrayList<>();
        for (int i = 0; i < VerificationPool.MAX_WAITING_OF_CLIENTS; i++) {
            large.add(one.get(0));
        }
        assertThat(pool.received(large, false, NOW, done -> order.add("bulk"))).isTrue();
        assertThat(pool.submitted(batch(10), NOW, done -> order.add("client"))).isFalse();
        List<ByteString> more = Collections.nCopies(
                VerificationPool.MAX_WAITING_OF_PEERS - VerificationPool.MAX_WAITING_OF_CLIENTS + 1, one.get(0));
        assertThat(pool.received(more, false, NOW, done -> order.add("more"))).isFalse();
        assertThat(pool.received(one, false, NOW, done -> order.add("peer"))).isTrue();
        assertThat(pool.received(one, true, NOW, done -> order.add("urgent"))).isTrue();
        gate.countDown();
        assertThat(order.poll(30, TimeUnit.SECONDS)).isEqualTo("urgent");
        assertThat(List.of(
                        String.valueOf(order.poll(30, TimeUnit.SECONDS)),
                        String.valueOf(order.poll(30, TimeUnit.SECONDS))))
                .containsExactlyInAnyOrder("bulk", "peer");
        while (pool.waiting() > 0) {
            Thread.onSpinWait();
        }
    }

    private List<ParsedTransaction> batch(int count) {
        List<ParsedTransaction> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.add(chain.noop(0, i, NOW + 1_000));
        }
        return batch;
    }

    private static List<ByteString> signed(List<ParsedTransaction> batch) {
        return batch.stream().map(VerificationPoolTest::bytes).toList();
    }

    private static ByteString bytes(ParsedTransaction transaction) {
        return ByteString.copyFrom(transaction.signedBytes());
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
