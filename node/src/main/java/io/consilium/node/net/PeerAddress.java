package io.consilium.node.net;

import io.consilium.crypto.PublicKey;
import java.util.Optional;

/**
 * Another node as the registry knows it: its institution, the key that its TLS certificate must carry, and where it
 * listens, absent if it only calls others.
 */
public record PeerAddress(String institution, PublicKey tlsKey, Optional<Endpoint> endpoint) {

    /** A host name or address, and a TCP port. */
    public record Endpoint(String host, int port) {
        private static final int MAX_PORT = 65_535;

        public Endpoint {
            if (host.isEmpty() || port < 0 || port > MAX_PORT) {
                throw new IllegalArgumentException("an endpoint is host:port, not " + host + ":" + port);
            }
        }

        /** Parses {@code host:port}; throws {@link IllegalArgumentException} that says what is wrong. */
        public static Endpoint parse(String text) {
            int colon = text.lastIndexOf(':');
            if (colon <= 0) {
                throw new IllegalArgumentException("an endpoint is host:port, not " + text);
            }
            try {
                return new Endpoint(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
            } catch (NumberFormatException notANumber) {
                throw new IllegalArgumentException("the port of endpoint " + text + " is no number", notANumber);
            }
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }
}
