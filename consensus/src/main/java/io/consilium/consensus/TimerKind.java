package io.consilium.consensus;

/** The timers of consensus; at most one of each kind runs. */
public enum TimerKind {
    /** Gives up on the current round (BFT-10). */
    ROUND,
    /** The oldest pending transaction has waited long enough for a block (BFT-13). */
    BATCH,
    /** Re-sends the latest TIMEOUT while stuck (BFT-11). */
    RESEND,
    /** Asks again for a body that is still missing. */
    FETCH,
    /** The regular STATUS (BFT-11). */
    STATUS
}
