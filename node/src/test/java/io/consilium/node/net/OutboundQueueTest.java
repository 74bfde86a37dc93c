package io.consilium.node.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutboundQueueTest {
    private final OutboundQueue queue = new OutboundQueue(100, 100);

    @Test
    void votesOvertakeBlocksAndBlocksOvertakeBulk() {
        queue.offer(frame(1, 10), FramePriority.BULK);
        queue.offer(frame(2, 10), FramePriority.VOTE);
        queue.offer(frame(4, 10), FramePriority.BLOCK);
        queue.offer(frame(3, 10), FramePriority.VOTE);
        assertThat(queue.poll().orElseThrow()[0]).isEqualTo((byte) 2);
        assertThat(queue.poll().orElseThrow()[0]).isEqualTo((byte) 3);
        assertThat(queue.poll().orElseThrow()[0]).isEqualTo((byte) 4);
        assertThat(queue.poll().orElseThrow()[0]).isEqualTo((byte) 1);
        assertThat(queue.poll()).isEmpty();
    }

    @Test
    void aFullLaneDropsItsOldestAndCountsThem() {
        for (int i = 1; i <= 4; i++) {
            queue.offer(frame(i, 40), FramePriority.BULK);
        }
        queue.offer(frame(9, 100), FramePriority.VOTE);
        assertThat(queue.takeDropped()).isEqualTo(2);
        assertThat(queue.takeDropped()).isZero();
        assertThat(queue.poll().orElseThrow()[0]).isEqualTo((byte) 9);
        assertThat(queue.poll().orElseThrow()[0]).isEqualTo((byte) 3);
        assertThat(queue.poll().orElseThrow()[0]).isEqualTo((byte) 4);
        assertThat(queue.poll()).isEmpty();
    }

    @Test
    void blocksAndBulkShareOneBoundAndBulkGivesWay() {
        queue.offer(frame(1, 60), FramePriority.BULK);
        queue.offer(frame(2, 60), FramePriority.BLOCK);
        queue.offer(frame(3, 50), FramePriority.BULK);
        queue.offer(frame(4, 60), FramePriority.BLOCK);
        queue.offer(frame(5, 100), FramePriority.VOTE);
        assertThat(queue.takeDropped()).isEqualTo(3);
        assertThat(queue.poll().orElseThrow()[0]).isEqualTo((byte) 5);
        assertThat(queue.poll().orElseThrow()[0]).isEqualTo((byte) 4);
        assertThat(queue.poll()).isEmpty();
    }

    private static byte[] frame(int mark, int size) {
        byte[] bytes = new byte[size];
        bytes[0] = (byte) mark;
        return bytes;
    }

    @Test
    void aFrameOfTheVoteLaneThatIsLargerThanItsBoundIsSentAllTheSame() {
        OutboundQueue queue = new OutboundQueue(10, 100);
        queue.offer(new byte[4], FramePriority.VOTE);
        queue.offer(new byte[20], FramePriority.VOTE);
        assertThat(queue.poll()).hasValueSatisfying(frame -> assertThat(frame).hasSize(20));
        assertThat(queue.poll()).isEmpty();
        assertThat(queue.takeDropped()).isEqualTo(1);
    }
}
