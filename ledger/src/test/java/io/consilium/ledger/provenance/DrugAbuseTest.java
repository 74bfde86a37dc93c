package io.consilium.ledger.provenance;

import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.provenance.DrugWorld.DISTRIBUTOR;
import static io.consilium.ledger.provenance.DrugWorld.INSPECTOR;
import static io.consilium.ledger.provenance.DrugWorld.PACKER;
import static io.consilium.ledger.provenance.DrugWorld.PHARMACIST;
import static io.consilium.ledger.provenance.DrugWorld.PRODUCT;
import static io.consilium.ledger.provenance.DrugWorld.RIVAL;
import static io.consilium.ledger.provenance.DrugWorld.box;
import static io.consilium.ledger.provenance.DrugWorld.pack;
import static io.consilium.ledger.provenance.DrugWorld.packs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.ledger.TestChain;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugCompanyKey;
import io.consilium.proto.DrugDocument;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugExceptionStatus;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugKeyKind;
import io.consilium.proto.DrugKeyRequest;
import io.consilium.proto.DrugPack;
import io.consilium.proto.DrugProductAdd;
import io.consilium.proto.DrugRecall;
import io.consilium.proto.DrugReport;
import io.consilium.proto.DrugResolve;
import io.consilium.proto.DrugShip;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStatusKind;
import io.consilium.proto.DrugUnpack;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What somebody would try who means ill, or whose program errs. */
class DrugAbuseTest {
    private DrugWorld world = new DrugWorld();

    private static DrugAction.Builder document(DrugAction.Builder... acts) {
        DrugDocument.Builder document = DrugDocument.newBuilder();
        for (DrugAction.Builder act : acts) {
            document.addActs(act);
        }
        return DrugAction.newBuilder().setDocument(document);
    }

    private DrugAction.Builder recalling(String name, int pack) {
        return DrugAction.newBuilder()
                .setRecall(DrugRecall.newBuilder()
                        .setRecallId(id(name))
                        .setProductId(PRODUCT)
                        .setSealedReason(ByteString.copyFromUtf8("sealed"))
                        .addAllItems(world.find(List.of(pack(pack)))));
    }

    private DrugAction.Builder returning(String to, List<ByteString> packs, String... containers) {
        DrugAction.Builder goingBack = world.shipping(to, packs, containers);
        goingBack.getShipBuilder().setReturnGoods(true);
        return goingBack;
    }

