package io.consilium.storage;

/**
 * The bounds of a vault.
 *
 * @param quotaBytes all payloads together, those being uploaded included
 * @param maxPayloadBytes one payload
 * @param maxStaged uploads under way at one time
 * @param stagedAgeMillis how long an upload may rest before it is thrown away
 * @param restMillis how long it may rest before its room goes to another upload that finds none
 * @param ownerStaged uploads under way of one owner
 * @param ownerBytes bytes of one owner's uploads, under way or whole and not settled
 */
public record VaultConfig(
        long quotaBytes,
        long maxPayloadBytes,
        int maxStaged,
        long stagedAgeMillis,
        long restMillis,
        int ownerStaged,
        long ownerBytes) {
    private static final long GIB = 1024L * 1024 * 1024;

    public static final VaultConfig DEFAULT =
            new VaultConfig(100 * GIB, 4 * GIB, 256, 24 * 60 * 60 * 1000L, 10 * 60 * 1000L, 32, 8 * GIB);

    public VaultConfig {
        boolean positive =
                quotaBytes >= 1 && maxPayloadBytes >= 1 && maxStaged >= 1 && ownerStaged >= 1 && ownerBytes >= 1;
        if (!positive || stagedAgeMillis < 0 || restMillis < 0) {
            throw new IllegalArgumentException("the bounds of a vault are positive numbers");
        }
        if (maxPayloadBytes > 64 * GIB) {
            throw new IllegalArgumentException("a payload of a vault has at most 64 GiB, not " + maxPayloadBytes);
        }
    }
}
