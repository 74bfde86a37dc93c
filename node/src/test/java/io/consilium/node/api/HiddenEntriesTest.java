package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.OFFICER;
import static io.consilium.node.api.TestNetwork.OPERATOR;
import static io.consilium.node.api.TestNetwork.PRIVACY;
import static io.consilium.node.api.TestNetwork.RESEARCHER;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static io.consilium.node.api.TestNetwork.STRANGER_ADMIN;
import static io.consilium.node.api.TestNetwork.STRANGER_PRIVACY;
import static io.consilium.node.api.TestNetwork.hex;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.proto.AccessState;
import io.consilium.proto.Code;
import io.consilium.proto.ConsentAmend;
import io.consilium.proto.ConsentCheckRequest;
import io.consilium.proto.ConsentCheckResponse;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.Problem;
import io.consilium.proto.RecordState;
import io.consilium.proto.StateRequest;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionRequest;
import io.consilium.proto.TransactionResponse;
import io.consilium.proto.WatchRequest;
import io.consilium.proto.WatchResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is hidden changes nothing that a caller can observe: no count, page, cursor, status or text (PRV-8). The stranger
 * sees one record in three of the patient's, and must not be able to tell that there are more.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HiddenEntriesTest {
    private static final int SEEN = 4;

    private TestNetwork net;
    private ByteString patient;
    private final List<ByteString> seen = new ArrayList<>();
    private final List<ByteString> hidden = new ArrayList<>();

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        net = new TestNetwork(directory);
        patient = net.patient(OFFICER);
        for (int i = 0; i < SEEN; i++) {
            hidden.add(net.record(CLINICIAN, patient, TestNetwork.ciphertext(), new byte[32]));
            seen.add(net.record(CLINICIAN, patient, TestNetwork.ciphertext(), new byte[32]));
            hidden.add(net.record(CLINICIAN, patient, TestNetwork.ciphertext(), new byte[32]));
        }
        net.consent(
                OFFICER, patient, ConsentRule.newBuilder().addActors(STRANGER).addAllRecordIds(seen));
    }

    @AfterAll
    void stop() {
        net.close();
    }

    private ListRequest.Builder listOf(String list, String by) {
        return ListRequest.newBuilder().setList(list).setBy(by);
    }

    private List<ByteString> pages(String as, ListRequest.Builder request, int limit) throws Exception {
        List<ByteString> items = new ArrayList<>();
        String cursor = "";
        do {
            ListResponse page =
                    net.ok(as, "List", request.setLimit(limit).setCursor(cursor).build(), ListResponse.parser());
            assertThat(page.getItemsCount())
                    .as("a page is full while more follow")
                    .isGreaterThan(0);
            assertThat(page.getItemsCount() == limit || page.getNextCursor().isEmpty())
                    .isTrue();
            items.addAll(page.getItemsList());
            cursor = page.getNextCursor();
        } while (!cursor.isEmpty());
        return items;
    }

    @Test
    @DisplayName("PRV-8 pages are full of what is seen, and the last one has no cursor though hidden records follow")
    void prv8_pages() throws Exception {
        for (int limit = 1; limit <= SEEN + 1; limit++) {
            List<ByteString> ids = new ArrayList<>();
            for (ByteString item : pages(STRANGER, listOf("records", "patient/" + hex(patient)), limit)) {
                ids.add(RecordState.parseFrom(item).getId());
            }
            assertThat(ids).as("limit %s", limit).isEqualTo(seen);
        }
        assertThat(pages(CLINICIAN, listOf("records", "patient/" + hex(patient)), 100))
                .hasSize(3 * SEEN);
    }

    @Test
    @DisplayName("PRV-8 a hidden record, an unknown one and a malformed id answer with the same bytes")
    void prv8_errors() throws Exception {
        for (String kind : List.of("record/", "access/", "consent/", "patient/")) {
            ByteString there = kind.equals("patient/") ? patient : hidden.get(0);
            for (String as : List.of(RESEARCHER, OPERATOR, STRANGER_ADMIN)) {
                var known = net.call(
                        as,
                        "State",
                        StateRequest.newBuilder().setKey(kind + hex(there)).build());
                var unknown = net.call(
                        as,
                        "State",
                        StateRequest.newBuilder().setKey(kind + hex(id())).build());
                assertThat(known.statusCode()).isEqualTo(404);
                assertThat(known.body()).isEqualTo(unknown.body());
            }
        }
        var known = net.call(
                STRANGER,
                "State",
                StateRequest.newBuilder().setKey("record/" + hex(hidden.get(0))).build());
        var unknown = net.call(
                STRANGER,
                "State",
                StateRequest.newBuilder().setKey("record/" + hex(id())).build());
        assertThat(known.body()).isEqualTo(unknown.body());
        for (String list : List.of("records", "accesses", "consents", "log")) {
            Problem ofKnown = net.refused(
                    RESEARCHER, "List", listOf(list, "patient/" + hex(patient)).build());
            Problem ofUnknown = net.refused(
                    RESEARCHER, "List", listOf(list, "patient/" + hex(id())).build());
            assertThat(ofKnown).as(list).isEqualTo(ofUnknown);
        }
    }

    @Test
    @DisplayName("PRV-8 what is hidden and what is not there are answered at the same steps of time")
    void prv8_time() throws Exception {
        for (ByteString record : List.of(hidden.get(0), id())) {
            assertStepped(
                    STRANGER,
                    "State",
                    StateRequest.newBuilder().setKey("record/" + hex(record)).build());
        }
        for (ByteString whose : List.of(patient, id())) {
            assertStepped(
                    RESEARCHER,
                    "List",
                    listOf("records", "patient/" + hex(whose)).build());
        }
    }

    /** No answer of "not found" leaves before the first step, however little there was to do. */
    private void assertStepped(String as, String method, com.google.protobuf.Message request) throws Exception {
        long start = System.nanoTime();
        assertThat(net.refused(as, method, request).getCode()).isEqualTo("NOT_FOUND");
        assertThat(System.nanoTime() - start)
                .isGreaterThanOrEqualTo(
                        java.util.concurrent.TimeUnit.MILLISECONDS.toNanos(ConsiliumService.NOT_FOUND_STEP_MILLIS));
    }

    @Test
    @DisplayName("PRV-8 consent check tells nothing of a hidden record that it would not of none")
    void prv8_consentCheck() throws Exception {
        ConsentCheckRequest.Builder check = ConsentCheckRequest.newBuilder()
                .setPatientId(patient)
                .setBy(STRANGER)
                .setPurpose("TREAT");
        for (String as : List.of(STRANGER, STRANGER_PRIVACY, RESEARCHER)) {
            var ofHidden = net.call(
                    as, "ConsentCheck", check.setRecordId(hidden.get(0)).build());
            var ofNone = net.call(as, "ConsentCheck", check.setRecordId(id()).build());
            assertThat(ofHidden.statusCode()).as(as).isEqualTo(ofNone.statusCode());
            if (ofHidden.statusCode() == 200) {
                ConsentCheckResponse answer = ConsentCheckResponse.parseFrom(ofHidden.body());
                assertThat(answer.getDecision())
                        .isEqualTo(ConsentCheckResponse.parseFrom(ofNone.body()).getDecision());
            } else {
                assertThat(ofHidden.body()).isEqualTo(ofNone.body());
            }
        }
    }

    @Test
    @DisplayName(
            "PRV-8 a question about another patient's record answers like one about none, whoever's patient one names")
    void prv8_checkOfAnotherPatientsRecord() throws Exception {
        ByteString theirs = net.patient(STRANGER_ADMIN);
        ByteString record = net.record(STRANGER, theirs, TestNetwork.ciphertext(), new byte[32]);
        ConsentCheckRequest.Builder check = ConsentCheckRequest.newBuilder()
                .setPatientId(patient)
                .setBy(CLINICIAN)
                .setPurpose("TREAT");
        var ofTheirs =
                net.call(CLINICIAN, "ConsentCheck", check.setRecordId(record).build());
        var ofNone = net.call(CLINICIAN, "ConsentCheck", check.setRecordId(id()).build());
        assertThat(ofTheirs.statusCode()).isEqualTo(404).isEqualTo(ofNone.statusCode());
        assertThat(ofTheirs.body()).isEqualTo(ofNone.body());
    }

    @Test
    @DisplayName("PRV-8 a request for a hidden record and one for none leave the same receipt, and the same line")
    void prv8_requests() throws Exception {
        ByteString ofHidden = net.access(STRANGER, hidden.get(0));
        ByteString ofNone = net.access(STRANGER, id());
        List<AccessState> lines = new ArrayList<>();
        for (ByteString item : pages(STRANGER, listOf("accesses", "member/" + STRANGER), 100)) {
            AccessState access = AccessState.parseFrom(item);
            if (access.getId().equals(ofHidden) || access.getId().equals(ofNone)) {
                lines.add(access);
            }
        }
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).getDecision()).isEqualTo(lines.get(1).getDecision());
        assertThat(lines.get(0).getCustodian())
                .as("who keeps it")
                .isEqualTo(lines.get(1).getCustodian());
        assertThat(lines.get(0).getPatientId())
                .as("whose it is")
                .isEqualTo(lines.get(1).getPatientId());
        assertThat(lines.get(0).getRecordVersion())
                .as("how many versions it has")
                .isEqualTo(lines.get(1).getRecordVersion());
    }

    @Test
    @DisplayName("PRV-8 labels select among what is seen alone")
    void prv8_labels() throws Exception {
        ListRequest.Builder wanted = listOf("records", "patient/" + hex(patient))
                .addLabels(Code.newBuilder().setSystem("http://loinc.org").setCode("1-1"));
        assertThat(net.refused(STRANGER, "List", wanted.build()).getCode()).isEqualTo("NOT_FOUND");
        assertThat(net.ok(CLINICIAN, "List", wanted.build(), ListResponse.parser())
                        .getItemsList())
                .isEmpty();
        Problem known = net.refused(RESEARCHER, "List", wanted.build());
        Problem unknown = net.refused(
                RESEARCHER, "List", wanted.setBy("patient/" + hex(id())).build());
        assertThat(known).isEqualTo(unknown);
        assertThat(net.refused(
                                CLINICIAN,
                                "List",
                                wanted.setList("consents")
                                        .setBy("patient/" + hex(patient))
                                        .build())
                        .getCode())
                .isEqualTo("MALFORMED_REQUEST");
    }

    @Test
    @DisplayName("ACC-4 PRV-8 the log is for the patient and those who give account of it")
    void acc4_log() throws Exception {
        net.access(STRANGER, seen.get(0));
        assertThat(pages(PRIVACY, listOf("log", "patient/" + hex(patient)), 100))
                .isNotEmpty();
        assertThat(pages(hex(patient), listOf("log", "patient/" + hex(patient)), 100))
                .isNotEmpty();
        assertThat(net.refused(
                                CLINICIAN,
                                "List",
                                listOf("log", "patient/" + hex(patient)).build())
                        .getCode())
                .isEqualTo("ROLE_REQUIRED");
        assertThat(net.refused(
                                STRANGER_PRIVACY,
                                "List",
                                listOf("log", "patient/" + hex(patient)).build())
                        .getCode())
                .isEqualTo("NOT_FOUND");
    }

    @Test
    @DisplayName("PRV-8 INT-3 events are told once each, from any place on, and hidden ones not at all")
    void prv8_watch() throws Exception {
        String cursor = watch(PRIVACY, "").getNextCursor();
        String stranger = watch(RESEARCHER, "").getNextCursor();
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            made.add(hex(net.access(STRANGER, seen.get(0))));
        }
        WatchResponse all = watch(PRIVACY, cursor);
        assertThat(all.getEventsList()).extracting(event -> event.getObject()).isEqualTo(made);
        for (int i = 0; i < made.size(); i++) {
            assertThat(watch(PRIVACY, all.getEvents(i).getCursor()).getEventsList())
                    .extracting(event -> event.getObject())
                    .as("after event %s", i)
                    .isEqualTo(made.subList(i + 1, made.size()));
        }
        assertThat(watch(RESEARCHER, stranger).getEventsList()).isEmpty();
        assertThat(net.refused(
                                RESEARCHER,
                                "Watch",
                                WatchRequest.newBuilder().setCursor(cursor).build())
                        .getCode())
                .isEqualTo("MALFORMED_REQUEST");
    }

    @Test
    @DisplayName("CON-6 INT-3 whom an amendment leaves out is told that the grant ended; who was never named is not")
    void con6_whoIsLeftOutIsTold() throws Exception {
        ByteString own = net.patient(OFFICER);
        String researcher = watch(RESEARCHER, "").getNextCursor();
        String stranger = watch(STRANGER, "").getNextCursor();
        String operator = watch(OPERATOR, "").getNextCursor();
        ByteString consent = id();
        net.commit(
                OFFICER,
                TransactionBody.newBuilder()
                        .setConsentGrant(ConsentGrant.newBuilder()
                                .setConsentId(consent)
                                .setPatientId(own)
                                .setTerms(permitTo(RESEARCHER))
                                .setEvidenceHash(ByteString.copyFrom(new byte[32]))));
        net.commit(
                OFFICER,
                TransactionBody.newBuilder()
                        .setConsentAmend(ConsentAmend.newBuilder()
                                .setConsentId(consent)
                                .setPredecessor(1)
                                .setTerms(permitTo(PRIVACY))
                                .setEvidenceHash(ByteString.copyFrom(new byte[32]))));
        assertThat(watch(RESEARCHER, researcher).getEventsList())
                .extracting(event -> event.getType())
                .containsExactly("consent.granted", "consent.amended");
        assertThat(watch(STRANGER, stranger).getEventsList()).isEmpty();
        assertThat(watch(OPERATOR, operator).getEventsList())
                .as("of the custodian, in no role that reads consents")
                .isEmpty();
    }

    @Test
    @DisplayName("PRV-8 CON-1 a record that an exception permits for its rule's purpose is listed")
    void prv8_permittedByAnException() throws Exception {
        ByteString own = net.patient(OFFICER);
        ByteString record = net.record(CLINICIAN, own, TestNetwork.ciphertext(), new byte[32]);
        net.commit(
                OFFICER,
                TransactionBody.newBuilder()
                        .setConsentGrant(ConsentGrant.newBuilder()
                                .setConsentId(id())
                                .setPatientId(own)
                                .setTerms(ConsentTerms.newBuilder()
                                        .addRules(ConsentRule.newBuilder()
                                                .addPurposes("HRESCH")
                                                .addExceptions(ConsentRule.newBuilder()
                                                        .setPermit(true)
                                                        .addActors(RESEARCHER))))
                                .setEvidenceHash(ByteString.copyFrom(new byte[32]))));
        assertThat(pages(RESEARCHER, listOf("records", "patient/" + hex(own)), 10))
                .extracting(item -> RecordState.parseFrom(item).getId())
                .containsExactly(record);
    }

    private static ConsentTerms.Builder permitTo(String grantee) {
        return ConsentTerms.newBuilder()
                .addRules(ConsentRule.newBuilder().setPermit(true).addActors(grantee));
    }

    private WatchResponse watch(String as, String cursor) throws Exception {
        return net.ok(as, "Watch", WatchRequest.newBuilder().setCursor(cursor).build(), WatchResponse.parser());
    }

    @Test
    @DisplayName("PRV-8 a hidden transaction and an unknown one answer alike")
    void prv8_transactions() throws Exception {
        net.access(STRANGER, hidden.get(0));
        AccessState access = AccessState.parseFrom(
                pages(PRIVACY, listOf("log", "patient/" + hex(patient)), 1).get(0));
        TransactionResponse known = transaction(RESEARCHER, access.getTxId());
        assertThat(known).isEqualTo(transaction(RESEARCHER, ByteString.copyFrom(new byte[32])));
        assertThat(transaction(PRIVACY, access.getTxId()).getReceiptProof()).isNotEqualTo(ByteString.EMPTY);
    }

    private TransactionResponse transaction(String as, ByteString txId) throws Exception {
        return net.ok(
                as, "Transaction", TransactionRequest.newBuilder().setTxId(txId).build(), TransactionResponse.parser());
    }
}
