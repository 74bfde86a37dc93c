package io.consilium.ledger.genesis;

/** A genesis document that no chain can start from; the message names the field and what it must be. */
public class InvalidGenesisException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidGenesisException(String message) {
        super(message);
    }

    static InvalidGenesisException at(String path, String reason) {
        return new InvalidGenesisException("genesis: " + path + " " + reason);
    }
}
