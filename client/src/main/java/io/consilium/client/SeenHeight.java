package io.consilium.client;

import java.net.URI;

/**
 * The newest height of which a caller has verified a receipt. Nodes are told it with their requests and answer from no older
 * state, if they reach it in time: what was written through one node is then read through another.
 */
public interface SeenHeight {
    /** Of a caller who keeps none. */
    SeenHeight NONE = new SeenHeight() {
        @Override
        public long height() {
            return 0;
        }

        @Override
        public void proven(long height) {}

        @Override
        public void missed(URI node, long height) {}
    };

    /** 0 before the first. */
    long height();

    /** Called with the height of each receipt that held, an old one too. */
    void proven(long height);

    /** Called once for a node that answered without having reached the height, with its own. */
    void missed(URI node, long height);
}
