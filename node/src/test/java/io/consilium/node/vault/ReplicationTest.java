package io.consilium.node.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.node.PayloadForward;
import io.consilium.node.TestCluster;
import io.consilium.proto.RecordErase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replicas fetch, serve and repair, over real nodes, sockets and disks (REC-2, PRV-6). */
@Timeout(300)
class ReplicationTest {
    private static final long WAIT_SECONDS = 60;

    @TempDir
    Path directory;

    private VaultCluster vaults;
    private TestCluster cluster;

    @BeforeEach
    void prepare() {
        vaults = new VaultCluster(directory);
        cluster = vaults.nodes;
    }

    @AfterEach
    void stopAll() throws Exception {
        cluster.close();
    }

    @Test
    @DisplayName("REC-2 a replica fetches what it is named for, over an outage too, and repairs the custodian's copy")
    void rec2_replicasFetchAndRepair() throws Exception {
        cluster.startAll();
        vaults.registerPatient();
        byte[] first = VaultCluster.payload(1_000_000);
        Hash hash = vaults.stageAt(0, first);
        vaults.register(first, "h2");
        TestCluster.await(() -> vaults.holds(2, hash, first));
        assertThat(cluster.get(3).vault().size(hash)).isEmpty();

        // A record for a replica that is down is fetched once it is back.
        cluster.stop(2);
        byte[] second = VaultCluster.payload(700_000);
        Hash later = vaults.stageAt(0, second);
        vaults.register(second, "h2");
        cluster.start(2);
        TestCluster.await(() -> vaults.holds(2, later, second));

        // The custodian's file rots on disk: it is put aside and drawn from the replica.
        Path file = vaults.file(0, hash);
        byte[] rotten = Files.readAllBytes(file);
        rotten[500_000] ^= 1;
        Files.write(file, rotten);
        TestCluster.await(() -> vaults.keeper(0).fetched() == 1 && vaults.holds(0, hash, first));
        assertThat(cluster.get(0).vault().damaged()).isEmpty();

        // Or it is lost altogether.
        assertThat(cluster.get(0).vault().delete(later)).isTrue();
        cluster.stop(0);
        cluster.start(0);
        TestCluster.await(() -> vaults.holds(0, later, second));
    }

    @Test
    @DisplayName("REC-2 a node that the ledger names no holder gets no byte of a payload from another")
    void rec2_othersGetNothing() throws Exception {
        cluster.startAll();
        vaults.registerPatient();
        byte[] content = VaultCluster.payload(10_000);
        Hash hash = vaults.stageAt(0, content);
        vaults.register(content);
        PayloadForward outcome =
                cluster.node(3).fetchPayload("h0", hash).toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(outcome).isEqualTo(new PayloadForward.Refused("NOT_HELD"));
        assertThat(cluster.get(3).vault().holdsAnyOf(hash)).isFalse();
    }

    @Test
    @DisplayName("PRV-6 a node that reaches no quorum may have missed an erasure, so it serves not even a replica")
    void prv6_withoutQuorumNothingIsServed() throws Exception {
        cluster.startAll();
        vaults.registerPatient();
        byte[] content = VaultCluster.payload(10_000);
        Hash hash = vaults.stageAt(0, content);
        vaults.register(content, "h1");
        TestCluster.await(() -> vaults.holds(1, hash, content));
        assertThat(cluster.get(1).vault().delete(hash)).isTrue();
        cluster.stop(2);
        cluster.stop(3);
        TestCluster.await(() -> !Freshness.isFresh(cluster.node(0).status()));
        assertThat(fetched(1, "h0", hash)).isEqualTo(new PayloadForward.Refused("NOT_HELD"));
        cluster.start(2);
        TestCluster.await(() -> fetched(1, "h0", hash).equals(new PayloadForward.Held()));
    }

