package io.consilium.interop.cdisc;

import java.util.List;

/** Takes a dataset in as it is read: its columns once, then its rows one by one. */
public interface RowSink {
    void columns(String name, List<Column> columns) throws CdiscFault;

    /**
     * @param index from 0
     * @param values one for each column, the empty text where there is none; the array is not used again
     */
    void row(int index, String[] values) throws CdiscFault;

    /** Whether a second row of one key is refused, which takes memory for each row. */
    default boolean refusesRepeatedKeys() {
        return true;
    }
}
