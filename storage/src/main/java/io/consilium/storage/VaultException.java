package io.consilium.storage;

import java.io.IOException;

/** The vault's files could not be read or written; the node goes on, this payload does not. */
public class VaultException extends IOException {
    private static final long serialVersionUID = 1L;

    VaultException(String message, Throwable cause) {
        super(message, cause);
    }

    public VaultException(String message) {
        super(message);
    }
}
