package io.consilium.ledger.records;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.IndexEntry;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.PayloadState;
import java.util.Optional;

/**
 * A ciphertext is of the object that named it first, for ever (REC-2): whoever reads a hash in a block or a disclosure
 * cannot name it again and so become a holder of the content, keep it over its erasure, or have it deleted.
 */
public final class PayloadRules {
    private PayloadRules() {}

    /** Of whatever has a vault keep a payload, in whichever domain. */
    public static Outcome claimed(LedgerState state, Outcome outcome) {
        for (IndexEntry entry : outcome.writes().index()) {
            if (!entry.index().equals(LedgerIndexes.INSTITUTION_PAYLOADS)) {
                continue;
            }
            ByteString hash = LedgerIndexes.payloadAt(entry.key());
            StateKey object = LedgerIndexes.payloadObjectAt(entry.key());
            Optional<StateKey> owner = state.payloadOwner(hash);
            if (owner.isEmpty()) {
                PayloadState claim =
                        PayloadState.newBuilder().setObject(object.text()).build();
                outcome.writes().put(StateKeys.payload(hash), claim);
            } else if (!owner.get().equals(object)) {
                return Outcome.refused(Refusal.PAYLOAD_TAKEN);
            }
        }
        return outcome;
    }
}
