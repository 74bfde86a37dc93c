package io.consilium.storage;

import java.nio.file.Path;

/** A file of the store is damaged or incomplete (BFT-16); nothing was changed by finding out. */
public final class StoreCorruptException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** What was lost, which decides how the node may start again. */
    public enum Loss {
        /** Synced votes are gone, the rest is whole: the store opens again through {@code openAsObserver}. */
        VOTES,
        /** The store itself cannot be read: restore it, or make a new one as an observer. */
        DATA
    }

    private final Loss loss;
    private final transient Path file;

    private StoreCorruptException(Loss loss, Path directory, Path file, String message) {
        super(directory, message);
        this.loss = loss;
        this.file = file;
    }

    static StoreCorruptException votes(Path directory, Path file, String what) {
        return new StoreCorruptException(
                Loss.VOTES,
                directory,
                file,
                "votes of this validator are lost: " + file + " " + what
                        + "; restore the data directory from a backup of this very moment, or start as an observer,"
                        + " which signs nothing until its peers have moved on");
    }

    static StoreCorruptException data(Path directory, Path file, String what) {
        return new StoreCorruptException(
                Loss.DATA,
                directory,
                file,
                "the store is damaged: " + file + " " + what + "; restore the data directory from a backup, or move it"
                        + " away and make a new one with `consilium node init` without --founding, which fetches the chain"
                        + " from its peers before it votes");
    }

    static StoreCorruptException data(Path directory, Path file, String what, Throwable cause) {
        StoreCorruptException corrupt = data(directory, file, what);
        corrupt.initCause(cause);
        return corrupt;
    }

    public Loss loss() {
        return loss;
    }

    /** The file that is damaged, or the directory where the exact file is unknown. */
    public Path file() {
        return file;
    }
}
