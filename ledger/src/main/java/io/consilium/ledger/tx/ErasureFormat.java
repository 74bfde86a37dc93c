package io.consilium.ledger.tx;

import io.consilium.proto.RecordErase;
import io.consilium.proto.RecordHold;
import io.consilium.proto.TransactionBody;

/** The shape of erasures, holds and acknowledgements (PRV-6). */
final class ErasureFormat {
    private ErasureFormat() {}

    static void check(TransactionBody body) throws MalformedTransaction {
        if (body.hasRecordErase()) {
            erase(body.getRecordErase());
        } else if (body.hasRecordHold()) {
            hold(body.getRecordHold());
        } else {
            Shape.id(body.getErasureAck().getRecordId(), "erasure_ack.record_id");
        }
    }

    private static void erase(RecordErase erase) throws MalformedTransaction {
        Shape.id(erase.getRecordId(), "record_erase.record_id");
        Shape.code(erase.getBasis(), "record_erase.basis");
        PayloadFormat.reason(erase.getSealedReason(), "record_erase");
    }

    private static void hold(RecordHold hold) throws MalformedTransaction {
        Shape.id(hold.getRecordId(), "record_hold.record_id");
        if (hold.getRelease()) {
            if (!hold.getGround().isEmpty() || hold.getUntilMillis() != 0) {
                throw MalformedTransaction.at("record_hold", "names no ground and no end when it releases");
            }
        } else {
            Shape.code(hold.getGround(), "record_hold.ground");
            Shape.nonNegative(hold.getUntilMillis(), "record_hold.until_millis");
        }
        PayloadFormat.reason(hold.getSealedReason(), "record_hold");
    }
}
