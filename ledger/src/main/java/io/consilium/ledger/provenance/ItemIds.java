package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Ids of 16 bytes each, written one after the other: thousands of packs in one field of a transaction. */
public final class ItemIds {
    public static final int BYTES = 16;

    private ItemIds() {}

    public static int count(ByteString ids) {
        return ids.size() / BYTES;
    }

    public static ByteString at(ByteString ids, int place) {
        return ids.substring(place * BYTES, (place + 1) * BYTES);
    }

    public static List<ByteString> list(ByteString ids) {
        List<ByteString> list = new ArrayList<>(count(ids));
        for (int i = 0; i < count(ids); i++) {
            list.add(at(ids, i));
        }
        return list;
    }

    /** The place of an id in an ascending row, or less than 0. */
    public static int find(ByteString ids, ByteString id) {
        return find(ids, id, 0);
    }

    static int find(ByteString ids, ByteString other, int otherOffset) {
        int low = 0;
        int high = count(ids) - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compare(ids, middle * BYTES, other, otherOffset);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }

    /** Whether each id is greater than the one before it, hence distinct. */
    public static boolean ascending(ByteString ids) {
        for (int i = 1; i < count(ids); i++) {
            if (compare(ids, (i - 1) * BYTES, ids, i * BYTES) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** The ids in ascending order. */
    public static ByteString sorted(ByteString ids) {
        byte[][] rows = new byte[count(ids)][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = at(ids, i).toByteArray();
        }
        Arrays.sort(rows, Arrays::compareUnsigned);
        byte[] sorted = new byte[rows.length * BYTES];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, sorted, i * BYTES, BYTES);
        }
        return ByteString.copyFrom(sorted);
    }

    /** Ids one after the other. */
    public static ByteString join(List<ByteString> ids) {
        byte[] joined = new byte[ids.size() * BYTES];
        for (int i = 0; i < ids.size(); i++) {
            ids.get(i).copyTo(joined, i * BYTES);
        }
        return ByteString.copyFrom(joined);
    }

    static ByteString without(ByteString ids, int place) {
        byte[] left = new byte[ids.size() - BYTES];
        ids.copyTo(left, 0, 0, place * BYTES);
        ids.copyTo(left, (place + 1) * BYTES, place * BYTES, left.length - place * BYTES);
        return ByteString.copyFrom(left);
    }

    static int compare(ByteString a, int aOffset, ByteString b, int bOffset) {
        for (int i = 0; i < BYTES; i++) {
            int order = (a.byteAt(aOffset + i) & 0xff) - (b.byteAt(bOffset + i) & 0xff);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
