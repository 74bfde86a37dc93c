package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.provenance.ItemIds;
import io.consilium.ledger.provenance.PackSearch;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugHeld;
import io.consilium.proto.DrugHolders;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugRecall;
import io.consilium.proto.DrugRecallState;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugShipmentState;
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
import picocli.CommandLine.Parameters;

/** The commands of {@code drug} that recall, and tell who has what is recalled (DRU-6). */
class DrugRecalls extends DrugLookups {
    DrugRecalls(Session session) {
        super(session);
    }

    @Command(
            name = "recall",
            description = {
                "Recall a lot, a whole product or single packs.",
                "It is in force at once wherever they are, under way too. The answer lists who has goods of it."
            },
            footer = {
                "  consilium --context helix/packer drug recall --gtin 00614141123452 --lot L1 --reason 'impurity'"
            })
    int recall(
            @Option(names = "--gtin", required = true, paramLabel = "G", description = "GTIN of the product.")
                    String gtin,
            @Option(names = "--lot", paramLabel = "L", description = "Only this lot, or packs of it alone.")
                    Optional<String> lot,
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
        Writes.Written written = desk.acts().submit(DrugAction.newBuilder().setRecall(recall), ids);
        if (written.applied()) {
            heldNow(written.result(), id);
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

    /** The recall is in force, whatever becomes of the question who has goods of it: it is asked again later. */
    private void heldNow(Map<String, Object> result, ByteString recallId) {
        try {
            result.putAll(held(recallId));
        } catch (ClientException later) {
            result.put("holders", Optional.empty());
            session.output()
                    .say("The recall is in force, but who has goods of it cannot be told now: " + later.getMessage()
                            + ". Ask later: consilium drug recalls show " + Ids.text(recallId));
        }
    }

    private Map<String, Object> held(ByteString recallId) throws ClientException {
        DrugHeld held = SignedPath.holders(
                session,
                recallId,
                desk.ask(DrugRequest.newBuilder()
                                .setHolders(DrugHolders.newBuilder().setRecallId(recallId))
                                .build())
                        .getHeld());
        Map<String, Object> result = new LinkedHashMap<>();
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
        return result;
    }

    @Command(
            name = "recalls",
            description = {
                "List recalls, or show one with who has goods of it now.",
                "The list is that of the products' manufacturer; holders are shown to it and to the regulator."
            },
            footer = {
                "  consilium --context helix/packer drug recalls",
                "  consilium --context medwatch/inspector drug recalls --institution helix",
                "  consilium drug recalls show ID --gtin 00614141123452    (why: opened with the product's key)"
            })
    int recalls(
            @Parameters(
                            paramLabel = "list|show",
                            arity = "0..1",
                            defaultValue = "list",
                            description = "What to do (default list).")
                    String what,
            @Parameters(index = "1", paramLabel = "ID", arity = "0..1", description = "Recall id.") Optional<String> id,
            @Option(
                            names = "--gtin",
                            paramLabel = "G",
                            description = "Of show: GTIN of the product, to open the reason.")
                    Optional<String> gtin,
            @Option(names = "--institution", paramLabel = "ID", description = "A regulator's: whose products' to list.")
                    Optional<String> institution,
            @Mixin Pages.Paging paging)
            throws Exception {
        switch (what) {
            case "list" ->
                new Pages(session)
                        .print(
                                "recalls",
                                institution.isPresent() ? "institution/" + Ids.institution(institution.get()) : "",
                                paging,
                                DrugRecallState.parser(),
                                List.of("recallId", "of", "recaller", "recalledAt"),
                                DrugRecalls::describe);
            case "show" -> {
                DrugRecallState recall = recall(Ids.object("recall", required("ID", id)));
                Map<String, Object> shown = describe(recall);
                reason(recall, gtin).ifPresent(reason -> shown.put("reason", reason));
                try {
                    shown.putAll(held(recall.getId()));
                } catch (ClientException refused) {
                    if (refused.kind() != FailureClass.NOT_FOUND) {
                        throw refused;
                    }
                }
                session.output().result(shown);
            }
            default -> throw new MalformedInput("", "There is no drug recalls " + what, "Write list or show");
        }
        return 0;
    }

    private DrugRecallState recall(ByteString id) throws ClientException {
        return session.state()
                .find(DrugKeys.recall(id), DrugRecallState.parser())
                .orElseThrow(() -> new ClientException(
                        FailureClass.NOT_FOUND,
                        "NOT_FOUND",
                        "PRV-8",
                        "",
                        "There is no such recall, or you may not see it",
                        "List those of a manufacturer with drug recalls"))
                .value();
    }

    private Optional<String> reason(DrugRecallState recall, Optional<String> gtin) throws ClientException {
        if (gtin.isEmpty()) {
            return Optional.empty();
        }
        BlindingKey key = desk.requireProduct(DrugDesk.pack(gtin.get(), "0"));
        if (!key.productId().equals(recall.getProductId())) {
            throw new MalformedInput("--gtin", "The recall is of another product", "Give the GTIN of the recalled one");
        }
        return key.open(recall.getSealedReason());
    }

    private static Map<String, Object> describe(DrugRecallState recall) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("recallId", Ids.text(recall.getId()));
        object.put(
                "of", recall.getItemsCount() > 0 ? "packs" : recall.getLotId().isEmpty() ? "product" : "lot");
        object.put("productId", Ids.text(recall.getProductId()));
        object.put("lotId", recall.getLotId().isEmpty() ? Optional.empty() : Ids.text(recall.getLotId()));
        object.put(
                "packs",
                recall.getItemsList().stream()
                        .mapToInt(set -> ItemIds.count(set.getIds()))
                        .sum());
        object.put("recaller", recall.getRecaller());
        object.put("recalledAt", Dates.text(recall.getRecalledMillis()));
        return object;
    }
}
