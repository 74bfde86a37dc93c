package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.certificate.VoteType;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Four validators at a height that no round decides: what each keeps on its disk meanwhile. */
class ClosedRoundsTest {
    private static final int BLOCK = 1;

    private final LockstepCluster cluster = new LockstepCluster(4);
    private VoteType lost = VoteType.PREPARE;
    private boolean stuck = true;

    @BeforeEach
    void start() {
        cluster.lost =
                packet -> stuck && packet.payload() instanceof Message.Ballot ballot && VoteEcho.kind(ballot) == lost;
        cluster.startAll();
        cluster.nodes.forEach(node -> node.submit("t"));
    }

    private static long entries(ToyNode node, int kind) {
        return node.votes.keySet().stream().filter(key -> key[8] == kind).count();
    }

    private static long votes(ToyNode node) {
        return IntStream.of(2, 3, 4).mapToLong(kind -> entries(node, kind)).sum();
    }

    private void runFor(int rounds) {
        for (int i = 0; i < 1_000 && cluster.nodes.get(0).core.view().round() < rounds; i++) {
            cluster.run(1_000);
        }
        assertThat(cluster.nodes).allMatch(node -> node.core.view().round() >= rounds - 1);
    }

    private void decides() {
        stuck = false;
        cluster.run(30_000);
        assertThat(cluster.allHold("t")).isTrue();
    }

    @Test
    @DisplayName(
            "BFT-5 votes of rounds that a durable TIMEOUT closed leave the disk, and the height is decided all the same")
    void votesOfClosedRoundsGo() {
        runFor(20);
        assertThat(cluster.nodes).allSatisfy(node -> assertThat(votes(node)).isBetween(1L, 6L));
        decides();
    }

    @Test
    @DisplayName("BFT-15 who prepared a block can give it: of closed rounds, too, a prepare QC may turn up")
    void preparedBlocksStay() {
        runFor(6);
        assertThat(cluster.nodes)
                .allSatisfy(node -> assertThat(entries(node, BLOCK)).isGreaterThanOrEqualTo(5));
        decides();
    }

    @Test
    @DisplayName(
            "BFT-2, BFT-3 after a stop of all, at any effect of a TIMEOUT, no vote of a closed round is signed again")
    void crashesWhileClosing() {
        lost = VoteType.COMMIT;
        for (int i = 0; i < 24; i++) {
            cluster.nodes.get(i % 4).crashAfterEffects = i;
            cluster.allDie = i % 3 == 0;
            cluster.run(3_000);
            cluster.nodes.forEach(node -> node.submit("t"));
        }
        assertThat(cluster.nodes).allSatisfy(node -> assertThat(votes(node)).isBetween(1L, 6L));
        decides();
    }
}
