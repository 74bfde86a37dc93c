package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.MalformedInput;
import io.consilium.interop.gs1.Gs1Key;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which packs and containers a command is about, in whatever spelling. */
final class ItemOptions {
    private static final int MAX_FILE_BYTES = 16 * 1024 * 1024;

    /** A comma between two items, raw barcode content too; one within a serial is the serial's. */
    static final String BETWEEN_ITEMS = ",(?=\\(0|urn:|https?://|\\][A-Za-z]\\d|01\\d{14}|00\\d{18})";

    @Option(
            names = "--item",
            split = BETWEEN_ITEMS,
            paramLabel = "ITEM",
            description = "A pack or container: URN, Digital Link, (01)...(21)... or (00)...; repeat it or use commas.")
    List<String> items = new ArrayList<>();

    @Option(
            names = "--scan",
            split = BETWEEN_ITEMS,
            paramLabel = "TEXT",
            description = "What the scanner read of a pack or container, lot and date too; repeat it or use commas.")
    List<String> scans = new ArrayList<>();

    @Option(names = "--items-file", paramLabel = "FILE", description = "One item a line.")
    Optional<String> itemsFile = Optional.empty();

    @Option(names = "--gtin", paramLabel = "G", description = "GTIN of the packs named with --serial.")
    Optional<String> gtin = Optional.empty();

    @Option(
            names = "--serial",
            split = ",",
            paramLabel = "S",
            description = "Serial of a pack; repeat it or use commas. One with a comma in it: --item or --scan.")
    List<String> serials = new ArrayList<>();

    /** At least one. */
    List<Gs1Key> keys(Session session) throws ClientException {
        return printed(session).stream().map(PrintedPack::key).toList();
    }

    /** The same with what else stands on them. */
    List<PrintedPack> printed(Session session) throws ClientException {
        List<PrintedPack> printed = optional(session);
        if (printed.isEmpty()) {
            throw new MalformedInput(
                    "--item", "No item is named", "Give --scan TEXT, --item ITEM, or --gtin G with --serial S");
        }
        return printed;
    }

    List<PrintedPack> optional(Session session) throws ClientException {
        List<PrintedPack> printed = new ArrayList<>();
        for (String scan : scans) {
            printed.add(PrintedPack.read("--scan", scan));
        }
        for (String item : items) {
            printed.add(PrintedPack.read("--item", item));
        }
        if (itemsFile.isPresent()) {
            for (String line : lines(session, itemsFile.get())) {
                printed.add(PrintedPack.read("--items-file", line));
            }
        }
        if (gtin.isPresent() == serials.isEmpty()) {
            throw new MalformedInput("--gtin", "--gtin and --serial belong together", "Give both, or --item");
        }
        for (String serial : serials) {
            printed.add(PrintedPack.of(DrugDesk.pack(gtin.orElseThrow(), serial)));
        }
        return printed;
    }

    /** The lines of a file that say something, in their order. */
    static List<String> lines(Session session, String file) throws ClientException {
        String text = new String(UserFiles.read(session, file, MAX_FILE_BYTES), StandardCharsets.UTF_8);
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }
}
