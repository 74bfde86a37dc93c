package io.consilium.node.net;

import io.consilium.crypto.Hash;
import io.consilium.proto.WireValues;

/**
 * Who this node is towards its peers, and the bounds of every connection.
 *
 * @param maxFrameBytes of one frame after the Hello
 * @param maxVoteQueueBytes waiting for one peer with {@link FramePriority#VOTE}; the oldest are dropped beyond
 * @param maxBulkQueueBytes the same for {@link FramePriority#BLOCK} and {@link FramePriority#BULK} together
 * @param maxInboundBytes of frames read from one peer and not yet handled; reading pauses beyond
 */
public record PeerNetworkConfig(
        String institution,
        Hash chainId,
        String listenHost,
        int listenPort,
        int ioThreads,
        int maxFrameBytes,
        int maxVoteQueueBytes,
        int maxBulkQueueBytes,
        int maxInboundBytes,
        int maxUnauthenticated,
        int handshakeTimeoutMillis,
        int idleTimeoutMillis,
        int minBackoffMillis,
        int maxBackoffMillis) {
    public static final int PROTOCOL = 1;

    public static final int MAX_VOTE_QUEUE_BYTES = 512 * 1024;

    /** Of all peers together. One that sends as much as it can holds a third: what it may, and a frame more. */
    public static final int MAX_INBOUND_BYTES_IN_ALL = 20 << 20;

    /** What a frame may take in memory beyond its bytes. */
    public static final int MAX_FRAME_VALUE_BYTES = PeerConnection.MAX_VALUES * WireValues.VALUE_BYTES;

    private static final int MAX_INBOUND_BYTES = 2 << 20;

    /** Room for the largest block of an ordinary chain, 4 MiB, and what goes with it. */
    private static final int MAX_FRAME_BYTES = (4 << 20) + 64 * 1024;

    public PeerNetworkConfig {
        if (maxFrameBytes < 1024 || maxVoteQueueBytes < 1024 || maxBulkQueueBytes < maxFrameBytes) {
            throw new IllegalArgumentException("a peer queue must hold at least one frame of the largest size");
        }
        if (ioThreads < 1 || minBackoffMillis < 1 || maxBackoffMillis < minBackoffMillis) {
            throw new IllegalArgumentException("peer network needs a thread and a back-off of at least 1 ms");
        }
    }

    public static PeerNetworkConfig of(String institution, Hash chainId, String listenHost, int listenPort) {
        return new PeerNetworkConfig(
                institution,
                chainId,
                listenHost,
                listenPort,
                1,
                MAX_FRAME_BYTES,
                MAX_VOTE_QUEUE_BYTES,
                MAX_FRAME_BYTES,
                MAX_INBOUND_BYTES,
                64,
                5_000,
                10_000,
                100,
                2_000);
    }

    /** The same with other bounds of frames and of bulk waiting for one peer. */
    public PeerNetworkConfig bounded(int newMaxFrameBytes, int newMaxBulkQueueBytes) {
        return new PeerNetworkConfig(
                institution,
                chainId,
                listenHost,
                listenPort,
                ioThreads,
                newMaxFrameBytes,
                maxVoteQueueBytes,
                newMaxBulkQueueBytes,
                maxInboundBytes,
                maxUnauthenticated,
                handshakeTimeoutMillis,
                idleTimeoutMillis,
                minBackoffMillis,
                maxBackoffMillis);
    }
}
