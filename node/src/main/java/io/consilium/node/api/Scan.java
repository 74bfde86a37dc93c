package io.consilium.node.api;

import com.google.protobuf.MessageLite;
import io.consilium.proto.ListResponse;
import io.consilium.storage.IndexPage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a list goes through.
 *
 * @param about what the selector names, when an empty answer has to read as "no such"; visible objects aside
 */
record Scan(String index, List<byte[]> prefixes, Visible visible, Optional<ApiProblem> about) {
    private static final int ENTRIES_AT_ONCE = 256;

    Scan(String index, byte[] prefix, Visible visible, Optional<ApiProblem> about) {
        this(index, List.of(prefix), visible, about);
    }

    /** Turns an index key into the object, if the caller may see it. */
    interface Visible {
        Optional<? extends MessageLite> at(byte[] indexKey);
    }

    interface CursorOf {
        String seal(byte[] key);
    }

    /**
     * How much one page takes.
     *
     * @param entries that are gone through, seen and hidden
     */
    record Bounds(int items, int entries) {}

    /** The same list, of which the caller sees nothing. */
    Scan ofNothing() {
        return new Scan(index, List.of(), visible, about);
    }

    /** Filled over what is hidden; with a cursor only when something visible follows, or so much was gone through. */
    ListResponse page(StateView view, Optional<byte[]> from, Bounds bounds, CursorOf cursor) {
        ListResponse.Builder page = ListResponse.newBuilder();
        if (prefixes.isEmpty()) {
            return page.build();
        }
        Optional<byte[]> after = from;
        byte[] lastShown = {};
        int place = place(from);
        for (int scanned = 0; scanned < bounds.entries(); scanned += ENTRIES_AT_ONCE) {
            IndexPage entries = view.chain().scan(index, prefixes.get(place), after, ENTRIES_AT_ONCE, false);
            for (IndexPage.Item entry : entries.items()) {
                Optional<? extends MessageLite> object = visible.at(entry.key());
                if (object.isEmpty()) {
                    continue;
                }
                if (page.getItemsCount() == bounds.items()) {
                    return page.setNextCursor(cursor.seal(lastShown)).build();
                }
                page.addItems(object.get().toByteString());
                lastShown = entry.key();
            }
            after = entries.nextAfterKey();
            if (after.isEmpty()) {
                if (++place == prefixes.size()) {
                    return page.build();
                }
                after = Optional.of(prefixes.get(place)); // shorter than every key under it
            }
        }
        return page.setNextCursor(cursor.seal(after.orElseThrow())).build();
    }

    /** Which of the prefixes a key is under; the first without one. */
    private int place(Optional<byte[]> key) {
        for (int i = 0; i < prefixes.size() && key.isPresent(); i++) {
            byte[] prefix = prefixes.get(i);
            if (Arrays.equals(prefix, Arrays.copyOf(key.get(), prefix.length))) {
                return i;
            }
        }
        return 0;
    }
}
