package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.OFFICER;
import static io.consilium.node.api.TestNetwork.PRIVACY;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static io.consilium.node.api.TestNetwork.STRANGER_ADMIN;
import static io.consilium.node.api.TestNetwork.hex;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.proto.CustodyRequest;
import io.consilium.proto.CustodyResponse;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.MrnIndexRequest;
import io.consilium.proto.MrnIndexResponse;
import io.consilium.proto.PatientTransfer;
import io.consilium.proto.RecordHandOver;
import io.consilium.proto.RecordState;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransferAnswer;
import io.consilium.proto.TransferHandOver;
import io.consilium.proto.TransferOffer;
import io.consilium.proto.TransferReceived;
import io.consilium.proto.WatchEvent;
import io.consilium.proto.WatchRequest;
import io.consilium.proto.WatchResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the giving custodian's node does, and who sees what of a transfer (ID-3, PRV-8). */
class PatientTransferTest {
    private TestNetwork net;
    private ByteString patient;
    private ByteString record;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        net = new TestNetwork(directory);
        patient = net.patient(OFFICER);
        record = net.record(CLINICIAN, patient, TestNetwork.ciphertext(), new byte[32]);
    }

    @AfterEach
    void stop() {
        net.close();
    }

    private void commit(String as, PatientTransfer.Builder step) throws Exception {
        net.commit(as, TransactionBody.newBuilder().setPatientTransfer(step.setPatientId(patient)));
    }

    private void offer() throws Exception {
        offer(OFFICER, "riverside");
    }

    private void offer(String as, String to) throws Exception {
        commit(
                as,
                PatientTransfer.newBuilder()
                        .setOffer(TransferOffer.newBuilder().setTo(to).setEvidenceHash(evidence())));
    }

    private CustodyResponse handedOver() throws Exception {
        return net.ok(PRIVACY, "Custody", handOver(), CustodyResponse.parser());
    }

    private RecordState moved() throws Exception {
        StateRequest request =
                StateRequest.newBuilder().setKey("record/" + hex(record)).build();
        return RecordState.parseFrom(
                net.ok(STRANGER, "State", request, StateResponse.parser()).getValue());
    }

    /** What the other institution's node signs. */
    private void commitOther(PatientTransfer.Builder step) throws Exception {
        byte[] signed = net.signed(
                "riverside",
                net.institutionKey("riverside"),
                net.chainId(),
                TransactionBody.newBuilder().setPatientTransfer(step.setPatientId(patient)));
        assertThat(net.submit(STRANGER_ADMIN, signed).getState()).isEqualTo("COMMITTED");
    }

    /** The other institution hands the patient back, with a record whose content does not come along. */
    private void handedBack() throws Exception {
        commitOther(PatientTransfer.newBuilder()
                .setReceived(TransferReceived.newBuilder().addRecordIds(record)));
        offer(STRANGER_ADMIN, "st-mary");
        answer(OFFICER, true);
        commitOther(PatientTransfer.newBuilder()
                .setHandOver(TransferHandOver.newBuilder()
                        .setScopeKey(net.sealed("st-mary", KeyEnvelope.Use.SCOPE_KEY, patient, net.scopeKey(patient)))
                        .setRequestedBy(STRANGER_ADMIN)
                        .addRecords(RecordHandOver.newBuilder()
                                .setRecordId(record)
                                .setPredecessor(moved().getVersion())
                                .addDataKeys(net.sealed("st-mary", KeyEnvelope.Use.DATA_KEY, record, new byte[32])))));
    }

    private static ByteString evidence() {
        return ByteString.copyFrom(Hash.sha256(new byte[] {1}).toBytes());
    }

    private void answer(String as, boolean accept) throws Exception {
        commit(
                as,
                PatientTransfer.newBuilder()
                        .setAnswer(TransferAnswer.newBuilder().setAccept(accept)));
    }

    private CustodyRequest handOver() {
        return CustodyRequest.newBuilder()
                .setPatientId(patient)
                .setHandOver(true)
                .build();
    }

    private static ListRequest list(String list, String by) {
        return ListRequest.newBuilder().setList(list).setBy(by).build();
    }

    private int offered(String as) throws Exception {
        return net.ok(as, "List", list("transfers", ""), ListResponse.parser()).getItemsCount();
    }

    private boolean sees(String as) throws Exception {
        StateRequest request =
                StateRequest.newBuilder().setKey("patient/" + hex(patient)).build();
        return net.call(as, "State", request).statusCode() == 200;
    }

    @Test
    @DisplayName("PRV-8 ID-3 whoever is offered a patient sees it until the offer is answered with no")
    void prv8_offers() throws Exception {
        assertThat(sees(STRANGER_ADMIN)).isFalse();
        assertThat(offered(STRANGER_ADMIN)).isZero();
        offer();
        assertThat(sees(STRANGER_ADMIN)).isTrue();
        assertThat(offered(STRANGER_ADMIN)).isEqualTo(1);
        assertThat(offered(OFFICER)).isZero();
        offer();
        assertThat(offered(STRANGER_ADMIN)).as("the newest offer alone").isEqualTo(1);
        answer(STRANGER_ADMIN, false);
        assertThat(sees(STRANGER_ADMIN)).isFalse();
        assertThat(offered(STRANGER_ADMIN)).isZero();
    }

    @Test
    @DisplayName("ID-3 the giver's node hands keys and records over once both agreed, and its people see no more of it")
    void id3_handsOver() throws Exception {
        assertThat(net.refused(PRIVACY, "Custody", handOver()).getCode()).isEqualTo("ROLE_REQUIRED");
        offer();
        assertThat(net.refused(PRIVACY, "Custody", handOver()).getCode()).isEqualTo("TRANSFER_UNFIT");
        answer(STRANGER_ADMIN, true);
        assertThat(net.refused(CLINICIAN, "Custody", handOver()).getCode()).isEqualTo("ROLE_REQUIRED");
        CustodyResponse response = handedOver();
        assertThat(response.getRecords()).isEqualTo(1);
        assertThat(response.getLeft()).isZero();
        assertThat(response.getMore()).isFalse();
        RecordState moved = moved();
        assertThat(moved.getCustodian()).isEqualTo("riverside");
        assertThat(moved.getLeaving()).isEqualTo("st-mary");
        assertThat(moved.getVersions(0).getContent().getDataKey(0).getRecipient())
                .isEqualTo("riverside");
        assertThat(sees(STRANGER_ADMIN)).isTrue();
        assertThat(sees(OFFICER)).isFalse();
        assertThat(net.refused(OFFICER, "List", list("records", "patient/" + hex(patient)))
                        .getCode())
                .isEqualTo("NOT_FOUND");
        assertThat(handedOver().getTxId()).as("nothing is left").isEqualTo(ByteString.EMPTY);
        assertThat(net.call(PRIVACY, "List", list("log", "patient/" + hex(patient)))
                        .statusCode())
                .as("ACC-4 it accounts for what it disclosed")
                .isEqualTo(200);
    }

    @Test
    @DisplayName(
            "INT-3 ID-3 a watch that was away over a transfer is told of what happened in its custody, and no more")
    void int3_awayOverATransfer() throws Exception {
        String place = watch(PRIVACY, WatchRequest.newBuilder()).getNextCursor();
        String elsewhere = watch(STRANGER_ADMIN, WatchRequest.newBuilder()).getNextCursor();
        ByteString here = net.record(CLINICIAN, patient, TestNetwork.ciphertext(), new byte[32]);
        ByteString consent = net.consent(OFFICER, patient, "helix");
        WatchResponse present = watch(PRIVACY, WatchRequest.newBuilder().setCursor(place));
        offer();
        answer(STRANGER_ADMIN, true);
        handedOver();
        commitOther(PatientTransfer.newBuilder()
                .setReceived(TransferReceived.newBuilder().addAllRecordIds(sorted(record, here))));
        ByteString later = net.record(STRANGER, patient, TestNetwork.ciphertext(), new byte[32]);

        WatchResponse told = watch(PRIVACY, WatchRequest.newBuilder().setCursor(place));
        assertThat(told.getEventsList())
                .filteredOn(event -> List.of(hex(here), hex(consent)).contains(event.getObject()))
                .extracting(WatchEvent::getType)
                .contains("record.registered", "consent.granted", "record.transferred", "record.received");
        assertThat(types(told).subList(0, present.getEventsCount()))
                .as("as if it had not been away")
                .isEqualTo(types(present));
        assertThat(told.getEventsList()).extracting(WatchEvent::getObject).doesNotContain(hex(later));
        assertThat(watch(STRANGER_ADMIN, WatchRequest.newBuilder().setCursor(elsewhere))
                        .getEventsList())
                .extracting(WatchEvent::getType)
                .as("what was before is not the new custodian's")
                .doesNotContain("consent.granted")
                .containsOnlyOnce("record.registered");
    }

    private static List<ByteString> sorted(ByteString... ids) {
        return Stream.of(ids)
                .sorted(ByteString.unsignedLexicographicalComparator())
                .toList();
    }

    private static List<String> types(WatchResponse response) {
        return response.getEventsList().stream()
                .map(event -> event.getType() + " " + event.getObject())
                .toList();
    }

    private WatchResponse watch(String as, WatchRequest.Builder request) throws Exception {
        return net.ok(as, "Watch", request.build(), WatchResponse.parser());
    }

    @Test
    @DisplayName("INT-3 a watch begins at a time: all that came from then on, and nothing before")
    void int3_since() throws Exception {
        long registered = watch(PRIVACY, WatchRequest.newBuilder().setSinceMillis(1)).getEventsList().stream()
                .filter(event -> event.getType().equals("record.registered"))
                .findFirst()
                .orElseThrow()
                .getTimeMillis();
        WatchResponse from = watch(PRIVACY, WatchRequest.newBuilder().setSinceMillis(registered));
        assertThat(from.getEventsList())
                .isNotEmpty()
                .allMatch(event -> event.getTimeMillis() >= registered)
                .extracting(WatchEvent::getType)
                .contains("record.registered");
        assertThat(watch(PRIVACY, WatchRequest.newBuilder().setSinceMillis(registered + 1))
                        .getEventsList())
                .extracting(WatchEvent::getObject)
                .doesNotContain(hex(record));
        assertThat(net.refused(
                                PRIVACY,
                                "Watch",
                                WatchRequest.newBuilder().setSinceMillis(-1).build())
                        .getCode())
                .isEqualTo("MALFORMED_REQUEST");
    }

    @Test
    @DisplayName("ID-3 the number of a patient who has gone is linked anew, and may be unlinked")
    void id3_numbersOfThoseWhoHaveGone() throws Exception {
        MrnIndexRequest.Builder number = MrnIndexRequest.newBuilder().setMrn("4711");
        MrnIndexRequest.Builder second = MrnIndexRequest.newBuilder().setMrn("4712");
        index(number.clone().setLinkPatientId(patient));
        index(second.clone().setLinkPatientId(patient));
        ByteString anew = net.patient(OFFICER);
        MrnIndexRequest link = number.clone().setLinkPatientId(anew).build();
        assertThat(net.refused(CLINICIAN, "MrnIndex", link).getCode()).isEqualTo("MRN_LINKED");
        offer();
        answer(STRANGER_ADMIN, true);
        handedOver();
        assertThat(net.refused(
                                CLINICIAN,
                                "MrnIndex",
                                number.clone().setFind(true).build())
                        .getCode())
                .isEqualTo("NOT_FOUND");
        index(number.clone().setLinkPatientId(anew));
        assertThat(index(number.clone().setFind(true))).isEqualTo(anew);
        assertThat(index(second.clone().setUnlinkPatientId(patient))).isEqualTo(patient);
        MrnIndexRequest unlink = second.clone().setUnlinkPatientId(patient).build();
        assertThat(net.refused(CLINICIAN, "MrnIndex", unlink).getCode())
                .as("it is gone")
                .isEqualTo("NOT_FOUND");
    }

    private ByteString index(MrnIndexRequest.Builder request) throws Exception {
        return net.ok(CLINICIAN, "MrnIndex", request.build(), MrnIndexResponse.parser())
                .getPatientId();
    }

    @Test
    @DisplayName("ID-3 what stayed behind can be handed over after the new custodian offered the patient on")
    void id3_offeredOn() throws Exception {
        offer();
        answer(STRANGER_ADMIN, true);
        handedOver();
        offer(STRANGER_ADMIN, "st-mary");
        assertThat(handedOver().getRecords()).isZero();
    }

    @Test
    @DisplayName("REC-2 ID-3 a record that has not arrived yet is left where it is, and the rest is handed over")
    void rec2_notArrived() throws Exception {
        offer();
        answer(STRANGER_ADMIN, true);
        handedOver();
        handedBack();
        offer();
        answer(STRANGER_ADMIN, true);
        CustodyResponse response = handedOver();
        assertThat(response.getRecords()).isZero();
        assertThat(response.getLeft()).isEqualTo(1);
        assertThat(sees(STRANGER_ADMIN)).as("it has the patient").isTrue();
        assertThat(handedOver().getLeft()).isEqualTo(1);
    }
}
