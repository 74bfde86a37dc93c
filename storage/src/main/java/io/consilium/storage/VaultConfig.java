package io.consilium.storage;

/**
 * The bounds of a vault.
 *
 * @param quotaBytes all payloads together, those being uploaded included
 * @param maxPayloadBytes one payload
 * @param maxStaged uploads under way at one time
 * @param stagedAgeMillis how long an upload may rest before it is thrown away
 */
public record VaultConfig(long quotaBytes, long maxPayloadBytes, int maxStaged, long stagedAgeMillis) {
    private static final long GIB = 1024L * 1024 * 1024;

    public static final VaultConfig DEFAULT = new VaultConfig(100 * GIB, 4 * GIB, 64, 24 * 60 * 60 * 1000L);

    public VaultConfig {
        if (quotaBytes < 1 || maxPayloadBytes < 1 || maxStaged < 1 || stagedAgeMillis < 0) {
            throw new IllegalArgumentException("the bounds of a vault are positive numbers");
        }
        if (maxPayloadBytes > 64 * GIB) {
            throw new IllegalArgumentException("a payload of a vault has at most 64 GiB, not " + maxPayloadBytes);
        }
    }
}
