package io.consilium.cli;

import io.consilium.cli.devnet.BreakGlassTimes;
import io.consilium.client.MalformedInput;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that found a chain with other times of rule ACC-3 than the usual ones. */
final class BreakGlassOptions {
    private static final Duration MIN = Duration.ofSeconds(1);
    private static final Duration MAX_PERMIT = Duration.ofHours(24);
    private static final Duration MAX_REVIEW = Duration.ofDays(30);

    @Option(
            names = "--break-glass-permit",
            paramLabel = "TIME",
            converter = DurationText.class,
            description = "How long a new chain's break-glass permits reads (default 60m).")
    Optional<Duration> permit = Optional.empty();

    @Option(
            names = "--break-glass-review",
            paramLabel = "TIME",
            converter = DurationText.class,
            description = "How long the review of one may take (default 72h).")
    Optional<Duration> review = Optional.empty();

    boolean given() {
        return permit.isPresent() || review.isPresent();
    }

    BreakGlassTimes times() throws MalformedInput {
        require("--break-glass-permit", permit, MAX_PERMIT);
        require("--break-glass-review", review, MAX_REVIEW);
        return new BreakGlassTimes(
                permit.orElse(BreakGlassTimes.USUAL.permit()), review.orElse(BreakGlassTimes.USUAL.review()));
    }

    private static void require(String option, Optional<Duration> given, Duration max) throws MalformedInput {
        if (given.isPresent() && (given.get().compareTo(MIN) < 0 || given.get().compareTo(max) > 0)) {
            throw new MalformedInput(option, option + " is out of range", "Give 1s to " + max.toHours() + "h");
        }
    }
}
