package io.consilium.node.process;

import io.consilium.crypto.KeystoreException;
import io.consilium.node.config.ConfigException;
import io.consilium.storage.StoreCorruptException;
import io.consilium.storage.StoreException;
import io.consilium.storage.StoreExistsException;
import io.consilium.storage.StoreInUseException;
import io.consilium.storage.StoreMissingException;
import io.consilium.storage.WrongChainException;
import java.nio.file.Path;

/** Turns failures of the parts into what a person at a terminal needs. */
final class StartFailures {
    private StartFailures() {}

    static NodeStartException of(ConfigException e) {
        return new NodeStartException(
                        NodeStartException.USAGE,
                        "CONFIG_INVALID",
                        String.valueOf(e.getMessage()),
                        "correct it; `consilium config validate` checks a file without starting a node")
                .causedBy(e);
    }

    /** The store's messages say cause and next step in two halves. */
    static NodeStartException of(StoreException e) {
        String[] halves = String.valueOf(e.getMessage()).split("; ", 2);
        String hint = halves.length > 1 ? halves[1] : "see the node's log";
        if (e instanceof StoreInUseException) {
            return new NodeStartException(NodeStartException.CONFLICT, "DATA_DIRECTORY_IN_USE", halves[0], hint)
                    .causedBy(e);
        }
        if (e instanceof WrongChainException || e instanceof StoreExistsException) {
            return new NodeStartException(NodeStartException.CONFLICT, "DATA_DIRECTORY_OF_CHAIN", halves[0], hint)
                    .causedBy(e);
        }
        if (e instanceof StoreCorruptException) {
            return new NodeStartException(NodeStartException.CORRUPT, "STORE_CORRUPT", halves[0], hint).causedBy(e);
        }
        String code = e instanceof StoreMissingException ? "STORE_MISSING" : "STORE_UNAVAILABLE";
        return new NodeStartException(NodeStartException.USAGE, code, halves[0], hint).causedBy(e);
    }

    static NodeStartException wrongPassword(Path passwordFile, Throwable cause) {
        return new NodeStartException(
                        NodeStartException.USAGE,
                        "WRONG_PASSWORD",
                        "the password in " + passwordFile + " does not open the node's keystore",
                        "put the right password into the file, or point node.password-file at it")
                .causedBy(cause);
    }

    static NodeStartException of(KeystoreException e) {
        return new NodeStartException(
                        NodeStartException.USAGE,
                        "KEYSTORE_UNUSABLE",
                        String.valueOf(e.getMessage()),
                        "check node.keystore in the config")
                .causedBy(e);
    }

    static NodeStartException port(String setting, String message, Throwable cause) {
        return new NodeStartException(
                        NodeStartException.CONFLICT,
                        "PORT_IN_USE",
                        message,
                        "stop whatever uses it, or choose another one with " + setting)
                .causedBy(cause);
    }

    static NodeStartException unreadable(String what, Path file, String reason, String hint, Throwable cause) {
        return new NodeStartException(
                        NodeStartException.USAGE,
                        "FILE_UNREADABLE",
                        what + " " + file + " cannot be read: " + reason,
                        hint)
                .causedBy(cause);
    }
}
