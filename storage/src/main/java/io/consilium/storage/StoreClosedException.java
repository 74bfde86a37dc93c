package io.consilium.storage;

/** A store or a snapshot was asked after it had been closed. */
public final class StoreClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    StoreClosedException(String what) {
        super(what + " is closed");
    }
}
