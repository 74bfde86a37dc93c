package io.consilium.node.process;

import io.consilium.crypto.KeystoreException;
import io.consilium.node.NodeHaltedException;
import io.consilium.node.config.ConfigException;
import io.consilium.storage.StorageFailure;
import io.consilium.storage.StoreCorruptException;
import io.consilium.storage.StoreException;
import io.consilium.storage.StoreExistsException;
import io.consilium.storage.StoreInUseException;
import io.consilium.storage.StoreMissingException;
import io.consilium.storage.WrongChainException;
import io.consilium.storage.WrongNodeException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

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

    /** Why a node that ran had to stop by itself. */
    static NodeStartException ended(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String[] halves = halves(cause.getMessage() == null ? cause.toString() : cause.getMessage());
        if (cause instanceof StorageFailure) {
            return new NodeStartException(NodeStartException.CORRUPT, "STORE_FAILED", halves[0], halves[1])
                    .causedBy(cause);
        }
        if (cause instanceof NodeHaltedException) {
            return new NodeStartException(
                            NodeStartException.INTERNAL,
                            "NODE_HALTED",
                            "the node halted: " + cause.getMessage(),
                            "its log says more; compare `consilium chain status` of the nodes before it starts again")
                    .causedBy(cause);
        }
        return new NodeStartException(
                        NodeStartException.INTERNAL,
                        "NODE_FAILED",
                        "the node failed: " + halves[0],
                        "its log says more; start it again, and report it if it fails again")
                .causedBy(cause);
    }

    /** Messages of the store and of a halt say cause and next step in two halves. */
    private static String[] halves(String message) {
        String line = message.replaceAll("\\s+", " ");
        int cut = line.indexOf("; ");
        return cut < 0
                ? new String[] {line, "see the node's log"}
                : new String[] {line.substring(0, cut), line.substring(cut + 2)};
    }

    static NodeStartException of(StoreException e) {
        String[] halves = halves(String.valueOf(e.getMessage()));
        String hint = halves[1];
        if (e instanceof StoreInUseException) {
            return new NodeStartException(NodeStartException.CONFLICT, "DATA_DIRECTORY_IN_USE", halves[0], hint)
                    .causedBy(e);
        }
        if (e instanceof WrongChainException || e instanceof StoreExistsException) {
            return new NodeStartException(NodeStartException.CONFLICT, "DATA_DIRECTORY_OF_CHAIN", halves[0], hint)
                    .causedBy(e);
        }
        if (e instanceof WrongNodeException) {
            return new NodeStartException(NodeStartException.CONFLICT, "DATA_DIRECTORY_OF_NODE", halves[0], hint)
                    .causedBy(e);
        }
        if (e instanceof StoreCorruptException) {
            return new NodeStartException(NodeStartException.CORRUPT, "STORE_CORRUPT", halves[0], hint).causedBy(e);
        }
        String code = e instanceof StoreMissingException ? "STORE_MISSING" : "STORE_UNAVAILABLE";
        return new NodeStartException(NodeStartException.USAGE, code, halves[0], hint).causedBy(e);
    }

    static NodeStartException damaged(Path database, String what) {
        return new NodeStartException(
                NodeStartException.CORRUPT,
                "STORE_CORRUPT",
                "the store in " + database + " is damaged: " + halves(what)[0],
                "restore the data directory from a backup, or move it away and make a new one with `consilium node init`"
                        + " without --founding, which fetches the chain from its peers before it votes");
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
