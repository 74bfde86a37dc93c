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
import io.consilium.proto.CustodyRequest;
import io.consilium.proto.CustodyResponse;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.PatientTransfer;
import io.consilium.proto.RecordState;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransferAnswer;
import io.consilium.proto.TransferOffer;
import java.nio.file.Path;
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
        commit(
                OFFICER,
                PatientTransfer.newBuilder()
                        .setOffer(TransferOffer.newBuilder()
                                .setTo("riverside")
                                .setEvidenceHash(ByteString.copyFrom(
                                        Hash.sha256(new byte[] {1}).toBytes()))));
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
        CustodyResponse response = net.ok(PRIVACY, "Custody", handOver(), CustodyResponse.parser());
        assertThat(response.getRecords()).isEqualTo(1);
        assertThat(response.getLeft()).isZero();
        assertThat(response.getMore()).isFalse();
        RecordState moved = RecordState.parseFrom(net.ok(
                        STRANGER,
                        "State",
                        StateRequest.newBuilder()
                                .setKey("record/" + hex(record))
                                .build(),
                        StateResponse.parser())
                .getValue());
        assertThat(moved.getCustodian()).isEqualTo("riverside");
        assertThat(moved.getLeaving()).isEqualTo("st-mary");
        assertThat(moved.getVersions(0).getContent().getDataKey(0).getRecipient())
                .isEqualTo("riverside");
        assertThat(sees(STRANGER_ADMIN)).isTrue();
        assertThat(sees(OFFICER)).isFalse();
        assertThat(net.refused(OFFICER, "List", list("records", "patient/" + hex(patient)))
                        .getCode())
                .isEqualTo("NOT_FOUND");
        assertThat(net.ok(PRIVACY, "Custody", handOver(), CustodyResponse.parser())
                        .getTxId())
                .as("nothing is left")
                .isEqualTo(ByteString.EMPTY);
        assertThat(net.call(PRIVACY, "List", list("log", "patient/" + hex(patient)))
                        .statusCode())
                .as("ACC-4 it accounts for what it disclosed")
                .isEqualTo(200);
    }
}
