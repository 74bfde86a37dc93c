package io.consilium.ledger.provenance;

import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.provenance.DrugWorld.DISTRIBUTOR;
import static io.consilium.ledger.provenance.DrugWorld.INSPECTOR;
import static io.consilium.ledger.provenance.DrugWorld.PACKER;
import static io.consilium.ledger.provenance.DrugWorld.PHARMACIST;
import static io.consilium.ledger.provenance.DrugWorld.box;
import static io.consilium.ledger.provenance.DrugWorld.pack;
import static io.consilium.ledger.provenance.DrugWorld.packs;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugContentsState;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStatusChange;
import io.consilium.proto.DrugStatusKind;
import io.consilium.proto.DrugUnpack;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is destroyed is gone as a whole, told to its makers, and found wherever it shows up again (DRU-5). */
class DestroyedGoodsTest {
    private static final long DAY = 24L * 3_600_000;

    private final DrugWorld world = new DrugWorld();
    private int events;

    @Test
    @DisplayName("DRU-5 DRU-8 no container is destroyed before its last step; packer and makers hear that it was")
    void dru5_destroyedIsTold() {
        world.commission(0, 10);
        world.ship(PACKER, "labcorp", packs(0, 10));
        world.receive(DISTRIBUTOR, packs(0, 10));
        world.pack(DISTRIBUTOR, "own", packs(0, 10));
        DrugAction.Builder destroyed = destroying(List.of(), List.of(box("labcorp", "own")));
        assertThat(world.act(DISTRIBUTOR, DrugWorld.at(destroyed.clone(), world.chain.now - DAY)))
                .isEqualTo("EVENT_ORDER DRU-8");
        assertThat(world.block(DISTRIBUTOR, destroyed).events())
                .singleElement()
                .satisfies(event -> assertThat(event.parties()).containsExactly("helix", "labcorp"));
    }

    private String destroy(String actor, String... containers) {
        return world.act(
                actor,
                DrugAction.newBuilder()
                        .setStatusChange(DrugStatusChange.newBuilder()
                                .setKind(DrugStatusKind.DRUG_DESTROY)
                                .setSealedReason(ByteString.copyFromUtf8("sealed"))
                                .addAllContainers(DrugWorld.ids(containers))));
    }

