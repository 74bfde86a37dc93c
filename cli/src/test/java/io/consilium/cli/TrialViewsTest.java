package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.client.json.JsonWriter;
import io.consilium.client.trial.TrialRecord;
import io.consilium.proto.TrialEvent;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialPublication;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialResult;
import io.consilium.proto.TrialResultsState;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialVersion;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("TRI-6 what was published is shown, with what was found")
class TrialViewsTest {
    private static TrialResultsState results(boolean primary, String finding) {
        return TrialResultsState.newBuilder()
                .setSummary("It works")
                .addResults(TrialResult.newBuilder()
                        .setOutcome(outcome().setPrimary(primary))
                        .setFinding(finding))
                .build();
    }

    private static TrialOutcome.Builder outcome() {
        return TrialOutcome.newBuilder().setName("Pain").setMeasure("VAS").setTimePoint("week 12");
    }

    private static TrialEvent published(long timeMillis) {
        return TrialEvent.newBuilder()
                .setPublication(TrialPublication.getDefaultInstance())
                .setTimeMillis(timeMillis)
                .setActor("helix/researcher")
                .build();
    }

    private final TrialRecord record = new TrialRecord(
            TrialState.newBuilder()
                    .setId(ByteString.copyFrom(new byte[16]))
                    .addVersions(TrialVersion.newBuilder().setNumber(1).setTimeMillis(1))
                    .addEvents(published(10))
                    .addEvents(published(20))
                    .build(),
            List.of(TrialRegistration.newBuilder()
                    .addOutcomes(outcome().setPrimary(true))
                    .build()),
            List.of(results(false, "minus 12 points"), results(true, "minus 3 points")),
            7,
            30);

    @Test
    void everyPublicationWithItsFindings() {
        assertThat(TrialViews.outcomes(record))
                .extracting(
                        item -> item.get("publication") + " " + item.get("classification") + " " + item.get("finding"))
                .containsExactly("1 switched minus 12 points", "2 as-registered minus 3 points");
        assertThat(TrialViews.publications(record))
                .extracting(item -> item.get("gravest") + ": " + item.get("summary"))
                .containsExactly("switched: It works", "as-registered: It works");
        assertThat(JsonWriter.indented(TrialViews.show(record)))
                .contains("minus 12 points", "minus 3 points", "It works");
    }
}
