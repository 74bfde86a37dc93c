package io.consilium.node.net;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/**
 * Frames that wait for one connection, in one lane for each priority, bounded by bytes: votes by themselves, blocks and
 * bulk together. A lane is served only while those before it are empty. What is too much drops the oldest, of bulk before
 * blocks, because a peer that lacks something asks for it again, and a newer vote outdates an older.
 */
final class OutboundQueue {
    private final List<Lane> lanes = List.of(new Lane(), new Lane(), new Lane());
    private final int maxVoteBytes;
    private final int maxBulkBytes;
    private long dropped;

    /** {@code maxBulkBytes} bounds blocks and bulk together. */
    OutboundQueue(int maxVoteBytes, int maxBulkBytes) {
        this.maxVoteBytes = maxVoteBytes;
        this.maxBulkBytes = maxBulkBytes;
    }

    synchronized void offer(byte[] frame, FramePriority priority) {
        lane(priority).offer(frame);
        Lane votes = lane(FramePriority.VOTE);
        // Never the newest: a proposal that names very many transactions stands alone if need be.
        while (votes.bytes > maxVoteBytes && votes.frames.size() > 1) {
            votes.drop();
        }
        Lane blocks = lane(FramePriority.BLOCK);
        Lane bulk = lane(FramePriority.BULK);
        while (blocks.bytes + bulk.bytes > maxBulkBytes) {
            (bulk.bytes > 0 ? bulk : blocks).drop();
        }
    }

    private Lane lane(FramePriority priority) {
        return lanes.get(priority.ordinal());
    }

    synchronized Optional<byte[]> poll() {
        for (Lane lane : lanes) {
            Optional<byte[]> first = lane.poll();
            if (first.isPresent()) {
                return first;
            }
        }
        return Optional.empty();
    }

    /** Frames dropped since the last call. */
    synchronized long takeDropped() {
        long count = dropped;
        dropped = 0;
        return count;
    }

    private final class Lane {
        private final ArrayDeque<byte[]> frames = new ArrayDeque<>();
        private long bytes;

        void offer(byte[] frame) {
            frames.addLast(frame);
            bytes += frame.length;
        }

        void drop() {
            bytes -= frames.removeFirst().length;
            dropped++;
        }

        Optional<byte[]> poll() {
            Optional<byte[]> first = Optional.ofNullable(frames.pollFirst());
            first.ifPresent(frame -> bytes -= frame.length);
            return first;
        }
    }
}