    private PayloadForward fetched(int by, String from, Hash hash) throws Exception {
        return cluster.node(by).fetchPayload(from, hash).toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName(
            "PRV-6 custodian and replica delete an erased payload and acknowledge; one that was down does so later")
    void prv6_allHoldersErase() throws Exception {
        cluster.startAll();
        vaults.registerPatient();
        byte[] content = VaultCluster.payload(50_000);
        Hash hash = vaults.stageAt(0, content);
        ByteString record = vaults.register(content, "h1", "h2");
        TestCluster.await(() -> vaults.holds(1, hash, content) && vaults.holds(2, hash, content));
        cluster.stop(2);
        vaults.commit(
                0,
                body -> body.setRecordErase(
                        RecordErase.newBuilder().setRecordId(record).setBasis("gdpr-17")));
        TestCluster.await(() -> acknowledged(0, record).equals(List.of("h0", "h1")));
        assertThat(cluster.get(0).vault().holdsAnyOf(hash)).isFalse();
        assertThat(cluster.get(1).vault().holdsAnyOf(hash)).isFalse();
        cluster.start(2);
        TestCluster.await(() -> acknowledged(0, record).equals(List.of("h0", "h1", "h2")));
        assertThat(cluster.get(2).vault().holdsAnyOf(hash)).isFalse();
    }

    @Test
    @DisplayName(
            "PRV-6 a payload that was erased is taken from no peer that offers it, and no peer is asked for it with success")
    void prv6_erasedPayloadOfferedByAPeer() throws Exception {
        cluster.startAll();
        vaults.registerPatient();
        byte[] content = VaultCluster.payload(50_000);
        Hash hash = vaults.stageAt(0, content);
        ByteString record = vaults.register(content);
        vaults.commit(
                0,
                body -> body.setRecordErase(
                        RecordErase.newBuilder().setRecordId(record).setBasis("gdpr-17")));
        TestCluster.await(() -> acknowledged(0, record).equals(List.of("h0")));
        vaults.stageAt(3, content);
        PayloadForward offered =
                cluster.node(3).forwardPayload("h0", hash).toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(offered).isEqualTo(new PayloadForward.Refused("ERASED"));
        PayloadForward fetched =
                cluster.node(0).fetchPayload("h3", hash).toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(fetched).isInstanceOf(PayloadForward.Refused.class);
        assertThat(cluster.get(0).vault().holdsAnyOf(hash)).isFalse();
    }

    @Test
    @DisplayName("REC-2 what a peer sends counts against it until the ledger names it, and no longer")
    void rec2_peersUploadsCount() throws Exception {
        cluster.startAll();
        vaults.registerPatient();
        byte[] named = VaultCluster.payload(5_000);
        byte[] unnamed = VaultCluster.payload(5_000);
        for (byte[] content : List.of(named, unnamed)) {
            Hash hash = vaults.stageAt(3, content);
            assertThat(cluster.node(3)
                            .forwardPayload("h0", hash)
                            .toCompletableFuture()
                            .get(WAIT_SECONDS, TimeUnit.SECONDS))
                    .isEqualTo(new PayloadForward.Held());
        }
        assertThat(cluster.get(0).vault().unsettled())
                .containsExactlyInAnyOrder(Hash.sha256(named), Hash.sha256(unnamed));
        vaults.register(named);
        TestCluster.await(() -> cluster.get(0).vault().unsettled().equals(List.of(Hash.sha256(unnamed))));
    }

    @Test
    @DisplayName("REC-2 what nothing in the ledger names is thrown out after its time, what it names stays")
    void rec2_sweep() throws Exception {
        cluster.startAll();
        vaults.registerPatient();
        byte[] named = VaultCluster.payload(5_000);
        byte[] unnamed = VaultCluster.payload(5_000);
        Hash kept = vaults.stageAt(0, named);
        Hash forgotten = vaults.stageAt(0, unnamed);
        vaults.register(named);
        long used = cluster.get(0).vault().usedBytes();
        cluster.stop(0);
        vaults.age(0, kept);
        vaults.age(0, forgotten);
        cluster.start(0);
        TestCluster.await(() -> vaults.keeper(0).swept() == 1);
        assertThat(cluster.get(0).vault().holdsAnyOf(forgotten)).isFalse();
        assertThat(vaults.holds(0, kept, named)).isTrue();
        assertThat(cluster.get(0).vault().usedBytes()).isEqualTo(used - unnamed.length);
    }

    private List<String> acknowledged(int i, ByteString record) {
        return vaults.record(i, record).getErasure().getAcknowledgementsList().stream()
                .map(each -> each.getInstitution())
                .sorted()
                .toList();
    }
}
