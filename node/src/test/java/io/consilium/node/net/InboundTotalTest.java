package io.consilium.node.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboundTotalTest {
    private final InboundTotal total = new InboundTotal(100);
    private final List<EmbeddedChannel> channels = new ArrayList<>();

    private InboundCredit peer() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channels.add(channel);
        InboundCredit credit = new InboundCredit(channel, 60, total);
        total.join(credit);
        return credit;
    }

    private List<Boolean> reading() {
        return channels.stream().map(channel -> channel.config().isAutoRead()).toList();
    }

    @Test
    void nobodyIsReadWhileAllTogetherHoldTooMuch() {
        InboundCredit one = peer();
        InboundCredit other = peer();
        peer();
        one.take(55);
        other.take(50);
        assertThat(reading()).containsExactly(false, false, false);
        other.release(50);
        assertThat(reading()).as("55 is more than half").containsExactly(false, false, false);
        one.release(30);
        assertThat(reading()).containsExactly(true, true, true);
    }

    @Test
    void onePeerBeyondItsOwnBoundWaitsAlone() {
        InboundCredit one = peer();
        InboundCredit other = peer();
        one.take(61);
        assertThat(reading()).containsExactly(false, true);
        other.take(45);
        assertThat(reading()).containsExactly(false, false);
        other.release(45);
        assertThat(reading()).as("61 is more than half").containsExactly(false, false);
        total.leave(one);
        one.release(61);
        assertThat(reading()).containsExactly(true, true);
    }

    @Test
    void whoeverIsPausedWhileAllIsReleasedReadsOn() {
        InboundCredit busy = peer();
        EmbeddedChannel slow = new EmbeddedChannel();
        channels.add(slow);
        total.join(new InboundCredit(slow, 60, total) {
            @Override
            void pause() {
                // The deciding thread handles everything between the decision to pause and the pause.
                busy.release(101);
                super.pause();
            }
        });
        busy.take(101);
        assertThat(reading()).containsExactly(true, true);
    }
}
