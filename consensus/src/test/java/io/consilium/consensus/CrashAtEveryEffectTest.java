package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.certificate.VoteType;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A short history of five heights, with a lost proposal, lost COMMITs and lost PREPAREs, in which a node dies before each
 * single effect in turn. The monitor of the cluster fails on any contradictory or undurable signature.
 */
@DisplayName("BFT-5, BFT-6 a crash between any two effects")
class CrashAtEveryEffectTest {
    /** Of four nodes, the effects of each are taken in turns; {@code -Dconsensus.crash.stride=1} takes them all. */
    private static final int STRIDE = Integer.getInteger("consensus.crash.stride", 3);

    private static final String[] TRANSACTIONS = {"t0", "t1", "t2", "t3", "t4"};

    private static boolean isRoundOf(Object payload, long height, int round, VoteType type) {
        return payload instanceof Message.Ballot ballot
                && ballot.height() == height
                && ballot.round() <= round
                && VoteEcho.kind(ballot) == type;
    }

    /** Height 2 has no proposal in round 0; 3 is prepared, not committed there; 4 lacks PREPAREs for two rounds. */
    private static boolean isLost(LockstepCluster.Packet packet) {
        return isRoundOf(packet.payload(), 2, 0, VoteType.PROPOSE)
                || isRoundOf(packet.payload(), 3, 0, VoteType.COMMIT)
                || isRoundOf(packet.payload(), 4, 1, VoteType.PREPARE)
                || (packet.to().index == 2 && isRoundOf(packet.payload(), 5, 0, VoteType.COMMIT));
    }

    private static LockstepCluster history(int size, int victim, int effects, boolean allDie) {
        LockstepCluster cluster = new LockstepCluster(size);
        cluster.lost = CrashAtEveryEffectTest::isLost;
        cluster.allDie = allDie;
        cluster.nodes.get(victim).crashAfterEffects = effects;
        cluster.startAll();
        for (String transaction : TRANSACTIONS) {
            cluster.nodes.forEach(node -> node.submit(transaction));
            cluster.run(3_500);
        }
        return cluster;
    }

    /** What died with a mempool is submitted again, as a client would do. */
    private static void mustRecover(LockstepCluster cluster, String when) {
        cluster.run(2_000);
        for (String transaction : TRANSACTIONS) {
            cluster.nodes.forEach(node -> node.submit(transaction));
        }
        cluster.nodes.forEach(node -> node.submit("last"));
        for (int second = 0; second < 30 && !cluster.allHold("last"); second++) {
            cluster.run(1_000);
        }
        for (String transaction : TRANSACTIONS) {
            assertThat(cluster.allHold(transaction))
                    .as(transaction + ", " + when)
                    .isTrue();
        }
        assertThat(cluster.allHold("last")).as("last, " + when).isTrue();
    }

    private static void everyCrash(int size, boolean allDie) {
        int[] effects = history(size, 0, -1, false).nodes.stream()
                .mapToInt(node -> node.log.size())
                .toArray();
        assertThat(IntStream.of(effects).min().orElse(0)).isGreaterThan(60);
        for (int victim = 0; victim < size; victim++) {
            int stride = size < 4 ? 1 : STRIDE;
            for (int effect = victim % stride; effect < effects[victim]; effect += stride) {
                String when =
                        "node " + victim + " dies before its effect " + effect + (allDie ? ", and all with it" : "");
                try {
                    mustRecover(history(size, victim, effect, allDie), when);
                } catch (AssertionError failure) {
                    throw new AssertionError(when + ": " + failure.getMessage(), failure);
                }
            }
        }
    }

    @Test
    void oneOfFourDies() {
        everyCrash(4, false);
    }

    @Test
    void allFourDieAtOnce() {
        everyCrash(4, true);
    }

    @Test
    void theOnlyNodeDies() {
        everyCrash(1, true);
    }

    @Test
    void bothOfTwoDie() {
        everyCrash(2, true);
    }
}
