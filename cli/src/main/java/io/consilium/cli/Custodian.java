package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.NodeClient;
import io.consilium.client.NodeDirectory;
import io.consilium.client.NodeRefusal;
import io.consilium.client.ScopeKey;
import io.consilium.proto.InstitutionState;
import java.net.URI;
import java.util.Optional;

/** Finds the custodian's node for what only it can do: re-seal keys and disclose (PRV-3, ACC-2). */
final class Custodian {
    private static final String WRONG_NODE = "WRONG_NODE";

    private final Session session;

    Custodian(Session session) {
        this.session = session;
    }

    /** What to ask of a node. */
    interface Question<T> {
        T ask(NodeClient client) throws ClientException;
    }

    /** Asks the context's node, and goes on to the custodian's when that node names it. */
    <T> T ask(Question<T> question) throws ClientException {
        try {
            return question.ask(session.client());
        } catch (NodeRefusal refusal) {
            if (!refusal.code().equals(WRONG_NODE) || !refusal.path().startsWith("https://")) {
                throw refusal;
            }
            session.output().detail("The custodian's node is " + refusal.path());
            return question.ask(session.clientOf(session.genesis().directory(), URI.create(refusal.path())));
        }
    }

    /** A client of an institution's node, whose address and key come from the registry. */
    NodeClient node(String institution) throws ClientException {
        if (session.client().endpoint().institution().equals(institution)) {
            return session.client();
        }
        InstitutionState registered = session.state().institution(institution).value();
        NodeDirectory directory = session.genesis().directory().with(registered);
        Optional<URI> uri = directory.ofInstitution(institution).map(io.consilium.client.NodeEndpoint::uri);
        if (uri.isEmpty()) {
            throw new io.consilium.client.NodeUnreachable("The custodian " + institution + " runs no node");
        }
        return session.clientOf(directory, uri.get());
    }

    /** The patient's scope key, from whichever node holds it. */
    ScopeKey scopeKey(ByteString patientId) throws ClientException {
        return ask(client -> ScopeKey.open(client.scopeKey(patientId), patientId, session.identity()));
    }
}
