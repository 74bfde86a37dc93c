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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.Receipt;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugDetailsState;
import io.consilium.proto.DrugDocument;
import io.consilium.proto.DrugErrorDeclaration;
import io.consilium.proto.DrugEventDetails;
import io.consilium.proto.DrugEventState;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugObservation;
import io.consilium.proto.DrugPack;
import io.consilium.proto.DrugShip;
import io.consilium.proto.DrugStatusKind;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Documents of EPCIS events on the ledger: whole or not at all, each event once, errors linked (DRU-1). */
class DrugDocumentTest {
    private static final int PART = 2_000;

    private final DrugWorld world = new DrugWorld();

    @Test
    @DisplayName("DRU-1 a document is taken whole or not at all, an event once, none from the future")
    void dru1_document() {
        DrugAction commission =
                world.commissioning(LOT, packs(0, 5)).setEventId(id("event 1")).build();
        DrugAction bad =
                world.commissioning(LOT, packs(4, 6)).setEventId(id("event 2")).build();
        Receipt refused = world.submit(
                PACKER,
                DrugAction.newBuilder()
                        .setDocument(
                                DrugDocument.newBuilder().addActs(commission).addActs(bad)));
        assertThat(refused.code()).isEqualTo("DUPLICATE_SERIAL");
        assertThat(refused.message().getObjectIdsList())
                .containsExactly(id("event 2"), world.exceptions().get(0).getId());
        DrugAction.Builder good =
                DrugAction.newBuilder().setDocument(DrugDocument.newBuilder().addActs(commission));
        assertThat(world.act(PACKER, good)).isEqualTo("OK");
        assertThat(world.act(PACKER, good)).isEqualTo("EVENT_REPEATED DRU-1");
        assertThat(world.act(
                        PACKER, world.commissioning(LOT, packs(7, 8)).setEventTimeMillis(world.chain.now + 3_600_000)))
                .isEqualTo("EVENT_IN_FUTURE DRU-1");
    }

    @Test
    @DisplayName("DRU-1 an event is declared to be wrong by those who handle goods for who captured it, by nobody else")
    void dru1_whoDeclaresErrors() {
        world.act(PACKER, world.commissioning(LOT, packs(0, 5)).setEventId(id("event")));
        DrugAction.Builder declaring = DrugAction.newBuilder()
                .setErrorDeclaration(DrugErrorDeclaration.newBuilder()
                        .setDeclaredEventId(id("event"))
                        .setDeclaredMillis(world.chain.now));
        assertThat(world.act("helix/researcher", declaring)).isEqualTo("ROLE_REQUIRED DRU-1");
        assertThat(world.act(DISTRIBUTOR, declaring)).isEqualTo("EVENT_UNKNOWN DRU-1");
        assertThat(world.act(PACKER, declaring)).isEqualTo("OK");
    }

    private static DrugAction.Builder document(Iterable<DrugAction> acts, int part, int parts) {
        DrugDocument.Builder document = DrugDocument.newBuilder().addAllActs(acts);
        if (parts > 1) {
            document.setPart(part).setParts(parts).setDocumentId(id("document"));
        }
        return DrugAction.newBuilder().setDocument(document);
    }

