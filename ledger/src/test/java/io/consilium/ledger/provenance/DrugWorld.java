package io.consilium.ledger.provenance;

import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.provenance.DrugWorld.DISTRIBUTOR;
import static io.consilium.ledger.provenance.DrugWorld.LOT;
import static io.consilium.ledger.provenance.DrugWorld.PACKER;
import static io.consilium.ledger.provenance.DrugWorld.PHARMACIST;
import static io.consilium.ledger.provenance.DrugWorld.PRODUCT;
import static io.consilium.ledger.provenance.DrugWorld.box;
import static io.consilium.ledger.provenance.DrugWorld.pack;
import static io.consilium.ledger.provenance.DrugWorld.packs;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.TestChain;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugCommission;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugPack;
import io.consilium.proto.DrugProductAdd;
import io.consilium.proto.DrugReceive;
import io.consilium.proto.DrugResolve;
import io.consilium.proto.DrugShip;
import io.consilium.proto.DrugStatusChange;
import io.consilium.proto.DrugStatusKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A chain with one product of helix, and short words for what its trading partners do. */
final class DrugWorld {
    static final String PACKER = "helix/packer";
    static final String DISTRIBUTOR = "labcorp/admin";
    static final String PHARMACIST = "northside/pharmacist";
    static final String INSPECTOR = "medwatch/inspector";
    static final ByteString PRODUCT = DrugBlinding.bound("helix", id("product"));
    static final ByteString LOT = DrugBlinding.bound("helix", id("lot"));
    static final long YEAR = 365L * 24 * 3_600_000;

    static final String RIVAL = "rival/packer";

    final TestChain chain;
    private final long expiry;
    private int shipments;

    DrugWorld() {
        this(new TestChain());
    }

    /** The same with a second manufacturer. */
    static DrugWorld withRival() {
        return new DrugWorld(new TestChain(TestChain.documentWith(RIVAL, "ADMIN", "MANUFACTURER")));
    }

    /** Adds a product of the second manufacturer. */
    ByteString rivalsProduct() {
        ByteString product = DrugBlinding.bound("rival", id("the rival's product"));
        act(
                RIVAL,
                DrugAction.newBuilder()
                        .setProductAdd(DrugProductAdd.newBuilder()
                                .setProductId(product)
                                .setSeed(id("the rival's product"))));
        return product;
    }

    private DrugWorld(TestChain chain) {
        this.chain = chain;
        this.expiry = chain.now + YEAR;
        act(
                PACKER,
                DrugAction.newBuilder()
                        .setProductAdd(DrugProductAdd.newBuilder()
                                .setProductId(PRODUCT)
                                .setSeed(id("product"))));
    }

    BlockResult block(String actor, DrugAction.Builder action) {
        return chain.block(chain.transaction(actor, body -> body.setDrug(action)));
    }

    Receipt submit(String actor, DrugAction.Builder action) {
        return block(actor, action).receipts().get(0);
    }

    /** Code and rule, or OK. */
    String act(String actor, DrugAction.Builder action) {
        return chain.answer(actor, body -> body.setDrug(action));
    }

    static List<ByteString> packs(int from, int to) {
        return IntStream.range(from, to).mapToObj(DrugWorld::pack).toList();
    }

    static ByteString pack(int number) {
        return id("pack " + number);
    }

    DrugAction.Builder commissioning(ByteString lot, List<ByteString> ids) {
        DrugAction.Builder known = commissioning("lot", ids);
        known.getCommissionBuilder().setLotId(lot);
        return known;
    }

    /** Of a lot that is known by its seed's name. */
    DrugAction.Builder commissioning(String lot, List<ByteString> ids) {
        return DrugAction.newBuilder()
                .setCommission(DrugCommission.newBuilder()
                        .setProductId(PRODUCT)
                        .setLotId(DrugBlinding.bound("helix", id(lot)))
                        .setLotSeed(id(lot))
                        .setExpiryMillis(expiry)
                        .setIds(ItemIds.join(ids)));
    }

    String commission(int from, int to) {
        return act(PACKER, commissioning(LOT, packs(from, to)));
    }

    /** Where the packs lie, as a node would tell; packs that are nowhere in a set of no lot. */
    List<DrugItemSet> find(List<ByteString> ids) {
        return find(PRODUCT, ids);
    }

