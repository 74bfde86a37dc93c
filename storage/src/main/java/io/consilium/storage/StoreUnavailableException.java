package io.consilium.storage;

import java.nio.file.Path;

/** The environment refuses the data directory: rights, space, open files, or a format of another version. */
public final class StoreUnavailableException extends StoreException {
    private static final long serialVersionUID = 1L;

    StoreUnavailableException(Path directory, String message) {
        super(directory, message);
    }

    StoreUnavailableException(Path directory, String message, Throwable cause) {
        super(directory, message, cause);
    }
}
