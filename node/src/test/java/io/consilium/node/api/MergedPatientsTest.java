package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.OFFICER;
import static io.consilium.node.api.TestNetwork.PRIVACY;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static io.consilium.node.api.TestNetwork.hex;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.proto.AccessState;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.PatientController;
import io.consilium.proto.PatientMerge;
import io.consilium.proto.RecordState;
import io.consilium.proto.TransactionBody;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the API shows of a patient whose id goes on for another one (ID-3, PRV-8). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MergedPatientsTest {
    private final List<ByteString> rootRecords = new ArrayList<>();
    private final List<ByteString> aliasRecords = new ArrayList<>();
    private TestNetwork net;
    private ByteString root;
    private ByteString alias;
    private ByteString aliasConsent;
    private ByteString aliasAccess;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        net = new TestNetwork(directory);
        root = net.patient(OFFICER);
        alias = net.patient(OFFICER);
        for (int i = 0; i < 3; i++) {
            rootRecords.add(net.record(CLINICIAN, root, TestNetwork.ciphertext(), new byte[32]));
            aliasRecords.add(net.record(CLINICIAN, alias, TestNetwork.ciphertext(), new byte[32]));
        }
        aliasConsent = net.consent(OFFICER, alias, "riverside");
        aliasAccess = net.access(STRANGER, aliasRecords.get(0));
        net.commit(
                hex(alias),
                TransactionBody.newBuilder()
                        .setPatientController(PatientController.newBuilder().setPatientId(alias)));
        net.commit(
                OFFICER,
                TransactionBody.newBuilder()
                        .setPatientMerge(PatientMerge.newBuilder()
                                .setRootId(root)
                                .setAliasId(alias)
                                .setEvidenceHash(ByteString.copyFrom(
                                        Hash.sha256(new byte[] {1}).toBytes()))));
    }

    @AfterAll
    void stop() {
        net.close();
    }

    /** Everything, page by page. */
    private List<ByteString> list(String as, String list, ByteString patient, int limit) throws Exception {
        List<ByteString> items = new ArrayList<>();
        String cursor = "";
        do {
            ListRequest request = ListRequest.newBuilder()
                    .setList(list)
                    .setBy("patient/" + hex(patient))
                    .setLimit(limit)
                    .setCursor(cursor)
                    .build();
            ListResponse page = net.ok(as, "List", request, ListResponse.parser());
            assertThat(page.getItemsCount()).isBetween(1, limit);
            items.addAll(page.getItemsList());
            cursor = page.getNextCursor();
        } while (!cursor.isEmpty());
        return items;
    }

    private List<ByteString> records(String as, ByteString patient, int limit) throws Exception {
        List<ByteString> ids = new ArrayList<>();
        for (ByteString item : list(as, "records", patient, limit)) {
            ids.add(RecordState.parseFrom(item).getId());
        }
        return ids;
    }

    @Test
    @DisplayName(
            "ID-3 the root's records are followed by the alias's, on pages of every size, none left out and none twice")
    void id3_records() throws Exception {
        List<ByteString> all = new ArrayList<>(rootRecords);
        all.addAll(aliasRecords);
        for (int limit = 1; limit <= 7; limit++) {
            assertThat(records(OFFICER, root, limit)).containsExactlyElementsOf(all);
            assertThat(records(hex(root), root, limit)).containsExactlyElementsOf(all);
        }
        assertThat(records(OFFICER, alias, 2)).containsExactlyElementsOf(aliasRecords);
    }

    @Test
    @DisplayName("ID-3 ACC-4 consents and log of the root include the alias's")
    void acc4_consentsAndLog() throws Exception {
        assertThat(ConsentState.parseFrom(list(OFFICER, "consents", root, 10).get(0))
                        .getId())
                .isEqualTo(aliasConsent);
        for (String as : List.of(PRIVACY, hex(root))) {
            assertThat(AccessState.parseFrom(list(as, "log", root, 10).get(0)).getId())
                    .isEqualTo(aliasAccess);
        }
    }

    @Test
    @DisplayName("PRV-8 ID-3 a grantee sees what it is permitted under the id that it knows, and no sign of the merge")
    void prv8_grantees() throws Exception {
        assertThat(records(STRANGER, alias, 10)).containsExactlyElementsOf(aliasRecords);
        assertThat(records(STRANGER, root, 10)).containsExactlyElementsOf(rootRecords);
    }
}
