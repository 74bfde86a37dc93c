package io.consilium.storage;

import io.consilium.crypto.Hash;
import java.nio.file.Path;

/** The data directory belongs to another chain than this node's genesis. */
public final class WrongChainException extends StoreException {
    private static final long serialVersionUID = 1L;

    private final transient Hash stored;
    private final transient Hash expected;

    WrongChainException(Path directory, Hash stored, Hash expected) {
        super(
                directory,
                "data directory " + directory + " belongs to chain " + stored.hex() + ", this node's genesis is chain "
                        + expected.hex() + "; give the directory or the genesis file that fits the other");
        this.stored = stored;
        this.expected = expected;
    }

    public Hash stored() {
        return stored;
    }

    public Hash expected() {
        return expected;
    }
}
