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
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.HpkeEnvelope;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.ledger.provenance.DrugBlinding;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugCommission;
import io.consilium.proto.DrugCompanyKey;
import io.consilium.proto.DrugFind;
import io.consilium.proto.DrugHeld;
import io.consilium.proto.DrugHolders;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugKeyKind;
import io.consilium.proto.DrugKeyRequest;
import io.consilium.proto.DrugKeyState;
import io.consilium.proto.DrugPack;
import io.consilium.proto.DrugProductAdd;
import io.consilium.proto.DrugRecall;
import io.consilium.proto.DrugReceive;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugRequestStatus;
import io.consilium.proto.DrugResponse;
import io.consilium.proto.DrugShip;
import io.consilium.proto.DrugSigned;
import io.consilium.proto.DrugStatusChange;
import io.consilium.proto.DrugStatusKind;
import io.consilium.proto.DrugStep;
import io.consilium.proto.DrugTrace;
import io.consilium.proto.DrugTraced;
import io.consilium.proto.DrugVerification;
import io.consilium.proto.DrugVerified;
import io.consilium.proto.DrugVerify;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.Problem;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionReceipt;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What a maker's node tells of its packs: keys to partners, paths to those on them, signed answers to all of these. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DrugApiTest {
    private static final String GTIN = "00614141123452";
    private static final String SSCC = "006141410000000012";
    private static final String SPONSOR = "helix/admin";
    private static final ByteString SEALED_PRODUCT = ByteString.copyFromUtf8("sealed product");
    private static final ByteString SEALED_LOT = ByteString.copyFromUtf8("sealed lot");
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long DAY = 24 * 3_600_000L;

    private final SecureRandom random = new SecureRandom();
    private final byte[] root = new byte[32];
    private byte[] productKey = new byte[0];
    private ByteString product = ByteString.EMPTY;
    private ByteString lot = ByteString.EMPTY;
    private ByteString box = ByteString.EMPTY;
    private long expiry;
    private TestNetwork net;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        net = TestNetwork.ofTraders(directory);
        random.nextBytes(root);
        productKey = DrugBlinding.productKey(root, GTIN);
        product = DrugBlinding.productId(NODE, productKey);
        lot = DrugBlinding.lotId(NODE, productKey, "L1");
        box = DrugBlinding.containerId(NODE, DrugBlinding.logisticsKey(root), SSCC);
        expiry = net.now() + 30 * DAY;
        act(
                OPERATOR,
                DrugAction.newBuilder()
                        .setCompanyKey(DrugCompanyKey.newBuilder()
                                .addSealed(net.sealed(
                                        NODE,
                                        KeyEnvelope.Use.COMPANY_ROOT,
                                        ByteString.copyFrom(DrugBlinding.companyObject(NODE)),
                                        root))));
        act(
                OPERATOR,
                DrugAction.newBuilder()
                        .setProductAdd(DrugProductAdd.newBuilder()
                                .setProductId(product)
                                .setSealedMetadata(SEALED_PRODUCT)
                                .setSeed(DrugBlinding.productSeed(productKey))));
        ByteString made = ByteString.EMPTY;
        for (int pack = 0; pack < 8; pack++) {
            made = made.concat(pack(pack));
        }
        act(
                OPERATOR,
                DrugAction.newBuilder()
                        .setCommission(DrugCommission.newBuilder()
                                .setProductId(product)
                                .setLotId(lot)
                                .setLotSeed(DrugBlinding.lotSeed(productKey, "L1"))
                                .setSealedLot(SEALED_LOT)
                                .setExpiryMillis(expiry)
                                .setIds(made)));
    }

    @AfterAll
    void stop() {
        net.close();
    }

    private ByteString pack(int number) {
        return DrugBlinding.itemId(productKey, "S" + number);
    }

    private DrugItemSet set(ByteString... ids) {
        ByteString sorted = List.of(ids).stream()
                .sorted(ByteString.unsignedLexicographicalComparator())
                .reduce(ByteString.EMPTY, ByteString::concat);
        return DrugItemSet.newBuilder()
                .setProductId(product)
                .setLotId(lot)
                .setIds(sorted)
                .build();
    }

    private TransactionReceipt act(String as, DrugAction.Builder action) throws Exception {
        TransactionReceipt receipt = net.commit(as, TransactionBody.newBuilder().setDrug(action));
        assertThat(receipt.getCode()).isEqualTo("OK");
        return receipt;
    }

    private String code(String as, DrugAction.Builder action) throws Exception {
        return net.commit(as, TransactionBody.newBuilder().setDrug(action)).getCode();
    }

    private void change(String as, DrugStatusKind kind, int pack) throws Exception {
        act(
                as,
                DrugAction.newBuilder()
                        .setStatusChange(DrugStatusChange.newBuilder()
                                .setKind(kind)
                                .setSealedReason(ByteString.copyFromUtf8("sealed"))
                                .addItems(set(pack(pack)))));
    }

    // ---- keys (DRU-9) ----

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

    private StateResponse state(String as, String key) throws Exception {
        return net.ok(as, "State", StateRequest.newBuilder().setKey(key).build(), StateResponse.parser());
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

    // ---- paths (DRU-7, DRU-9) ----

    private DrugResponse ask(String as, DrugRequest.Builder request) throws Exception {
        return net.ok(as, "Drug", request.build(), DrugResponse.parser());
    }

    /** A path as the node signed it for who asks. */
    private DrugTraced traced(String as, DrugRequest.Builder request) throws Exception {
        DrugSigned signed = ask(as, request).getTraced();
        assertThat(isSigned("consilium/drug-path/v1", signed.getAnswer(), signed.getSignature()))
                .isTrue();
        DrugTraced traced = DrugTraced.parseFrom(signed.getAnswer());
        assertThat(traced.getAnswered().getRequester()).isEqualTo(as);
        assertThat(traced.getAnswered().getResponder()).isEqualTo(NODE);
        assertThat(traced.getAnswered().getHeight()).isPositive();
        assertThat(traced.getAnswered().getTipMillis()).isPositive();
        return traced;
    }

    private DrugRequest.Builder tracing(ByteString item) {
        return DrugRequest.newBuilder()
                .setTrace(DrugTrace.newBuilder().setProductId(product).setItemId(item));
    }

    private static List<String> steps(DrugTraced traced) {
        return traced.getStepsList().stream().map(DrugStep::getType).toList();
    }

    private void hidden(String as, String key) throws Exception {
        Problem problem =
                net.refused(as, "State", StateRequest.newBuilder().setKey(key).build());
        assertThat(problem.getCode()).as(key).isEqualTo("NOT_FOUND");
    }

    private List<ByteString> list(String as, String list) throws Exception {
        return list(as, list, "");
    }

    private List<ByteString> list(String as, String list, String by) throws Exception {
        ListRequest request =
                ListRequest.newBuilder().setList(list).setBy(by).setLimit(100).build();
        return net.ok(as, "List", request, ListResponse.parser()).getItemsList();
    }

    @Test
    @Order(4)
    @DisplayName("DRU-7 a path is told from its origin to now, through the case, to who is on it and to the regulator")
    void dru7_path() throws Exception {
        act(
                OPERATOR,
                DrugAction.newBuilder()
                        .setPack(DrugPack.newBuilder()
                                .addAggregations(DrugPack.Aggregation.newBuilder()
                                        .setContainerId(box)
                                        .setSeed(DrugBlinding.containerSeed(DrugBlinding.logisticsKey(root), SSCC))
                                        .addItems(set(pack(0), pack(1), pack(2))))));
        ByteString shipment = id();
        act(
                OPERATOR,
                DrugAction.newBuilder()
                        .setShip(DrugShip.newBuilder()
                                .setShipmentId(shipment)
                                .setTo("northside")
                                .addContainers(box)));
        DrugTraced underWay = traced(PHARMACIST, tracing(pack(0)));
        assertThat(underWay.getStatus()).isEqualTo("IN_TRANSIT");
        assertThat(underWay.getInTransitTo()).isEqualTo("northside");
        assertThat(underWay.getCustodian()).isEqualTo(NODE);
        act(
                PHARMACIST,
                DrugAction.newBuilder().setReceive(DrugReceive.newBuilder().addContainers(box)));
        change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 0);
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

    // ---- verification (DRU-7) ----

    private DrugVerify.Builder verifying(int pack) {
        return DrugVerify.newBuilder().setProductId(product).setItemId(pack(pack));
    }

    private DrugVerified verified(String as, DrugVerify.Builder question) throws Exception {
        return ask(as, DrugRequest.newBuilder().setVerify(question)).getVerified();
    }

    /** Reason, additional information and status. */
    private List<String> told(DrugVerify.Builder question) throws Exception {
        DrugVerification answer =
                DrugVerification.parseFrom(verified(PHARMACIST, question).getVerification());
        assertThat(answer.getVerified()).isEqualTo(answer.getReason().isEmpty());
        return List.of(answer.getReason(), answer.getAdditionalInfo(), answer.getStatus());
    }

    @Test
    @Order(6)
    @DisplayName(
            "DRU-7 an answer is signed by the institution that gives it, for who asked, and no byte of it can change")
    void dru7_signedAnswer() throws Exception {
        DrugVerified signed = verified(PHARMACIST, verifying(1).setLotId(lot).setExpiryMillis(expiry));
        DrugVerification answer = DrugVerification.parseFrom(signed.getVerification());
        assertThat(answer.getVerified()).isTrue();
        assertThat(answer.getResponder()).isEqualTo(NODE);
        assertThat(answer.getRequester()).isEqualTo(PHARMACIST);
        assertThat(answer.getChainId())
                .isEqualTo(ByteString.copyFrom(net.chainId().toBytes()));
        assertThat(answer.getHeight()).isPositive();
        assertThat(answer.getTipMillis()).isPositive();
        byte[] bytes = signed.getVerification().toByteArray();
        String tag = "consilium/drug-verification/v1";
        assertThat(isSigned(tag, ByteString.copyFrom(bytes), signed.getSignature()))
                .isTrue();
        bytes[bytes.length - 1] ^= 1;
        assertThat(isSigned(tag, ByteString.copyFrom(bytes), signed.getSignature()))
                .isFalse();
    }

    private boolean isSigned(String tag, ByteString answer, ByteString signature) {
        return new Ed25519Verifier()
                .verify(
                        net.institutionKey(NODE).publicKey(),
                        Hash.tagged(tag, answer.toByteArray()).toBytes(),
                        signature.toByteArray());
    }

    @Test
    @Order(7)
    @DisplayName("DRU-7 DRU-8 every mismatch and every stop has the reason code of the verification router service")
    void dru7_reasonCodes() throws Exception {
        ByteString otherLot = DrugBlinding.lotId(NODE, productKey, "L2");
        assertThat(told(verifying(1))).containsExactly("", "", "ACTIVE");
        assertThat(told(verifying(77))).containsExactly("No_match_GTIN_Serial", "", "UNKNOWN");
        assertThat(told(verifying(1).setLotId(otherLot))).containsExactly("No_match_GTIN_Serial_Lot", "", "ACTIVE");
        assertThat(told(verifying(1).setExpiryMillis(expiry + DAY)))
                .containsExactly("No_match_GTIN_Serial_Expiry", "", "ACTIVE");
        assertThat(told(verifying(1).setLotId(otherLot).setExpiryMillis(expiry + DAY)))
                .containsExactly("No_match_GTIN_Serial_Lot_Expiry", "", "ACTIVE");
        String stopped = "Not_for_re-distribution";
        assertThat(told(verifying(0))).containsExactly(stopped, "", "DISPENSED");
        change(OPERATOR, DrugStatusKind.DRUG_QUARANTINE, 3);
        assertThat(told(verifying(3))).containsExactly(stopped, "", "QUARANTINED");
        change(OPERATOR, DrugStatusKind.DRUG_MARK_SUSPECT, 4);
        assertThat(told(verifying(4))).containsExactly(stopped, "Suspect", "SUSPECT");
        change(INSPECTOR, DrugStatusKind.DRUG_MARK_ILLEGITIMATE, 5);
        assertThat(told(verifying(5))).containsExactly(stopped, "Illegitimate", "ILLEGITIMATE");
        assertThat(net.refused(
                                SPONSOR,
                                "Drug",
                                DrugRequest.newBuilder().setVerify(verifying(1)).build())
                        .getCode())
                .isEqualTo("NOT_FOUND");
    }

    @Test
    @Order(7)
    @DisplayName("DRU-7 DRU-9 who is not on a pack's path is told whether it is genuine, and not how it ended or moves")
    void dru9_statusOfOthersPacks() throws Exception {
        DrugVerification ended =
                DrugVerification.parseFrom(verified(RIVAL, verifying(0)).getVerification());
        assertThat(ended.getVerified()).isFalse();
        assertThat(ended.getReason()).isEqualTo("Not_for_re-distribution");
        assertThat(ended.getStatus()).isEqualTo("ENDED");
        assertThat(DrugVerification.parseFrom(verified(INSPECTOR, verifying(0)).getVerification())
                        .getStatus())
                .isEqualTo("DISPENSED");
    }

    @Test
    @Order(7)
    @DisplayName(
            "DRU-7 a pack that was handed out in part verifies for its holder alone; its date is compared as a day")
    void dru7_openedPack() throws Exception {
        assertThat(told(verifying(2).setExpiryMillis((expiry / DAY + 1) * DAY)))
                .as("the lot ends within the day that is printed")
                .containsExactly("", "", "ACTIVE");
        change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE_PARTIALLY, 2);
        assertThat(told(verifying(2))).containsExactly("", "", "PARTIALLY_DISPENSED");
        for (String other : List.of(RIVAL, INSPECTOR)) {
            DrugVerification answer =
                    DrugVerification.parseFrom(verified(other, verifying(2)).getVerification());
            assertThat(answer.getVerified()).as(other).isFalse();
            assertThat(answer.getReason()).as(other).isEqualTo("Not_for_re-distribution");
        }
        assertThat(DrugVerification.parseFrom(verified(RIVAL, verifying(2)).getVerification())
                        .getStatus())
                .isEqualTo("ENDED");
    }

    @Test
    @Order(7)
    @DisplayName("DRU-4 DRU-7 the packs of a case that did not come verify nowhere, wherever the case shows up")
    void dru7_packsOfAMissingCase() throws Exception {
        ByteString missing = DrugBlinding.itemId(productKey, "MISSING");
        ByteString came = DrugBlinding.itemId(productKey, "CAME");
        act(
                OPERATOR,
                DrugAction.newBuilder()
                        .setCommission(DrugCommission.newBuilder()
                                .setProductId(product)
                                .setLotId(lot)
                                .setLotSeed(DrugBlinding.lotSeed(productKey, "L1"))
                                .setExpiryMillis(expiry)
                                .setIds(missing.concat(came))));
        byte[] logistics = DrugBlinding.logisticsKey(root);
        String other = "006141410000000029";
        DrugPack.Builder pack = DrugPack.newBuilder();
        for (String sscc : List.of(other, "006141410000000036")) {
            pack.addAggregations(DrugPack.Aggregation.newBuilder()
                    .setContainerId(DrugBlinding.containerId(NODE, logistics, sscc))
                    .setSeed(DrugBlinding.containerSeed(logistics, sscc))
                    .addItems(set(sscc.equals(other) ? missing : came)));
        }
        act(OPERATOR, DrugAction.newBuilder().setPack(pack));
        ByteString second = pack.getAggregations(1).getContainerId();
        act(
                OPERATOR,
                DrugAction.newBuilder()
                        .setShip(DrugShip.newBuilder()
                                .setShipmentId(id())
                                .setTo("northside")
                                .addAllContainers(pack.getAggregationsList().stream()
                                        .map(DrugPack.Aggregation::getContainerId)
                                        .sorted(ByteString.unsignedLexicographicalComparator())
                                        .toList())));
        assertThat(told(verifying(1).setItemId(missing))).containsExactly("", "", "IN_TRANSIT");
        act(
                PHARMACIST,
                DrugAction.newBuilder().setReceive(DrugReceive.newBuilder().addContainers(second)));
        assertThat(told(verifying(1).setItemId(missing)))
                .containsExactly("Not_for_re-distribution", "Suspect", "MISSING");
        assertThat(told(verifying(1).setItemId(came))).containsExactly("", "", "ACTIVE");
    }

    @Test
    @Order(8)
    @DisplayName(
            "DRU-6 a recall of single packs and of a lot is told at once, its holders to maker and regulator alone")
    void dru6_recall() throws Exception {
        ByteString single = id();
        act(
                OPERATOR,
                DrugAction.newBuilder()
                        .setRecall(DrugRecall.newBuilder()
                                .setRecallId(single)
                                .setSealedReason(ByteString.copyFromUtf8("sealed"))
                                .setProductId(product)
                                .addItems(set(pack(6)))));
        assertThat(told(verifying(6))).containsExactly("Not_for_re-distribution", "Recalled", "RECALLED");
        assertThat(told(verifying(7))).containsExactly("", "", "ACTIVE");
        ByteString whole = id();
        act(
                INSPECTOR,
                DrugAction.newBuilder()
                        .setRecall(DrugRecall.newBuilder()
                                .setRecallId(whole)
                                .setSealedReason(ByteString.copyFromUtf8("sealed"))
                                .setProductId(product)
                                .setLotId(lot)));
        assertThat(told(verifying(7))).containsExactly("Not_for_re-distribution", "Recalled", "RECALLED");
        for (int held : List.of(3, 4)) {
            assertThat(told(verifying(held)).get(1))
                    .as("stopped, and recalled before all")
                    .isEqualTo("Recalled");
        }
        DrugRequest.Builder find = DrugRequest.newBuilder()
                .setFind(DrugFind.newBuilder()
                        .setProductId(product)
                        .setIds(pack(1).concat(pack(7)))
                        .addContainers(box));
        assertThat(ask(PHARMACIST, find).getFound().getRecalled())
                .as("of what the pharmacy has")
                .isEqualTo(pack(1));
        assertThat(ask(PHARMACIST, find).getFound().getRecalledContainersList()).containsExactly(box);
        assertThat(ask(RIVAL, find).getFound().getRecalled()).isEmpty();
        assertThat(ask(RIVAL, find).getFound().getRecalledContainersList()).isEmpty();
        DrugRequest.Builder holders =
                DrugRequest.newBuilder().setHolders(DrugHolders.newBuilder().setRecallId(whole));
        for (String reader : List.of(OPERATOR, INSPECTOR)) {
            DrugSigned signed = ask(reader, holders).getHeld();
            assertThat(isSigned("consilium/drug-holders/v1", signed.getAnswer(), signed.getSignature()))
                    .isTrue();
            DrugHeld held = DrugHeld.parseFrom(signed.getAnswer());
            assertThat(held.getHoldersList()).containsExactly("northside", NODE);
            assertThat(held.getRecallId()).isEqualTo(whole);
            assertThat(held.getAnswered().getRequester()).isEqualTo(reader);
        }
        assertThat(net.refused(PHARMACIST, "Drug", holders.build()).getCode()).isEqualTo("NOT_FOUND");
    }

    @Test
    @Order(9)
    @DisplayName("DRU-7 what has expired is not for redistribution, by the clock of the node that answers")
    void dru7_expired() throws Exception {
        ByteString young = DrugBlinding.lotId(NODE, productKey, "L9");
        ByteString item = DrugBlinding.itemId(productKey, "YOUNG");
        act(
                OPERATOR,
                DrugAction.newBuilder()
                        .setCommission(DrugCommission.newBuilder()
                                .setProductId(product)
                                .setLotId(young)
                                .setLotSeed(DrugBlinding.lotSeed(productKey, "L9"))
                                .setExpiryMillis(net.now() + DAY)
                                .setIds(item)));
        DrugVerify.Builder question =
                DrugVerify.newBuilder().setProductId(product).setItemId(item);
        assertThat(told(question)).containsExactly("", "", "ACTIVE");
        net.passTime(2 * DAY);
        assertThat(told(question)).containsExactly("Not_for_re-distribution", "Expired", "EXPIRED");
    }

    @Test
    @Order(10)
    @DisplayName(
            "DRU-9 guesses at packs of others are rated by their number; owner and holders find theirs at any rate")
    void dru9_guessesAreRated() throws Exception {
        ByteString held = pack(1);
        ByteString guesses = ByteString.EMPTY;
        for (int guess = 0; guess < 15_000 - 1; guess++) {
            guesses = guesses.concat(DrugBlinding.itemId(productKey, "G" + guess));
        }
        DrugRequest many = DrugRequest.newBuilder()
                .setFind(DrugFind.newBuilder().setProductId(product).setIds(guesses))
                .build();
        DrugRequest one = DrugRequest.newBuilder()
                .setVerify(verifying(1).setItemId(DrugBlinding.itemId(productKey, "G0")))
                .build();
        ask(PHARMACIST, many.toBuilder());
        DrugRequest path = tracing(DrugBlinding.itemId(productKey, "G0")).build();
        for (DrugRequest more : List.of(many, one, path)) {
            assertThat(net.refused(PHARMACIST, "Drug", more).getCode()).isEqualTo("QUOTA_EXCEEDED");
        }
        DrugRequest.Builder own = DrugRequest.newBuilder()
                .setFind(DrugFind.newBuilder().setProductId(product).setIds(held));
        assertThat(ask(PHARMACIST, own).getFound().getItemsList()).containsExactly(set(held));
        assertThat(ask(PHARMACIST, DrugRequest.newBuilder().setVerify(verifying(1)))
                        .hasVerified())
                .isTrue();
        assertThat(traced(PHARMACIST, tracing(held)).getStepsCount()).isPositive();
        for (String reader : List.of(OPERATOR, INSPECTOR)) {
            ask(reader, many.toBuilder());
            ask(reader, one.toBuilder());
        }
    }
}
