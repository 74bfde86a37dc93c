package io.consilium.node.api;

import com.linecorp.armeria.common.FlagsProvider;
import com.linecorp.armeria.common.util.TransportType;

/** Armeria's process-wide settings for a node: Java's own sockets, and one thread for what nobody owns. */
public final class ApiFlags implements FlagsProvider {
    private static final int BELOW_SYSTEM_PROPERTIES = 10;

    @Override
    public int priority() {
        return BELOW_SYSTEM_PROPERTIES;
    }

    @Override
    public TransportType transportType() {
        return TransportType.NIO;
    }

    @Override
    public Integer numCommonWorkers(TransportType transport) {
        return 1;
    }

    @Override
    public Integer numCommonBlockingTaskThreads() {
        return 1;
    }
}
