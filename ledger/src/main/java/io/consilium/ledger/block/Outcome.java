package io.consilium.ledger.block;

import com.google.protobuf.ByteString;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DecisionOutcome;
import java.util.List;

/** What the rules made of one transaction (TX-5). */
public sealed interface Outcome {
    /** What is written to the state, the indexes and the events. */
    Writes writes();

    /** Ids of the objects made or changed, for the receipt. */
    List<ByteString> objects();

    DecisionOutcome decision();

    /** Every rule said yes. */
    record Applied(Writes writes, List<ByteString> objects, long version, DecisionOutcome decision)
            implements Outcome {}

    /** A rule said no. A denied access is written all the same, because it is audit material (ACC-1). */
    record Refused(Rejection rejection, Writes writes, List<ByteString> objects, DecisionOutcome decision)
            implements Outcome {}

    static Outcome applied(Writes writes, ByteString object, long version) {
        return new Applied(writes, List.of(object), version, DecisionOutcome.DECISION_OUTCOME_UNSPECIFIED);
    }

    /** For what has a name instead of an id: members. */
    static Outcome applied(Writes writes, long version) {
        return new Applied(writes, List.of(), version, DecisionOutcome.DECISION_OUTCOME_UNSPECIFIED);
    }

    static Outcome refused(Rejection rejection) {
        return new Refused(rejection, new Writes(), List.of(), DecisionOutcome.DECISION_OUTCOME_UNSPECIFIED);
    }

    static Outcome refused(Refusal refusal) {
        return refused(refusal.rejection());
    }
}
