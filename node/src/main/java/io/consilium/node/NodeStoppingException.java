package io.consilium.node;

/** The node stopped while it took something in: nobody knows what becomes of it. */
public final class NodeStoppingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NodeStoppingException() {
        super("this node stopped while it took the transaction in");
    }
}
