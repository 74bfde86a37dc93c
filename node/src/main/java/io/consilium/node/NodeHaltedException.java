package io.consilium.node;

/** A broken invariant: the node must not go on (BFT-8). The message is what consensus or execution found. */
public final class NodeHaltedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NodeHaltedException(String message) {
        super(message);
    }
}
