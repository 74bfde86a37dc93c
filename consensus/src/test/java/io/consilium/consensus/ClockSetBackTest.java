package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("BFT-13 a clock that is set back")
class ClockSetBackTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long HOUR = 3_600_000;

    @Test
    void delaysABatchByOneMoreBatchDelayAtMost() {
        Consensus core = new Consensus(
                ConsensusConfig.defaults(
                        ToyCluster.CHAIN, Optional.of(Stamps.signer(0)), Stamps.VERIFIER, ToyLedger::hashes),
                new RecoveredState(
                        Tip.genesis(ToyCluster.CHAIN),
                        ValidatorSets.unchanged(Stamps.set(1)),
                        new byte[0],
                        Optional.of(VoteRecord.empty()),
                        new byte[16]));
        core.start(NOW);
        Effect.SetTimer batch = batch(core.step(new Event.WorkPending(NOW, false)));
        long then = NOW - HOUR;
        batch = batch(core.step(new Event.TimerFired(TimerKind.BATCH, batch.token(), then)));
        List<Effect> effects = core.step(new Event.TimerFired(TimerKind.BATCH, batch.token(), then + 10));
        assertThat(effects).anyMatch(effect -> effect instanceof Effect.Build);
    }

    private static Effect.SetTimer batch(List<Effect> effects) {
        return effects.stream()
                .filter(effect -> effect instanceof Effect.SetTimer timer && timer.kind() == TimerKind.BATCH)
                .map(Effect.SetTimer.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
