package io.consilium.node.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.node.Admission;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ProblemException;
import io.consilium.proto.Noop;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class InstitutionTransactionsTest {
    /** Takes a transaction in and never hears of it again. */
    private static NodeGateway stuck() {
        return (NodeGateway) Proxy.newProxyInstance(
                NodeGateway.class.getClassLoader(),
                new Class<?>[] {NodeGateway.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "submit" -> CompletableFuture.completedFuture(List.of(new Admission.Accepted(Hash.ZERO)));
                    case "committed" -> new CompletableFuture<>();
                    case "chainId" -> Hash.ZERO;
                    case "institution" -> "st-mary";
                    case "nowMillis" -> 1_000L;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    @Test
    @DisplayName(
            "TRI-7 of a question that was not committed in time it is not said that asking again brings the answer")
    void theNextStepAfterATimeoutIsTheCallers() {
        SecureRandom random = new SecureRandom();
        InstitutionTransactions transactions =
                new InstitutionTransactions(stuck(), KeyPair.generate(random).signer(), random, 1, Runnable::run);
        hinting(transactions.commit(body -> body.setNoop(Noop.getDefaultInstance())), "it will be answered once");
        hinting(
                transactions.commit(body -> body.setNoop(Noop.getDefaultInstance()), "see trial budget"),
                "see trial budget");
    }

    private static void hinting(CompletableFuture<?> committed, String hint) {
        assertThatThrownBy(committed::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(ProblemException.class, timeout -> {
                    assertThat(timeout.problem().code()).isEqualTo("TIMEOUT");
                    assertThat(timeout.problem().hint()).contains(hint);
                });
    }
}
