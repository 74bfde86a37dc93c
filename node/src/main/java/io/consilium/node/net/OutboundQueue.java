package io.consilium.node.net;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/**
 * Frames that wait for one connection, in one lane for each priority, bounded by bytes. A lane is served only while those
 * before it are empty; a full lane drops its oldest frames, because a peer that lacks something asks for it again, and a
 * newer vote outdates an older.
 */
final class OutboundQueue {
    private final List<Lane> lanes;
    private long dropped;

    /** {@code maxBulkBytes} bounds the lanes of blocks and of bulk, each. */
    OutboundQueue(int maxVoteBytes, int maxBulkBytes) {
        this.lanes = List.of(new Lane(maxVoteBytes), new Lane(maxBulkBytes), new Lane(maxBulkBytes));
    }

    synchronized void offer(byte[] frame, FramePriority priority) {
        dropped += lanes.get(priority.ordinal()).offer(frame);
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

    private static final class Lane {
        private final ArrayDeque<byte[]> frames = new ArrayDeque<>();
        private final long bound;
        private long bytes;

        Lane(long bound) {
            this.bound = bound;
        }

        int offer(byte[] frame) {
            frames.addLast(frame);
            bytes += frame.length;
            int lost = 0;
            while (bytes > bound) {
                bytes -= frames.removeFirst().length;
                lost++;
            }
            return lost;
        }

        Optional<byte[]> poll() {
            Optional<byte[]> first = Optional.ofNullable(frames.pollFirst());
            first.ifPresent(frame -> bytes -= frame.length);
            return first;
        }
    }
}
