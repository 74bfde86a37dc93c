package io.consilium.node.api;

import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.ledger.state.LedgerState;
import io.consilium.node.NodeGateway;
import io.consilium.storage.Snapshot;
import io.consilium.storage.SnapshotLimitException;

/** The state as of one tip, for one request on one thread. */
public record StateView(Snapshot chain, LedgerState state) implements AutoCloseable {
    public static StateView open(NodeGateway node) {
        try {
            Snapshot snapshot = node.snapshot();
            return new StateView(snapshot, new LedgerState(snapshot.latest()));
        } catch (SnapshotLimitException e) {
            throw ApiProblem.unavailable("BUSY", "the node answers as many queries as it may", "try again in a second")
                    .asException();
        }
    }

    /** Time of the newest block; 0 while there is none. */
    public long tipMillis() {
        long tip = chain.tipHeight();
        return tip == 0 ? 0 : blockMillis(tip);
    }

    /** Time of a block that is stored here. */
    public long blockMillis(long height) {
        try {
            return BlockHeader.decode(chain.header(height).orElseThrow()).timestampMillis();
        } catch (MalformedException unreadable) {
            throw new IllegalStateException("the header of block " + height + " cannot be read", unreadable);
        }
    }

    @Override
    public void close() {
        chain.close();
    }
}
