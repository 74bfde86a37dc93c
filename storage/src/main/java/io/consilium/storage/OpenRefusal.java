package io.consilium.storage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Puts RocksDB's refusal to open into words that name a file and a next step. */
final class OpenRefusal {
    private static final Pattern FILE = Pattern.compile("([0-9]{6,})\\.(sst|log|ldb|blob)|MANIFEST-[0-9]{6,}|CURRENT");
    private static final Pattern NUMBER = Pattern.compile("file number:? ([0-9]+)|table #([0-9]+)");

    private OpenRefusal() {}

    static StoreException of(Path directory, Path chain, RocksDBException refused, Optional<LogScan.Fault> damagedLog) {
        String message = String.valueOf(refused.getMessage());
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("permission denied") || lower.contains("read-only file system")) {
            return unavailable(directory, message, "give the node's user the rights on it", refused);
        }
        if (lower.contains("no space left") || lower.contains("disk quota")) {
            return unavailable(directory, message, "free space on the disk, then start again", refused);
        }
        if (lower.contains("too many open files")) {
            return unavailable(directory, message, "raise the limit of open files of the node's user", refused);
        }
        if (lower.contains("column families not opened")) {
            return unavailable(directory, message, "use the version of the program that wrote it", refused);
        }
        if (lower.contains("column family not found")) {
            return new StoreMissingException(directory, "holds a store whose making was interrupted");
        }
        return StoreCorruptException.data(
                directory, file(chain, message, damagedLog), what(refused, message, damagedLog), refused);
    }

    private static Path file(Path chain, String message, Optional<LogScan.Fault> damagedLog) {
        Matcher named = FILE.matcher(message);
        if (named.find()) {
            return chain.resolve(named.group());
        }
        Matcher numbered = NUMBER.matcher(message);
        if (numbered.find()) {
            String digits = numbered.group(1) != null ? numbered.group(1) : numbered.group(2);
            Path table = chain.resolve(String.format(Locale.ROOT, "%06d.sst", Long.parseLong(digits)));
            return Files.exists(table) ? table : chain;
        }
        return damagedLog.map(LogScan.Fault::file).orElse(chain);
    }

    private static String what(RocksDBException refused, String message, Optional<LogScan.Fault> damagedLog) {
        boolean named = FILE.matcher(message).find();
        if (damagedLog.isPresent() && !named) {
            return damagedLog.get().describe();
        }
        Status status = refused.getStatus();
        boolean missing = message.toLowerCase(Locale.ROOT).contains("no such file");
        if (missing) {
            return "is missing";
        }
        boolean corrupt = status != null && status.getCode() == Status.Code.Corruption;
        return (corrupt ? "is damaged" : "cannot be read") + " (" + message + ")";
    }

    private static StoreUnavailableException unavailable(
            Path directory, String message, String nextStep, RocksDBException refused) {
        return new StoreUnavailableException(
                directory, "the store in " + directory + " cannot be opened: " + message + "; " + nextStep, refused);
    }
}
