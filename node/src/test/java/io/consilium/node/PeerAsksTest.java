package io.consilium.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.node.replica.ReplicaEvent;
import io.consilium.proto.FetchBlocks;
import io.consilium.proto.FetchBody;
import io.consilium.proto.FetchTransactions;
import io.consilium.proto.PeerFrame;
import io.consilium.proto.Vote;
import org.junit.jupiter.api.Test;

class PeerAsksTest {
    private static final PeerFrame BODY =
            PeerFrame.newBuilder().setFetchBody(FetchBody.getDefaultInstance()).build();
    private static final PeerFrame BLOCKS = PeerFrame.newBuilder()
            .setFetchBlocks(FetchBlocks.getDefaultInstance())
            .build();
    private static final PeerFrame TRANSACTIONS = PeerFrame.newBuilder()
            .setFetchTransactions(FetchTransactions.getDefaultInstance())
            .build();
    private static final PeerFrame VOTE =
            PeerFrame.newBuilder().setVote(Vote.getDefaultInstance()).build();

    private final PeerAsks asks = new PeerAsks();

    private int taken(String peer, PeerFrame frame, int times) {
        int taken = 0;
        for (int i = 0; i < times; i++) {
            taken += asks.take(new ReplicaEvent.PeerMessage(peer, frame, 1)) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void answersEachPeerAFewTimesOfEachKindInOneTurn() {
        assertThat(taken("liar", BODY, 16_384)).isEqualTo(PeerAsks.MAX_OF_A_KIND);
        assertThat(taken("liar", BLOCKS, 256)).isEqualTo(PeerAsks.MAX_OF_A_KIND);
        assertThat(taken("honest", BODY, 1)).isOne();
    }

    @Test
    void countsEachKindAndEachTurnByItself() {
        assertThat(taken("peer", TRANSACTIONS, 5)).isEqualTo(PeerAsks.MAX_OF_A_KIND);
        assertThat(taken("peer", BODY, 2)).isEqualTo(2);
        assertThat(taken("peer", BLOCKS, 2)).isEqualTo(2);
        assertThat(new PeerAsks().take(new ReplicaEvent.PeerMessage("peer", TRANSACTIONS, 1)))
                .as("the next turn")
                .isTrue();
    }

    @Test
    void neverDropsAVote() {
        assertThat(taken("liar", VOTE, 1_000)).isEqualTo(1_000);
        assertThat(asks.take(new ReplicaEvent.PeerDisconnected("liar", 1))).isTrue();
    }
}
