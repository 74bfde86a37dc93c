package io.consilium.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.ledger.block.BlockContext;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.state.StateProof;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.Noop;
import io.consilium.proto.PatientState;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a fault of the rules themselves does to a block. */
class BrokenRulesTest {
    private final TestChain chain = new TestChain();
    private final ParsedTransaction bad = noop();
    private final ParsedTransaction good = noop();

    private ParsedTransaction noop() {
        return chain.transaction(TestChain.ADAMS, body -> body.setNoop(Noop.getDefaultInstance()));
    }

    private BlockResult execute(Ledger.Rules rules, ParsedTransaction... transactions) {
        Ledger ledger = new Ledger(chain.genesis.chainId(), new LedgerLimits(1_000, 10_000, 10), rules);
        BlockContext context = new BlockContext(chain.genesis.chainId(), 1, TestChain.START, Hash.ZERO, new byte[0]);
        return ledger.execute(chain::get, context, List.of(transactions));
    }

    private Outcome breaking(LedgerState state, BlockContext block, ParsedTransaction transaction) {
        if (transaction.equals(bad)) {
            throw new NoSuchElementException("what a rule relies on is not there");
        }
        return TransactionRules.apply(state, block, transaction);
    }

    @Test
    @DisplayName("TX-5 a rule that breaks refuses its transaction and no other; the chain goes on")
    void oneTransactionStopsNothing() {
        BlockResult result = execute(this::breaking, bad, good);
        assertThat(result.receipts().get(0).code()).isEqualTo("LEDGER_FAULT");
        assertThat(result.receipts().get(0).rule()).isEqualTo("TX-5");
        assertThat(result.receipts().get(1).code())
                .isEqualTo(
                        execute(TransactionRules::apply, good).receipts().get(0).code());
        assertThat(result.faults()).singleElement().satisfies(fault -> {
            assertThat(fault.txId()).isEqualTo(bad.txId());
            assertThat(fault.cause()).hasMessageContaining("relies on");
        });
        assertThat(execute(this::breaking, bad, good).receiptsRoot()).isEqualTo(result.receiptsRoot());
    }

    @Test
    @DisplayName("TX-5 a state that cannot be read stops the node instead: other validators can read theirs")
    void unreadableStateStopsTheNode() {
        Ledger ledger = new Ledger(chain.genesis.chainId(), new LedgerLimits(1_000, 10_000, 10));
        BlockContext context = new BlockContext(chain.genesis.chainId(), 1, TestChain.START, Hash.ZERO, new byte[0]);
        assertThatThrownBy(() -> ledger.execute(
                        key -> {
                            throw new IllegalStateException("the disk is gone");
                        },
                        context,
                        List.of(good)))
                .hasMessage("the disk is gone");
    }

    @Test
    @DisplayName("TX-6 an object that outgrows the state is refused before it is written")
    void objectsAreBounded() {
        assertThat(execute(writing(StateProof.MAX_VALUE_BYTES + 1), good)
                        .receipts()
                        .get(0)
                        .code())
                .isEqualTo("OBJECT_TOO_LARGE");
        assertThat(execute(writing(StateProof.MAX_VALUE_BYTES + 1), good).changes())
                .isEmpty();
        assertThat(execute(writing(1_000), good).receipts().get(0).applied()).isTrue();
    }

    private static Ledger.Rules writing(int bytes) {
        PatientState object = PatientState.newBuilder()
                .setId(ByteString.copyFrom(new byte[bytes]))
                .build();
        return (state, block, transaction) ->
                Outcome.applied(new Writes().put(StateKeys.patient(TestChain.PATIENT), object), TestChain.PATIENT, 1);
    }
}
