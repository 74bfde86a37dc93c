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

    @Option(
            names = "--item",
            split = ",",
            paramLabel = "ITEM",
            description = "A pack or container: URN, Digital Link, (01)...(21)... or (00)...; repeat it or use commas.")
    List<String> items = new ArrayList<>();

    @Option(names = "--items-file", paramLabel = "FILE", description = "One item a line.")
    Optional<String> itemsFile = Optional.empty();

    @Option(names = "--gtin", paramLabel = "G", description = "GTIN of the packs named with --serial.")
    Optional<String> gtin = Optional.empty();

    @Option(
            names = "--serial",
            split = ",",
            paramLabel = "S",
            description = "Serial of a pack; repeat it or use commas.")
    List<String> serials = new ArrayList<>();

    /** At least one. */
    List<Gs1Key> keys(Session session) throws ClientException {
        List<Gs1Key> keys = optional(session);
        if (keys.isEmpty()) {
            throw new MalformedInput("--item", "No item is named", "Give --item ITEM, or --gtin G with --serial S");
        }
        return keys;
    }

    List<Gs1Key> optional(Session session) throws ClientException {
        List<Gs1Key> keys = new ArrayList<>();
        for (String item : items) {
            keys.add(DrugDesk.identifier("--item", item));
        }
        if (itemsFile.isPresent()) {
            for (String line : lines(session, itemsFile.get())) {
                keys.add(DrugDesk.identifier("--items-file", line));
            }
        }
        if (gtin.isPresent() == serials.isEmpty()) {
            throw new MalformedInput("--gtin", "--gtin and --serial belong together", "Give both, or --item");
        }
        for (String serial : serials) {
            keys.add(DrugDesk.pack(gtin.orElseThrow(), serial));
        }
        return keys;
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
