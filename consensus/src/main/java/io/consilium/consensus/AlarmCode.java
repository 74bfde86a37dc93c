package io.consilium.consensus;

/** What an operator should look at. */
public enum AlarmCode {
    /** A leader signed a proposal that breaks a rule; the detail names it. */
    PROPOSAL_REFUSED,
    /** A proposed block holds an inadmissible transaction (BFT-8). */
    BLOCK_INADMISSIBLE,
    /** A proposed block's roots are not what this node computed (BFT-8). */
    ROOTS_DIFFER,
    /** A body did not belong to its header; another copy is being fetched. */
    BODY_DIFFERS,
    /** The vote record is missing or older than what peers saw: this node observes and signs nothing (BFT-16). */
    OBSERVER_STARTED,
    /** This observer knows from which height on it may sign again (BFT-16). */
    OBSERVER_BOUND,
    /** Too few validators can vouch for this observer: an operator must act (BFT-16). */
    OBSERVER_NEEDS_OPERATOR
}
