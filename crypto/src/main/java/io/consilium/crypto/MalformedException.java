package io.consilium.crypto;

/** Bytes are not the canonical encoding of what they claim to be; the message says where. */
public class MalformedException extends CryptoException {
    private static final long serialVersionUID = 1L;

    public MalformedException(String message) {
        super(message);
    }

    public MalformedException(String message, Throwable cause) {
        super(message, cause);
    }
}
