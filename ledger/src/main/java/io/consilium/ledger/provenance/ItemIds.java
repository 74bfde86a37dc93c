package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
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
        return find(row(ids), row(id), 0);
    }

    static int find(ByteBuffer row, ByteBuffer other, int otherOffset) {
        int low = 0;
        int high = row.limit() / BYTES - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compare(row, middle * BYTES, other, otherOffset);
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

    /**
     * The ids in ascending order. They are sorted as numbers of their first bits and their place; those few that have
     * the same first bits are then put right among themselves, however many somebody makes of them.
     */
    public static ByteString sorted(ByteString ids) {
        int count = count(ids);
        int placeBits = Integer.SIZE - Integer.numberOfLeadingZeros(count);
        long places = (1L << placeBits) - 1;
        ByteBuffer row = row(ids);
        long[] keys = new long[count];
        for (int i = 0; i < count; i++) {
            keys[i] = (row.getLong(i * BYTES) ^ Long.MIN_VALUE) & ~places | i;
        }
        Arrays.sort(keys);
        byte[] sorted = new byte[count * BYTES];
        int from = 0;
        while (from < count) {
            int end = from + 1;
            while (end < count && (keys[end] & ~places) == (keys[from] & ~places)) {
                end++;
            }
            if (end == from + 1) {
                ids.copyTo(sorted, (int) (keys[from] & places) * BYTES, from * BYTES, BYTES);
            } else {
                alike(ids, keys, places, from, end).copyTo(sorted, from * BYTES);
            }
            from = end;
        }
        return ByteString.copyFrom(sorted);
    }

    /** Ids with the same first bits, in ascending order. */
    private static ByteString alike(ByteString ids, long[] keys, long places, int from, int end) {
        List<ByteString> alike = new ArrayList<>(end - from);
        for (int i = from; i < end; i++) {
            alike.add(at(ids, (int) (keys[i] & places)));
        }
        alike.sort(ByteString.unsignedLexicographicalComparator());
        return join(alike);
    }

    /** The ids as numbers can be read of them; from place 0 also where they are part of more bytes. */
    static ByteBuffer row(ByteString ids) {
        return ids.asReadOnlyByteBuffer().slice();
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

    static int compare(ByteBuffer a, int aOffset, ByteBuffer b, int bOffset) {
        int order = Long.compareUnsigned(a.getLong(aOffset), b.getLong(bOffset));
        return order != 0
                ? order
                : Long.compareUnsigned(a.getLong(aOffset + Long.BYTES), b.getLong(bOffset + Long.BYTES));
    }
}
