package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.RESEARCHER;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.Problem;
import io.consilium.proto.TrialQueryRequest;
import io.consilium.proto.TrialQueryResponse;
import io.consilium.proto.TrialSubjectChange;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Aggregates with noise, and the budget they are paid from. */
class TrialQueryTest extends TrialAtNode {
    @Test
    @DisplayName("TRI-7 an answer costs its epsilon, a question that cannot be asked costs nothing")
    void tri7_query() throws Exception {
        ByteString trial = approvedTrial("HMB");
        ByteString leaving = enrol(trial, "1.0");
        List<String> lines = new ArrayList<>(List.of("USUBJID,AGE"));
        for (int i = 0; i < 40; i++) {
            lines.add((i == 0 ? ActorName.hex(leaving) : "s" + i) + ",50");
        }
        ByteString dataset = dataset(trial, "ADSL", lines.toArray(new String[0]));
        assertThat(net.refused(
                                RESEARCHER,
                                "TrialQuery",
                                count(trial, dataset, 1_000_000).build())
                        .getCode())
                .isEqualTo("ROLE_REQUIRED");
        Problem unanswerable = net.refused(
                SPONSOR,
                "TrialQuery",
                count(trial, dataset, 1_000_000)
                        .setKind("SUM")
                        .setColumn("WEIGHT")
                        .setLow("0")
                        .setHigh("1")
                        .build());
        assertThat(unanswerable.getCode()).isEqualTo("QUERY_INVALID");
        assertThat(unanswerable.getPath()).isEqualTo("--sum");
        assertThat(unanswerable.getError()).contains("WEIGHT");
        assertThat(state(trial).getSpentMicros()).isZero();

        // With an epsilon of 30 the noise is zero but for one in 10^13.
        TrialQueryResponse counted =
                net.ok(SPONSOR, "TrialQuery", count(trial, dataset, 30_000_000).build(), TrialQueryResponse.parser());
        assertThat(counted.getValues(0)).isEqualTo("40");
        assertThat(counted.getBudgetLeftMicros()).isEqualTo(70_000_000);
        must(
                CLINICIAN,
                trial,
                action -> action.setSubjectChange(
                        TrialSubjectChange.newBuilder().setPseudonym(leaving).setStatus("withdrawn")));
        assertThat(net.ok(
                                SPONSOR,
                                "TrialQuery",
                                count(trial, dataset, 30_000_000).build(),
                                TrialQueryResponse.parser())
                        .getValues(0))
                .as("who withdrew is left out, as the protocol says")
                .isEqualTo("39");
        Problem spent = net.refused(
                SPONSOR, "TrialQuery", count(trial, dataset, 40_000_001).build());
        assertThat(spent.getCode()).isEqualTo("BUDGET_SPENT");
        assertThat(state(trial).getSpentMicros()).isEqualTo(60_000_000);
        assertThat(state(trial).getQueries()).isEqualTo(2);
    }

    @Test
    @DisplayName("TRI-7 of many questions at once as many are answered as the budget pays for")
    void tri7_atOnce() throws Exception {
        ByteString trial = approvedTrial("HMB");
        ByteString dataset = dataset(trial, "DM", "USUBJID,SEX", "1,F", "2,M");
        ExecutorService askers = Executors.newFixedThreadPool(12);
        try {
            List<Future<String>> asked = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                TrialQueryRequest question = count(trial, dataset, 20_000_000).build();
                asked.add(askers.submit(() -> {
                    HttpResponse<byte[]> response = net.call(SPONSOR, "TrialQuery", question);
                    return response.statusCode() == 200
                            ? "answered"
                            : Problem.parseFrom(response.body()).getCode();
                }));
            }
            List<String> outcomes = new ArrayList<>();
            for (Future<String> outcome : asked) {
                outcomes.add(outcome.get(60, TimeUnit.SECONDS));
            }
            assertThat(outcomes).filteredOn("answered"::equals).hasSize(5);
            assertThat(outcomes).filteredOn("BUDGET_SPENT"::equals).hasSize(7);
            assertThat(state(trial).getSpentMicros()).isEqualTo(100_000_000);
        } finally {
            askers.shutdownNow();
        }
    }
}
