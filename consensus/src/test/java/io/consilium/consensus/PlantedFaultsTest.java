package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteType;
import java.util.Optional;
import java.util.function.LongFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The random test finds what it is there to find: each fault that the abstract model shows to be fatal, in the core. */
@DisplayName("planted faults")
class PlantedFaultsTest {
    private static final int SEEDS = 400;

    private static String found(LongFunction<RandomCluster> clusters) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                clusters.apply(seed).run();
            } catch (AssertionError failure) {
                return failure.getMessage();
            }
        }
        return "nothing in " + SEEDS + " seeds";
    }

    private static RandomCluster cluster(long seed, SafetyRules rules) {
        return new RandomCluster(seed, 4, seed % 2 == 0, node -> rules, false);
    }

    @Test
    void committingAfterATimeoutIsFound() {
        SafetyRules rules = new SafetyRules() {
            @Override
            boolean gaveUp(HeightVotes votes, VoteType type, int round) {
                return type != VoteType.COMMIT && super.gaveUp(votes, type, round);
            }
        };
        assertThat(found(seed -> cluster(seed, rules))).contains("BFT-1/2");
    }

    @Test
    void underReportingThePrepareQcIsFound() {
        SafetyRules rules = new SafetyRules() {
            @Override
            Optional<QuorumCertificate> reported(HeightVotes votes) {
                return Optional.empty();
            }
        };
        assertThat(found(seed -> cluster(seed, rules))).containsAnyOf("BFT-3", "BFT-19");
    }

    @Test
    void ignoringTheObligationOfATimeoutCertificateIsFound() {
        SafetyRules rules = new SafetyRules() {
            @Override
            Optional<Hash> obliged(Optional<TimeoutCertificate> previousTc) {
                return Optional.empty();
            }
        };
        assertThat(found(seed -> cluster(seed, rules))).contains("seed");
    }

    @Test
    void aTimeoutCertificateOfTooFewIsFound() {
        SafetyRules rules = new SafetyRules() {
            @Override
            int timeoutQuorum(ValidatorSet set) {
                return set.quorum() - 1;
            }
        };
        assertThat(found(seed -> cluster(seed, rules))).contains("seed");
    }

    @Test
    void forgettingTheVotesInACrashIsFound() {
        assertThat(found(seed -> new RandomCluster(seed, 4, false, node -> SafetyRules.SOUND, true)))
                .contains("contradicts itself");
    }
}
