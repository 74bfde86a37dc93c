package io.consilium.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksIterator;

/**
 * Looks for texts on the disk of a stopped node: in every file as it lies there, and in every key and value of its
 * database, whose blocks are compressed in the files. A text is found as it is, as hexadecimal digits and as base64.
 */
final class DiskSearch {
    private final Set<String> spellings = new LinkedHashSet<>();
    private final Set<String> found = new LinkedHashSet<>();

    DiskSearch(List<String> texts) {
        texts.forEach(this::spell);
    }

    /** Which spellings were found, and where. */
    Set<String> in(Path directory) throws Exception {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(directory)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            look(Files.readAllBytes(file), file.toString());
            if (file.getFileName().toString().equals("CURRENT")) {
                database(file.getParent());
            }
        }
        return found;
    }

    /** The same in the database's values alone, as the node reads them. */
    Set<String> inDatabase(Path chain) throws Exception {
        database(chain);
        return found;
    }

    /** Text, hexadecimal digits, and base64 at each of the three places where it can begin. */
    private void spell(String text) {
        byte[] plain = text.getBytes(StandardCharsets.US_ASCII);
        spellings.add(text);
        spellings.add(HexFormat.of().formatHex(plain));
        spellings.add(HexFormat.of().formatHex(plain).toUpperCase(Locale.ROOT));
        for (int shift = 0; shift < 3; shift++) {
            byte[] moved = new byte[shift + plain.length];
            System.arraycopy(plain, 0, moved, shift, plain.length);
            String base64 = Base64.getEncoder().withoutPadding().encodeToString(moved);
            spellings.add(base64.substring(shift == 0 ? 0 : shift + 1, base64.length() - 1));
        }
    }

    private void database(Path chain) throws Exception {
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        try (Options options = new Options()) {
            for (byte[] family : RocksDB.listColumnFamilies(options, chain.toString())) {
                families.add(new ColumnFamilyDescriptor(family));
            }
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (DBOptions options = new DBOptions();
                RocksDB db = RocksDB.openReadOnly(options, chain.toString(), families, handles)) {
            for (ColumnFamilyHandle handle : handles) {
                String where = chain + " family " + new String(handle.getName(), StandardCharsets.US_ASCII);
                try (RocksIterator at = db.newIterator(handle)) {
                    for (at.seekToFirst(); at.isValid(); at.next()) {
                        look(at.key(), where);
                        look(at.value(), where);
                    }
                    at.status();
                }
            }
            handles.forEach(ColumnFamilyHandle::close);
        }
    }

    private void look(byte[] content, String where) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        for (String spelling : spellings) {
            if (text.contains(spelling)) {
                found.add(spelling + " in " + where);
            }
        }
    }
}
