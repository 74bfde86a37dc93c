package io.consilium.node.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.Admission;
import io.consilium.node.TestChain;
import io.consilium.node.TestTransactions;
import io.consilium.proto.PeerFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole replicas under virtual time: the same classes as in production but for disk, sockets and clock. */
@Timeout(120)
class ReplicaTest {
    private final VirtualCluster cluster = new VirtualCluster(4);

    @Test
    void decidesOneTransactionTheSameOnAll() {
        VirtualCluster.Machine first = cluster.machine(0);
        ParsedTransaction transaction = first.noop(1);
        first.submit(transaction);
        cluster.until(5_000, () -> cluster.all(machine -> machine.has(transaction)));

        assertThat(first.admissions).containsExactly(new Admission.Accepted(transaction.txId()));
        cluster.assertAgreement();
        Hash root = first.store.tip().stateRoot();
        assertThat(cluster.machines).allSatisfy(machine -> {
            assertThat(machine.store.tip().stateRoot()).isEqualTo(root);
            assertThat(machine.replica.view().pendingTransactions()).isZero();
            assertThat(machine.alarms).isEmpty();
        });
    }

    @Test
    @DisplayName("BFT-9 an idle chain makes no blocks")
    void bft9_staysQuietWithoutWork() {
        cluster.pass(120_000);
        assertThat(cluster.machines)
                .allSatisfy(machine -> assertThat(machine.store.tipHeight()).isZero());
    }

