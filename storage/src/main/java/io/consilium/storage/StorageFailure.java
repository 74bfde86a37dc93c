package io.consilium.storage;

/**
 * The store could not write or read what it must (BFT-16). An {@link Error}, because whoever goes on after it would
 * acknowledge what is not durable: the process has to stop.
 */
public final class StorageFailure extends Error {
    private static final long serialVersionUID = 1L;

    StorageFailure(String message, Throwable cause) {
        super(message, cause);
    }

    /** @param message cause and next step, parted by a semicolon */
    public StorageFailure(String message) {
        super(message);
    }
}
