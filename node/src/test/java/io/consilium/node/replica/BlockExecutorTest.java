package io.consilium.node.replica;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.consensus.Effect;
import io.consilium.consensus.ExecutionVerdict;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.ledger.Ledger;
import io.consilium.ledger.LedgerLimits;
import io.consilium.ledger.block.BlockTransactions;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.state.BlockWork;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.TestChain;
import io.consilium.proto.PatientState;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** TX-6: a block takes of every validator what each of them has. */
class BlockExecutorTest {
    private static final int MIB = 1024 * 1024;
    private static final long NOW = TestChain.GENESIS_MILLIS + 1_000;
    private static final int ROOM = (int) (BlockWork.MAX_KEPT_BYTES / (3 * MIB)) - 1;

    private final TestChain chain = TestChain.of(List.of(7_000));
    private final Hash chainId = chain.genesis().chainId();
    private final LedgerLimits limits =
            LedgerLimits.of(chain.genesis().document().getParameters());
    private final MemoryChainStore store = new MemoryChainStore(chain.genesis());
    private final Mempool mempool = new Mempool(MempoolLimits.DEFAULT);
    private final Ledger ledger = new Ledger(chainId, limits, (state, block, transaction) -> {
        ByteString id = ByteString.copyFrom(transaction.txId().toBytes());
        PatientState object = PatientState.newBuilder()
                .setId(ByteString.copyFrom(new byte[3 * MIB]))
                .build();
        return Outcome.applied(new Writes().put(StateKeys.patient(id.substring(0, 16)), object), id, 1);
    });
    private final BlockExecutor executor = new BlockExecutor(
            chainId, limits, ledger, store, mempool, new TransactionCheck(ledger, new Ed25519Verifier(8), 100));
    private final List<ParsedTransaction> heavy = IntStream.range(0, ROOM + 2)
            .mapToObj(i -> chain.noop(0, i, NOW + 60_000))
            .toList();

    @BeforeEach
    void fill() {
        heavy.forEach(mempool::add);
    }

    @Test
    @DisplayName("TX-6 a leader's block ends where there is no room left, and the rest wait")
    void tx6_leaderStops() {
        ExecutedBlock built = built(NOW);
        assertThat(built.transactions()).isEqualTo(heavy.subList(0, ROOM));
        assertThat(built.header().transactionsRoot()).isEqualTo(new BlockTransactions(heavy.subList(0, ROOM)).root());
    }

    @Test
    @DisplayName("TX-6 a validator does not vote for a block that takes more than there is room for")
    void tx6_validatorRefuses() {
        assertThat(verdict(heavy.subList(0, ROOM))).isEqualTo(ExecutionVerdict.ROOTS_DIFFER);
        assertThat(verdict(heavy)).isEqualTo(ExecutionVerdict.INADMISSIBLE);
    }

    @Test
    @DisplayName("BFT-8 where results differ, what this node would have written is told as hashes")
    void bft8_tellsWhatItWouldHaveWritten() {
        ParsedTransaction one = heavy.get(0);
        ByteString id = ByteString.copyFrom(one.txId().toBytes()).substring(0, 16);
        BlockExecutor.Outcome outcome = outcome(List.of(one));
        assertThat(outcome.detail()).contains(StateDifference.FILE).hasSizeLessThan(500);
        StateDifference difference = outcome.difference().orElseThrow();
        assertThat(difference.changes())
                .anyMatch(line -> line.matches(Pattern.quote(StateKeys.patient(id) + "=") + "[0-9a-f]{64}"));
        assertThat(difference.text().lines())
                .hasSize(1 + difference.changes().size())
                .first()
                .asString()
                .startsWith("height 1 block ");
    }

    @Test
    @DisplayName("BFT-13 a transaction is given by its leaf while a block that holds it is undecided, and no longer")
    void bft13_givesTransactionsByLeaf() {
        ParsedTransaction first = heavy.get(0);
        assertThat(executor.transaction(first.leafHash())).isEmpty();
        ExecutedBlock one = built(NOW);
        assertThat(executor.transaction(first.leafHash())).contains(first);
        assertThat(executor.transaction(first.txId())).as("by its id").isEmpty();
        assertThat(executor.transaction(heavy.get(ROOM).leafHash()))
                .as("no block had room for it")
                .isEmpty();

        mempool.remove(first.txId());
        for (int sibling = 1; sibling <= BlockExecutor.MAX_SIBLINGS; sibling++) {
            assertThat(executor.transaction(first.leafHash())).isPresent();
            built(NOW + sibling);
        }
        assertThat(executor.executed(one.hash())).isEmpty();
        assertThat(executor.transaction(first.leafHash())).as("with its block").isEmpty();

        ExecutedBlock last = built(NOW + 9);
        assertThat(executor.transaction(heavy.get(1).leafHash())).isPresent();
        executor.decide(
                last, new QuorumCertificate(VoteType.COMMIT, 1, 0, last.hash(), List.of(0), List.of(new byte[64])));
        assertThat(executor.transaction(heavy.get(1).leafHash())).isEmpty();
    }

    private ExecutedBlock built(long millis) {
        ValidatorSet set = new LedgerState(store.latest()).validators();
        return executor.build(new Effect.Build(
                        1,
                        0,
                        store.tip().blockHash(),
                        Optional.empty(),
                        set,
                        set,
                        0,
                        millis,
                        millis,
                        1,
                        false,
                        new byte[0]))
                .orElseThrow();
    }

    private ExecutionVerdict verdict(List<ParsedTransaction> transactions) {
        return outcome(transactions).verdict();
    }

    /** Of a block with these transactions and roots that no execution gives. */
    private BlockExecutor.Outcome outcome(List<ParsedTransaction> transactions) {
        BlockTransactions body = new BlockTransactions(transactions);
        Hash set = new LedgerState(store.latest()).validators().hash();
        BlockHeader header = new BlockHeader(
                BlockHeader.VERSION,
                chainId,
                1,
                store.tip().blockHash(),
                Optional.empty(),
                body.root(),
                Hash.ZERO,
                Hash.ZERO,
                set,
                set,
                NOW,
                0);
        return executor.execute(header, header.hash(), body.encode(), new byte[0], false);
    }
}
