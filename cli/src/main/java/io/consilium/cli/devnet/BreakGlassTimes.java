package io.consilium.cli.devnet;

import io.consilium.proto.ChainParameters;
import java.time.Duration;

/**
 * The times of rule ACC-3 that a chain is founded with.
 *
 * @param permit how long a break-glass permits reads
 * @param review how long its review may take
 */
public record BreakGlassTimes(Duration permit, Duration review) {
    /** What the rule says where a chain says nothing else. */
    public static final BreakGlassTimes USUAL = new BreakGlassTimes(Duration.ofMinutes(60), Duration.ofHours(72));

    public ChainParameters.Builder set(ChainParameters.Builder parameters) {
        return parameters.setBreakGlassPermitMillis(permit.toMillis()).setBreakGlassReviewMillis(review.toMillis());
    }
}