    private List<DrugAction> commissionings(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> world.commissioning(LOT, packs(i, i + 1))
                        .setEventId(id("event " + i))
                        .build())
                .toList();
    }

    private Receipt inParts(List<DrugAction> acts) {
        int parts = (acts.size() + PART - 1) / PART;
        Receipt last = null;
        for (int part = 0; part < parts; part++) {
            List<DrugAction> some = acts.subList(part * PART, Math.min(acts.size(), (part + 1) * PART));
            last = world.submit(PACKER, document(some, part, parts));
            assertThat(part == parts - 1 || last.applied()).isTrue();
        }
        return last;
    }

    @Test
    @DisplayName("DRU-1 of ten thousand events with one bad in the middle none is applied, and the bad one is named")
    void dru1_tenThousandWithOneBad() {
        world.commission(50_000, 50_001);
        List<DrugAction> acts = new java.util.ArrayList<>(commissionings(0, 10_000));
        acts.set(
                5_000,
                world.commissioning(LOT, packs(50_000, 50_001))
                        .setEventId(id("bad"))
                        .build());
        Receipt refused = inParts(acts);
        assertThat(refused.code()).isEqualTo("DUPLICATE_SERIAL");
        assertThat(refused.message().getObjectIds(0)).isEqualTo(id("bad"));
        assertThat(world.find(List.of(pack(0))).get(0).getLotId()).isEqualTo(ByteString.EMPTY);
        assertThat(event("event 0")).isEqualTo(DrugEventState.getDefaultInstance());

        acts.remove(5_000);
        assertThat(inParts(acts).code()).isEqualTo("OK");
        assertThat(world.item(9_999).getCustodian()).isEqualTo("helix");
        assertThat(world.item(9_999).getHistory(0).getEventId()).isEqualTo(id("event 9999"));
        assertThat(inParts(acts).code()).isEqualTo("EVENT_REPEATED");
    }

    @Test
    @DisplayName("DRU-1 a document's last part needs all others, of this very document and sender")
    void dru1_incompleteDocument() {
        List<DrugAction> acts = commissionings(0, 3);
        assertThat(world.act(PACKER, document(acts.subList(2, 3), 2, 3))).isEqualTo("DOCUMENT_INCOMPLETE DRU-1");
        assertThat(world.act(PACKER, document(acts.subList(0, 1), 0, 2))).isEqualTo("OK");
        assertThat(world.act("helix/admin", document(acts.subList(1, 2), 1, 2))).isEqualTo("DOCUMENT_INCOMPLETE DRU-1");
        assertThat(world.act(PACKER, document(acts.subList(1, 2), 1, 2))).isEqualTo("OK");
        assertThat(world.act(PACKER, document(acts.subList(2, 3), 1, 2)))
                .as("a part serves once")
                .isEqualTo("DOCUMENT_INCOMPLETE DRU-1");
        assertThat(world.act("ethics/admin", document(acts.subList(0, 1), 0, 2)))
                .isEqualTo("ROLE_REQUIRED DRU-1");
    }

    @Test
    @DisplayName("DRU-1 DRU-3 one document makes packs, packs them and sends them: the ledger finds where they lie")
    void dru1_madePackedAndShippedInOneDocument() {
        DrugItemSet made = DrugItemSet.newBuilder()
                .setProductId(PRODUCT)
                .setIds(ItemIds.sorted(ItemIds.join(packs(0, 1_500))))
                .build();
        DrugAction commission =
                world.commissioning(LOT, packs(0, 1_500)).setEventId(id("made")).build();
        DrugAction pack = DrugAction.newBuilder()
                .setEventId(id("packed"))
                .setPack(DrugPack.newBuilder()
                        .addAggregations(DrugPack.Aggregation.newBuilder()
                                .setContainerId(box("case"))
                                .setSeed(id("case"))
                                .addItems(made)))
                .build();
        DrugAction ship = DrugAction.newBuilder()
                .setEventId(id("sent"))
                .setShip(DrugShip.newBuilder()
                        .setShipmentId(id("s"))
                        .setTo("labcorp")
                        .addContainers(box("case")))
                .build();
        assertThat(world.act(PACKER, document(List.of(commission, pack, ship), 0, 0)))
                .isEqualTo("OK");
        assertThat(world.receive(DISTRIBUTOR, List.of(), "case")).isEqualTo("OK");
        assertThat(new PackSearch(world.chain.objects())
                        .custody(world.item(1_499))
                        .custodian())
                .isEqualTo("labcorp");
        DrugAction.Builder elsewhere = DrugAction.newBuilder()
                .setShip(DrugShip.newBuilder()
                        .setShipmentId(id("t"))
                        .setTo("labcorp")
                        .addItems(made));
        assertThat(world.act(PACKER, elsewhere))
                .as("packs without a place are those of the same document only")
                .isEqualTo("NOT_COMMISSIONED DRU-8");
    }

    @Test
    @DisplayName("DRU-1 an event that was wrong is marked by who captured it, once, and stays")
    void dru1_errorDeclaration() {
        assertThat(world.act(PACKER, world.commissioning(LOT, packs(0, 1)).setEventId(id("wrong"))))
                .isEqualTo("OK");
        DrugAction.Builder declaration = DrugAction.newBuilder()
                .setEventId(id("declaration"))
                .setErrorDeclaration(DrugErrorDeclaration.newBuilder()
                        .setDeclaredEventId(id("wrong"))
                        .setDeclaredMillis(1)
                        .setReason("incorrect_data")
                        .addCorrectiveEventIds(id("right")));
        assertThat(world.act(PHARMACIST, declaration)).isEqualTo("EVENT_UNKNOWN DRU-1");
        assertThat(world.act(PACKER, declaration)).isEqualTo("OK");
        assertThat(event("wrong").getError().getCorrectiveEventIdsList()).containsExactly(id("right"));
        assertThat(event("wrong").getCapturedBy()).isEqualTo("helix");
        assertThat(world.item(0).getHistory(0).getEventId()).isEqualTo(id("wrong"));
        assertThat(world.act(PACKER, declaration)).isEqualTo("EVENT_REPEATED DRU-1");
        assertThat(world.act(PACKER, declaration.setEventId(id("another")))).isEqualTo("ERROR_DECLARED DRU-1");
    }

    @Test
    @DisplayName("DRU-1 an event that only observes is taken once and changes nothing")
    void dru1_observation() {
        DrugAction.Builder seen =
                DrugAction.newBuilder().setEventId(id("seen")).setObservation(DrugObservation.getDefaultInstance());
        BlockResult result = world.block(DISTRIBUTOR, seen);
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.changes()).hasSize(1);
        assertThat(world.act(DISTRIBUTOR, seen)).isEqualTo("EVENT_REPEATED DRU-1");
        assertThat(world.act("ethics/admin", seen.setEventId(id("other")))).isEqualTo("ROLE_REQUIRED DRU-1");
    }

    @Test
    @DisplayName("DRU-8 DRU-9 a stranger who acts on a pack is reported to its maker, and does not learn who has it")
    void dru9_strangerLearnsNothing() {
        world.bringToPharmacy();
        assertThat(world.change("st-mary/apothecary", DrugStatusKind.DRUG_DISPENSE, 3))
                .isEqualTo("HELD_ELSEWHERE DRU-8");
        DrugExceptionState exception = world.exceptions().get(0);
        assertThat(exception.getKind()).isEqualTo(DrugExceptionKind.DRUG_TWO_PLACES);
        assertThat(exception.getPartiesList()).containsExactly("helix", "st-mary");
        assertThat(world.change(DISTRIBUTOR, DrugStatusKind.DRUG_DESTROY, 3)).isEqualTo("HELD_ELSEWHERE DRU-8");
        assertThat(world.exceptions())
                .filteredOn(other -> other.getReporter().equals(DISTRIBUTOR))
                .singleElement()
                .extracting(DrugExceptionState::getPartiesList)
                .as("who had the pack knows where it went")
                .isEqualTo(List.of("helix", "labcorp", "northside"));
    }

    @Test
    @DisplayName("DRU-6 DRU-8 a stranger's word about a pack is refused and opens nothing")
    void dru6_strangersWord() {
        world.bringToPharmacy();
        for (DrugStatusKind kind : List.of(
                DrugStatusKind.DRUG_QUARANTINE,
                DrugStatusKind.DRUG_MARK_SUSPECT,
                DrugStatusKind.DRUG_MARK_ILLEGITIMATE,
                DrugStatusKind.DRUG_RELEASE)) {
            assertThat(world.change("st-mary/apothecary", kind, 3)).isEqualTo("HELD_ELSEWHERE DRU-8");
        }
        assertThat(world.exceptions()).isEmpty();
    }

    private DrugEventState event(String name) {
        return world.chain
                .objects()
                .read(DrugKeys.event("helix", id(name)), DrugEventState.parser())
                .orElse(DrugEventState.getDefaultInstance());
    }

    private static DrugEventDetails.Builder details(String event, String... readers) {
        DrugEventDetails.Builder details = DrugEventDetails.newBuilder()
                .setDetailsId(id("details"))
                .setParts(1)
                .setEventIds(id(event))
                .setSealed(ByteString.copyFromUtf8("sealed"));
        for (String reader : readers) {
            details.addReaders(DrugEventDetails.Reader.newBuilder()
                    .setInstitution(reader)
                    .setSealedKey(ByteString.copyFromUtf8("sealed key")));
        }
        return details;
    }

    private String captured(String actor, String event, DrugEventDetails.Builder... details) {
        List<DrugAction> acts = new java.util.ArrayList<>(List.of(DrugAction.newBuilder()
                .setEventId(id(event))
                .setObservation(DrugObservation.getDefaultInstance())
                .build()));
        for (DrugEventDetails.Builder one : details) {
            acts.add(DrugAction.newBuilder().setDetails(one).build());
        }
        return world.act(actor, document(acts, 0, 1));
    }

    @Test
    @DisplayName("DRU-1 DRU-9 what an event says is kept with it, sealed for who captured it and its parties")
    void dru1_details() {
        assertThat(captured(PACKER, "seen", details("seen", "helix", "labcorp")))
                .isEqualTo("OK");
        assertThat(event("seen").getDetailsId()).isEqualTo(id("details"));
        assertThat(world.chain
                        .objects()
                        .read(DrugKeys.details("helix", id("details"), 0), DrugDetailsState.parser())
                        .orElseThrow()
                        .getDetails()
                        .getReadersCount())
                .isEqualTo(2);
        assertThat(captured(PACKER, "next", details("next", "helix")))
                .as("an id serves once")
                .isEqualTo("DETAILS_EXIST DRU-1");
        assertThat(captured(DISTRIBUTOR, "other", details("other", "labcorp")))
                .as("another's id is another id: seeing it first helps nobody")
                .isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-1 details of an earlier transaction's event, without their captor or in pieces are refused")
    void dru1_detailsOfOthers() {
        assertThat(captured(PACKER, "first")).isEqualTo("OK");
        assertThat(captured(PACKER, "second", details("first", "helix"))).isEqualTo("EVENT_UNKNOWN DRU-1");
        assertThat(captured(DISTRIBUTOR, "third", details("first", "labcorp"))).isEqualTo("EVENT_UNKNOWN DRU-1");
        assertThat(captured(PACKER, "fourth", details("fourth", "labcorp"))).isEqualTo("DETAILS_INCOMPLETE DRU-1");
        DrugEventDetails.Builder rest =
                details("fifth").clearEventIds().setPart(1).setParts(2);
        assertThat(captured(PACKER, "fifth", rest)).isEqualTo("DETAILS_INCOMPLETE DRU-1");
        assertThat(captured(PACKER, "fifth", details("fifth", "helix").setParts(2), rest))
                .isEqualTo("OK");
        assertThatThrownBy(() -> captured(PACKER, "sixth", details("sixth", "labcorp", "helix")))
                .as("readers stand in order")
                .hasMessageContaining("readers[1]");
    }
}
