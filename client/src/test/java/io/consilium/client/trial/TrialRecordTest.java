package io.consilium.client.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.ledger.trials.OutcomeClassification.Change;
import io.consilium.ledger.trials.OutcomeClassification.Classified;
import io.consilium.proto.TrialDatasetEntry;
import io.consilium.proto.TrialDecision;
import io.consilium.proto.TrialEvent;
import io.consilium.proto.TrialMilestone;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialPublication;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialResult;
import io.consilium.proto.TrialResultsState;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialVersion;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TrialRecordTest {
    private static TrialOutcome outcome(String timePoint) {
        return TrialOutcome.newBuilder()
                .setName("Pain")
                .setMeasure("VAS")
                .setTimePoint(timePoint)
                .setPrimary(true)
                .build();
    }

    private static TrialRegistration registration(String timePoint) {
        return TrialRegistration.newBuilder().addOutcomes(outcome(timePoint)).build();
    }

    private static TrialVersion version(long number, long timeMillis) {
        return TrialVersion.newBuilder()
                .setNumber(number)
                .setTimeMillis(timeMillis)
                .build();
    }

    /** Week 12 at 10, week 4 at 20, and week 4 is reported. */
    private static List<Change> changes(TrialEvent.Builder... events) {
        return changes(List.of(decision(21, true)), events);
    }

    private static TrialDecision decision(long timeMillis, boolean approved) {
        return TrialDecision.newBuilder()
                .setTrialVersion(2)
                .setTimeMillis(timeMillis)
                .setApproved(approved)
                .build();
    }

    private static List<Change> changes(List<TrialDecision> decisions, TrialEvent.Builder... events) {
        List<Report> reports = record(decisions, events).reports();
        List<Classified> classified = reports.get(reports.size() - 1).outcomes();
        assertThat(classified).hasSize(1);
        return classified.get(0).changes();
    }

    private static TrialRecord record(List<TrialDecision> decisions, TrialEvent.Builder... events) {
        TrialState.Builder state = TrialState.newBuilder()
                .addVersions(version(1, 10))
                .addVersions(version(2, 20))
                .addDecisions(TrialDecision.newBuilder()
                        .setTrialVersion(1)
                        .setApproved(true)
                        .setTimeMillis(11))
                .addAllDecisions(decisions);
        for (TrialEvent.Builder event : events) {
            state.addEvents(event);
        }
        int publications = (int) state.getEventsList().stream()
                .filter(TrialEvent::hasPublication)
                .count();
        return new TrialRecord(
                state.build(),
                List.of(registration("week 12"), registration("week 4")),
                Collections.nCopies(publications, results("week 4")),
                1,
                100);
    }

    private static TrialResultsState results(String timePoint) {
        return TrialResultsState.newBuilder()
                .addResults(TrialResult.newBuilder().setOutcome(outcome(timePoint)))
                .build();
    }

    @Test
    @DisplayName("TRI-6 every publication is held against the registered outcomes, and the gravest of all is told")
    void tri6_everyPublication() {
        TrialRecord twice = record(List.of(), published(30), published(40));
        TrialRecord washed = new TrialRecord(
                twice.state(), twice.versions(), List.of(results("week 4"), results("week 12")), 1, 100);
        assertThat(washed.reports())
                .extracting(report -> report.number() + " " + report.timeMillis() + " " + report.gravest())
                .containsExactly("1 30 TIME_POINT_CHANGED", "2 40 AS_REGISTERED");
        assertThat(washed.gravest()).contains(Change.TIME_POINT_CHANGED);
        assertThat(ReportPage.of(washed))
                .contains("Publication 1", "Publication 2", "time-point-changed", "as-registered");
        assertThat(Timeline.of(washed.state()))
                .filteredOn(step -> step.kind() == Timeline.Kind.PUBLISHED)
                .extracting(Timeline.Step::detail)
                .containsExactly("publication 1", "publication 2");
        assertThat(record(List.of()).gravest()).isEmpty();
    }

    @Test
    @DisplayName(
            "TRI-6 TRI-3 an amendment that the committee did not approve before the cut-off does not count, and is named")
    void tri6_approvedInTime() {
        for (List<TrialDecision> decisions : List.of(
                List.<TrialDecision>of(),
                List.of(decision(21, false)),
                List.of(decision(31, true)),
                List.of(decision(21, true), decision(25, false)),
                List.of(decision(21, false), decision(30, true)))) {
            assertThat(changes(decisions, published(30))).containsExactly(Change.TIME_POINT_CHANGED);
            assertThat(record(decisions, published(30)).unapprovedVersions()).containsExactly(2L);
            assertThat(ReportPage.of(record(decisions, published(30))))
                    .contains("not approved by the ethics committee");
            assertThat(Timeline.of(record(decisions, published(30)).state()))
                    .filteredOn(step -> step.kind() == Timeline.Kind.AMENDED)
                    .allSatisfy(step -> assertThat(step.detail()).contains("version 2", "approved", "count"));
        }
        assertThat(changes(List.of(decision(21, false), decision(29, true)), published(30)))
                .containsExactly(Change.AMENDED);
        assertThat(changes(List.of(decision(21, true), decision(31, false)), published(30)))
                .as("taken back when the results were out")
                .containsExactly(Change.AMENDED);
        assertThat(record(List.of(decision(21, true)), published(30)).unapprovedVersions())
                .isEmpty();
        assertThat(record(List.of(), at(15, TrialMilestone.UNBLINDED)).unapprovedVersions())
                .as("too late, and named as that")
                .isEmpty();
    }

    private static TrialEvent.Builder at(long timeMillis, TrialMilestone milestone) {
        return TrialEvent.newBuilder().setTimeMillis(timeMillis).setMilestone(milestone);
    }

    private static TrialEvent.Builder published(long timeMillis) {
        return TrialEvent.newBuilder().setTimeMillis(timeMillis).setPublication(TrialPublication.getDefaultInstance());
    }

    @Test
    @DisplayName("TRI-6 an amendment counts before the first lock, unblinding or publication, and never from then on")
    void tri6_cutOff() {
        assertThat(changes(published(30))).containsExactly(Change.AMENDED);
        assertThat(changes(at(25, TrialMilestone.DATABASE_LOCKED), published(30)))
                .containsExactly(Change.AMENDED);
        assertThat(changes(at(20, TrialMilestone.DATABASE_LOCKED), published(30)))
                .containsExactly(Change.TIME_POINT_CHANGED);
        assertThat(changes(at(15, TrialMilestone.UNBLINDED), published(30))).containsExactly(Change.TIME_POINT_CHANGED);
        assertThat(changes(published(15), published(30)))
                .as("published, then amended to fit")
                .containsExactly(Change.TIME_POINT_CHANGED);
    }

    @Test
    @DisplayName(
            "TRI-6 results that were published without a lock are told, and amendments that came after the first data")
    void tri6_neverLocked() {
        TrialEvent.Builder locked = at(25, TrialMilestone.DATABASE_LOCKED);
        TrialEvent.Builder unlocked = at(26, TrialMilestone.DATABASE_UNLOCKED);
        List<TrialDecision> approved = List.of(decision(21, true));
        assertThat(record(approved, locked, published(30)).lockedBeforePublication())
                .isTrue();
        assertThat(record(approved, locked, at(27, TrialMilestone.UNBLINDED), published(30))
                        .lockedBeforePublication())
                .isTrue();
        for (TrialRecord never : List.of(
                record(approved, published(30)),
                record(approved, at(25, TrialMilestone.UNBLINDED), published(30)),
                record(approved, locked, unlocked, published(30)),
                record(approved, published(30), at(31, TrialMilestone.DATABASE_LOCKED), published(40)))) {
            assertThat(never.lockedBeforePublication()).isFalse();
            assertThat(ReportPage.of(never)).contains("without a lock");
        }
        assertThat(ReportPage.of(record(approved, locked, published(30)))).doesNotContain("without a lock");
        for (long since : new long[] {15, 20}) {
            TrialRecord late = withData(record(approved, published(30)), since);
            assertThat(late.amendedAfterData()).containsExactly(2L);
            assertThat(ReportPage.of(late)).contains("data were there already: version 2");
        }
        assertThat(withData(record(approved, published(30)), 21).amendedAfterData())
                .isEmpty();
        assertThat(record(approved, published(30)).amendedAfterData()).isEmpty();
    }

    private static TrialRecord withData(TrialRecord record, long sinceMillis) {
        TrialState state = record.state().toBuilder()
                .addDatasets(TrialDatasetEntry.newBuilder().setVersions(1).setSubmittedMillis(sinceMillis))
                .build();
        return new TrialRecord(state, record.versions(), record.publications(), record.height(), record.timeMillis());
    }

    @Test
    @DisplayName("TRI-6 the yardstick is the newest version that counts")
    void tri6_yardstick() {
        assertThat(record(List.of(decision(21, true)), published(30)).yardstick())
                .isEqualTo(registration("week 4"));
        for (TrialRecord first : List.of(
                record(List.of(), published(30)),
                record(List.of(decision(21, true)), at(15, TrialMilestone.DATABASE_LOCKED)))) {
            assertThat(first.yardstick()).isEqualTo(registration("week 12"));
            assertThat(first.yardstickNumber()).isEqualTo(1);
        }
    }
}
