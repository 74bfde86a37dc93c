package io.consilium.ledger.state;

/**
 * What executing one block makes a validator hold in memory and read, counted alike everywhere, so that no transaction and
 * no block can take more than every node has (TX-6). What is decoded takes up to four times its serialized size.
 */
public final class BlockWork {
    /** Serialized bytes of the objects that are kept to the end of the block: read or written. */
    public static final long MAX_KEPT_BYTES = 24L * 1024 * 1024;

    /** Serialized bytes of the objects that are passed over. */
    public static final long MAX_LOOKED_BYTES = 512L * 1024 * 1024;

    /** What an object costs besides its bytes: its key, its place in maps. */
    public static final int OBJECT_BYTES = 128;

    private long kept;
    private long looked;

    /** An object of a serialized size stays in memory until the block is done. */
    public void keep(int bytes) {
        kept += bytes + OBJECT_BYTES;
        within(kept, MAX_KEPT_BYTES);
    }

    /** An object of a serialized size was read and is not kept. */
    public void look(int bytes) {
        looked += bytes + OBJECT_BYTES;
        within(looked, MAX_LOOKED_BYTES);
    }

    private static void within(long value, long most) {
        if (value > most) {
            throw new Exceeded();
        }
    }

    /** Leaves the rules, wherever they are: the block has no room for this transaction. */
    public static final class Exceeded extends RuntimeException {
        private static final long serialVersionUID = 1;

        Exceeded() {
            super("more work than one block may cause", null, false, false);
        }
    }
}
