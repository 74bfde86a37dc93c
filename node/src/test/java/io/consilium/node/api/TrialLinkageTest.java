package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialQueryResponse;
import io.consilium.proto.TrialRegister;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialRelease;
import io.consilium.proto.TrialReleaseRequest;
import io.consilium.proto.TrialReleaseResponse;
import io.consilium.proto.WithdrawalRule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A release beside earlier ones: what they would tell together. */
class TrialLinkageTest extends TrialAtNode {
    @Test
    @DisplayName("TRI-7 a release that differs by few subjects from one of another dataset is refused")
    void tri7_differenceBetweenDatasets() throws Exception {
        ByteString trial = approvedTrial("HMB");
        ByteString adsl =
                dataset(trial, "ADSL", "USUBJID,SEX", "S1,F", "S2, F", "s3 ,F ", "S4,F", "S5,M", "S6,M", "S7,M");
        ByteString dm =
                dataset(trial, "DM", "usubjid,sex,arm", "s2,F,A", "s3,F,A", "s4,F,A", "s5,M,B", "s6,M,B", "s7,M,B");
        TrialReleaseResponse all =
                net.ok(SPONSOR, "TrialRelease", release(trial, adsl, "SEX").build(), TrialReleaseResponse.parser());
        assertThat(all.getContent().toStringUtf8())
                .as("what the check takes for one value is printed as one")
                .isEqualTo("SEX\r\nF\r\nF\r\nF\r\nF\r\nM\r\nM\r\nM\r\n");
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, dm, "sex"));
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, dm, "arm").addColumns("SEX"));
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, dm, "arm"));
        ByteString arms = dataset(
                trial,
                "ARMS",
                "USUBJID,ARM,GENDER",
                "s1,A,F",
                "s2,A,F",
                "s3,A,F",
                "s4,A,F",
                "s5,B,M",
                "s6,B,M",
                "s7,B,M");
        net.ok(SPONSOR, "TrialRelease", release(trial, arms, "ARM").build(), TrialReleaseResponse.parser());
        ByteString renamed = dataset(trial, "DM2", "USUBJID,GENDER", "s2,f", "s3,f", "s4,f", "s5,m", "s6,m", "s7,m");
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, renamed, "GENDER"));
    }

    @Test
    @DisplayName("TRI-7 of three releases that are safe in pairs the last is refused, in whichever order they come")
    void tri7_differenceOverThreeReleases() throws Exception {
        for (List<String> order : List.of(List.of("POOL", "A", "B"), List.of("A", "B", "POOL"))) {
            ByteString trial = approvedTrial("HMB");
            int asked = 0;
            for (String name : order) {
                TrialReleaseRequest.Builder release = release(
                        trial,
                        dataset(
                                trial,
                                name,
                                switch (name) {
                                    case "A" -> people(site("a", 8, 8));
                                    case "B" -> people(site("b", 4, 4));
                                    default -> people(site("a", 8, 8), site("b", 4, 4), site("c", 1, 0));
                                }),
                        "SEX");
                if (++asked < order.size()) {
                    net.ok(SPONSOR, "TrialRelease", release.build(), TrialReleaseResponse.parser());
                } else {
                    refusedWithoutNumbers("CELLS_TOO_SMALL", release);
                }
            }
        }
    }

    @Test
    @DisplayName(
            "TRI-7 of people whom two datasets name differently no measure is released twice, which would join them")
    void tri7_otherNames() throws Exception {
        for (int enrolled : List.of(0, 6)) {
            ByteString trial = approvedTrial("HMB");
            List<String> names = new ArrayList<>();
            enrol(trial, enrolled).forEach(subject -> names.add(ActorName.hex(subject)));
            List<String> adsl = new ArrayList<>(List.of("USUBJID,SEX,WEIGHT"));
            List<String> dm = new ArrayList<>(List.of("SUBJID,ARM,WEIGHT"));
            List<String> vs = new ArrayList<>(List.of("USUBJID,POSITION,WEIGHT"));
            for (int i = 0; i < 6; i++) {
                String name = enrolled == 0 ? "01-701-" + i : names.get(i);
                adsl.add(name + (i < 3 ? ",F," : ",M,") + (60 + i) + ".5");
                dm.add(i + (i % 2 == 0 ? ",A," : ",B,") + (60 + i) + ".5");
                vs.add(name + ",S," + (60 + i) + ".5");
            }
            ByteString first = dataset(trial, "ADSL", adsl.toArray(new String[0]));
            ByteString second = dataset(trial, "DM", dm.toArray(new String[0]));
            ByteString sameNames = dataset(trial, "VS", vs.toArray(new String[0]));
            net.ok(
                    SPONSOR,
                    "TrialRelease",
                    release(trial, first, "SEX").addColumns("WEIGHT").build(),
                    TrialReleaseResponse.parser());
            refusedWithoutNumbers(
                    "CELLS_TOO_SMALL", release(trial, second, "ARM").addColumns("WEIGHT"));
            net.ok(
                    SPONSOR,
                    "TrialRelease",
                    release(trial, sameNames, "POSITION").addColumns("WEIGHT").build(),
                    TrialReleaseResponse.parser());
            net.ok(SPONSOR, "TrialRelease", release(trial, second, "ARM").build(), TrialReleaseResponse.parser());
        }
    }

    private static List<String> site(String name, int women, int men) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < women + men; i++) {
            lines.add(name + i + (i < women ? ",F" : ",M"));
        }
        return lines;
    }

    @SafeVarargs
    private static String[] people(List<String>... sites) {
        List<String> lines = new ArrayList<>(List.of("USUBJID,SEX"));
        List.of(sites).forEach(lines::addAll);
        return lines.toArray(new String[0]);
    }

    @Test
    @DisplayName(
            "TRI-7 a release is compared with what an earlier one showed, not with what was so when that was committed")
    void tri7_withdrawalBetweenCheckAndCommit() throws Exception {
        ByteString trial = approvedTrial("HMB");
        List<ByteString> leaving = enrol(trial, 4);
        ByteString dataset = sexes(trial, leaving);
        withdraw(trial, leaving.subList(0, 3));
        long judged;
        try (StateView view = StateView.open(net.node().gateway())) {
            judged = view.tipMillis();
        }
        // the node looked at the data, then somebody withdrew, then its release was committed
        withdraw(trial, leaving.subList(3, 4));
        TransactionBody.Builder late = TransactionBody.newBuilder()
                .setTrial(TrialAction.newBuilder()
                        .setTrialId(trial)
                        .setRelease(TrialRelease.newBuilder()
                                .setReleaseId(id())
                                .setDatasetId(dataset)
                                .setDatasetVersion(1)
                                .addQuasiIdentifiers("SEX")
                                .setContentHash(random32())
                                .setRequestedBy(SPONSOR)
                                .setAsOfMillis(judged)));
        byte[] signed = net.signed("st-mary", net.institutionKey("st-mary"), net.chainId(), late);
        assertThat(net.submit(SPONSOR, signed).getState()).isEqualTo("COMMITTED");
        assertThat(state(trial).getReleasesCount()).isEqualTo(1);
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, dataset, "SEX"));
    }

    @Test
    @DisplayName("TRI-7 TRI-3 who was left in by an earlier protocol is not taken as left out of what it released")
    void tri7_otherWithdrawalRule() throws Exception {
        TrialRegistration.Builder keeping =
                registration("1.0", "HMB").setWithdrawalRule(WithdrawalRule.KEEP_EARLIER_DATA);
        ByteString trial = id();
        must(
                SPONSOR,
                trial,
                action -> action.setRegister(TrialRegister.newBuilder().setRegistration(keeping)));
        approve(trial, keeping);
        List<ByteString> leaving = enrol(trial, 4);
        ByteString dataset = sexes(trial, leaving);
        withdraw(trial, leaving);
        net.ok(SPONSOR, "TrialRelease", release(trial, dataset, "SEX").build(), TrialReleaseResponse.parser());
        TrialRegistration.Builder excluding = registration("2.0", "HMB");
        amend(trial, excluding);
        approve(trial, excluding);
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, dataset, "SEX"));
    }

    @Test
    @DisplayName("TRI-7 TRI-4 who left under a rule that excludes its data stays out of what an amendment would keep")
    void tri7_withdrawalRuleIsKept() throws Exception {
        ByteString trial = approvedTrial("HMB");
        List<ByteString> leaving = enrol(trial, 4);
        ByteString dataset = sexes(trial, leaving);
        withdraw(trial, leaving);
        TrialRegistration.Builder keeping =
                registration("2.0", "HMB").setWithdrawalRule(WithdrawalRule.KEEP_EARLIER_DATA);
        amend(trial, keeping);
        approve(trial, keeping);
        assertThat(net.ok(
                                SPONSOR,
                                "TrialQuery",
                                count(trial, dataset, 30_000_000).build(),
                                TrialQueryResponse.parser())
                        .getValues(0))
                .isEqualTo("6");
        assertThat(net.ok(
                                SPONSOR,
                                "TrialRelease",
                                release(trial, dataset, "SEX").build(),
                                TrialReleaseResponse.parser())
                        .getContent()
                        .toStringUtf8())
                .isEqualTo("SEX\r\nF\r\nF\r\nF\r\nM\r\nM\r\nM\r\n");
    }

    /** Three women and three men who stay, and the women and one man who leave. */
    private ByteString sexes(ByteString trial, List<ByteString> leaving) throws Exception {
        List<String> lines = new ArrayList<>(List.of("USUBJID,SEX", "a,F", "b,F", "c,F", "d,M", "e,M", "f,M"));
        for (int i = 0; i < leaving.size(); i++) {
            lines.add(ActorName.hex(leaving.get(i)) + (i < leaving.size() - 1 ? ",F" : ",M"));
        }
        return dataset(trial, "ADSL", lines.toArray(new String[0]));
    }
}
