package io.consilium.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.ledger.block.BlockContext;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.state.BlockWork;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.state.StateReader;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.Noop;
import io.consilium.proto.PatientState;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** TX-6: what one transaction and one block may take of every validator's memory and time. */
class BlockWorkTest {
    private static final int MIB = 1024 * 1024;
    private static final byte[] LARGE = PatientState.newBuilder()
            .setId(ByteString.copyFrom(new byte[3 * MIB]))
            .build()
            .toByteArray();
    private static final int ROOM = (int) (BlockWork.MAX_KEPT_BYTES / (3 * MIB)) - 1;

    private final TestChain chain = new TestChain();
    private final List<ParsedTransaction> three =
            Stream.generate(this::noop).limit(3).toList();

    private ParsedTransaction noop() {
        return chain.transaction(TestChain.ADAMS, body -> body.setNoop(Noop.getDefaultInstance()));
    }

    /** Executes on a state in which every patient has three MiB. */
    private BlockResult execute(Consumer<LedgerState> rule, List<ParsedTransaction> transactions) {
        Ledger.Rules rules = (state, block, transaction) -> {
            rule.accept(state);
            return Outcome.applied(new Writes(), TestChain.PATIENT, 1);
        };
        StateReader large = key -> key.text().startsWith(StateKeys.PATIENT) ? Optional.of(LARGE) : chain.get(key);
        return new Ledger(chain.genesis.chainId(), new LedgerLimits(1_000, 10_000, 10), rules)
                .execute(large, context(), transactions);
    }

    private BlockContext context() {
        return new BlockContext(chain.genesis.chainId(), 1, TestChain.START, Hash.ZERO, new byte[0]);
    }

    private static void read(LedgerState state, String name) {
        assertThat(state.patient(TestChain.id("patient " + name))).isPresent();
    }

    @Test
    @DisplayName("TX-6 a block ends before the transaction that it has no room for, which opens the next")
    void tx6_blockEnds() {
        int[] calls = {0};
        Consumer<LedgerState> half = state -> {
            calls[0]++;
            for (int i = 0; i < ROOM / 2; i++) {
                read(state, calls[0] + "/" + i);
            }
        };
        assertThat(execute(half, three).receipts()).hasSize(2).allMatch(Receipt::applied);
        assertThat(execute(half, three.subList(2, 3)).receipts()).hasSize(1).allMatch(Receipt::applied);
    }

    @Test
    @DisplayName("TX-6 what a block has read already costs the next transaction nothing")
    void tx6_readOnce() {
        Consumer<LedgerState> most = state -> {
            for (int i = 0; i < ROOM; i++) {
                read(state, "one " + i);
            }
        };
        assertThat(execute(most, three).receipts()).hasSize(3).allMatch(Receipt::applied);
    }

    @Test
    @DisplayName("TX-6 a transaction that needs more than a whole block has is refused, alone in its block")
    void tx6_tooMuch() {
        Consumer<LedgerState> all = state -> {
            for (int i = 0; i < ROOM + 2; i++) {
                read(state, "one " + i);
            }
        };
        BlockResult result = execute(all, three);
        assertThat(result.receipts()).singleElement().satisfies(receipt -> {
            assertThat(receipt.code()).isEqualTo("TOO_MUCH_WORK");
            assertThat(receipt.rule()).isEqualTo("TX-6");
        });
        assertThat(result.changes()).isEmpty();
        assertThat(result.faults()).isEmpty();
    }

    @Test
    @DisplayName("TX-6 objects that are passed over are not kept, and not without end either")
    void tx6_passedOver() {
        int most = (int) (BlockWork.MAX_LOOKED_BYTES / LARGE.length) - 1;
        assertThat(execute(passingOver(most), three.subList(0, 1)).receipts()).allMatch(Receipt::applied);
        assertThat(execute(passingOver(most + 2), three.subList(0, 1))
                        .receipts()
                        .get(0)
                        .code())
                .isEqualTo("TOO_MUCH_WORK");
    }

    private static Consumer<LedgerState> passingOver(int objects) {
        return state -> {
            for (int i = 0; i < objects; i++) {
                state.glance(StateKeys.patient(TestChain.id("patient " + i)), PatientState.parser());
            }
        };
    }

    @Test
    @DisplayName("TX-6 what a transaction writes counts as what it reads")
    void tx6_written() {
        PatientState object = PatientState.newBuilder()
                .setId(ByteString.copyFrom(new byte[3 * MIB]))
                .build();
        Writes writes = new Writes();
        for (int i = 0; i < ROOM + 2; i++) {
            writes.put(StateKeys.patient(TestChain.id("patient " + i)), object);
        }
        BlockResult result = new Ledger(
                        chain.genesis.chainId(),
                        new LedgerLimits(1_000, 10_000, 10),
                        (state, block, transaction) -> Outcome.applied(writes, TestChain.PATIENT, 1))
                .execute(chain::get, context(), three.subList(0, 1));
        assertThat(result.receipts().get(0).code()).isEqualTo("TOO_MUCH_WORK");
        assertThat(result.changes()).isEmpty();
    }
}
