package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.ADMIN;
import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.INSPECTOR;
import static io.consilium.node.api.TestNetwork.NODE;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.proto.EvidenceState;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.TransactionReceipt;
import io.consilium.proto.TransactionRequest;
import io.consilium.proto.TransactionResponse;
import io.consilium.proto.WatchRequest;
import io.consilium.proto.WatchResponse;
import io.consilium.storage.HeldEvidence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("BFT-19 evidence through the API")
class EvidenceApiTest {
    private static final Hash ONE = Hash.sha256(new byte[] {1});
    private static final Hash TWO = Hash.sha256(new byte[] {2});

    /** A height that the chain will not reach here, so that the chain refuses the proof. */
    private static final long FAR = 900;

    private static HeldEvidence fault(GenesisState genesis, KeyPair validator, long height, int round) {
        return new HeldEvidence(
                NODE,
                new Evidence.Equivocation(
                        VoteType.COMMIT,
                        0,
                        height,
                        round,
                        0,
                        ONE,
                        vote(genesis, validator, height, round, ONE),
                        TWO,
                        vote(genesis, validator, height, round, TWO)));
    }

    private static byte[] vote(GenesisState genesis, KeyPair validator, long height, int round, Hash block) {
        return validator
                .signer()
                .sign(VoteBytes.of(genesis.chainId(), genesis.validators(), VoteType.COMMIT, height, round, block));
    }

    private static List<EvidenceState> all(TestNetwork net, String as, int limit) throws Exception {
        List<EvidenceState> faults = new ArrayList<>();
        String cursor = "";
        do {
            ListResponse page = net.ok(
                    as,
                    "List",
                    ListRequest.newBuilder()
                            .setList("evidence")
                            .setLimit(limit)
                            .setCursor(cursor)
                            .build(),
                    ListResponse.parser());
            assertThat(page.getItemsCount()).isLessThanOrEqualTo(limit);
            for (ByteString item : page.getItemsList()) {
                faults.add(EvidenceState.parseFrom(item));
            }
            cursor = page.getNextCursor();
        } while (!cursor.isEmpty());
        return faults;
    }

    /** Lets the node wait for its next block, as a subscriber does, until so many faults are proven. */
    private static void untilProven(TestNetwork net, int faults) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (all(net, ADMIN, 100).stream()
                        .filter(fault -> !fault.getTxId().isEmpty())
                        .count()
                < faults) {
            assertThat(System.nanoTime()).as("evidence comes on chain").isLessThan(end);
            WatchRequest wait = WatchRequest.newBuilder().setWaitMillis(1_000).build();
            net.ok(ADMIN, "Watch", wait, WatchResponse.parser());
        }
    }

    @Test
    @DisplayName(
            "BFT-19 a node brings what it holds on chain, and every active member sees what is proven and what waits")
    void bft19_everybodySeesProvenFaults(@TempDir Path directory) throws Exception {
        TestNetwork.Preparation faults = (store, genesis, validator) -> {
            assertThat(store.keepEvidence(fault(genesis, validator, 1, 0))).isTrue();
            assertThat(store.keepEvidence(fault(genesis, validator, 1, 7))).isTrue();
            assertThat(store.keepEvidence(fault(genesis, validator, FAR, 0))).isTrue();
        };
        try (TestNetwork net = new TestNetwork(directory, faults)) {
            assertThat(all(net, ADMIN, 100)).hasSize(3);
            untilProven(net, 2);
            for (String as : List.of(ADMIN, CLINICIAN, STRANGER, INSPECTOR)) {
                List<EvidenceState> seen = all(net, as, 100);
                assertThat(seen)
                        .extracting(fault -> fault.getHeight() + "/" + fault.getRound())
                        .containsExactly("1/0", "1/7", FAR + "/0");
                assertThat(seen)
                        .extracting(fault -> !fault.getTxId().isEmpty())
                        .as("on chain")
                        .containsExactly(true, true, false);
                assertThat(all(net, as, 1)).isEqualTo(seen);
                assertThat(all(net, as, 2)).isEqualTo(seen);
                TransactionReceipt receipt = net.ok(
                                as,
                                "Transaction",
                                TransactionRequest.newBuilder()
                                        .setTxId(seen.get(0).getTxId())
                                        .build(),
                                TransactionResponse.parser())
                        .getReceipt();
                assertThat(receipt.getCode()).isEqualTo("OK");
            }
            assertThat(net.refused(
                                    ADMIN,
                                    "List",
                                    ListRequest.newBuilder()
                                            .setList("evidence")
                                            .setBy("institution/st-mary")
                                            .build())
                            .getCode())
                    .isEqualTo("MALFORMED_REQUEST");
        }
    }
}
