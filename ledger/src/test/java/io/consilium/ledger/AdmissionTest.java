package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.ledger.block.BlockTransactions;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.Noop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("BFT-8 what may enter a block")
class AdmissionTest {
    private static final long END = TestChain.START + 5 * TestChain.MINUTE;

    private final TestChain chain = new TestChain();
    private final Set<Hash> decided = new TreeSet<>();

    private ParsedTransaction noop() {
        return chain.transaction(ADAMS, body -> body.setNoop(Noop.getDefaultInstance()));
    }

    private static Optional<Refusal> refusal(Optional<Rejection> rejection) {
        return rejection.map(Rejection::refusal);
    }

    @Test
    @DisplayName("TX-1 a transaction for another chain is not admissible")
    void tx1_otherChainIsRefused() {
        Ledger other = new Ledger(Hash.ZERO, new LedgerLimits(262_144, 1_000_000, 10));
        assertThat(refusal(other.admissible(noop(), chain.now))).contains(Refusal.WRONG_CHAIN);
        assertThat(chain.ledger.admissible(noop(), chain.now)).isEmpty();
    }

    @Test
    @DisplayName("TX-2 block time t satisfies t <= validUntil <= t + 10 min, both ends included")
    void tx2_timeWindow() {
        ParsedTransaction transaction = noop();
        assertThat(chain.ledger.admissible(transaction, END)).isEmpty();
        assertThat(refusal(chain.ledger.admissible(transaction, END + 1))).contains(Refusal.TRANSACTION_EXPIRED);
        assertThat(chain.ledger.admissible(transaction, END - 10 * TestChain.MINUTE))
                .isEmpty();
        assertThat(refusal(chain.ledger.admissible(transaction, END - 10 * TestChain.MINUTE - 1)))
                .contains(Refusal.VALIDITY_TOO_LONG);
    }

    @Test
    @DisplayName("TX-3 a transaction of the last 10 minutes makes a block inadmissible, also twice in one block")
    void tx3_duplicates() {
        ParsedTransaction transaction = noop();
        List<ParsedTransaction> once = List.of(transaction);
        assertThat(chain.ledger.admissibleBlock(once, 100, chain.now, decided::contains))
                .isEmpty();
        List<ParsedTransaction> twice = List.of(transaction, noop(), transaction);
        assertThat(refusal(chain.ledger.admissibleBlock(twice, 100, chain.now, decided::contains)))
                .contains(Refusal.DUPLICATE_TRANSACTION);
        decided.add(transaction.txId());
        assertThat(refusal(chain.ledger.admissibleBlock(once, 100, chain.now, decided::contains)))
                .contains(Refusal.DUPLICATE_TRANSACTION);
    }

    @Test
    @DisplayName("TX-3 the same body under another signature is the same transaction")
    void tx3_otherSignatureIsNoOtherTransaction() {
        ParsedTransaction transaction = noop();
        decided.add(transaction.txId());
        ParsedTransaction resigned = TestChain.parsed(TestChain.sign(transaction.body(), key("other")));
        assertThat(refusal(chain.ledger.admissibleBlock(List.of(resigned), 100, chain.now, decided::contains)))
                .contains(Refusal.DUPLICATE_TRANSACTION);
    }

    @Test
    @DisplayName("TX-3 after 10 minutes TX-2 refuses a transaction, whether anybody remembers it or not")
    void tx3_tenMinutesOfMemoryAreEnough() {
        ParsedTransaction transaction = noop();
        long included = transaction.body().getValidUntilMillis() - 10 * TestChain.MINUTE;
        assertThat(chain.ledger.admissibleBlock(List.of(transaction), 100, included, id -> false))
                .isEmpty();
        assertThat(refusal(chain.ledger.admissibleBlock(
                        List.of(transaction), 100, included + 10 * TestChain.MINUTE + 1, id -> false)))
                .contains(Refusal.TRANSACTION_EXPIRED);
    }

    @Test
    @DisplayName("TX-6 blocks keep the chain's bounds")
    void tx6_blockBounds() {
        Ledger small = new Ledger(chain.genesis.chainId(), new LedgerLimits(262_144, 262_145, 2));
        List<ParsedTransaction> three = List.of(noop(), noop(), noop());
        assertThat(refusal(small.admissibleBlock(three, 100, chain.now, decided::contains)))
                .contains(Refusal.BLOCK_TOO_LARGE);
        assertThat(small.admissibleBlock(three.subList(0, 2), 100, chain.now, decided::contains))
                .isEmpty();
        assertThat(refusal(small.admissibleBlock(List.of(), 262_146, chain.now, decided::contains)))
                .contains(Refusal.BLOCK_TOO_LARGE);
        Ledger narrow = new Ledger(chain.genesis.chainId(), new LedgerLimits(100, 262_145, 2));
        assertThat(refusal(narrow.admissible(noop(), chain.now))).contains(Refusal.TRANSACTION_TOO_LARGE);
        assertThatThrownBy(() -> new LedgerLimits(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bodiesReadBackAndReuseWhatIsKnown() throws MalformedException {
        List<ParsedTransaction> sent = List.of(noop(), noop());
        byte[] body = new BlockTransactions(sent).encode();
        BlockTransactions read = BlockTransactions.decode(body);
        assertThat(read.transactions()).isEqualTo(sent);
        assertThat(read.root()).isEqualTo(new BlockTransactions(sent).root());
        List<Hash> asked = new ArrayList<>();
        BlockTransactions known = BlockTransactions.decode(body, leaf -> {
            asked.add(leaf);
            return sent.stream().filter(each -> each.leafHash().equals(leaf)).findFirst();
        });
        assertThat(known.transactions().get(0)).isSameAs(sent.get(0));
        assertThat(asked).isEqualTo(known.leafHashes());
        assertThat(BlockTransactions.decode(new byte[0]).transactions()).isEmpty();
    }

    @Test
    void bodiesWithAnythingElseAreRefused() {
        byte[] body = new BlockTransactions(List.of(noop())).encode();
        assertThatThrownBy(() -> BlockTransactions.decode(Arrays.copyOf(body, body.length - 1)))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> BlockTransactions.decode(Arrays.copyOf(body, body.length + 1)))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> BlockTransactions.decode(new byte[] {10, 1, 7}))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("transaction 0");
    }
}
