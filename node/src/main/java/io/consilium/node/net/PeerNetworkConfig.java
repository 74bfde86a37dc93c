package io.consilium.node.net;

import io.consilium.crypto.Hash;

/**
 * Who this node is towards its peers, and the bounds of every connection.
 *
 * @param maxFrameBytes of one frame after the Hello
 * @param maxVoteQueueBytes waiting for one peer with {@link FramePriority#VOTE}; the oldest are dropped beyond
 * @param maxBulkQueueBytes the same for {@link FramePriority#BLOCK}, and again for {@link FramePriority#BULK}
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

    private static final int MIB = 1 << 20;

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
                8 * MIB,
                2 * MIB,
                16 * MIB,
                8 * MIB,
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
