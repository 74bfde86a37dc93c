package io.consilium.node.replica;

/**
 * The bounds of a mempool.
 *
 * @param maxBytes what the transactions may take in memory
 * @param institutionPercent how much of either bound one institution may hold
 */
public record MempoolLimits(int maxTransactions, long maxBytes, int institutionPercent) {
    public static final MempoolLimits DEFAULT = new MempoolLimits(20_000, 32L << 20, 75);

    public MempoolLimits {
        if (maxTransactions < 1 || maxBytes < 1 || institutionPercent < 1 || institutionPercent > 100) {
            throw new IllegalArgumentException("a mempool holds at least one transaction, and a share is 1 to 100 %");
        }
    }
}
