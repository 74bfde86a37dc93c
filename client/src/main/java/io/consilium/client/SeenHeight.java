package io.consilium.client;

/**
 * The newest height of the chain of which a caller has seen proof. Nodes are told it with each request and answer from no
 * older state, if they reach it in time: what was written through one node is then read through another.
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
    };

    /** 0 before the first. */
    long height();

    /** Called with the height of each proof that held, an old one too. */
    void proven(long height);
}
