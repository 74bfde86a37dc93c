package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.INSPECTOR;
import static io.consilium.node.api.TestNetwork.NODE;
import static io.consilium.node.api.TestNetwork.OPERATOR;
import static io.consilium.node.api.TestNetwork.PHARMACIST;
import static io.consilium.node.api.TestNetwork.RIVAL;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.crypto.HpkeEnvelope;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.ledger.provenance.DrugBlinding;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugFind;
import io.consilium.proto.DrugKeyKind;
import io.consilium.proto.DrugKeyRequest;
import io.consilium.proto.DrugKeyState;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugRequestStatus;
import io.consilium.proto.DrugStep;
import io.consilium.proto.DrugTrace;
import io.consilium.proto.DrugTraced;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.Problem;
import io.consilium.proto.StateRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What a maker's node tells of its packs: keys to partners, paths to those on them. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DrugPathApiTest extends DrugMaker {
    private DrugAction.Builder asking(String as, ByteString requestId, byte[] subject) {
        return DrugAction.newBuilder()
                .setKeyRequest(DrugKeyRequest.newBuilder()
                        .setRequestId(requestId)
                        .setOwner(NODE)
                        .setKind(DrugKeyKind.DRUG_KEY_PRODUCT)
                        .setRequesterKey(
                                ByteString.copyFrom(net.person(as).encryption().publicKey()))
                        .setSealedSubject(ByteString.copyFrom(subject)));
    }

    /** What the ledger keeps a member's request under. */
    private static ByteString kept(String as, ByteString requestId) {
        return DrugBlinding.keptRequestId(as, DrugKeyKind.DRUG_KEY_PRODUCT.getNumber(), requestId);
    }

    private byte[] sealedGtin(ByteString requestId, String gtin) throws Exception {
        InstitutionState maker = InstitutionState.parseFrom(
                state(OPERATOR, StateKeys.institution(NODE).toString()).getValue());
        return HpkeEnvelope.seal(
                maker.getEncryptionKey().getKey().toByteArray(),
                DrugBlinding.subjectInfo(),
                requestId.toByteArray(),
                gtin.getBytes(StandardCharsets.US_ASCII),
                random);
    }

    private DrugKeyState answered(String as, ByteString requestId) throws Exception {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        DrugKeyState request = DrugKeyState.getDefaultInstance();
        do {
            assertThat(System.nanoTime()).isLessThan(deadline);
            request = DrugKeyState.parseFrom(
                    state(as, DrugKeys.request(kept(as, requestId)).toString()).getValue());
        } while (request.getStatus() == DrugRequestStatus.DRUG_REQUESTED);
        return request;
    }

    @Test
    @Order(1)
    @DisplayName(
            "DRU-9 the maker's node gives a product's key to a partner that asks, and nobody else sees the request")
    void dru9_keyOnRequest() throws Exception {
        ByteString request = id();
        act(PHARMACIST, asking(PHARMACIST, request, sealedGtin(kept(PHARMACIST, request), GTIN)));
        DrugKeyState granted = answered(PHARMACIST, request);
        assertThat(granted.getStatus()).isEqualTo(DrugRequestStatus.DRUG_GRANTED);
        assertThat(KeyEnvelope.open(
                        KeyEnvelope.Use.BLINDING_KEY,
                        kept(PHARMACIST, request).toByteArray(),
                        net.person(PHARMACIST).encryption().privateKey(),
                        granted.getEnvelope().toByteArray()))
                .isEqualTo(productKey);
        String key = DrugKeys.request(kept(PHARMACIST, request)).toString();
        assertThat(state(OPERATOR, key).getFound()).isTrue();
        hidden(RIVAL, key);
        hidden(SPONSOR, key);
        hidden(PHARMACIST, DrugKeys.company(NODE).toString());
        assertThat(state(OPERATOR, DrugKeys.company(NODE).toString()).getFound())
                .isTrue();
    }

    @Test
    @Order(2)
    @DisplayName("DRU-9 a product that there is not, and a subject that cannot be read, are answered without a key")
    void dru9_noSuchProduct() throws Exception {
        ByteString other = id();
        act(RIVAL, asking(RIVAL, other, sealedGtin(kept(RIVAL, other), "00614141999996")));
        ByteString unreadable = id();
        act(RIVAL, asking(RIVAL, unreadable, sealedGtin(other, GTIN)));
        for (ByteString request : List.of(other, unreadable)) {
            DrugKeyState answer = answered(RIVAL, request);
            assertThat(answer.getStatus()).isEqualTo(DrugRequestStatus.DRUG_NOTHING_SUCH);
            assertThat(answer.getEnvelope()).isEmpty();
        }
        long first = answered(RIVAL, other).getVersion();
        act(RIVAL, asking(RIVAL, other, sealedGtin(kept(RIVAL, other), "00614141999996")));
        assertThat(answered(RIVAL, other).getVersion())
                .as("whoever asks again knows the new answer from the old one")
                .isGreaterThan(first + 1);
    }

    @Test
    @Order(3)
    @DisplayName("DRU-9 who is no trading partner, or names another's encryption key, is refused")
    void dru9_strangersGetNoKey() throws Exception {
        ByteString request = id();
        assertThat(code(SPONSOR, asking(SPONSOR, request, sealedGtin(request, GTIN))))
                .isEqualTo("NOT_TRADING_PARTNER");
        assertThat(code(TestNetwork.CLINICIAN, asking(TestNetwork.CLINICIAN, request, sealedGtin(request, GTIN))))
                .isEqualTo("ROLE_REQUIRED");
        assertThat(code(RIVAL, asking(PHARMACIST, request, sealedGtin(request, GTIN))))
                .isEqualTo("RECIPIENT_KEY_STALE");
    }

    private static List<String> steps(DrugTraced traced) {
        return traced.getStepsList().stream().map(DrugStep::getType).toList();
    }

    private void hidden(String as, String key) throws Exception {
        Problem problem =
                net.refused(as, "State", StateRequest.newBuilder().setKey(key).build());
        assertThat(problem.getCode()).as(key).isEqualTo("NOT_FOUND");
    }

    @Test
    @Order(4)
    @DisplayName("DRU-7 a path is told from its origin to now, through the case, to who is on it and to the regulator")
    void dru7_path() throws Exception {
        send();
        DrugTraced underWay = traced(PHARMACIST, tracing(pack(0)));
        assertThat(underWay.getStatus()).isEqualTo("IN_TRANSIT");
        assertThat(underWay.getInTransitTo()).isEqualTo("northside");
        assertThat(underWay.getCustodian()).isEqualTo(NODE);
        receive();
        for (String reader : List.of(PHARMACIST, OPERATOR, INSPECTOR)) {
            DrugTraced traced = traced(reader, tracing(pack(0)));
            assertThat(steps(traced)).containsExactly("commission", "pack", "ship", "receive", "unpack", "dispense");
            assertThat(traced.getStepsList()).extracting(DrugStep::getActor).contains(OPERATOR, PHARMACIST);
            assertThat(traced.getStatus()).isEqualTo("DISPENSED");
            assertThat(traced.getManufacturer()).isEqualTo(NODE);
            assertThat(traced.getSealedLot()).isEqualTo(SEALED_LOT);
            assertThat(traced.getSealedProduct()).isEqualTo(SEALED_PRODUCT);
        }
        assertThat(steps(traced(PHARMACIST, tracing(pack(1)))))
                .containsExactly("commission", "pack", "ship", "receive");
        DrugTraced ofTheBox = traced(
                PHARMACIST,
                DrugRequest.newBuilder().setTrace(DrugTrace.newBuilder().setContainerId(box)));
        assertThat(steps(ofTheBox)).containsExactly("pack", "ship", "receive");
    }

    @Test
    @Order(5)
    @DisplayName("DRU-9 a rival is told nothing, in the words in which it is told of what does not exist")
    void dru9_rivalsSeeNothing() throws Exception {
        ByteString nowhere = DrugBlinding.itemId(productKey, "NOWHERE");
        assertThat(net.refused(RIVAL, "Drug", tracing(pack(0)).build()))
                .isEqualTo(net.refused(RIVAL, "Drug", tracing(nowhere).build()));
        DrugRequest.Builder ofTheBox =
                DrugRequest.newBuilder().setTrace(DrugTrace.newBuilder().setContainerId(box));
        DrugRequest.Builder ofNothing =
                DrugRequest.newBuilder().setTrace(DrugTrace.newBuilder().setContainerId(id()));
        assertThat(net.refused(RIVAL, "Drug", ofTheBox.build()))
                .isEqualTo(net.refused(RIVAL, "Drug", ofNothing.build()));
        for (String list : List.of("shipments", "exceptions", "recalls", "products", "key-requests")) {
            for (String stranger : List.of(SPONSOR, RIVAL)) {
                for (String by : List.of("", "institution/" + NODE, "institution/northside")) {
                    assertThat(list(stranger, list, by))
                            .as(list + by)
                            .allMatch(item -> list.equals("key-requests") && isAskedBy(stranger, item));
                }
            }
        }
        assertThat(list(PHARMACIST, "shipments")).hasSize(1);
        for (String key :
                List.of(DrugKeys.product(product).toString(), DrugKeys.lot(lot).toString())) {
            for (String partner : List.of(RIVAL, PHARMACIST, SPONSOR)) {
                hidden(partner, key);
            }
            for (String reader : List.of(OPERATOR, INSPECTOR)) {
                assertThat(state(reader, key).getFound()).as(key).isTrue();
            }
        }
        for (String by : List.of("", "institution/" + NODE)) {
            assertThat(list(PHARMACIST, "products", by)).isEmpty();
        }
        for (String maker : List.of(OPERATOR, INSPECTOR)) {
            assertThat(list(maker, "products", "institution/" + NODE)).hasSize(1);
        }
        hidden(RIVAL, DrugKeys.item(product, pack(0)).toString());
        hidden(RIVAL, DrugKeys.container(box).toString());
        assertThat(state(PHARMACIST, DrugKeys.container(box).toString()).getFound())
                .isTrue();
        for (String key : List.of(
                DrugKeys.segment(lot, 0).toString(), DrugKeys.contents(box).toString())) {
            assertThat(net.call(
                                    OPERATOR,
                                    "State",
                                    StateRequest.newBuilder().setKey(key).build())
                            .statusCode())
                    .as(key)
                    .isNotEqualTo(200);
        }
        DrugRequest find = DrugRequest.newBuilder()
                .setFind(DrugFind.newBuilder().setProductId(product).setIds(pack(3)))
                .build();
        assertThat(net.refused(SPONSOR, "Drug", find).getCode()).isEqualTo("NOT_FOUND");
        assertThat(ask(PHARMACIST, find.toBuilder()).getFound().getSealedProduct())
                .isEqualTo(SEALED_PRODUCT);
        assertThat(ask(PHARMACIST, find.toBuilder()).getFound().getItems(0)).isEqualTo(set(pack(3)));
    }

    private static boolean isAskedBy(String member, ByteString request) {
        try {
            return DrugKeyState.parseFrom(request).getRequester().equals(member);
        } catch (InvalidProtocolBufferException malformed) {
            throw new AssertionError(malformed);
        }
    }

    @Test
    @Order(5)
    @DisplayName("DRU-9 whether a container exists is told to those on its path alone, nobody counts another's pallets")
    void dru9_containersOfOthers() throws Exception {
        DrugRequest.Builder boxes =
                DrugRequest.newBuilder().setFind(DrugFind.newBuilder().addContainers(box));
        for (String stranger : List.of(RIVAL, SPONSOR, TestNetwork.STRANGER_ADMIN)) {
            assertThat(ask(stranger, boxes).getFound().getContainersList())
                    .as(stranger)
                    .isEmpty();
        }
        for (String party : List.of(OPERATOR, PHARMACIST, INSPECTOR)) {
            assertThat(ask(party, boxes).getFound().getContainersList())
                    .as(party)
                    .containsExactly(box);
        }
    }
}
