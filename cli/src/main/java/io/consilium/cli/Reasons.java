package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.ScopeKey;
import io.consilium.crypto.CryptoException;
import java.util.Optional;

/** Opens sealed reasons for those who hold the patient's scope key, and says nothing to others (PRV-1). */
final class Reasons {
    private final Session session;
    private final ByteString patientId;
    private Optional<ScopeKey> key = Optional.empty();
    private boolean asked;

    Reasons(Session session, ByteString patientId) {
        this.session = session;
        this.patientId = patientId;
    }

    /** The reason in clear, where there is one and this member may read it. */
    Optional<String> of(ByteString sealed) {
        if (sealed.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (!asked) {
                asked = true;
                key = Optional.of(new Custodian(session).scopeKey(patientId));
            }
            return key.isEmpty() ? Optional.empty() : Optional.of(key.get().openReason(sealed));
        } catch (ClientException notOurs) {
            session.output().detail("Reasons stay sealed: " + notOurs.getMessage());
            return Optional.empty();
        } catch (CryptoException otherEpoch) {
            return Optional.of("(sealed under another key)");
        }
    }
}
