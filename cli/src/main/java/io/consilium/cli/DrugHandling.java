package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.client.VerifiedReceipt;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.ledger.provenance.PackSearch;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugHeld;
import io.consilium.proto.DrugHolders;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugRecall;
import io.consilium.proto.DrugReceive;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugShip;
import io.consilium.proto.DrugShipmentState;
import io.consilium.proto.DrugStatusChange;
import io.consilium.proto.DrugStatusKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
            description = "Send goods to another institution, which receives them.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  consilium --context helix/packer drug ship --parent 006141411234567890 --to transmed",
                "  consilium drug ship --gtin 00614141123452 --serial A1,A2 --to northside"
            })
    int ship(@Mixin DrugOptions.Dispatch dispatch) throws Exception {
        return send(dispatch, false);
    }

    @Command(
            name = "return",
            description = "Send goods back, recalled and expired ones too.",
            footerHeading = "%nExamples:%n",
            footer = {"  consilium --context northside/pharmacist drug return --parent 006141411234567890 --to transmed"
            })
    int return_(@Mixin DrugOptions.Dispatch dispatch) throws Exception {
        return send(dispatch, true);
    }

    private int send(DrugOptions.Dispatch dispatch, boolean returned) throws ClientException {
        String receiver = Ids.institution(dispatch.to);
        long at = dispatch.when.millis();
        Goods goods = asPrinted(dispatch.goods.named(session));
        ByteString id = new CustodianKeys().freshId();
        if (!goods.containers().isEmpty()) {
            desk.sendLogisticsKey(receiver);
        }
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("shipmentId", Ids.text(id));
        ids.put("to", receiver);
        desk.act(
                DrugAction.newBuilder()
                        .setEventTimeMillis(at)
                        .setShip(DrugShip.newBuilder()
                                .setShipmentId(id)
                                .setTo(receiver)
                                .setReturnGoods(returned)
                                .addAllItems(goods.items())
                                .addAllContainers(goods.containers())),
                ids);
        return 0;
    }

    @Command(
            name = "receive",
            description = {
                "Receive goods that were sent to here.",
                "What was sent and does not come is a SHORT exception, what comes and was not sent OVER or NO DATA; both open an investigation."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  consilium --context transmed/operator drug receive --parent 006141411234567890",
                "  consilium drug receive --nothing-of SHIPMENT     (nothing came: NO PRODUCT)"
            })
    int receive(
            @Mixin DrugOptions.Consignment consignment,
            @Mixin DrugOptions.When when,
            @Option(
                            names = "--nothing-of",
                            paramLabel = "SHIPMENT",
                            description = "A shipment of which nothing has come.")
                    Optional<String> nothingOf)
            throws Exception {
        DrugReceive.Builder receive = DrugReceive.newBuilder();
        List<String> recalled = List.of();
        if (nothingOf.isPresent()) {
            receive.setNothingOf(Ids.object("shipment", nothingOf.get()));
        } else {
            Goods goods = asPrinted(consignment.named(session));
            receive.addAllItems(goods.items()).addAllContainers(goods.containers());
            recalled = goods.recalled().stream().map(Gs1Key::elementString).toList();
        }
        desk.act(
                DrugAction.newBuilder().setEventTimeMillis(when.millis()).setReceive(receive),
                recalled.isEmpty() ? Map.of() : Map.of("recalled", recalled));
        if (!recalled.isEmpty()) {
            warn(recalled);
        }
        return 0;
    }

    /** Whoever hands out medicines is told what to do with what must not be handed out. */
    private void warn(List<String> recalled) throws ClientException {
        List<String> roles = desk.institution(session.institution()).getRolesList();
        boolean dispenses = roles.contains("PHARMACY") || roles.contains("PROVIDER");
        session.output()
                .say("Recalled or stopped: " + String.join(", ", recalled) + ". "
                        + (dispenses
                                ? "Keep it apart, hand none of it to a patient, and send it back: consilium drug return"
                                : "It can be returned or destroyed, and not be sent on: consilium drug return"));
    }

    /** What was scanned is what the chain knows, or nothing is done with it. */
    private Goods asPrinted(List<PrintedPack> printed) throws ClientException {
        Goods goods = Goods.of(desk, printed.stream().map(PrintedPack::key).toList());
        PrintedCheck.require(session, desk, goods, printed);
        return goods;
    }

    @Command(
            name = "dispense",
            description = "Hand a pack to a patient, of whom nothing is written.",
            footerHeading = "%nExamples:%n",
            footer = {"  consilium --context northside/pharmacist drug dispense --gtin 00614141123452 --serial A1"})
    int dispense(
            @Mixin DrugOptions.Change change,
            @Option(names = "--partial", description = "Only a part of the pack; the rest stays here.") boolean partial,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            converter = SaidText.class,
                            description = "Sealed for the trading partners; not needed.")
                    Optional<String> reason)
            throws Exception {
        return change(partial ? DrugStatusKind.DRUG_DISPENSE_PARTIALLY : DrugStatusKind.DRUG_DISPENSE, change, reason);
    }

    @Command(
            name = "destroy",
            description = "Destroy a pack; this cannot be undone.",
            footerHeading = "%nExamples:%n",
            footer = {"  consilium drug destroy --gtin 00614141123452 --serial A1 --reason 'water damage'"})
    int destroy(
            @Mixin DrugOptions.ReasonedChange change,
            @Option(names = "--sample", description = "Taken as a sample by an authority or for tests.") boolean sample,
            @Option(names = "--export", description = "Leaves the region where the code is followed.") boolean export,
            @Option(
                            names = "--decommission",
                            description = "Only its code is taken off, such as before it gets another one.")
                    boolean decommission)
            throws Exception {
        List<DrugStatusKind> kinds = new ArrayList<>();
        if (sample) {
            kinds.add(DrugStatusKind.DRUG_SAMPLE);
        }
        if (export) {
            kinds.add(DrugStatusKind.DRUG_EXPORT);
        }
        if (decommission) {
            kinds.add(DrugStatusKind.DRUG_DECOMMISSION);
        }
        if (kinds.size() > 1) {
            throw new MalformedInput(
                    "--sample, --export, --decommission", "A pack's way ends in one of these ways", "Give one of them");
        }
        return change(kinds.isEmpty() ? DrugStatusKind.DRUG_DESTROY : kinds.get(0), change);
    }

    @Command(
            name = "quarantine",
            description = "Stop a pack until it is released.",
            footerHeading = "%nExamples:%n",
            footer = {"  consilium drug quarantine --gtin 00614141123452 --serial A1 --reason 'seal broken'"})
    int quarantine(
            @Mixin DrugOptions.ReasonedChange change,
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
    int release(@Mixin DrugOptions.ReasonedChange change) throws Exception {
        return change(DrugStatusKind.DRUG_RELEASE, change);
    }

    @Command(
            name = "mark-illegitimate",
            description = {"Mark a pack as counterfeit, diverted or stolen.", "Manufacturer and regulator are told."},
            footerHeading = "%nExamples:%n",
            footer = {"  consilium drug mark-illegitimate --gtin 00614141123452 --serial A1 --reason 'false label'"})
    int markIllegitimate(@Mixin DrugOptions.ReasonedChange change) throws Exception {
        return change(DrugStatusKind.DRUG_MARK_ILLEGITIMATE, change);
    }

    @Command(
            name = "undo",
            description = {"Take back a dispensing, sampling or export in error.", "Where it was done, within ten days."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  consilium drug undo --gtin 00614141123452 --serial A1 --reason 'wrong pack scanned'"})
    int undo(@Mixin DrugOptions.ReasonedChange change) throws Exception {
        return change(DrugStatusKind.DRUG_UNDO, change);
    }

    private int change(DrugStatusKind kind, DrugOptions.ReasonedChange change) throws ClientException {
        return change(kind, change.change, Optional.of(change.reason));
    }

    private int change(DrugStatusKind kind, DrugOptions.Change change, Optional<String> reason) throws ClientException {
        List<PrintedPack> printed = change.items.printed(session);
        long at = change.when.millis();
        boolean handsOut = kind == DrugStatusKind.DRUG_DISPENSE || kind == DrugStatusKind.DRUG_DISPENSE_PARTIALLY;
        Goods goods = handsOut
                ? asPrinted(printed)
                : Goods.of(desk, printed.stream().map(PrintedPack::key).toList());
        if (!goods.containers().isEmpty()) {
            throw new MalformedInput("--item", "This is done to packs, not to a container", "Name the packs");
        }
        DrugStatusChange.Builder action =
                DrugStatusChange.newBuilder().setKind(kind).addAllItems(goods.items());
        if (reason.isPresent()) {
            action.setSealedReason(desk.requireProduct(printed.get(0).key()).seal(reason.get()));
        }
        desk.act(DrugAction.newBuilder().setEventTimeMillis(at).setStatusChange(action), Map.of());
        return 0;
    }

    @Command(
            name = "recall",
            description = {
                "Recall a lot, a whole product or single packs.",
                "It is in force at once wherever they are, under way too. The answer lists who has goods of it."
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
                            names = "--serial-range",
                            paramLabel = "FIRST..LAST",
                            description = "Only packs with serials from FIRST to LAST, e.g. A0100..A0199.")
                    Optional<String> range,
            @Option(
                            names = "--reason",
                            required = true,
                            paramLabel = "TEXT",
                            converter = SaidText.class,
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
        Set<Gs1Key> packs = new LinkedHashSet<>();
        for (String serial : serials == null ? List.<String>of() : serials) {
            packs.add(DrugDesk.pack(gtin, serial));
        }
        List<DrugItemSet> items = new ArrayList<>();
        if (!packs.isEmpty()) {
            items.addAll(Goods.of(desk, List.copyOf(packs)).items());
        }
        if (range.isPresent()) {
            items.addAll(inRange(gtin, range.get(), packs));
        }
        recall.addAllItems(PackSearch.joined(items));
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("recallId", Ids.text(id));
        Writes.Written written = desk.submit(DrugAction.newBuilder().setRecall(recall), ids);
        if (written.receipt().map(VerifiedReceipt::applied).orElse(false)) {
            holders(written.result(), id);
        }
        new Writes(session).print(written);
        return 0;
    }

    /** Those packs of a range of serials that were commissioned, without those that are named already. */
    private List<DrugItemSet> inRange(String gtin, String range, Set<Gs1Key> named) throws ClientException {
        List<Gs1Key> packs = new ArrayList<>();
        for (String serial : SerialRange.read(range)) {
            Gs1Key pack = DrugDesk.pack(gtin, serial);
            if (!named.contains(pack)) {
                packs.add(pack);
            }
        }
        if (packs.isEmpty()) {
            return List.of();
        }
        List<DrugItemSet> known = Goods.of(desk, packs).items().stream()
                .filter(set -> !set.getLotId().isEmpty())
                .toList();
        if (known.isEmpty()) {
            throw new ClientException(
                    FailureClass.NOT_FOUND,
                    "NOT_COMMISSIONED",
                    "DRU-6",
                    "--serial-range",
                    "No pack with a serial in this range has been commissioned",
                    "Check first and last serial");
        }
        return known;
    }

    private void holders(Map<String, Object> result, ByteString recallId) throws ClientException {
        DrugHeld held = SignedPath.holders(
                session,
                recallId,
                desk.ask(DrugRequest.newBuilder()
                                .setHolders(DrugHolders.newBuilder().setRecallId(recallId))
                                .build())
                        .getHeld());
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
