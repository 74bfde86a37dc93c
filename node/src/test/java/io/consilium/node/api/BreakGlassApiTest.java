package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.ADMIN;
import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.INSPECTOR;
import static io.consilium.node.api.TestNetwork.OFFICER;
import static io.consilium.node.api.TestNetwork.PRIVACY;
import static io.consilium.node.api.TestNetwork.RESEARCHER;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static io.consilium.node.api.TestNetwork.STRANGER_ADMIN;
import static io.consilium.node.api.TestNetwork.STRANGER_PRIVACY;
import static io.consilium.node.api.TestNetwork.hex;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.node.api.Caller.Member;
import io.consilium.proto.AccessState;
import io.consilium.proto.Activity;
import io.consilium.proto.BreakGlass;
import io.consilium.proto.BreakGlassReview;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.DiscloseRequest;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.PatientState;
import io.consilium.proto.RationaleKeyRequest;
import io.consilium.proto.RationaleKeyResponse;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.WatchEvent;
import io.consilium.proto.WatchRequest;
import io.consilium.proto.WatchResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Who learns what of a break-glass through the API (ACC-3, PRV-8). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BreakGlassApiTest {
    private static final byte[] KEY = new byte[32];

    private TestNetwork net;
    private ByteString patient;
    private ByteString record;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        net = new TestNetwork(directory);
        patient = net.patient(OFFICER);
        record = net.record(CLINICIAN, patient, TestNetwork.ciphertext(), new byte[32]);
    }

    @AfterAll
    void stop() {
        net.close();
    }

    private static ListRequest listOf(String list, String by) {
        return ListRequest.newBuilder().setList(list).setBy(by).build();
    }

    private List<ByteString> list(String as, String list, String by) throws Exception {
        return net.ok(as, "List", listOf(list, by), ListResponse.parser()).getItemsList();
    }

    private ByteString open() throws Exception {
        ByteString id = id();
        net.commit(
                STRANGER,
                TransactionBody.newBuilder()
                        .setBreakGlass(BreakGlass.newBuilder()
                                .setAccessId(id)
                                .setPatientId(patient)
                                .setSealedRationale(ByteString.copyFromUtf8("sealed"))
                                .addRationaleKey(net.sealed("riverside", KeyEnvelope.Use.RATIONALE_KEY, id, KEY))
                                .addRationaleKey(net.sealed("st-mary", KeyEnvelope.Use.RATIONALE_KEY, id, KEY))));
        return id;
    }

    private void review(ByteString id) throws Exception {
        net.commit(
                PRIVACY,
                TransactionBody.newBuilder()
                        .setBreakGlassReview(BreakGlassReview.newBuilder()
                                .setAccessId(id)
                                .setSealedNote(ByteString.copyFromUtf8("sealed"))));
    }

    @Test
    @DisplayName(
            "ACC-3 a clinician learns the custodians alone; who is no clinician learns not even whether there are any")
    void acc3_custodians() throws Exception {
        List<ByteString> custodians = list(STRANGER, "custodians", "patient/" + hex(patient));
        assertThat(custodians).hasSize(1);
        assertThat(InstitutionState.parseFrom(custodians.get(0)).getId()).isEqualTo("st-mary");
        assertThat(net.refused(STRANGER, "List", listOf("custodians", "patient/" + hex(id())))
                        .getCode())
                .isEqualTo("NOT_FOUND");
        assertThat(net.refused(STRANGER, "List", listOf("patients", "patient/" + hex(patient)))
                        .getCode())
                .isEqualTo("MALFORMED_REQUEST");
        for (String other : List.of(RESEARCHER, STRANGER_PRIVACY, STRANGER_ADMIN, INSPECTOR)) {
            var known = net.refused(other, "List", listOf("custodians", "patient/" + hex(patient)));
            assertThat(known.getCode()).as(other).isEqualTo("ROLE_REQUIRED");
            assertThat(known).isEqualTo(net.refused(other, "List", listOf("custodians", "patient/" + hex(id()))));
        }
    }

    @Test
    @DisplayName(
            "ACC-3 PRV-8 the records are seen while the glass is broken; the log by custodian and actor's side alone")
    void acc3_whoSees() throws Exception {
        StateRequest state =
                StateRequest.newBuilder().setKey("record/" + hex(record)).build();
        assertThat(net.refused(STRANGER, "State", state).getCode()).isEqualTo("NOT_FOUND");
        ByteString glass = open();
        assertThat(net.ok(STRANGER, "State", state, StateResponse.parser()).getFound())
                .isTrue();
        assertThat(list(STRANGER, "records", "patient/" + hex(patient))).hasSize(1);
        assertThat(net.refused(STRANGER_PRIVACY, "State", state).getCode()).isEqualTo("NOT_FOUND");

        StateRequest access =
                StateRequest.newBuilder().setKey("access/" + hex(glass)).build();
        for (String as : List.of(PRIVACY, OFFICER, STRANGER, STRANGER_PRIVACY, hex(patient))) {
            assertThat(net.ok(as, "State", access, StateResponse.parser()).getFound())
                    .as(as)
                    .isTrue();
        }
        for (String as : List.of(RESEARCHER, STRANGER_ADMIN, INSPECTOR)) {
            assertThat(net.refused(as, "State", access).getCode()).as(as).isEqualTo("NOT_FOUND");
        }
        assertThat(net.refused(
                                STRANGER,
                                "Disclose",
                                DiscloseRequest.newBuilder().setAccessId(glass).build())
                        .getCode())
                .isEqualTo("NOTHING_TO_DISCLOSE");
        review(glass);
        assertThat(net.refused(STRANGER, "State", state).getCode()).isEqualTo("NOT_FOUND");
    }

    @Test
    @DisplayName("ACC-3 pending reviews are listed to both institutions until the review is made")
    void acc3_pendingReviews() throws Exception {
        ByteString glass = open();
        for (String as : List.of(PRIVACY, STRANGER_PRIVACY)) {
            List<ByteString> pending = list(as, "reviews", "");
            assertThat(pending).hasSize(1);
            AccessState access = AccessState.parseFrom(pending.get(0));
            assertThat(access.getId()).isEqualTo(glass);
            assertThat(access.getDecision().getOutcome()).isEqualTo(DecisionOutcome.PERMIT);
            assertThat(access.getBreakGlass().getReviewDueMillis()).isGreaterThan(0);
        }
        assertThat(list(STRANGER_ADMIN, "reviews", "")).isEmpty();
        assertThat(list(RESEARCHER, "reviews", "")).isEmpty();
        review(glass);
        assertThat(list(PRIVACY, "reviews", "")).isEmpty();
        assertThat(list(STRANGER_PRIVACY, "reviews", "")).isEmpty();
    }

    @Test
    @DisplayName(
            "ACC-3 whose custodians are not active any more is listed to who has the patient now, once, to nobody else")
    void acc3_fallenToAnother() throws Exception {
        ByteString glass = open();
        listedToHelixAlone(glass, Set.of("st-mary"), List.of("helix", "medwatch", "riverside"));
        listedToHelixAlone(glass, Set.of("st-mary", "riverside"), List.of("helix", "medwatch"));
        review(glass);
    }

    /** And to the institution of whoever broke the glass, while that is active. */
    private void listedToHelixAlone(ByteString glass, Set<String> suspended, List<String> asking) throws Exception {
        try (StateView view = StateView.open(net.node().gateway())) {
            LedgerState now = new LedgerState(key -> suspendedAndGone(view, suspended, key));
            for (String institution : asking) {
                Member officer = new Member(
                        institution + "/privacy", institution, Set.of("PRIVACY_OFFICER"), Set.of("PROVIDER"));
                ApiPolicy policy = new ApiPolicy(now, new RecordDecisions(), view.tipMillis());
                ListResponse page = new AccessScans(officer, policy, new StateView(view.chain(), now))
                        .reviews(Selector.parse(""))
                        .page(view, Optional.empty(), new Scan.Bounds(10, 1_000), key -> "");
                List<ByteString> ids = new ArrayList<>();
                for (ByteString item : page.getItemsList()) {
                    ids.add(AccessState.parseFrom(item).getId());
                }
                assertThat(ids).as(institution).isEqualTo(institution.equals("medwatch") ? List.of() : List.of(glass));
            }
        }
    }

    /** As it is, but that some are suspended, and the patient is with helix. */
    private Optional<byte[]> suspendedAndGone(StateView view, Set<String> suspended, StateKey key) {
        try {
            Optional<byte[]> value = view.chain().latest().get(key);
            if (suspended.stream().anyMatch(each -> key.equals(StateKeys.institution(each)))) {
                return Optional.of(InstitutionState.parseFrom(value.orElseThrow()).toBuilder()
                        .setActivity(Activity.SUSPENDED)
                        .build()
                        .toByteArray());
            }
            if (key.equals(StateKeys.patient(patient))) {
                return Optional.of(PatientState.parseFrom(value.orElseThrow()).toBuilder()
                        .clearCustodians()
                        .addCustodians("helix")
                        .build()
                        .toByteArray());
            }
            return value;
        } catch (InvalidProtocolBufferException malformed) {
            throw new AssertionError(malformed);
        }
    }

    @Test
    @DisplayName("ACC-3 the rationale opens to privacy officers that it is sealed to, at their own node")
    void acc3_rationale() throws Exception {
        ByteString glass = open();
        RationaleKeyRequest request =
                RationaleKeyRequest.newBuilder().setAccessId(glass).build();
        RationaleKeyResponse response = net.ok(PRIVACY, "RationaleKey", request, RationaleKeyResponse.parser());
        assertThat(KeyEnvelope.open(
                        KeyEnvelope.Use.RATIONALE_KEY,
                        glass.toByteArray(),
                        net.person(PRIVACY).encryption().privateKey(),
                        response.getRationaleKey().getEnvelope().toByteArray()))
                .isEqualTo(KEY);
        assertThat(response.getSealedRationale()).isEqualTo(ByteString.copyFromUtf8("sealed"));
        assertThat(net.refused(STRANGER_PRIVACY, "RationaleKey", request).getCode())
                .isEqualTo("WRONG_NODE");
        assertThat(net.refused(OFFICER, "RationaleKey", request).getCode()).isEqualTo("ROLE_REQUIRED");
        assertThat(net.refused(ADMIN, "RationaleKey", request).getCode()).isEqualTo("ROLE_REQUIRED");
        for (String as : List.of(RESEARCHER, INSPECTOR, STRANGER_ADMIN)) {
            assertThat(net.refused(as, "RationaleKey", request).getCode()).isEqualTo("NOT_FOUND");
        }
        review(glass);
    }

    @Test
    @DisplayName("ACC-3 the custodian's and the actor's privacy officers are told by event, nobody else")
    void acc3_notice() throws Exception {
        String before = net.ok(PRIVACY, "Watch", WatchRequest.getDefaultInstance(), WatchResponse.parser())
                .getNextCursor();
        String elsewhere = net.ok(STRANGER_PRIVACY, "Watch", WatchRequest.getDefaultInstance(), WatchResponse.parser())
                .getNextCursor();
        String stranger = net.ok(INSPECTOR, "Watch", WatchRequest.getDefaultInstance(), WatchResponse.parser())
                .getNextCursor();
        ByteString glass = open();
        review(glass);
        for (WatchResponse told : List.of(watch(PRIVACY, before), watch(STRANGER_PRIVACY, elsewhere))) {
            assertThat(told.getEventsList())
                    .filteredOn(event -> event.getObject().equals(hex(glass)))
                    .extracting(WatchEvent::getType)
                    .containsExactly("access.break-glass", "access.reviewed");
        }
        assertThat(watch(INSPECTOR, stranger).getEventsList()).isEmpty();
    }

    private WatchResponse watch(String as, String cursor) throws Exception {
        return net.ok(as, "Watch", WatchRequest.newBuilder().setCursor(cursor).build(), WatchResponse.parser());
    }
}
