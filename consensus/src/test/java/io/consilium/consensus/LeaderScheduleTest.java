package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteType;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("BFT-12 leaders")
class LeaderScheduleTest {
    private static final ValidatorSet FOUR = Stamps.set(4);
    private static final ValidatorSet SEVEN = Stamps.set(7);

    private static Optional<QuorumCertificate> decidedIn(long height, int round) {
        return Optional.of(new QuorumCertificate(
                VoteType.COMMIT,
                height,
                round,
                Hash.ZERO,
                List.of(0, 1, 2),
                List.of(new byte[64], new byte[64], new byte[64])));
    }

    /** The record after {@code height}, whose parent was decided in the given round. */
    private static byte[] next(byte[] record, ValidatorSet set, long height, int parentRound) {
        return LeaderSchedule.next(record, height, decidedIn(height - 1, parentRound), set);
    }

    /** Goes on to a height with every block decided in round 0. */
    private static byte[] healthy(byte[] record, ValidatorSet set, long from, long to) {
        byte[] current = record;
        for (long height = from; height <= to; height++) {
            current = next(current, set, height, 0);
        }
        return current;
    }

    private static byte[] first(ValidatorSet set) {
        return LeaderSchedule.next(new byte[0], 1, Optional.empty(), set);
    }

    @Test
    void leadersTakeTurnsByHeightAndRound() {
        LeaderSchedule schedule = LeaderSchedule.of(new byte[0], FOUR, 9);
        assertThat(schedule.leader(9, 0)).isEqualTo(1);
        assertThat(schedule.leader(9, 1)).isEqualTo(2);
        assertThat(schedule.leader(9, 7)).isZero();
        assertThat(schedule.skipped()).isEmpty();
    }

    @Test
    void theLeadersOfFailedRoundsOfTheParentAreSkippedForSixtyFourHeights() {
        byte[] record = next(healthy(first(FOUR), FOUR, 2, 5), FOUR, 6, 1); // height 5, round 0: validator 1 failed
        assertThat(LeaderSchedule.of(record, FOUR, 7).skipped()).containsExactly(1);
        byte[] later = healthy(record, FOUR, 7, 69);
        assertThat(LeaderSchedule.of(later, FOUR, 70).skipped()).containsExactly(1);
        assertThat(LeaderSchedule.of(next(later, FOUR, 70, 0), FOUR, 71).skipped())
                .isEmpty();
    }

    @Test
    void aSkippedValidatorLeadsNoRound() {
        byte[] record = next(healthy(first(FOUR), FOUR, 2, 5), FOUR, 6, 1);
        LeaderSchedule schedule = LeaderSchedule.of(record, FOUR, 9);
        assertThat(List.of(schedule.leader(9, 0), schedule.leader(9, 1), schedule.leader(9, 2)))
                .containsExactlyInAnyOrder(0, 2, 3);
    }

    @Test
    void thePenaltyDoublesEachTimeUpToItsBound() {
        byte[] record = first(FOUR);
        long height = 1;
        int penalty = LeaderSchedule.FIRST_PENALTY_HEIGHTS;
        for (int time = 0; time < 9; time++) {
            do { // to a height whose round 0 validator 1 leads
                record = next(record, FOUR, ++height, 0);
            } while (LeaderSchedule.of(record, FOUR, height + 1).leader(height + 1, 0) != 1);
            record = next(record, FOUR, ++height, 0);
            record = next(record, FOUR, ++height, 1);
            assertThat(LeaderSchedule.of(record, FOUR, height + penalty).skipped())
                    .containsExactly(1);
            assertThat(LeaderSchedule.of(record, FOUR, height + penalty + 1).skipped())
                    .isEmpty();
            record = healthy(record, FOUR, height + 1, height + penalty);
            height += penalty;
            penalty = Math.min(2 * penalty, LeaderSchedule.MAX_PENALTY_HEIGHTS);
        }
        assertThat(penalty).isEqualTo(4_096);
    }

    @Test
    void onlyTheNewestFAreSkipped() {
        byte[] record = next(healthy(first(SEVEN), SEVEN, 2, 7), SEVEN, 8, 3); // height 7: validators 0, 1, 2 failed
        assertThat(LeaderSchedule.of(record, SEVEN, 9).skipped()).containsExactly(1, 2);
        byte[] four = next(healthy(first(FOUR), FOUR, 2, 4), FOUR, 5, 2); // height 4: validators 0 and 1 failed
        assertThat(LeaderSchedule.of(four, FOUR, 6).skipped()).containsExactly(1);
    }

    @Test
    void aRoundThatReachedEveryLeaderBlamesNobody() {
        byte[] record = next(healthy(first(FOUR), FOUR, 2, 5), FOUR, 6, 4);
        assertThat(LeaderSchedule.of(record, FOUR, 7).skipped()).isEmpty();
    }

    @Test
    void theBlamedAreThoseWhoLedTheParentAtTheTime() {
        byte[] record = next(healthy(first(FOUR), FOUR, 2, 5), FOUR, 6, 1); // 1 is skipped from height 7 on
        int leader = LeaderSchedule.of(record, FOUR, 7).leader(7, 0);
        byte[] after = next(next(record, FOUR, 7, 0), FOUR, 8, 1);
        assertThat(LeaderSchedule.of(after, FOUR, 9).skipped()).containsExactly(leader);
    }

    @Test
    void aNewSetStartsWithNobodyBlamedAndTheParentOfItsFirstBlockBlamesNobody() {
        ValidatorSet newSet = Stamps.set(1, List.of(3, 2, 1, 0));
        byte[] record = next(healthy(first(FOUR), FOUR, 2, 5), FOUR, 6, 1);
        assertThat(LeaderSchedule.of(record, newSet, 7).skipped()).isEmpty();
        byte[] after = next(record, newSet, 7, 2);
        assertThat(LeaderSchedule.of(after, newSet, 8).skipped()).isEmpty();
    }

    @Test
    void aHealthyChainKeepsItsRecordUnchanged() {
        byte[] record = first(FOUR);
        assertThat(next(record, FOUR, 2, 0)).isEqualTo(record);
    }

    @Test
    void recordsOfBlameAreForgottenWhenTheyAreOld() {
        byte[] record = next(healthy(first(FOUR), FOUR, 2, 5), FOUR, 6, 1);
        byte[] old = healthy(record, FOUR, 7, 6 + 64 + LeaderSchedule.MAX_PENALTY_HEIGHTS + 1);
        assertThat(old).isEqualTo(first(FOUR));
    }

    @Test
    void itsBytesStayTheSame() {
        byte[] record = next(healthy(first(FOUR), FOUR, 2, 5), FOUR, 6, 1);
        assertThat(HexFormat.of().formatHex(record))
                .isEqualTo(
                        "01" + "0000000000000000" + "00000000" + "00000001" + "01" + "0000000000000046" + "00000040");
    }

    @Test
    void aBrokenRecordIsABrokenInvariant() {
        assertThatThrownBy(() -> LeaderSchedule.of(new byte[] {9, 9}, FOUR, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("leader record");
    }
}
