package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.MalformedInput;
import io.consilium.proto.AccessState;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The time that a report is about: from inclusive, to exclusive; 0 leaves a side open. */
record AuditTime(long fromMillis, long toMillis) {
    /** The options of every report. */
    static final class Options {
        @Option(names = "--from", paramLabel = "TIME", description = "Since when (default: from the beginning).")
        Optional<String> from = Optional.empty();

        @Option(names = "--to", paramLabel = "TIME", description = "Until when, a day inclusive (default: now).")
        Optional<String> to = Optional.empty();

        /** @param otherwise the start where none is given */
        AuditTime time(long otherwise) throws ClientException {
            long start = from.isPresent() ? Dates.start("--from", from.get()) : otherwise;
            long end = to.isPresent() ? Dates.end("--to", to.get()) : 0;
            if (end != 0 && end <= start) {
                throw new MalformedInput(
                        "--to", "The time ends before it starts", "Correct --from or --to; a day is inclusive");
            }
            return new AuditTime(start, end);
        }
    }

    boolean contains(long timeMillis) {
        return timeMillis >= fromMillis && (toMillis == 0 || timeMillis < toMillis);
    }

    /** Whether it was asked for, judged, disclosed or reviewed in this time. */
    boolean touches(AccessState access) {
        return contains(access.getTimeMillis())
                || access.hasDisclosure() && contains(access.getDisclosure().getTimeMillis())
                || access.hasOutcome() && contains(access.getOutcome().getTimeMillis())
                || access.getBreakGlass().hasReview()
                        && contains(access.getBreakGlass().getReview().getTimeMillis());
    }

    /** Whether the access was asked for after this time, so that nothing of it touches the time. */
    boolean endsBefore(AccessState access) {
        return toMillis != 0 && access.getTimeMillis() >= toMillis;
    }
}
