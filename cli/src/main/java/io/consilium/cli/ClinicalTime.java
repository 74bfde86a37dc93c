package io.consilium.cli;

import io.consilium.client.MalformedInput;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonReader;
import io.consilium.proto.Period;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** When what a record tells of happened, as sealed conditions of consents ask for it (PRV-5). */
final class ClinicalTime {
    /**
     * The elements of FHIR R4 resources that say so, the clinically nearest first; of a choice of types the name that all
     * have in common.
     */
    private static final List<String> ELEMENTS = List.of(
            "effective",
            "performed",
            "occurrence",
            "onset",
            "serviced",
            "period",
            "started",
            "collected",
            "authoredOn",
            "whenHandedOver",
            "recordedDate",
            "date",
            "issued",
            "created");

    private static final Set<String> CHOICES =
            Set.of("effective", "performed", "occurrence", "onset", "serviced", "collected");

    private static final long DAY_MILLIS = 24L * 60 * 60 * 1000;

    private ClinicalTime() {}

    /** A day or time that has come, in some time zone, or two of them with a slash between. */
    static Period given(String text, long nowMillis) throws MalformedInput {
        int slash = text.indexOf('/');
        String first = slash < 0 ? text : text.substring(0, slash);
        String last = slash < 0 ? text : text.substring(slash + 1);
        long start = Dates.start("--clinical-time", first);
        long end = Dates.end("--clinical-time", last);
        if (start > nowMillis + DAY_MILLIS) {
            throw new MalformedInput(
                    "--clinical-time", "It lies in the future: " + first, "Give the time when it happened");
        }
        if (slash >= 0 && end <= start) {
            throw new MalformedInput(
                    "--clinical-time", "It ends before it begins: " + text, "Give the earlier time first");
        }
        return period(start, slash < 0 && end == start ? start + 1 : end);
    }

    /**
     * The time that the first of the elements states which the resource has. Where that cannot be read the time is untold:
     * another element tells of another time, and a condition would permit by it what it must not.
     */
    static Optional<Period> of(byte[] fhir) {
        try {
            if (JsonReader.read(fhir) instanceof Map<?, ?> resource) {
                for (String element : ELEMENTS) {
                    List<?> values = values(resource, element);
                    if (!values.isEmpty()) {
                        return values.size() == 1 ? stated(values.get(0)) : Optional.empty();
                    }
                }
            }
        } catch (JsonException | DateTimeException | NumberFormatException unreadable) {
            return Optional.empty(); // without a time, conditions that ask for it permit nothing
        }
        return Optional.empty();
    }

    /** Whether it begins after today, wherever today is. */
    static boolean isAhead(byte[] fhir, long nowMillis) {
        return of(fhir).filter(time -> time.getStartMillis() > nowMillis + DAY_MILLIS)
                .isPresent();
    }

    /** The element, or whichever types of a choice there are, and what stands beside a value or in its place. */
    private static List<?> values(Map<?, ?> resource, String element) {
        return resource.entrySet().stream()
                .filter(member -> member.getKey() instanceof String name && names(name, element))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static boolean names(String member, String element) {
        String name = member.startsWith("_") ? member.substring(1) : member;
        return name.equals(element)
                || CHOICES.contains(element)
                        && name.startsWith(element)
                        && Character.isUpperCase(name.charAt(element.length()));
    }

    private static Optional<Period> stated(@Nullable Object value) {
        if (value instanceof String text) {
            return Optional.of(period(start(text), end(text)));
        }
        if (value instanceof Map<?, ?> period && period.get("start") instanceof String start) {
            // a period that goes on has no end, and so lies in none that has one
            return Optional.of(period(start(start), period.get("end") instanceof String end ? end(end) : 0));
        }
        return Optional.empty();
    }

    private static long start(String text) {
        return switch (text.length()) {
            case 4 -> midnight(LocalDate.of(Integer.parseInt(text), 1, 1));
            case 7 -> midnight(YearMonth.parse(text).atDay(1));
            case 10 -> midnight(LocalDate.parse(text));
            default -> OffsetDateTime.parse(text).toInstant().toEpochMilli();
        };
    }

    /** The first millisecond after what a partial date means. */
    private static long end(String text) {
        return switch (text.length()) {
            case 4 -> midnight(LocalDate.of(Integer.parseInt(text) + 1, 1, 1));
            case 7 -> midnight(YearMonth.parse(text).plusMonths(1).atDay(1));
            case 10 -> midnight(LocalDate.parse(text).plusDays(1));
            default -> OffsetDateTime.parse(text).toInstant().toEpochMilli() + 1;
        };
    }

    private static long midnight(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    /** Only zero would leave a side open. */
    private static Period period(long start, long end) {
        return Period.newBuilder()
                .setStartMillis(start == 0 ? 1 : start)
                .setEndMillis(end)
                .build();
    }
}
