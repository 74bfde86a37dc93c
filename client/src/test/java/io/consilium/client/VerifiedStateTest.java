package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.ledger.state.StateKey;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class VerifiedStateTest {
    private TestChain chain;
    private FakeNode node;
    private VerifiedState state;

    @BeforeEach
    void start() throws Exception {
        chain = TestChain.create();
        node = new FakeNode(chain);
        state = new VerifiedState(node.client(), new ReceiptVerifier(chain.genesis.trustRoot()), chain.genesis);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private static void nothing(ThrowingCallable call, String cause, String hint) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(ClientException.class, failure -> assertThat(failure.hint())
                        .contains(hint))
                .hasMessage(cause)
                .extracting("kind", "code")
                .containsExactly(FailureClass.NOT_FOUND, "NOT_FOUND");
    }

    @Test
    @DisplayName("TX-7 who is proven to be in no registry is told so, with how to list it")
    void tx7_registries() {
        node.answers.put("State", (exchange, request) -> {
            StateKey key = StateKey.of(StateRequest.parseFrom(request).getKey());
            ByteString proof = chain.stateProof(Map.of(StateKey.of("any"), new byte[] {1}), key);
            FakeNode.reply(exchange, StateResponse.newBuilder().setProof(proof).build());
        });
        nothing(() -> state.member("a-clinic/nobody"), "There is no member 'a-clinic/nobody'", "consilium member list");
        nothing(() -> state.institution("nowhere"), "There is no institution 'nowhere'", "consilium institution list");
    }

    @Test
    @DisplayName("PRV-8 what is hidden reads like what is not there, and says whom to ask")
    void prv8_hidden() {
        node.answers.put(
                "State", (exchange, request) -> FakeNode.refuse(exchange, 404, "NOT_FOUND", FailureClass.NOT_FOUND));
        nothing(
                () -> state.patient(ByteString.copyFrom(new byte[16])),
                "There is no such patient, or you may not see it",
                "custodian");
    }
}
