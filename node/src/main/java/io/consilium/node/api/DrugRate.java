package io.consilium.node.api;

import io.consilium.node.config.NodeConfig;
import io.consilium.node.provenance.DrugQueries;
import java.util.function.LongSupplier;

/** How often an institution searches for packs, and how many packs of others it asks for, whoever of it asks (DRU-9). */
final class DrugRate implements DrugQueries.Rate {
    /** A search costs far less than a guess tells. */
    private static final long SEARCHES = 10;

    private final TokenBuckets searches;
    private final TokenBuckets guesses;

    DrugRate(NodeConfig.Quotas quotas, TokenBuckets guesses, LongSupplier steadyMillis) {
        this.searches = new TokenBuckets(
                SEARCHES * quotas.verificationsPerSecond(), SEARCHES * quotas.verificationBurst(), steadyMillis);
        this.guesses = guesses;
    }

    @Override
    public void search(Caller caller) {
        VerificationRouter.requireRate(searches, caller, 1);
    }

    @Override
    public void found(Caller caller) {
        searches.giveBack(caller.quotaOwner(), 1);
    }

    @Override
    public void require(Caller caller, long packs) {
        VerificationRouter.requireRate(guesses, caller, packs);
    }
}
