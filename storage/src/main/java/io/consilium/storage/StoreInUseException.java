package io.consilium.storage;

import java.nio.file.Path;

/** Another process, or another store of this one, holds the data directory. */
public final class StoreInUseException extends StoreException {
    private static final long serialVersionUID = 1L;

    StoreInUseException(Path directory, String holder) {
        super(
                directory,
                "data directory " + directory + " is in use by " + holder
                        + "; stop that node first, or give this one a directory of its own");
    }
}
