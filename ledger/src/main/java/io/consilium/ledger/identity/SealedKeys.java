package io.consilium.ledger.identity;

import com.google.protobuf.ByteString;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.SealedFor;
import java.util.List;
import java.util.Optional;

/** Keys sealed to recipients: only the custodian and the patient, the custodian with its current key (PRV-3). */
public final class SealedKeys {
    private SealedKeys() {}

    /** Refuses a stranger's envelope, one for an old key, and a list in which the custodian has none. */
    public static Optional<Rejection> refusal(
            List<SealedFor> envelopes, InstitutionState custodian, ByteString patientId, Refusal missing) {
        return recipients(envelopes, custodian, patientId).or(() -> {
            boolean sealed = envelopes.stream()
                    .anyMatch(envelope -> envelope.getRecipient().equals(custodian.getId()));
            return sealed ? Optional.empty() : Optional.of(missing.rejection());
        });
    }

    /** Refuses whatever is sealed to anybody else, or to another key of this one. */
    public static Optional<Rejection> only(List<SealedFor> envelopes, String recipient, ByteString recipientKey) {
        for (SealedFor envelope : envelopes) {
            if (!envelope.getRecipient().equals(recipient)) {
                return Optional.of(Refusal.RECIPIENT_NOT_ALLOWED.rejection());
            }
            if (!envelope.getRecipientKey().equals(recipientKey)) {
                return Optional.of(Refusal.RECIPIENT_KEY_STALE.rejection());
            }
        }
        return Optional.empty();
    }

    /** The same for a list that may be empty. */
    public static Optional<Rejection> recipients(
            List<SealedFor> envelopes, InstitutionState custodian, ByteString patientId) {
        String patient = ActorName.hex(patientId);
        for (SealedFor envelope : envelopes) {
            if (envelope.getRecipient().equals(custodian.getId())) {
                if (!envelope.getRecipientKey()
                        .equals(custodian.getEncryptionKey().getKey())) {
                    return Optional.of(Refusal.RECIPIENT_KEY_STALE.rejection());
                }
            } else if (!envelope.getRecipient().equals(patient)) {
                return Optional.of(Refusal.RECIPIENT_NOT_ALLOWED.rejection());
            }
        }
        return Optional.empty();
    }
}