    @Test
    void decidesManyTransactionsOfAllNodesInFewBlocks() {
        List<ParsedTransaction> all = new ArrayList<>();
        for (VirtualCluster.Machine machine : cluster.machines) {
            List<ParsedTransaction> own = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                own.add(machine.noop(i));
            }
            machine.submit(own.toArray(ParsedTransaction[]::new));
            all.addAll(own);
        }
        cluster.until(20_000, () -> cluster.all(machine -> all.stream().allMatch(machine::has)));
        cluster.assertAgreement();
        assertThat(cluster.machine(0).store.tipHeight()).isBetween(3L, 12L);
    }

    @Test
    @DisplayName("TX-3 a transaction handed to two nodes is applied once")
    void tx3_appliesATransactionOnce() {
        ParsedTransaction transaction = cluster.machine(0).noop(1);
        cluster.machine(0).submit(transaction);
        cluster.machine(2).submit(transaction);
        cluster.until(5_000, () -> cluster.all(machine -> machine.has(transaction)));
        cluster.machine(1).submit(transaction);
        assertThat(cluster.machine(1).admissions).containsExactly(new Admission.Duplicate(transaction.txId()));

        ParsedTransaction next = cluster.machine(0).noop(2);
        cluster.machine(0).submit(next);
        cluster.until(5_000, () -> cluster.all(machine -> machine.has(next)));
        cluster.assertAgreement();
    }

    @Test
    @DisplayName("BFT-9 a transaction that one validator alone holds is decided all the same")
    void bft9_decidesATransactionHeldByOneOnly() {
        cluster.lost = PeerFrame::hasTransactions;
        ParsedTransaction transaction = cluster.machine(3).noop(1);
        cluster.machine(3).submit(transaction);
        cluster.pass(50);
        cluster.lost = frame -> false;
        cluster.until(20_000, () -> cluster.all(machine -> machine.has(transaction)));
        cluster.assertAgreement();
    }

    @Test
    @DisplayName("BFT-13 transactions that a proposal names and a validator lacks are fetched")
    void bft13_fetchesMissingTransactionsOfALargeBlock() {
        // Dissemination towards two validators is lost until the leader proposes by hashes.
        cluster.lost = PeerFrame::hasTransactions;
        List<ParsedTransaction> all = new ArrayList<>();
        for (int i = 0; i < 450; i++) {
            all.add(cluster.machine(1).noop(i));
        }
        ParsedTransaction[] batch = all.toArray(ParsedTransaction[]::new);
        // Whoever leads holds them; the others hold none.
        cluster.machine(1).submit(batch);
        cluster.pass(2);
        cluster.lost = frame -> false;
        cluster.until(30_000, () -> cluster.all(machine -> all.stream().allMatch(machine::has)));
        cluster.assertAgreement();
    }

    @Test
    void goesOnWithOneOfFourDown() {
        decide(cluster.machine(0).noop(1));
        cluster.machine(2).crash();
        for (int i = 10; i < 20; i++) {
            decide(cluster.machine(0).noop(i));
        }
        cluster.assertAgreement();
    }

    @Test
    @DisplayName("BFT-17 a node that was away catches up and takes part again")
    void bft17_catchesUpAfterBeingAway() {
        decide(cluster.machine(0).noop(1));
        cluster.machine(2).crash();
        for (int i = 10; i < 60; i++) {
            decide(cluster.machine(0).noop(i));
        }
        long height = cluster.machine(0).store.tipHeight();
        cluster.machine(2).restart();
        cluster.until(20_000, () -> cluster.machine(2).store.tipHeight() >= height);
        decide(cluster.machine(2).noop(100));
        cluster.assertAgreement();
        assertThat(cluster.machine(2).halted).isEmpty();
    }

    @Test
    @DisplayName("BFT-15 all crash at once: what was decided anywhere with a synced vote stays, and the chain goes on")
    void bft15_recoversAfterAllNodesCrash() {
        for (int i = 0; i < 10; i++) {
            decide(cluster.machine(0).noop(i));
        }
        ParsedTransaction inFlight = cluster.machine(1).noop(50);
        cluster.machine(1).submit(inFlight);
        cluster.pass(13);
        cluster.machines.forEach(VirtualCluster.Machine::crash);
        cluster.pass(1_000);
        cluster.machines.forEach(VirtualCluster.Machine::restart);
        decide(cluster.machine(3).noop(99));
        cluster.assertAgreement();
        assertThat(cluster.machine(0).store.tipHeight()).isGreaterThanOrEqualTo(10);
        cluster.machines.forEach(machine -> assertThat(machine.halted).isEmpty());
    }

    @Test
    @DisplayName("BFT-16 a node without its vote record observes, and signs again once the chain has moved on")
    void bft16_observesWithoutAVoteRecord() {
        for (int i = 0; i < 5; i++) {
            decide(cluster.machine(0).noop(i));
        }
        VirtualCluster.Machine lost = cluster.machine(1);
        lost.crash();
        lost.store.loseVotes();
        lost.restart();
        assertThat(lost.replica.view().consensus().observer()).isTrue();
        cluster.pass(3_000);
        for (int i = 10; i < 16; i++) {
            decide(cluster.machine(0).noop(i));
        }
        cluster.until(10_000, () -> !lost.replica.view().consensus().observer());
        cluster.assertAgreement();
    }

    @Test
    void twoOfFourDownStopAndTheirReturnDecidesWhatWaits() {
        decide(cluster.machine(0).noop(1));
        cluster.machine(2).crash();
        cluster.machine(3).crash();
        ParsedTransaction waits = cluster.machine(0).noop(2);
        cluster.machine(0).submit(waits);
        cluster.pass(30_000);
        assertThat(cluster.machine(0).has(waits)).isFalse();
        cluster.machine(2).restart();
        cluster.until(60_000, () -> cluster.all(machine -> machine.has(waits)));
        cluster.assertAgreement();
    }

    @Test
    void aPartitionHealsAndAllAgree() {
        decide(cluster.machine(0).noop(1));
        cluster.cut = (from, to) -> from.equals("h0") != to.equals("h0");
        ParsedTransaction apart = cluster.machine(0).noop(2);
        cluster.machine(0).submit(apart);
        ParsedTransaction majority = cluster.machine(1).noop(3);
        cluster.machine(1).submit(majority);
        cluster.until(
                20_000,
                () -> cluster.machine(1).has(majority) && cluster.machine(2).has(majority));
        assertThat(cluster.machine(0).has(majority)).isFalse();
        cluster.cut = (from, to) -> false;
        cluster.until(60_000, () -> cluster.all(machine -> machine.has(majority) && machine.has(apart)));
        cluster.assertAgreement();
    }

    @Test
    @DisplayName("TX-2 an expired transaction leaves the mempool and never enters a block")
    void tx2_expiredTransactionsAreNotDecided() {
        cluster.machine(1).crash();
        cluster.machine(2).crash();
        ParsedTransaction shortLived = cluster.chain.noop(0, 7, cluster.now() + 2_000);
        cluster.machine(0).submit(shortLived);
        cluster.pass(10_000);
        cluster.machine(1).restart();
        cluster.machine(2).restart();
        decide(cluster.machine(0).noop(8));
        cluster.pass(5_000);
        assertThat(cluster.machine(0).has(shortLived)).isFalse();
        assertThat(cluster.machine(0).replica.isPending(shortLived.txId())).isFalse();
    }

    @Test
    void refusesBadSignaturesOfPeers() {
        ParsedTransaction good = cluster.machine(0).noop(1);
        PeerFrame bad = PeerRequests.batches(List.of(TestTransactions.badlySigned(good)))
                .get(0);
        cluster.machine(1).step(new ReplicaEvent.PeerMessage("h0", bad, cluster.now()));
        assertThat(cluster.machine(1).replica.isPending(good.txId())).isFalse();
        PeerFrame right = PeerRequests.batches(List.of(good)).get(0);
        cluster.machine(1).step(new ReplicaEvent.PeerMessage("h0", right, cluster.now()));
        assertThat(cluster.machine(1).replica.isPending(good.txId())).isTrue();
        cluster.until(10_000, () -> cluster.all(machine -> machine.has(good)));
    }

    @Test
    void disconnectsAPeerWhoseMessageIsMalformed() {
        PeerFrame frame = PeerFrame.newBuilder()
                .setVote(io.consilium.proto.Vote.newBuilder().setType(9).setHeight(1))
                .build();
        cluster.machine(0).step(new ReplicaEvent.PeerMessage("h1", frame, cluster.now()));
        assertThat(cluster.machine(0).alarms).singleElement().asString().startsWith("DISCONNECT h1");
    }

    @Test
    void theSameEventsGiveTheSameChain() {
        VirtualCluster again = new VirtualCluster(4);
        for (VirtualCluster each : List.of(cluster, again)) {
            for (int i = 0; i < 5; i++) {
                ParsedTransaction transaction = each.chain.noop(0, i, TestChain.GENESIS_MILLIS + 400_000);
                each.machine(i % 4).submit(transaction);
                each.until(5_000, () -> each.all(machine -> machine.has(transaction)));
            }
        }
        assertThat(again.machine(0).store.tip())
                .isEqualTo(cluster.machine(0).store.tip());
    }

    @Test
    void oneValidatorAloneDecides() {
        VirtualCluster alone = new VirtualCluster(1);
        ParsedTransaction transaction = alone.machine(0).noop(1);
        alone.machine(0).submit(transaction);
        alone.until(5_000, () -> alone.machine(0).has(transaction));
    }

    private void decide(ParsedTransaction transaction) {
        VirtualCluster.Machine by = cluster.machines.stream()
                .filter(machine -> machine.up)
                .findFirst()
                .orElseThrow();
        by.submit(transaction);
        cluster.until(60_000, () -> cluster.all(machine -> machine.has(transaction)));
    }
}