    List<DrugItemSet> find(ByteString product, List<ByteString> ids) {
        LedgerState state = chain.objects();
        List<DrugItemSet> sets = new ArrayList<>();
        for (ByteString id : ids) {
            DrugItemSet set = new PackSearch(state)
                    .find(product, id)
                    .map(PackSearch.Place::set)
                    .orElseGet(() -> DrugItemSet.newBuilder()
                            .setProductId(product)
                            .setIds(id)
                            .build());
            sets.add(set);
        }
        return PackSearch.joined(sets);
    }

    String pack(String actor, String container, List<ByteString> packs, String... containers) {
        DrugPack.Aggregation.Builder aggregation = DrugPack.Aggregation.newBuilder()
                .setContainerId(box(actor.substring(0, actor.indexOf('/')), container))
                .setSeed(id(container))
                .addAllItems(find(packs))
                .addAllContainers(ids(containers));
        return act(actor, DrugAction.newBuilder().setPack(DrugPack.newBuilder().addAggregations(aggregation)));
    }

    DrugAction.Builder shipping(String to, List<ByteString> packs, String... containers) {
        return DrugAction.newBuilder()
                .setShip(DrugShip.newBuilder()
                        .setShipmentId(id("shipment " + shipments++))
                        .setTo(to)
                        .addAllItems(find(packs))
                        .addAllContainers(ids(containers)));
    }

    String ship(String actor, String to, List<ByteString> packs, String... containers) {
        return act(actor, shipping(to, packs, containers));
    }

    DrugAction.Builder receiving(List<ByteString> packs, String... containers) {
        return DrugAction.newBuilder()
                .setReceive(DrugReceive.newBuilder().addAllItems(find(packs)).addAllContainers(ids(containers)));
    }

    String receive(String actor, List<ByteString> packs, String... containers) {
        return act(actor, receiving(packs, containers));
    }

    String change(String actor, DrugStatusKind kind, int pack) {
        return act(
                actor,
                DrugAction.newBuilder()
                        .setStatusChange(DrugStatusChange.newBuilder()
                                .setKind(kind)
                                .setSealedReason(ByteString.copyFromUtf8("sealed"))
                                .addAllItems(find(List.of(pack(pack))))));
    }

    /** Commissions packs 0 to 9 and brings them to the pharmacy, packed in a case. */
    void bringToPharmacy() {
        commission(0, 10);
        pack(PACKER, "case", packs(0, 10));
        ship(PACKER, "labcorp", List.of(), "case");
        receive(DISTRIBUTOR, List.of(), "case");
        ship(DISTRIBUTOR, "northside", List.of(), "case");
        receive(PHARMACIST, List.of(), "case");
    }

    static List<ByteString> ids(String... names) {
        return TestChain.sorted(List.of(names).stream().map(DrugWorld::box).toList());
    }

    /** A container that helix packs, by its seed's name. */
    static ByteString box(String name) {
        return box("helix", name);
    }

    static ByteString box(String packer, String name) {
        return DrugBlinding.bound(packer, id(name));
    }

    DrugItemState item(int pack) {
        return new PackSearch(chain.objects())
                .find(PRODUCT, pack(pack))
                .map(PackSearch.Place::item)
                .orElseThrow();
    }

    DrugContainerState container(String name) {
        return chain.objects()
                .read(DrugKeys.container(box(name)), DrugContainerState.parser())
                .orElseThrow();
    }

    List<DrugExceptionState> exceptions() {
        return chain.state.keySet().stream()
                .filter(key -> key.text().startsWith(DrugKeys.EXCEPTION))
                .map(key ->
                        chain.objects().read(key, DrugExceptionState.parser()).orElseThrow())
                .toList();
    }

    /** The first exception of a kind. */
    DrugExceptionState exception(DrugExceptionKind kind) {
        return exceptions().stream()
                .filter(exception -> exception.getKind() == kind)
                .findFirst()
                .orElseThrow();
    }

    /** The kinds of all exceptions. */
    List<DrugExceptionKind> signals() {
        return exceptions().stream().map(DrugExceptionState::getKind).toList();
    }

    void settle(String actor, DrugExceptionKind kind, String resolution) {
        assertThat(act(
                        actor,
                        DrugAction.newBuilder()
                                .setResolve(DrugResolve.newBuilder()
                                        .setExceptionId(exception(kind).getId())
                                        .setResolution(resolution)
                                        .setSealedNote(ByteString.copyFromUtf8("sealed")))))
                .isEqualTo("OK");
    }

    /** The same act, as of another time. */
    static DrugAction.Builder at(DrugAction.Builder action, long time) {
        return action.setEventTimeMillis(time);
    }
}
