package io.consilium.node;

/** A bound of this node is reached or it is stopping; the message says which, and the caller tries again later. */
public final class NodeBusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NodeBusyException(String message) {
        super(message);
    }
}
