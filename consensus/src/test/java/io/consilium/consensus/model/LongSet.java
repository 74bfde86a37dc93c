package io.consilium.consensus.model;

import java.util.Arrays;

/** A growing set of non-negative longs in one array: millions of states in tens of megabytes. */
final class LongSet {
    private static final long FREE = -1;

    private long[] slots = new long[1 << 16];
    private int size;

    LongSet() {
        Arrays.fill(slots, FREE);
    }

    int size() {
        return size;
    }

    /** True if it was not there before. */
    boolean add(long value) {
        int slot = find(slots, value);
        if (slots[slot] == value) {
            return false;
        }
        slots[slot] = value;
        if (++size > slots.length / 2) {
            grow();
        }
        return true;
    }

    private void grow() {
        long[] larger = new long[2 * slots.length];
        Arrays.fill(larger, FREE);
        for (long value : slots) {
            if (value != FREE) {
                larger[find(larger, value)] = value;
            }
        }
        slots = larger;
    }

    private static int find(long[] table, long value) {
        long mixed = value * 0x9E3779B97F4A7C15L;
        int mask = table.length - 1;
        int slot = (int) ((mixed ^ (mixed >>> 32)) & mask);
        while (table[slot] != FREE && table[slot] != value) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
