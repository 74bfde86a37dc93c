package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.OFFICER;
import static io.consilium.node.api.TestNetwork.PRIVACY;
import static io.consilium.node.api.TestNetwork.RESEARCHER;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static io.consilium.node.api.TestNetwork.STRANGER_PRIVACY;
import static io.consilium.node.api.TestNetwork.hex;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.proto.AccessState;
import io.consilium.proto.AccessUse;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.TransactionBody;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** More is hidden than a node goes through for one page, and nobody can tell (PRV-8). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManyHiddenEntriesTest {
    private static final int SCANNED = 256;
    private static final int USES_AT_ONCE = 64;

    private TestNetwork net;
    private ByteString patient;
    private ByteString record;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        net = new TestNetwork(
                directory,
                (store, genesis, validator) -> {},
                Map.of("api.max-scanned-entries", Integer.toString(SCANNED)));
        patient = net.patient(OFFICER);
        for (int i = 0; i <= SCANNED; i++) {
            record = net.record(CLINICIAN, patient, TestNetwork.ciphertext(), new byte[32]);
        }
        for (int i = 0; i <= SCANNED; i += USES_AT_ONCE) {
            AccessUse.Builder uses = AccessUse.newBuilder();
            for (int j = 0; j < USES_AT_ONCE; j++) {
                uses.addItems(AccessUse.Item.newBuilder()
                        .setAccessId(id())
                        .setRecordId(record)
                        .setPurpose("TREAT"));
            }
            net.commit(CLINICIAN, TransactionBody.newBuilder().setAccessUse(uses));
        }
    }

    @AfterAll
    void stop() {
        net.close();
    }

    private static ListRequest listOf(String list, ByteString whose) {
        return ListRequest.newBuilder()
                .setList(list)
                .setBy("patient/" + hex(whose))
                .setLimit(100)
                .build();
    }

    @Test
    @DisplayName(
            "PRV-8 strangers hear of none of it; requesters then find their permitted reads behind it, without a cursor")
    void prv8_manyHidden() throws Exception {
        for (String list : List.of("records", "accesses", "consents", "guardians", "log")) {
            for (String as : List.of(STRANGER, STRANGER_PRIVACY, RESEARCHER)) {
                assertThat(net.refused(as, "List", listOf(list, patient)))
                        .as(list + " as " + as)
                        .isEqualTo(net.refused(as, "List", listOf(list, id())));
            }
        }

        ByteString denied = net.access(STRANGER, record);
        net.consent(OFFICER, patient, STRANGER);
        ByteString permitted = net.access(STRANGER, record);
        for (String as : List.of(STRANGER, STRANGER_PRIVACY)) {
            ListResponse page = net.ok(as, "List", listOf("accesses", patient), ListResponse.parser());
            assertThat(page.getNextCursor()).isEmpty();
            assertThat(page.getItemsList()).hasSize(1);
            assertThat(AccessState.parseFrom(page.getItems(0)).getId())
                    .isEqualTo(permitted)
                    .isNotEqualTo(denied);
        }
        assertThat(net.ok(PRIVACY, "List", listOf("log", patient), ListResponse.parser())
                        .getNextCursor())
                .as("the custodian reads them all, page by page")
                .isNotEmpty();
    }

    @Test
    @DisplayName("PRV-8 how much a member read, and how many consents name it, shows in no page of a stranger to it")
    void prv8_strangersOfAMember() throws Exception {
        for (String list : List.of("accesses", "consents")) {
            ListRequest request = ListRequest.newBuilder()
                    .setList(list)
                    .setBy("member/" + CLINICIAN)
                    .build();
            assertThat(net.ok(RESEARCHER, "List", request, ListResponse.parser()))
                    .isEqualTo(ListResponse.getDefaultInstance());
        }
        ListRequest own = ListRequest.newBuilder()
                .setList("accesses")
                .setBy("member/" + CLINICIAN)
                .setLimit(100)
                .build();
        for (String as : List.of(CLINICIAN, PRIVACY)) {
            assertThat(net.ok(as, "List", own, ListResponse.parser()).getItemsCount())
                    .isEqualTo(100);
        }
    }
}
