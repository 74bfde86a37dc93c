package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.MalformedInput;
import io.consilium.client.VerifiedReceipt;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugHeld;
import io.consilium.proto.DrugHolders;
import io.consilium.proto.DrugRecall;
import io.consilium.proto.DrugReceive;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugShip;
import io.consilium.proto.DrugShipmentState;
import io.consilium.proto.DrugStatusChange;
import io.consilium.proto.DrugStatusKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The commands of {@code drug} that hand packs on, stop them and end their way (DRU-4 to DRU-6). */
class DrugHandling extends DrugLookups {
    DrugHandling(Session session) {
        super(session);
    }

    @Command(
            name = "ship",
            description = "Hand goods to a carrier for another institution, which receives them.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  consilium --context helix/packer drug ship --parent 006141411234567890 --to transmed",
                "  consilium drug ship --gtin 00614141123452 --serial A1,A2 --to northside"
            })
    int ship(
            @Mixin ItemOptions items,
            @Option(names = "--parent", split = ",", paramLabel = "SSCC", description = "A container with all in it.")
                    List<String> parents,
            @Option(names = "--to", required = true, paramLabel = "INSTITUTION", description = "Who receives them.")
                    String to)
            throws Exception {
        return send(items, parents, to, false);
    }

    @Command(
            name = "return",
            description = "Send goods back, recalled and expired ones too.",
            footerHeading = "%nExamples:%n",
            footer = {"  consilium --context northside/pharmacist drug return --parent 006141411234567890 --to transmed"
            })
    int sendBack(
            @Mixin ItemOptions items,
            @Option(names = "--parent", split = ",", paramLabel = "SSCC", description = "A container with all in it.")
                    List<String> parents,
            @Option(names = "--to", required = true, paramLabel = "INSTITUTION", description = "Who receives them.")
                    String to)
            throws Exception {
        return send(items, parents, to, true);
    }

    private int send(ItemOptions items, List<String> parents, String to, boolean returned) throws ClientException {
        String receiver = Ids.institution(to);
        Goods goods = Goods.of(desk, named(items, parents));
        ByteString id = new CustodianKeys().freshId();
        if (!goods.containers().isEmpty()) {
            desk.sendLogisticsKey(receiver);
        }
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("shipmentId", Ids.text(id));
        ids.put("to", receiver);
        desk.act(
                DrugAction.newBuilder()
                        .setShip(DrugShip.newBuilder()
                                .setShipmentId(id)
                                .setTo(receiver)
                                .setReturnGoods(returned)
                                .addAllItems(goods.items())
                                .addAllContainers(goods.containers())),
                ids);
        return 0;
    }

    /** Items and containers together; at least one. */
    private List<Gs1Key> named(ItemOptions items, List<String> parents) throws ClientException {
        List<Gs1Key> keys = new ArrayList<>();
        for (String parent : parents == null ? List.<String>of() : parents) {
            keys.add(Packing.parent(parent));
        }
        keys.addAll(keys.isEmpty() ? items.keys(session) : items.optional(session));
        return keys;
    }

    @Command(
            name = "receive",
            description = {
                "Receive goods that were sent to here. What was sent and does not come is a SHORT exception,",
                "what comes and was not sent OVER or NO DATA; both open an investigation."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  consilium --context transmed/operator drug receive --parent 006141411234567890",
                "  consilium drug receive --nothing-of SHIPMENT     (nothing came: NO PRODUCT)"
            })
    int receive(
            @Mixin ItemOptions items,
            @Option(names = "--parent", split = ",", paramLabel = "SSCC", description = "A container with all in it.")
                    List<String> parents,
            @Option(
                            names = "--nothing-of",
                            paramLabel = "SHIPMENT",
                            description = "A shipment of which nothing has come.")
                    Optional<String> nothingOf)
            throws Exception {
        DrugReceive.Builder receive = DrugReceive.newBuilder();
        if (nothingOf.isPresent()) {
            receive.setNothingOf(Ids.object("shipment", nothingOf.get()));
        } else {
            Goods goods = Goods.of(desk, named(items, parents));
            receive.addAllItems(goods.items()).addAllContainers(goods.containers());
        }
        desk.act(DrugAction.newBuilder().setReceive(receive), Map.of());
        return 0;
    }

    /** The options of every command that changes how a pack stands. */
    static final class Change {
        @Mixin
        ItemOptions items = new ItemOptions();

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why; sealed for the trading partners.")
        Optional<String> reason = Optional.empty();
    }

    @Command(
            name = "dispense",
            description = "Hand a pack to a patient; nothing of the patient is written.",
            footerHeading = "%nExamples:%n",
            footer = {"  consilium --context northside/pharmacist drug dispense --gtin 00614141123452 --serial A1"})
    int dispense(
            @Mixin Change change,
            @Option(names = "--partial", description = "Only a part of the pack; the rest stays here.") boolean partial)
            throws Exception {
        return change(partial ? DrugStatusKind.DRUG_DISPENSE_PARTIALLY : DrugStatusKind.DRUG_DISPENSE, change);
    }

    @Command(
            name = "destroy",
            description = "Destroy a pack; this cannot be undone.",
            footerHeading = "%nExamples:%n",
            footer = {"  consilium drug destroy --gtin 00614141123452 --serial A1 --reason 'water damage'"})
    int destroy(
            @Mixin Change change,
            @Option(names = "--sample", description = "Taken as a sample by an authority or for tests.") boolean sample,
            @Option(names = "--export", description = "Leaves the region where the code is followed.") boolean export)
            throws Exception {
        if (sample && export) {
            throw new MalformedInput("--sample", "A pack is either a sample or exported", "Give one of them");
        }
        return change(
                sample ? DrugStatusKind.DRUG_SAMPLE : export ? DrugStatusKind.DRUG_EXPORT : DrugStatusKind.DRUG_DESTROY,
                change);
    }

    @Command(
            name = "quarantine",
            description = "Stop a pack until it is released.",
            footerHeading = "%nExamples:%n",
            footer = {"  consilium drug quarantine --gtin 00614141123452 --serial A1 --reason 'seal broken'"})
    int quarantine(
            @Mixin Change change,
            @Option(names = "--suspect", description = "It may be a counterfeit: the manufacturer is told.")
                    boolean suspect)
            throws Exception {
        return change(suspect ? DrugStatusKind.DRUG_MARK_SUSPECT : DrugStatusKind.DRUG_QUARANTINE, change);
    }

    @Command(
            name = "release",
            description = "Release a pack from quarantine.",
            footerHeading = "%nExamples:%n",
            footer = {"  consilium drug release --gtin 00614141123452 --serial A1 --reason 'seal intact'"})
    int release(@Mixin Change change) throws Exception {
        return change(DrugStatusKind.DRUG_RELEASE, change);
    }

    @Command(
            name = "mark-illegitimate",
            description = "Mark a pack as counterfeit, diverted or stolen; manufacturer and regulator are told.",
            footerHeading = "%nExamples:%n",
            footer = {"  consilium drug mark-illegitimate --gtin 00614141123452 --serial A1 --reason 'false label'"})
    int markIllegitimate(@Mixin Change change) throws Exception {
        return change(DrugStatusKind.DRUG_MARK_ILLEGITIMATE, change);
    }

    @Command(
            name = "undo",
            description = "Take back a dispensing, sampling or export that was a mistake: here, within ten days.",
            footerHeading = "%nExamples:%n",
            footer = {"  consilium drug undo --gtin 00614141123452 --serial A1 --reason 'wrong pack scanned'"})
    int undo(@Mixin Change change) throws Exception {
        return change(DrugStatusKind.DRUG_UNDO, change);
    }

    private int change(DrugStatusKind kind, Change change) throws ClientException {
        List<Gs1Key> keys = change.items.keys(session);
        Goods goods = Goods.of(desk, keys);
        if (!goods.containers().isEmpty()) {
            throw new MalformedInput("--item", "This is done to packs, not to a container", "Name the packs");
        }
        DrugStatusChange.Builder action =
                DrugStatusChange.newBuilder().setKind(kind).addAllItems(goods.items());
        if (change.reason.isPresent()) {
            action.setSealedReason(desk.requireProduct(keys.get(0)).seal(change.reason.get()));
        }
        desk.act(DrugAction.newBuilder().setStatusChange(action), Map.of());
        return 0;
    }

    @Command(
            name = "recall",
            description = {
                "Recall a lot, a whole product or single packs: in force at once wherever they are, under way too.",
                "The answer lists who has goods of it."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  consilium --context helix/packer drug recall --gtin 00614141123452 --lot L1 --reason 'impurity'"
            })
    int recall(
            @Option(names = "--gtin", required = true, paramLabel = "G", description = "GTIN of the product.")
                    String gtin,
            @Option(names = "--lot", paramLabel = "L", description = "Only this lot.") Optional<String> lot,
            @Option(names = "--serial", split = ",", paramLabel = "S", description = "Only these packs.")
                    List<String> serials,
            @Option(
                            names = "--reason",
                            required = true,
                            paramLabel = "TEXT",
                            description = "Why; sealed for the trading partners.")
                    String reason)
            throws Exception {
        Gs1Key product = DrugDesk.pack(gtin, "0");
        BlindingKey key = desk.requireProduct(product);
        ByteString id = new CustodianKeys().freshId();
        DrugRecall.Builder recall = DrugRecall.newBuilder()
                .setRecallId(id)
                .setProductId(key.productId())
                .setSealedReason(key.seal(reason));
        lot.ifPresent(number -> recall.setLotId(key.lotId(number)));
        List<Gs1Key> packs = new ArrayList<>();
        for (String serial : serials == null ? List.<String>of() : serials) {
            packs.add(DrugDesk.pack(gtin, serial));
        }
        if (!packs.isEmpty()) {
            recall.addAllItems(Goods.of(desk, packs).items());
        }
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("recallId", Ids.text(id));
        Writes.Written written = desk.submit(DrugAction.newBuilder().setRecall(recall), ids);
        if (written.receipt().map(VerifiedReceipt::applied).orElse(false)) {
            holders(written.result(), id);
        }
        new Writes(session).print(written);
        return 0;
    }

    private void holders(Map<String, Object> result, ByteString recallId) throws ClientException {
        DrugHeld held = desk.ask(DrugRequest.newBuilder()
                        .setHolders(DrugHolders.newBuilder().setRecallId(recallId))
                        .build())
                .getHeld();
        result.put("holders", List.copyOf(held.getHoldersList()));
        List<Object> underWay = new ArrayList<>();
        for (DrugShipmentState shipment : held.getUnderWayList()) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("shipmentId", Ids.text(shipment.getId()));
            object.put("from", shipment.getFrom());
            object.put("to", shipment.getTo());
            underWay.add(object);
        }
        result.put("inTransit", underWay);
    }
}
