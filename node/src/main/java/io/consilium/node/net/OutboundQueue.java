package io.consilium.node.net;

import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Frames that wait for one connection, in two lanes bounded by bytes. Votes leave before bulk whatever came first; a full
 * lane drops its oldest frames, because a peer that lacks something asks for it again, and a newer vote outdates an older.
 */
final class OutboundQueue {
    private final Lane votes;
    private final Lane bulk;
    private long dropped;

    OutboundQueue(int maxVoteBytes, int maxBulkBytes) {
        this.votes = new Lane(maxVoteBytes);
        this.bulk = new Lane(maxBulkBytes);
    }

    synchronized void offer(byte[] frame, FramePriority priority) {
        dropped += (priority == FramePriority.VOTE ? votes : bulk).offer(frame);
    }

    synchronized Optional<byte[]> poll() {
        Optional<byte[]> vote = votes.poll();
        return vote.isPresent() ? vote : bulk.poll();
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
