package io.consilium.ledger.provenance;

import io.consilium.ledger.state.BlockWork;

/**
 * The work that one transaction makes for every validator (TX-6). It is counted as the acts go, alike everywhere, and the
 * transaction that goes beyond a bound has no effect but its refusal.
 */
final class Work {
    /** Values written. */
    static final int MAX_WRITTEN = 32_768;
    /** Serialized bytes of the values written, which are in memory until the transaction is done. */
    static final long MAX_WRITTEN_BYTES = BlockWork.MAX_KEPT_BYTES;
    /** Findings, each of which opens or counts an exception. */
    static final int MAX_FINDINGS = 1_024;
    /** Bytes looked at, a value that is read counting {@link #READ} besides its size where that may be large. */
    static final long MAX_BYTES = 512L * 1024 * 1024;
    /** Segments that new serials are compared with; also as many as a product can have. */
    static final int MAX_COMPARED = 32_768;

    static final int READ = 512;

    private long bytes;
    private long written;
    private int findings;
    private int compared;

    void look(long more) {
        bytes += more;
        within(bytes, MAX_BYTES);
    }

    void compare() {
        within(++compared, MAX_COMPARED);
    }

    void find() {
        within(++findings, MAX_FINDINGS);
    }

    /** As many values are written now, which have grown by so many bytes. */
    void write(int values, int bytes) {
        look(READ);
        written += bytes;
        within(values, MAX_WRITTEN);
        within(written, MAX_WRITTEN_BYTES);
    }

    private static void within(long value, long most) {
        if (value > most) {
            throw new TooMuch();
        }
    }

    /** Leaves the acts, wherever they are, for the refusal TOO_MANY_AT_ONCE. */
    static final class TooMuch extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooMuch() {
            super("more work than one transaction may cause", null, false, false);
        }
    }
}
