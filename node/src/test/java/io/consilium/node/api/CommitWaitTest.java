package io.consilium.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.node.CommittedTransaction;
import io.consilium.node.NodeGateway;
import io.consilium.proto.Noop;
import io.consilium.proto.SubmitRequest;
import io.consilium.proto.TransactionBody;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitWaitTest {
    @TempDir
    Path directory;

    @Test
    @DisplayName("TX-3 a proof that there is no room for leaves the outcome unknown, and nobody waits on")
    void whatMayBeDecidedIsNeverAnsweredWithAFailure() throws Exception {
        try (TestNetwork net = new TestNetwork(directory)) {
            List<CompletableFuture<CommittedTransaction>> waits = new ArrayList<>();
            AtomicInteger snapshots = new AtomicInteger();
            NodeGateway real = net.node().gateway();
            NodeGateway node = (NodeGateway) Proxy.newProxyInstance(
                    NodeGateway.class.getClassLoader(), new Class<?>[] {NodeGateway.class}, (proxy, method, args) -> {
                        if (method.getName().equals("committed")) {
                            waits.add(new CompletableFuture<>());
                            return waits.get(waits.size() - 1);
                        }
                        // The first view is for reading the transactions, the second for their proofs.
                        if (method.getName().equals("snapshot") && snapshots.incrementAndGet() > 1) {
                            throw ApiProblem.unavailable("BUSY", "no more", "").asException();
                        }
                        return method.invoke(real, args);
                    });
            TransactionIngress ingress = new TransactionIngress(
                    node, 10, new TokenBuckets(10, 10, () -> 0L), new BlockProofs(1), Runnable::run);
            byte[] signed =
                    net.signed(TestNetwork.OFFICER, TransactionBody.newBuilder().setNoop(Noop.getDefaultInstance()));
            var answer = ingress.answer(
                            new Caller.Member(TestNetwork.OFFICER, "st-mary", Set.of(), Set.of()),
                            SubmitRequest.newBuilder()
                                    .addTransactions(ByteString.copyFrom(signed))
                                    .setWaitCommitted(true)
                                    .setTimeoutMillis(1)
                                    .build())
                    .toCompletableFuture();
            assertThat(answer.get(30, TimeUnit.SECONDS).getResultsList())
                    .singleElement()
                    .satisfies(result -> {
                        assertThat(result.getState()).isEqualTo("UNKNOWN");
                        assertThat(result.getTxId()).isNotEmpty();
                    });
            assertThat(waits).hasSize(1).allMatch(CompletableFuture::isCancelled);
        }
    }
}