    @Test
    @DisplayName(
            "DRU-5 a lost container is destroyed by its sender as a whole: nothing of it verifies or is acted on again")
    void dru5_destroyedContainer() {
        world.commission(0, 30);
        world.pack(PACKER, "a", packs(0, 10));
        world.pack(PACKER, "b", packs(10, 20));
        world.pack(PACKER, "pallet", List.of(), "a", "b");
        world.ship(PACKER, "labcorp", List.of(), "pallet");
        world.receive(DISTRIBUTOR, List.of(), "a");
        assertThat(destroy(PACKER, "b")).isEqualTo("UNDER_WAY DRU-4");
        world.settle(DISTRIBUTOR, DrugExceptionKind.DRUG_SHORT, "lost");
        assertThat(destroy(DISTRIBUTOR, "b")).isEqualTo("HELD_ELSEWHERE DRU-8");
        assertThat(destroy(PACKER, "b")).isEqualTo("OK");
        assertThat(new PackSearch(world.chain.objects()).gone(world.item(12).getParent()))
                .contains(DrugStatus.DRUG_DESTROYED);
        assertThat(world.container("b").getMissing()).as("nobody waits for it").isFalse();
        assertThat(destroy(PACKER, "b")).isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(world.receive(PACKER, List.of(), "b")).isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(world.ship(PACKER, "northside", List.of(), "b")).isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(world.pack(PACKER, "b", packs(25, 26))).isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 12)).isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(world.signals()).contains(DrugExceptionKind.DRUG_DISPENSED_TWICE);
        assertThat(world.receive(DISTRIBUTOR, packs(13, 14))).isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(world.ship(PACKER, "northside", packs(14, 15))).isEqualTo("DECOMMISSIONED DRU-5");
    }

    @Test
    @DisplayName("DRU-5 a container that is here is destroyed with all that stands in it, out of the one around it")
    void dru5_destroyedInPlace() {
        world.commission(0, 30);
        world.pack(PACKER, "inner", packs(0, 10));
        world.pack(PACKER, "case", packs(10, 20), "inner");
        world.pack(PACKER, "pallet", packs(20, 30), "case");
        assertThat(world.act(
                        PACKER,
                        DrugAction.newBuilder()
                                .setStatusChange(DrugStatusChange.newBuilder()
                                        .setKind(DrugStatusKind.DRUG_DESTROY)
                                        .addAllContainers(DrugWorld.ids("case")))))
                .isEqualTo("REASON_REQUIRED DRU-5");
        assertThat(destroy(PACKER, "case")).isEqualTo("OK");
        assertThat(world.container("case").getParent()).isEmpty();
        assertThat(world.chain
                        .objects()
                        .read(DrugKeys.contents(box("pallet")), DrugContentsState.parser())
                        .orElseThrow()
                        .getContainersList())
                .isEmpty();
        assertThat(world.change(PACKER, DrugStatusKind.DRUG_EXPORT, 3)).isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(world.ship(PACKER, "labcorp", List.of(), "pallet")).isEqualTo("OK");
        assertThat(world.receive(DISTRIBUTOR, List.of(), "pallet")).isEqualTo("OK");
        assertThat(world.exceptions().stream().filter(found -> found.getKind() == DrugExceptionKind.DRUG_SHORT))
                .isEmpty();
    }

    private DrugAction.Builder destroying(List<ByteString> packs, List<ByteString> containers) {
        DrugAction.Builder action = DrugAction.newBuilder();
        action.getStatusChangeBuilder()
                .setKind(DrugStatusKind.DRUG_DESTROY)
                .setSealedReason(ByteString.copyFromUtf8("sealed"))
                .addAllItems(world.find(packs))
                .addAllContainers(containers);
        return action;
    }

    private String together(DrugAction.Builder... acts) {
        DrugAction.Builder document = DrugAction.newBuilder();
        for (DrugAction.Builder act : acts) {
            document.getDocumentBuilder().addActs(act.setEventId(id("event " + events++)));
        }
        return world.act(PACKER, document);
    }

    @Test
    @DisplayName(
            "DRU-5 a pallet, a case in it and packs named together are destroyed, in whatever order they are named")
    void dru5_destroyedTogether() {
        world.commission(0, 40);
        for (String name : List.of("1", "2", "3", "4")) {
            int from = 10 * (Integer.parseInt(name) - 1);
            world.pack(PACKER, "inner " + name, packs(from, from + 5));
            world.pack(PACKER, "case " + name, packs(from + 5, from + 10), "inner " + name);
            world.pack(PACKER, "pallet " + name, List.of(), "case " + name);
        }
        assertThat(destroy(PACKER, "pallet 1", "case 1", "inner 1"))
                .as("one act")
                .isEqualTo("OK");
        assertThat(together(
                        destroying(List.of(), DrugWorld.ids("pallet 2")),
                        destroying(List.of(), DrugWorld.ids("inner 2")),
                        destroying(List.of(), DrugWorld.ids("case 2")),
                        destroying(packs(11, 12), List.of())))
                .as("outer before inner, its pack last")
                .isEqualTo("OK");
        assertThat(together(
                        destroying(packs(21, 22), List.of()),
                        destroying(List.of(), DrugWorld.ids("inner 3")),
                        destroying(List.of(), DrugWorld.ids("case 3")),
                        destroying(List.of(), DrugWorld.ids("pallet 3"))))
                .as("inner before outer, its pack first")
                .isEqualTo("OK");
        assertThat(world.act(PACKER, destroying(packs(31, 37), DrugWorld.ids("pallet 4"))))
                .as("packs and what they stand in, in one act")
                .isEqualTo("OK");
        assertThat(world.signals()).isEmpty();
        for (int pack : List.of(1, 7, 11, 12, 17, 22, 31, 39)) {
            assertThat(new PackSearch(world.chain.objects())
                            .gone(world.item(pack).getParent()))
                    .as("pack " + pack)
                    .contains(DrugStatus.DRUG_DESTROYED);
        }
        assertThat(world.item(21).getStatus()).isEqualTo(DrugStatus.DRUG_DESTROYED);
        assertThat(world.change(PACKER, DrugStatusKind.DRUG_DESTROY, 12)).isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(destroy(PACKER, "case 2")).as("again, later").isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(world.signals()).hasSize(2).containsOnly(DrugExceptionKind.DRUG_DISPENSED_TWICE);
    }

    @Test
    @DisplayName("DRU-5 only destroying is passed over: what is done otherwise with what was destroyed is found")
    void dru5_notPassedOver() {
        world.commission(0, 10);
        world.pack(PACKER, "case", packs(0, 10));
        DrugAction.Builder exported = destroying(packs(1, 2), List.of());
        exported.getStatusChangeBuilder().setKind(DrugStatusKind.DRUG_EXPORT);
        assertThat(together(destroying(List.of(), DrugWorld.ids("case")), exported))
                .isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(together(destroying(List.of(), DrugWorld.ids("case")), destroying(List.of(), DrugWorld.ids("case"))))
                .as("the same container in two events")
                .isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(world.signals()).hasSize(2).containsOnly(DrugExceptionKind.DRUG_DISPENSED_TWICE);
    }

    @Test
    @DisplayName(
            "DRU-3 DRU-5 DRU-6 whoever packs, unpacks or ships what was destroyed is found; a word about it is refused")
    void dru5_actsOnDestroyed() {
        world.commission(0, 30);
        world.pack(PACKER, "case", packs(0, 10));
        world.pack(PACKER, "inner", packs(10, 20));
        world.pack(PACKER, "pallet", List.of(), "case", "inner");
        world.change(PACKER, DrugStatusKind.DRUG_QUARANTINE, 3);
        assertThat(destroy(PACKER, "pallet")).isEqualTo("OK");
        for (DrugStatusKind word : List.of(
                DrugStatusKind.DRUG_QUARANTINE,
                DrugStatusKind.DRUG_MARK_SUSPECT,
                DrugStatusKind.DRUG_MARK_ILLEGITIMATE,
                DrugStatusKind.DRUG_RELEASE)) {
            assertThat(world.change(PACKER, word, 3)).as(word.name()).isEqualTo("DECOMMISSIONED DRU-5");
            assertThat(world.change(INSPECTOR, word, 4)).as(word.name()).isEqualTo("DECOMMISSIONED DRU-5");
        }
        assertThat(world.signals()).as("a word hands nothing on").isEmpty();
        assertThat(world.pack(PACKER, "other", packs(1, 2))).isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(world.pack(PACKER, "other", packs(3, 4)))
                .as("that has a state of its own")
                .isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(world.pack(PACKER, "other", List.of(), "inner")).isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(world.act(
                        PACKER,
                        DrugAction.newBuilder()
                                .setUnpack(DrugUnpack.newBuilder()
                                        .setContainerId(box("case"))
                                        .setEverything(true))))
                .isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(world.signals()).hasSize(4).containsOnly(DrugExceptionKind.DRUG_DISPENSED_TWICE);
        assertThat(world.ship(PACKER, "labcorp", List.of(), "pallet")).isEqualTo("DECOMMISSIONED DRU-5");
        assertThat(world.signals()).hasSize(5).containsOnly(DrugExceptionKind.DRUG_DISPENSED_TWICE);
    }
}
