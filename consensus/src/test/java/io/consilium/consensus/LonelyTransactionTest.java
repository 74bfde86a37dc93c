package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("BFT-9 a transaction that one validator holds")
class LonelyTransactionTest {
    @Test
    void isDecidedAfterItsHolderWasCutOffAndGaveUpAlone() {
        for (int holder = 0; holder < 4; holder++) {
            ToyNodeCut cut = new ToyNodeCut(holder);
            LockstepCluster cluster = new LockstepCluster(4);
            cluster.lost = cut::isLost;
            cluster.startAll();
            cluster.run(3_000);
            cut.active = true;
            cluster.nodes.get(holder).submit("lonely");
            cluster.run(10_000); // it gives up on round 0, and nobody hears of it
            cut.active = false;
            cluster.run(10_000);
            assertThat(cluster.allHold("lonely")).as("held by " + holder).isTrue();
        }
    }

    /** The holder is cut off from everyone while it is active. */
    private static final class ToyNodeCut {
        private final int holder;
        private boolean active;

        ToyNodeCut(int holder) {
            this.holder = holder;
        }

        boolean isLost(LockstepCluster.Packet packet) {
            return active && (packet.from().index == holder || packet.to().index == holder);
        }
    }
}
