package io.consilium.consensus;

import io.consilium.crypto.certificate.ValidatorSet;
import java.util.List;
import java.util.OptionalInt;

/**
 * Where consensus stands, for health, metrics and queries.
 *
 * @param height being decided
 * @param self this node's index in the set, if it is a validator at this height
 * @param leader index of the current round's leader
 * @param skipped validators that are no leaders at this height (BFT-12)
 * @param highestPrepareRound of a prepare QC seen at this height, -1 for none
 * @param awaitsBody a commit QC decided this height, and its block is still to be fetched or executed
 * @param mayVote false while observing, before enough statuses arrived after a start, and on nodes that are no validator
 * @param observer signs nothing (BFT-16)
 * @param baseTimeoutMillis of round 0 (BFT-10)
 */
public record ConsensusView(
        Tip tip,
        long height,
        int round,
        ValidatorSet validatorSet,
        OptionalInt self,
        int leader,
        List<Integer> skipped,
        int highestPrepareRound,
        boolean awaitsBody,
        boolean mayVote,
        boolean observer,
        boolean workPending,
        long baseTimeoutMillis,
        boolean halted) {}