    @Test
    @DisplayName("DRU-4 a shipment that names goods twice, as themselves and by what they stand in, is refused")
    void dru4_shippedTwiceAtOnce() {
        world.commission(0, 30);
        world.pack(PACKER, "case 1", packs(0, 10));
        world.pack(PACKER, "case 2", packs(10, 20));
        world.pack(PACKER, "pallet", List.of(), "case 1", "case 2");
        assertThat(world.ship(PACKER, "labcorp", packs(0, 1), "pallet")).isEqualTo("UNDER_WAY DRU-4");
        assertThat(world.ship(PACKER, "labcorp", packs(3, 4), "case 1")).isEqualTo("UNDER_WAY DRU-4");
        assertThat(world.ship(PACKER, "labcorp", packs(20, 30))).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-4 a container is not shipped beside one that it stands in, whichever id comes first")
    void dru4_containerShippedTwiceAtOnce() {
        world.commission(0, 10);
        world.pack(PACKER, "case 1", packs(0, 5));
        world.pack(PACKER, "case 2", packs(5, 10));
        world.pack(PACKER, "wide pallet", List.of(), "case 1", "case 2");
        world.pack(PACKER, "crate 1", List.of(), "wide pallet");
        for (String outer : List.of("wide pallet", "crate 1")) {
            assertThat(DrugWorld.ids(outer, "case 1", "case 2"))
                    .as("one id before the outer one, one after it")
                    .containsExactly(box("case 2"), box(outer), box("case 1"));
            for (String inner : List.of("case 1", "case 2")) {
                assertThat(world.ship(PACKER, "labcorp", List.of(), outer, inner))
                        .as(inner + " in " + outer)
                        .isEqualTo("UNDER_WAY DRU-4");
                assertThat(world.ship(DISTRIBUTOR, "northside", List.of(), outer, inner))
                        .as("who does not hold them does not learn that one stands in the other")
                        .isEqualTo("HELD_ELSEWHERE DRU-8");
            }
        }
        assertThat(world.ship(PACKER, "labcorp", List.of(), "case 1", "case 2")).isEqualTo("OK");
    }

    private static List<ByteString> reversed(List<ByteString> ids) {
        List<ByteString> reversed = TestChain.sorted(ids);
        Collections.reverse(reversed);
        return reversed;
    }

    @Test
    @DisplayName("DRU-4 TX-1 an act names each place once, so that no pack is in two of its sets")
    void dru4_repeatedSets() {
        world.commission(0, 3);
        DrugItemSet set = world.find(List.of(pack(1))).get(0);
        DrugAction.Builder twice = DrugAction.newBuilder()
                .setShip(DrugShip.newBuilder()
                        .setShipmentId(id("twice"))
                        .setTo("labcorp")
                        .addItems(set)
                        .addItems(set));
        assertThatThrownBy(() -> world.act(PACKER, twice)).hasMessageContaining("drug.ship.items[1]");
        for (List<ByteString> ids : List.of(List.of(pack(1), pack(1)), reversed(packs(0, 3)))) {
            DrugAction.Builder disordered = twice.clone();
            disordered.getShipBuilder().clearItems().addItems(set.toBuilder().setIds(ItemIds.join(ids)));
            assertThatThrownBy(() -> world.act(PACKER, disordered))
                    .hasMessageContaining("drug.ship.items[0].ids has an id that is out of order or repeated");
        }
    }

    @Test
    @DisplayName("DRU-2 DRU-8 a maker who commissions another's pack id under its own product does that pack no harm")
    void dru2_packIdsAreOfTheirProduct() {
        world = DrugWorld.withRival();
        ByteString product = world.rivalsProduct();
        world.commission(0, 10);
        DrugAction.Builder stolen = world.commissioning("the rival's lot", packs(0, 5));
        stolen.getCommissionBuilder()
                .setProductId(product)
                .setLotId(DrugBlinding.bound("rival", id("the rival's lot")));
        assertThat(world.act(RIVAL, stolen)).isEqualTo("OK");
        DrugAction.Builder theirs = DrugAction.newBuilder()
                .setShip(DrugShip.newBuilder()
                        .setShipmentId(id("theirs"))
                        .setTo("labcorp")
                        .addAllItems(world.find(product, packs(0, 5))));
        assertThat(world.act(RIVAL, theirs)).isEqualTo("OK");
        assertThat(world.ship(PACKER, "labcorp", packs(0, 10))).isEqualTo("OK");
        assertThat(world.receive(DISTRIBUTOR, packs(0, 9))).isEqualTo("OK");
        assertThat(world.item(1).getCustodian()).isEqualTo("labcorp");
        assertThat(world.exception(DrugExceptionKind.DRUG_SHORT).getObject()).isEqualTo(pack(9));
        DrugAction.Builder received = DrugAction.newBuilder();
        received.getReceiveBuilder().addAllItems(world.find(product, packs(0, 5)));
        assertThat(world.act(DISTRIBUTOR, received)).isEqualTo("OK");
        assertThat(new PackSearch(world.chain.objects())
                        .find(product, pack(1))
                        .orElseThrow()
                        .item()
                        .getCustodian())
                .isEqualTo("labcorp");
        assertThat(world.ship(DISTRIBUTOR, "northside", packs(0, 9))).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-6 a holder does not lift suspicion by way of a quarantine or a lighter mark")
    void dru6_suspicionIsNotLaundered() {
        world.bringToPharmacy();
        world.change(PHARMACIST, DrugStatusKind.DRUG_MARK_SUSPECT, 1);
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_QUARANTINE, 1)).isEqualTo("SUSPECT DRU-5");
        world.change(INSPECTOR, DrugStatusKind.DRUG_MARK_ILLEGITIMATE, 1);
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_QUARANTINE, 1)).isEqualTo("ILLEGITIMATE DRU-5");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_MARK_SUSPECT, 1))
                .isEqualTo("RELEASE_NOT_ALLOWED DRU-6");
        assertThat(world.change(INSPECTOR, DrugStatusKind.DRUG_MARK_SUSPECT, 1)).isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_RELEASE, 1)).isEqualTo("RELEASE_NOT_ALLOWED DRU-6");
        assertThat(world.change(PACKER, DrugStatusKind.DRUG_RELEASE, 1))
                .as("the regulator's mark is the regulator's to lift")
                .isEqualTo("RELEASE_NOT_ALLOWED DRU-6");
        assertThat(world.change(INSPECTOR, DrugStatusKind.DRUG_RELEASE, 1)).isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_MARK_SUSPECT, 1))
                .isEqualTo("OK");
        assertThat(world.change(PACKER, DrugStatusKind.DRUG_RELEASE, 1)).isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 1)).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-5 stopped goods go back to their maker or to who sent them, not to anybody under that name")
    void dru5_returnsGoBack() {
        world.bringToPharmacy();
        world.change(PHARMACIST, DrugStatusKind.DRUG_MARK_ILLEGITIMATE, 1);
        world.act(PACKER, recalling("recall", 2));
        assertThat(world.act(PHARMACIST, returning("riverside", List.of(pack(1)))))
                .isEqualTo("RETURN_ELSEWHERE DRU-5");
        assertThat(world.act(PHARMACIST, returning("riverside", List.of(), "case")))
                .isEqualTo("RETURN_ELSEWHERE DRU-5");
        assertThat(world.act(PHARMACIST, returning("labcorp", List.of(pack(1)))))
                .isEqualTo("OK");
        assertThat(world.act(PHARMACIST, returning("helix", List.of(), "case"))).isEqualTo("OK");
        world.receive(DISTRIBUTOR, List.of(pack(1)));
        assertThat(world.act(DISTRIBUTOR, returning("northside", List.of(pack(1)))))
                .as("who returned it did not send it")
                .isEqualTo("RETURN_ELSEWHERE DRU-5");
        assertThat(world.act(DISTRIBUTOR, returning("helix", List.of(pack(1))))).isEqualTo("OK");
    }

    private static DrugAction.Builder requesting(String member, String name, DrugKeyKind kind) {
        return DrugAction.newBuilder()
                .setKeyRequest(DrugKeyRequest.newBuilder()
                        .setRequestId(id(name))
                        .setOwner("helix")
                        .setKind(kind)
                        .setRequesterKey(TestChain.encryptionKey(member).getKey()));
    }

    @Test
    @DisplayName("DRU-9 nobody takes another's request for a key by using its id first")
    void dru9_requestsAreNotSquatted() {
        world.act(
                PACKER,
                DrugAction.newBuilder()
                        .setCompanyKey(DrugCompanyKey.newBuilder().addSealed(TestChain.sealed(PACKER))));
        assertThat(world.act(DISTRIBUTOR, requesting(DISTRIBUTOR, "seen", DrugKeyKind.DRUG_KEY_PRODUCT)))
                .isEqualTo("OK");
        assertThat(world.act(PHARMACIST, requesting(PHARMACIST, "seen", DrugKeyKind.DRUG_KEY_PRODUCT)))
                .isEqualTo("OK");
        assertThat(world.act(PACKER, requesting(PACKER, "seen", DrugKeyKind.DRUG_KEY_COMPANY)))
                .isEqualTo("OK");
        assertThat(world.act(PHARMACIST, requesting(PHARMACIST, "seen", DrugKeyKind.DRUG_KEY_PRODUCT)))
                .isEqualTo("KEY_REQUEST_EXISTS DRU-9");
    }

    @Test
    @DisplayName(
            "DRU-6 a stop is lifted by who imposed it or who stands above: no holder frees what the regulator stopped")
    void dru6_releaseByImposer() {
        world.bringToPharmacy();
        assertThat(world.change(INSPECTOR, DrugStatusKind.DRUG_QUARANTINE, 1)).isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_RELEASE, 1)).isEqualTo("RELEASE_NOT_ALLOWED DRU-6");
        assertThat(world.change(PACKER, DrugStatusKind.DRUG_RELEASE, 1)).isEqualTo("RELEASE_NOT_ALLOWED DRU-6");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_QUARANTINE, 1)).isEqualTo("STATUS_UNCHANGED DRU-5");
        assertThat(world.change(INSPECTOR, DrugStatusKind.DRUG_RELEASE, 1)).isEqualTo("OK");

        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_QUARANTINE, 2)).isEqualTo("OK");
        assertThat(world.change(INSPECTOR, DrugStatusKind.DRUG_QUARANTINE, 2))
                .as("a holder's own stop keeps no place from the regulator's")
                .isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_RELEASE, 2)).isEqualTo("RELEASE_NOT_ALLOWED DRU-6");
        assertThat(world.change(INSPECTOR, DrugStatusKind.DRUG_RELEASE, 2)).isEqualTo("OK");

        assertThat(world.change(INSPECTOR, DrugStatusKind.DRUG_QUARANTINE, 3)).isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_MARK_SUSPECT, 3))
                .isEqualTo("OK");
        assertThat(world.change(PACKER, DrugStatusKind.DRUG_RELEASE, 3))
                .as("the maker lifts the suspicion, and not the regulator's stop with it")
                .isEqualTo("RELEASE_NOT_ALLOWED DRU-6");

        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_QUARANTINE, 4)).isEqualTo("OK");
        assertThat(world.change(DISTRIBUTOR, DrugStatusKind.DRUG_RELEASE, 4)).isEqualTo("HELD_ELSEWHERE DRU-8");
        assertThat(world.change(PACKER, DrugStatusKind.DRUG_RELEASE, 4)).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-5 a pack whose code is taken off is followed no longer; that was a mistake for ten days")
    void dru5_decommissioned() {
        world.bringToPharmacy();
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DECOMMISSION, 1))
                .isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 1)).isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_UNDO, 1)).isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 1)).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-9 ids that were seen on their way serve no rival, and keep their maker from nothing")
    void dru9_idsAreTheirMakers() {
        world = DrugWorld.withRival();
        DrugProductAdd mine = DrugProductAdd.newBuilder()
                .setProductId(DrugBlinding.bound("helix", id("new")))
                .setSeed(id("new"))
                .build();
        assertThat(world.act(RIVAL, DrugAction.newBuilder().setProductAdd(mine)))
                .isEqualTo("ID_FOREIGN DRU-9");
        DrugProductAdd theirs = mine.toBuilder()
                .setProductId(DrugBlinding.bound("rival", id("new")))
                .build();
        assertThat(world.act(RIVAL, DrugAction.newBuilder().setProductAdd(theirs)))
                .isEqualTo("OK");
        assertThat(world.act(PACKER, DrugAction.newBuilder().setProductAdd(mine)))
                .isEqualTo("OK");

        DrugAction.Builder made = world.commissioning("seen", packs(0, 5));
        DrugAction.Builder copied = made.clone();
        copied.getCommissionBuilder().setProductId(theirs.getProductId());
        assertThat(world.act(RIVAL, copied)).isEqualTo("ID_FOREIGN DRU-9");
        copied.getCommissionBuilder().setLotId(DrugBlinding.bound("rival", id("seen")));
        assertThat(world.act(RIVAL, copied.setEventId(id("event")))).isEqualTo("OK");
        assertThat(world.act(PACKER, made.setEventId(id("event"))))
                .as("nor does an event's id that a rival took first")
                .isEqualTo("OK");
    }

    private static DrugAction.Builder packing(ByteString container, ByteString seed, List<DrugItemSet> goods) {
        return DrugAction.newBuilder()
                .setPack(DrugPack.newBuilder()
                        .addAggregations(DrugPack.Aggregation.newBuilder()
                                .setContainerId(container)
                                .setSeed(seed)
                                .addAllItems(goods)));
    }

    @Test
    @DisplayName("DRU-9 a container's id that was seen on its way is packed into by nobody before its packer")
    void dru9_containersAreTheirPackers() {
        world = DrugWorld.withRival();
        world.commission(0, 10);
        ByteString theirs = world.rivalsProduct();
        DrugAction.Builder made = world.commissioning("theirs", packs(20, 30));
        made.getCommissionBuilder().setProductId(theirs).setLotId(box("rival", "theirs"));
        assertThat(world.act(RIVAL, made)).isEqualTo("OK");
        List<DrugItemSet> rivals = world.find(theirs, packs(20, 30));

        assertThat(world.act(RIVAL, packing(box("case"), id("case"), rivals))).isEqualTo("ID_FOREIGN DRU-9");
        assertThat(world.act(RIVAL, packing(box("rival", "case"), id("case"), rivals)))
                .isEqualTo("OK");
        assertThat(world.act(PACKER, packing(box("case"), ByteString.EMPTY, world.find(packs(0, 5)))))
                .as("a new container's id without what it is made from")
                .isEqualTo("ID_FOREIGN DRU-9");
        assertThatThrownBy(() -> world.act(
                        PACKER, packing(box("case"), ByteString.copyFromUtf8("short"), world.find(packs(0, 5)))))
                .hasMessageContaining("drug.pack.aggregations[0].seed");
        assertThat(world.act(PACKER, packing(box("case"), id("case"), world.find(packs(0, 5)))))
                .isEqualTo("OK");
        assertThat(world.exceptions()).isEmpty();
        assertThat(world.container("case").getPacker()).isEqualTo("helix");

        assertThat(world.act(PACKER, packing(box("case"), ByteString.EMPTY, world.find(packs(5, 10)))))
                .as("a container that is known needs no seed")
                .isEqualTo("OK");
        assertThat(world.ship(PACKER, "labcorp", List.of(), "case")).isEqualTo("OK");
        assertThat(world.receive(DISTRIBUTOR, List.of(), "case")).isEqualTo("OK");
        assertThat(world.act(
                        DISTRIBUTOR,
                        DrugAction.newBuilder()
                                .setUnpack(DrugUnpack.newBuilder()
                                        .setContainerId(box("case"))
                                        .setEverything(true))))
                .isEqualTo("OK");
        assertThat(world.act(DISTRIBUTOR, packing(box("case"), ByteString.EMPTY, world.find(packs(0, 5)))))
                .as("nor does it in the hands of who has got it")
                .isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-6 a pack whose path is full is recalled and stopped all the same")
    void dru6_fullPath() {
        world.commission(0, 3);
        while (world.item(1).getHistoryCount() < Packs.MAX_HISTORY) {
            boolean free = world.item(1).getStatus() == DrugStatus.DRUG_ACTIVE;
            assertThat(world.change(PACKER, free ? DrugStatusKind.DRUG_QUARANTINE : DrugStatusKind.DRUG_RELEASE, 1))
                    .isEqualTo("OK");
        }
        assertThat(world.change(PACKER, DrugStatusKind.DRUG_RELEASE, 1)).isEqualTo("HISTORY_LIMIT TX-6");
        assertThat(world.change(PACKER, DrugStatusKind.DRUG_MARK_SUSPECT, 1)).isEqualTo("OK");
        for (int i = 0; i < 200; i++) {
            assertThat(world.act(PACKER, recalling("recall " + i, 1))).isEqualTo("OK");
        }
        assertThat(world.item(1).getRecallId()).isEqualTo(id("recall 199"));
        assertThat(world.item(1).getHistoryCount()).isEqualTo(Packs.MAX_HISTORY + Packs.RESERVED_STEPS);
    }

    @Test
    @DisplayName("DRU-4 a missing pack that is recalled meanwhile is no longer missing when it comes")
    void dru4_recalledWhileMissing() {
        world.commission(0, 2);
        world.ship(PACKER, "labcorp", packs(0, 2));
        world.receive(DISTRIBUTOR, packs(0, 1));
        world.act(PACKER, recalling("recall", 1));
        assertThat(world.receive(DISTRIBUTOR, packs(1, 2))).isEqualTo("OK");
        assertThat(world.item(1).getStatus()).isEqualTo(DrugStatus.DRUG_ACTIVE);
        assertThat(world.ship(DISTRIBUTOR, "northside", packs(1, 2))).isEqualTo("RECALLED DRU-6");
    }

    @Test
    @DisplayName("DRU-4 what stands in a missing container is not received by itself")
    void dru4_insideAMissingContainer() {
        world.commission(0, 20);
        world.pack(PACKER, "case 1", packs(0, 10));
        world.pack(PACKER, "case 2", packs(10, 20));
        world.ship(PACKER, "labcorp", List.of(), "case 1", "case 2");
        world.receive(DISTRIBUTOR, List.of(), "case 1");
        assertThat(world.receive(DISTRIBUTOR, packs(12, 13))).isEqualTo("RECEIVE_DEPTH DRU-4");
        assertThat(world.receive(DISTRIBUTOR, List.of(), "case 2")).isEqualTo("OK");
        assertThat(world.receive(DISTRIBUTOR, List.of(), "case 2")).isEqualTo("ALREADY_RECEIVED DRU-4");
    }

    @Test
    @DisplayName("DRU-8 an exception stands in the list of a party that joins it later")
    void dru8_laterPartyIsIndexed() {
        world.commission(0, 1);
        DrugAction.Builder report = DrugAction.newBuilder()
                .setReport(DrugReport.newBuilder()
                        .setKind(DrugExceptionKind.DRUG_SUSPECT_PRODUCT)
                        .setProductId(PRODUCT)
                        .setItemId(pack(0)));
        world.act(INSPECTOR, report);
        assertThat(world.exception(DrugExceptionKind.DRUG_SUSPECT_PRODUCT).getPartiesList())
                .containsExactly("helix", "medwatch");
        world.ship(PACKER, "northside", packs(0, 1));
        world.receive(PHARMACIST, packs(0, 1));
        assertThat(world.block(INSPECTOR, report).index())
                .extracting(entry -> new String(entry.key(), java.nio.charset.StandardCharsets.ISO_8859_1))
                .anyMatch(key -> key.contains("northside"));
        assertThat(world.exception(DrugExceptionKind.DRUG_SUSPECT_PRODUCT).getPartiesList())
                .contains("northside");
    }

    @Test
    @DisplayName("DRU-8 a finding and its resolution in one document both count, the later on top")
    void dru8_findingAndResolutionInOneDocument() {
        world.commission(0, 1);
        DrugAction.Builder report = DrugAction.newBuilder()
                .setReport(DrugReport.newBuilder()
                        .setKind(DrugExceptionKind.DRUG_SUSPECT_PRODUCT)
                        .setProductId(PRODUCT)
                        .setItemId(pack(0)));
        world.act(PACKER, report);
        DrugExceptionState open = world.exception(DrugExceptionKind.DRUG_SUSPECT_PRODUCT);
        DrugAction.Builder resolve = DrugAction.newBuilder()
                .setResolve(DrugResolve.newBuilder()
                        .setExceptionId(open.getId())
                        .setResolution("unfounded")
                        .setSealedNote(ByteString.copyFromUtf8("sealed")));
        assertThat(world.act(PACKER, document(report, resolve))).isEqualTo("OK");
        DrugExceptionState both = world.exception(DrugExceptionKind.DRUG_SUSPECT_PRODUCT);
        assertThat(both.getOccurrences()).isEqualTo(2);
        assertThat(both.getStatus()).isEqualTo(DrugExceptionStatus.DRUG_RESOLVED);
        world.act(PACKER, report);
        assertThat(world.act(PACKER, document(resolve, report))).isEqualTo("OK");
        both = world.exception(DrugExceptionKind.DRUG_SUSPECT_PRODUCT);
        assertThat(both.getOccurrences()).isEqualTo(4);
        assertThat(both.getStatus()).isEqualTo(DrugExceptionStatus.DRUG_OPEN);
    }

    @Test
    @DisplayName("DRU-8 a finding stays where its document is refused, a resolution does not")
    void dru8_refusedDocumentKeepsTheFinding() {
        world.commission(0, 1);
        DrugAction.Builder report = DrugAction.newBuilder()
                .setReport(DrugReport.newBuilder()
                        .setKind(DrugExceptionKind.DRUG_SUSPECT_PRODUCT)
                        .setProductId(PRODUCT)
                        .setItemId(pack(0)));
        world.act(PACKER, report);
        DrugAction.Builder resolve = DrugAction.newBuilder()
                .setResolve(DrugResolve.newBuilder()
                        .setExceptionId(world.exception(DrugExceptionKind.DRUG_SUSPECT_PRODUCT)
                                .getId())
                        .setResolution("unfounded")
                        .setSealedNote(ByteString.copyFromUtf8("sealed")));
        DrugAction.Builder unpack = DrugAction.newBuilder()
                .setUnpack(DrugUnpack.newBuilder().setContainerId(id("none")).setEverything(true));
        assertThat(world.act(PACKER, document(resolve, report, unpack))).isEqualTo("CONTAINER_UNKNOWN DRU-3");
        DrugExceptionState left = world.exception(DrugExceptionKind.DRUG_SUSPECT_PRODUCT);
        assertThat(left.getOccurrences()).isEqualTo(2);
        assertThat(left.getStatus()).isEqualTo(DrugExceptionStatus.DRUG_OPEN);
        assertThat(left.getResolution()).isEmpty();
    }
}
