package io.consilium.storage;

import java.nio.file.Path;

/** The data directory belongs to another node of the chain: its votes and secrets are not this node's. */
public final class WrongNodeException extends StoreException {
    private static final long serialVersionUID = 1L;

    WrongNodeException(Path directory, String stored, String expected) {
        super(
                directory,
                "data directory " + directory + " belongs to the node of " + stored + ", this is the node of "
                        + expected
                        + "; correct node.institution or put its own directory there, or move this one away and make a new one"
                        + " with `consilium node init` without --founding");
    }
}
