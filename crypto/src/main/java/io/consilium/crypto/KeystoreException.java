package io.consilium.crypto;

/** A keystore file that is missing, damaged, of another version or cannot be written; the message names it. */
public class KeystoreException extends CryptoException {
    private static final long serialVersionUID = 1L;

    public KeystoreException(String message) {
        super(message);
    }

    public KeystoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
