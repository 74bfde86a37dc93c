package io.consilium.crypto;

/** An undamaged keystore that the given password does not open. */
public class WrongPasswordException extends CryptoException {
    private static final long serialVersionUID = 1L;

    public WrongPasswordException(String message) {
        super(message);
    }
}
