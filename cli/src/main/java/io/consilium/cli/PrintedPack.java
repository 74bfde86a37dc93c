package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.KeyKind;
import io.consilium.interop.gs1.MalformedIdentifier;
import io.consilium.interop.gs1.PackLabel;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * What stands on goods: which they are, and lot and date where the code has them.
 *
 * @param expiryMillis first moment after the day that is printed
 */
record PrintedPack(Gs1Key key, Optional<String> lot, Optional<Long> expiryMillis) {
    static PrintedPack of(Gs1Key key) {
        return new PrintedPack(key, Optional.empty(), Optional.empty());
    }

    /** As somebody wrote or scanned it; what is not well formed is refused (DRU-2). */
    static PrintedPack read(String option, String text) throws ClientException {
        try {
            PackLabel label = PackLabel.read(text);
            Optional<Long> end = label.expiry(Year.now(ZoneOffset.UTC).getValue())
                    .map(day -> day.plusDays(1)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant()
                            .toEpochMilli());
            return new PrintedPack(label.key(), label.lot(), end);
        } catch (MalformedIdentifier malformed) {
            throw DrugDesk.malformed(option, malformed);
        }
    }

    /** What a scanner read of one pack. */
    static PrintedPack scanned(String text) throws ClientException {
        PrintedPack pack;
        try {
            pack = read("--scan", text);
        } catch (ClientException malformed) {
            throw notAPack(String.valueOf(malformed.getMessage())).causedBy(malformed);
        }
        if (pack.key().kind() != KeyKind.SGTIN) {
            throw notAPack("the code names no pack: GTIN (01) and serial (21) are needed");
        }
        return pack;
    }

    private static ClientException notAPack(String reason) {
        return new ClientException(
                FailureClass.REFUSED,
                "IDENTIFIER_MALFORMED",
                "DRU-2",
                "--scan",
                "The text is not what a pack's code holds: " + reason,
                "Scan the 2D code of the pack anew; a screen keyboard writes it as (01)...(21)...(17)...(10)...");
    }

    /** What somebody typed from a pack. */
    static PrintedPack typed(String gtin, String serial, Optional<String> lot, Optional<Long> expiryMillis)
            throws ClientException {
        return of(DrugDesk.pack(gtin, serial)).with(lot, expiryMillis);
    }

    /** The same with what is read from the pack beside its code; where both say it, they say the same. */
    PrintedPack with(Optional<String> typedLot, Optional<Long> typedExpiry) throws ClientException {
        if (typedLot.isPresent()) {
            requireLot(typedLot.get());
        }
        requireSame("--lot", lot, typedLot);
        requireSame("--expiry", expiryMillis, typedExpiry);
        return new PrintedPack(key, lot.or(() -> typedLot), expiryMillis.or(() -> typedExpiry));
    }

    private static <T> void requireSame(String option, Optional<T> scanned, Optional<T> typed) throws MalformedInput {
        if (scanned.isPresent() && typed.isPresent() && !scanned.equals(typed)) {
            throw new MalformedInput(
                    option,
                    "The code that was scanned says something else than " + option,
                    "Leave " + option + " out, or suspect the pack if print and code of it differ");
        }
    }

    private void requireLot(String text) throws MalformedInput {
        try {
            Gs1Key.lgtin(key.gtin().orElseThrow(), text);
        } catch (MalformedIdentifier malformed) {
            throw new MalformedInput(
                    "--lot",
                    "The lot is not well formed: " + malformed.reason(),
                    "Compare it with the pack; a lot has up to 20 characters and no blanks");
        }
    }

    /** The last day of use that is printed. */
    Optional<String> lastDay() {
        return expiryMillis.map(end -> Dates.lastDay(end).toString());
    }

    /** Whether there is more to compare than the serial. */
    boolean saysMore() {
        return lot.isPresent() || expiryMillis.isPresent();
    }
}
