package io.consilium.interop.cdisc;

import io.consilium.crypto.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The keys of the rows that were read: 64 bits of a hash of each, in an open table, so that millions of rows take some tens
 * of MiB. That two keys of a dataset of the largest size are taken for one by chance is less likely than one in a million.
 */
final class RowKeys {
    /** What two columns of the most data points come to. */
    static final int MAX_KEYS = 3 << 20;

    private long[] table = new long[1 << 10];
    private int size;

    /** Whether the key is new. */
    boolean add(String key, String at) throws CdiscFault.TooLarge {
        if (size == MAX_KEYS) {
            throw new CdiscFault.TooLarge(at);
        }
        long hash = ByteBuffer.wrap(
                        Hash.sha256(key.getBytes(StandardCharsets.UTF_8)).toBytes())
                .getLong();
        if (!put(table, hash == 0 ? 1 : hash)) {
            return false;
        }
        if (++size > table.length / 4 * 3) {
            grow();
        }
        return true;
    }

    private void grow() {
        long[] larger = new long[table.length * 2];
        for (long hash : table) {
            if (hash != 0) {
                put(larger, hash);
            }
        }
        table = larger;
    }

    private static boolean put(long[] table, long hash) {
        int at = (int) hash & table.length - 1;
        while (table[at] != 0) {
            if (table[at] == hash) {
                return false;
            }
            at = at + 1 & table.length - 1;
        }
        table[at] = hash;
        return true;
    }
}
