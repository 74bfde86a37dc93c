package io.consilium.client;

import io.consilium.crypto.Hash;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/** The nodes that genesis and registry name, each with the key that it is known by. */
public final class NodeDirectory {
    private static final int HTTPS_PORT = 443;

    private final List<NodeEndpoint> endpoints;

    private NodeDirectory(List<NodeEndpoint> endpoints) {
        this.endpoints = List.copyOf(endpoints);
    }

    /** The founding institutions that run a node. */
    public static NodeDirectory of(GenesisDocument document) {
        List<NodeEndpoint> endpoints = new ArrayList<>();
        document.getInstitutionsList()
                .forEach(institution -> endpoint(institution).ifPresent(endpoints::add));
        return new NodeDirectory(endpoints);
    }

    /** The same with what the registry says of one institution now, which goes before what genesis said. */
    public NodeDirectory with(InstitutionState institution) {
        List<NodeEndpoint> changed = new ArrayList<>(endpoints);
        changed.removeIf(endpoint -> endpoint.institution().equals(institution.getId()));
        endpoint(institution).ifPresent(changed::add);
        return new NodeDirectory(changed);
    }

    public List<NodeEndpoint> endpoints() {
        return endpoints;
    }

    /** The node of an institution, if it runs one. */
    public Optional<NodeEndpoint> ofInstitution(String slug) {
        return endpoints.stream()
                .filter(endpoint -> endpoint.institution().equals(slug))
                .findFirst();
    }

    /**
     * The node at an address: as the directory lists it, or else told by the pinned key that it shows.
     *
     * @throws ClientException exit 2 when it shows a key that is pinned nowhere
     */
    public NodeEndpoint resolve(URI uri, Duration timeout) throws ClientException {
        for (NodeEndpoint endpoint : endpoints) {
            if (sameAddress(endpoint.uri(), uri)) {
                return endpoint;
            }
        }
        Hash shown = shownKey(uri, timeout);
        return endpoints.stream()
                .filter(endpoint -> endpoint.keyHash().equals(shown))
                .map(endpoint -> new NodeEndpoint(endpoint.institution(), uri, shown))
                .findFirst()
                .orElseThrow(() -> notPinned(uri));
    }

    /** Wrong chain's genesis, or a stranger at that port: the user named one or the other (exit 2). */
    static ClientException notPinned(URI uri) {
        return new ClientException(
                FailureClass.USAGE,
                "NODE_NOT_PINNED",
                "The node at " + uri + " shows a key that the genesis does not pin",
                "Give the genesis of that node's chain with --genesis, or check --node");
    }

    private Hash shownKey(URI uri, Duration timeout) throws ClientException {
        Set<Hash> pinned = endpoints.stream().map(NodeEndpoint::keyHash).collect(Collectors.toSet());
        PinnedTrust trust = PinnedTrust.of(pinned);
        int port = uri.getPort() < 0 ? HTTPS_PORT : uri.getPort();
        int millis = (int) Math.min(Integer.MAX_VALUE, timeout.toMillis());
        try (SSLSocket socket = (SSLSocket) trust.context().getSocketFactory().createSocket()) {
            socket.connect(new InetSocketAddress(uri.getHost(), port), millis);
            socket.setSoTimeout(millis);
            socket.startHandshake();
        } catch (SSLException refused) {
            if (trust.seen().isPresent()) {
                throw notPinned(uri).causedBy(refused);
            }
            throw NodeClient.unreachable(uri, refused);
        } catch (IOException failed) {
            throw NodeClient.unreachable(uri, failed);
        }
        return trust.seen().orElseThrow(() -> notPinned(uri));
    }

    private static Optional<NodeEndpoint> endpoint(InstitutionState institution) {
        if (institution.getApiEndpoint().isEmpty()
                || institution.getApiTlsSpkiSha256().size() != Hash.LENGTH) {
            return Optional.empty();
        }
        return Optional.of(new NodeEndpoint(
                institution.getId(),
                URI.create(institution.getApiEndpoint()),
                Hash.of(institution.getApiTlsSpkiSha256().toByteArray())));
    }

    private static boolean sameAddress(URI a, URI b) {
        return a.getHost() != null
                && a.getHost().equalsIgnoreCase(b.getHost())
                && (a.getPort() < 0 ? HTTPS_PORT : a.getPort()) == (b.getPort() < 0 ? HTTPS_PORT : b.getPort());
    }
}
