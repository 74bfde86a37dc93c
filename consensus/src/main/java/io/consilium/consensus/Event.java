package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.ValidatorSet;
import java.util.Optional;

/** What happened; the one input of {@link Consensus#step}. Times are the node's clock in milliseconds since 1970. */
public sealed interface Event {
    long nowMillis();

    /**
     * A message arrived.
     *
     * @param sender the key that TLS authenticated, of a validator or of any other node
     * @param nowMillis time of receipt, the clock of BFT-14
     */
    record MessageReceived(PublicKey sender, Message message, long nowMillis) implements Event {}

    /** A timer that {@link Effect.SetTimer} set ran out; the token is that effect's. */
    record TimerFired(TimerKind kind, long token, long nowMillis) implements Event {}

    /**
     * At least one transaction is pending; may be repeated.
     *
     * @param full the pending transactions fill a block
     */
    record WorkPending(long nowMillis, boolean full) implements Event {}

    /** Nothing is pending any more. */
    record WorkDrained(long nowMillis) implements Event {}

    /**
     * Answer to {@link Effect.Build}. The block is executed by the one who built it.
     *
     * @param block absent when there is nothing to propose
     * @param nextSet the set of height + 2 after the block; without a block any set
     */
    record BlockBuilt(long height, int round, Optional<ProposedBlock> block, ValidatorSet nextSet, long nowMillis)
            implements Event {}

    /** Answer to {@link Effect.FetchBody}, from whomever it came. */
    record BodyAvailable(ProposedBlock block, long nowMillis) implements Event {}

    /**
     * Answer to {@link Effect.Execute}.
     *
     * @param nextSet the set of height + 2 after the block, present with {@link ExecutionVerdict#MATCH}
     */
    record Executed(Hash blockHash, ExecutionVerdict verdict, Optional<ValidatorSet> nextSet, long nowMillis)
            implements Event {}

    /** Block sync applied decided blocks up to a new tip (BFT-17). Ignored if the tip is not newer. */
    record TipAdvanced(Tip tip, ValidatorSets sets, byte[] leaderRecord, long nowMillis) implements Event {}
}
