package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.NODE;
import static io.consilium.node.api.TestNetwork.OPERATOR;
import static io.consilium.node.api.TestNetwork.PHARMACIST;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.ledger.provenance.DrugBlinding;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugCommission;
import io.consilium.proto.DrugCompanyKey;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugPack;
import io.consilium.proto.DrugProductAdd;
import io.consilium.proto.DrugReceive;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugResponse;
import io.consilium.proto.DrugShip;
import io.consilium.proto.DrugSigned;
import io.consilium.proto.DrugStatusChange;
import io.consilium.proto.DrugStatusKind;
import io.consilium.proto.DrugTrace;
import io.consilium.proto.DrugTraced;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionReceipt;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A maker's node with a product, a lot of eight packs and partners, and how each of them asks it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DrugMaker {
    static final String GTIN = "00614141123452";
    static final String SSCC = "006141410000000012";
    static final String SPONSOR = "helix/admin";
    static final ByteString SEALED_PRODUCT = ByteString.copyFromUtf8("sealed product");
    static final ByteString SEALED_LOT = ByteString.copyFromUtf8("sealed lot");
    static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    static final long DAY = 24 * 3_600_000L;

    final SecureRandom random = new SecureRandom();
    final byte[] root = new byte[32];
    byte[] productKey = new byte[0];
    ByteString product = ByteString.EMPTY;
    ByteString lot = ByteString.EMPTY;
    ByteString box = ByteString.EMPTY;
    long expiry;
    TestNetwork net;

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
        commission("L1", expiry, made);
    }

    void commission(String named, long expiryMillis, ByteString ids) throws Exception {
        act(
                OPERATOR,
                DrugAction.newBuilder()
                        .setCommission(DrugCommission.newBuilder()
                                .setProductId(product)
                                .setLotId(DrugBlinding.lotId(NODE, productKey, named))
                                .setLotSeed(DrugBlinding.lotSeed(productKey, named))
                                .setSealedLot(SEALED_LOT)
                                .setExpiryMillis(expiryMillis)
                                .setIds(ids)));
    }

    @AfterAll
    void stop() {
        net.close();
    }

    ByteString pack(int number) {
        return DrugBlinding.itemId(productKey, "S" + number);
    }

    DrugItemSet set(ByteString... ids) {
        ByteString sorted = List.of(ids).stream()
                .sorted(ByteString.unsignedLexicographicalComparator())
                .reduce(ByteString.EMPTY, ByteString::concat);
        return DrugItemSet.newBuilder()
                .setProductId(product)
                .setLotId(lot)
                .setIds(sorted)
                .build();
    }

    TransactionReceipt act(String as, DrugAction.Builder action) throws Exception {
        TransactionReceipt receipt = net.commit(as, TransactionBody.newBuilder().setDrug(action));
        assertThat(receipt.getCode()).isEqualTo("OK");
        return receipt;
    }

    String code(String as, DrugAction.Builder action) throws Exception {
        return net.commit(as, TransactionBody.newBuilder().setDrug(action)).getCode();
    }

    void change(String as, DrugStatusKind kind, int pack) throws Exception {
        act(
                as,
                DrugAction.newBuilder()
                        .setStatusChange(DrugStatusChange.newBuilder()
                                .setKind(kind)
                                .setSealedReason(ByteString.copyFromUtf8("sealed"))
                                .addItems(set(pack(pack)))));
    }

    StateResponse state(String as, String key) throws Exception {
        return net.ok(as, "State", StateRequest.newBuilder().setKey(key).build(), StateResponse.parser());
    }

    DrugResponse ask(String as, DrugRequest.Builder request) throws Exception {
        return net.ok(as, "Drug", request.build(), DrugResponse.parser());
    }

    /** A path as the node signed it for who asks. */
    DrugTraced traced(String as, DrugRequest.Builder request) throws Exception {
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

    DrugRequest.Builder tracing(ByteString item) {
        return DrugRequest.newBuilder()
                .setTrace(DrugTrace.newBuilder().setProductId(product).setItemId(item));
    }

    List<ByteString> list(String as, String list) throws Exception {
        return list(as, list, "");
    }

    List<ByteString> list(String as, String list, String by) throws Exception {
        ListRequest request =
                ListRequest.newBuilder().setList(list).setBy(by).setLimit(100).build();
        return net.ok(as, "List", request, ListResponse.parser()).getItemsList();
    }

    boolean isSigned(String tag, ByteString answer, ByteString signature) {
        return new Ed25519Verifier()
                .verify(
                        net.institutionKey(NODE).publicKey(),
                        Hash.tagged(tag, answer.toByteArray()).toBytes(),
                        signature.toByteArray());
    }

    /** Three packs in a box, on its way to the pharmacy. */
    void send() throws Exception {
        act(
                OPERATOR,
                DrugAction.newBuilder()
                        .setPack(DrugPack.newBuilder()
                                .addAggregations(DrugPack.Aggregation.newBuilder()
                                        .setContainerId(box)
                                        .setSeed(DrugBlinding.containerSeed(DrugBlinding.logisticsKey(root), SSCC))
                                        .addItems(set(pack(0), pack(1), pack(2))))));
        act(
                OPERATOR,
                DrugAction.newBuilder()
                        .setShip(DrugShip.newBuilder()
                                .setShipmentId(id())
                                .setTo("northside")
                                .addContainers(box)));
    }

    /** The box has come, and one of its packs went to a patient. */
    void receive() throws Exception {
        act(
                PHARMACIST,
                DrugAction.newBuilder().setReceive(DrugReceive.newBuilder().addContainers(box)));
        change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 0);
    }
}
