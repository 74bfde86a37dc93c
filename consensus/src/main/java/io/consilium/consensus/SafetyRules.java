package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteType;
import java.util.Optional;

/**
 * The conditions on which agreement rests, apart from quorum intersection, in one place. There is no other lock.
 * Open for the planted faults of the tests, never overridden otherwise.
 */
class SafetyRules {
    static final SafetyRules SOUND = new SafetyRules();

    /** BFT-1, BFT-2: after a TIMEOUT no vote of that round or an earlier one. */
    boolean gaveUp(HeightVotes votes, VoteType type, int round) {
        return votes.timeoutRound() >= round;
    }

    /** BFT-3: what a TIMEOUT reports. A COMMIT needs its prepare QC held, so this is never below a committed round. */
    Optional<QuorumCertificate> reported(HeightVotes votes) {
        return votes.prepareQc();
    }

    /** BFT-1: the one block that a proposal with this TC may offer; absent if it is free. */
    Optional<Hash> obliged(Optional<TimeoutCertificate> previousTc) {
        return previousTc.flatMap(TimeoutCertificate::highestQc).map(QuorumCertificate::blockHash);
    }

    /** How many TIMEOUTs make a TC. */
    int timeoutQuorum(ValidatorSet set) {
        return set.quorum();
    }
}
