package io.consilium.storage;

import java.nio.file.Path;

/** There is no finished store in the data directory. */
public final class StoreMissingException extends StoreException {
    private static final long serialVersionUID = 1L;

    StoreMissingException(Path directory, String what) {
        super(
                directory,
                "data directory " + directory + " " + what + "; make it with `consilium node init`, and without"
                        + " --founding unless this chain has no block yet");
    }
}
