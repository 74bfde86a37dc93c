package io.consilium.storage;

import java.nio.file.Path;

/** Why a data directory could not be opened or made; the message says what to do next. */
public abstract sealed class StoreException extends Exception
        permits StoreInUseException,
                StoreMissingException,
                StoreExistsException,
                StoreCorruptException,
                StoreUnavailableException,
                WrongChainException,
                WrongNodeException {
    private static final long serialVersionUID = 1L;

    private final transient Path directory;

    StoreException(Path directory, String message) {
        super(message);
        this.directory = directory;
    }

    StoreException(Path directory, String message, Throwable cause) {
        super(message, cause);
        this.directory = directory;
    }

    public Path directory() {
        return directory;
    }
}
