package io.consilium.client;

/** No answer from the node: nothing listens there, or it stopped answering. */
public final class NodeUnreachable extends ClientException {
    private static final long serialVersionUID = 1L;

    public NodeUnreachable(String cause) {
        super(
                FailureClass.UNREACHABLE,
                "NODE_UNREACHABLE",
                cause,
                "Check that the node runs (consilium devnet status, consilium node status) or name another with --node");
    }
}
