package io.consilium.storage;

import java.nio.file.Path;

/** The data directory already holds a chain, which is never written over. */
public final class StoreExistsException extends StoreException {
    private static final long serialVersionUID = 1L;

    StoreExistsException(Path directory, String chain) {
        super(
                directory,
                "data directory " + directory + " already holds chain " + chain
                        + "; start the node on it, or give another directory");
    }
}
