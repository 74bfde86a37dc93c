package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.Signer;
import io.consilium.crypto.Verifier;
import java.util.Optional;

/**
 * What one validator's consensus is started with.
 *
 * @param signer absent on a node that is no validator
 * @param verifier always asked; the node may give one that remembers what its pool verified
 * @param initialTimeoutMillis base timeout until commit latencies are measured (BFT-10)
 * @param roundTimeoutCapMillis bound of a later round's timeout (BFT-10)
 * @param batchDelayMillis longest wait of a pending transaction for company (BFT-13)
 * @param timeToleranceMillis how far a block's time may be from the receiver's clock in round 0 (BFT-14)
 * @param maxInlineBodyBytes a larger body travels as transaction hashes (BFT-13)
 */
public record ConsensusConfig(
        Hash chainId,
        Optional<Signer> signer,
        Verifier verifier,
        BlockBody blockBody,
        long minTimeoutMillis,
        long maxTimeoutMillis,
        long initialTimeoutMillis,
        long roundTimeoutCapMillis,
        long batchDelayMillis,
        long statusIntervalMillis,
        long timeToleranceMillis,
        int maxInlineBodyBytes) {

    public ConsensusConfig {
        if (minTimeoutMillis < 1
                || minTimeoutMillis > initialTimeoutMillis
                || initialTimeoutMillis > maxTimeoutMillis
                || maxTimeoutMillis > roundTimeoutCapMillis) {
            throw new IllegalArgumentException("timeouts must ascend from at least 1 ms: minimum " + minTimeoutMillis
                    + ", initial " + initialTimeoutMillis + ", maximum " + maxTimeoutMillis + ", cap "
                    + roundTimeoutCapMillis);
        }
        if (batchDelayMillis < 0 || statusIntervalMillis < 1 || timeToleranceMillis < 1 || maxInlineBodyBytes < 0) {
            throw new IllegalArgumentException("batch delay " + batchDelayMillis + " ms, status interval "
                    + statusIntervalMillis + " ms, time tolerance " + timeToleranceMillis + " ms and inline limit "
                    + maxInlineBodyBytes + " bytes must not be negative, the middle two not zero");
        }
    }

    /** The documented defaults: 1 s until measured, then 250 ms to 4 s, rounds capped at 10 s, batches of 10 ms. */
    public static ConsensusConfig defaults(
            Hash chainId, Optional<Signer> signer, Verifier verifier, BlockBody blockBody) {
        return new ConsensusConfig(
                chainId, signer, verifier, blockBody, 250, 4_000, 1_000, 10_000, 10, 1_000, 5_000, 65_536);
    }
}
