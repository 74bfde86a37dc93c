package io.consilium.bench.load;

import io.consilium.client.ClientException;
import java.util.List;

/** Where an open loop sends: one call blocks until each transaction of the batch has an outcome. */
interface Target {

    /** One transaction's outcome; {@code failure} is empty when its receipt was verified here. */
    record Outcome(String failure) {
        static final Outcome VERIFIED = new Outcome("");

        boolean verified() {
            return failure.isEmpty();
        }
    }

    /** @param turn counts the calls, so that the nodes are used by turns */
    List<Outcome> submit(long turn, List<byte[]> signed);

    Counters counters() throws ClientException;

    /**
     * What the cluster has counted so far.
     *
     * @param blocks decided
     * @param syncs of one validator's log
     */
    record Counters(long nodeCpuMicros, long blocks, long syncs) {}
}
