package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.MalformedInput;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugReceive;
import io.consilium.proto.DrugShip;
import io.consilium.proto.DrugStatusChange;
import io.consilium.proto.DrugStatusKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The commands of {@code drug} that hand packs on, stop them and end their way (DRU-4 to DRU-6). */
class DrugHandling extends DrugRecalls {
    static final int MAX_REASON_BYTES = 1_900;

    DrugHandling(Session session) {
        super(session);
    }

    @Command(
            name = "ship",
            description = "Send goods to another institution, which receives them.",
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
        desk.acts()
                .act(
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
        desk.acts()
                .act(
                        DrugAction.newBuilder()
                                .setEventTimeMillis(when.millis())
                                .setReceive(receive),
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
            description = {
                "Destroy packs, or containers with all in them, for good.",
                "So its sender ends a container that was lost on its way. It cannot be undone."
            },
            footer = {
                "  consilium drug destroy --gtin 00614141123452 --serial A1 --reason 'water damage'",
                "  consilium drug destroy --parent 006141411234567890 --reason 'stolen on its way'"
            })
    int destroy(
            @Mixin DrugOptions.Consignment goods,
            @Mixin DrugOptions.When when,
            @Mixin DrugOptions.Why why,
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
        DrugStatusKind kind = kinds.isEmpty() ? DrugStatusKind.DRUG_DESTROY : kinds.get(0);
        return change(kind, goods.named(session), when.millis(), Optional.of(why.reason));
    }

    @Command(
            name = "quarantine",
            description = "Stop a pack until it is released.",
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
            footer = {"  consilium drug release --gtin 00614141123452 --serial A1 --reason 'seal intact'"})
    int release(@Mixin DrugOptions.ReasonedChange change) throws Exception {
        return change(DrugStatusKind.DRUG_RELEASE, change);
    }

    @Command(
            name = "mark-illegitimate",
            description = {"Mark a pack as counterfeit, diverted or stolen.", "Manufacturer and regulator are told."},
            footer = {"  consilium drug mark-illegitimate --gtin 00614141123452 --serial A1 --reason 'false label'"})
    int markIllegitimate(@Mixin DrugOptions.ReasonedChange change) throws Exception {
        return change(DrugStatusKind.DRUG_MARK_ILLEGITIMATE, change);
    }

    @Command(
            name = "undo",
            description = {"Take back a dispensing, sampling or export in error.", "Where it was done, within ten days."
            },
            footer = {"  consilium drug undo --gtin 00614141123452 --serial A1 --reason 'wrong pack scanned'"})
    int undo(@Mixin DrugOptions.ReasonedChange change) throws Exception {
        return change(DrugStatusKind.DRUG_UNDO, change);
    }

    private int change(DrugStatusKind kind, DrugOptions.ReasonedChange reasoned) throws ClientException {
        return change(kind, reasoned.change, Optional.of(reasoned.why.reason));
    }

    private int change(DrugStatusKind kind, DrugOptions.Change change, Optional<String> reason) throws ClientException {
        return change(kind, change.items.printed(session), change.when.millis(), reason);
    }

    private int change(DrugStatusKind kind, List<PrintedPack> printed, long at, Optional<String> reason)
            throws ClientException {
        boolean handsOut = kind == DrugStatusKind.DRUG_DISPENSE || kind == DrugStatusKind.DRUG_DISPENSE_PARTIALLY;
        List<Gs1Key> keys = printed.stream().map(PrintedPack::key).toList();
        Goods goods = handsOut ? asPrinted(printed) : Goods.of(desk, keys);
        if (!goods.containers().isEmpty() && kind != DrugStatusKind.DRUG_DESTROY) {
            throw new MalformedInput(
                    "--item",
                    "This is done to packs, not to a container",
                    "Name the packs; only drug destroy takes containers");
        }
        List<DrugStatusChange.Builder> changes = new ArrayList<>(changes(goods, reason));
        if (!goods.containers().isEmpty()) {
            List<Gs1Key> containers =
                    keys.stream().filter(DrugDesk::isContainer).toList();
            changes.addAll(PackContainers.Container.ends(
                    desk.containers().meant(containers).values(), fitting(reason.orElseThrow())));
        }
        desk.acts()
                .act(changes.stream()
                        .map(change ->
                                DrugAction.newBuilder().setEventTimeMillis(at).setStatusChange(change.setKind(kind)))
                        .toList());
        return 0;
    }

    private static String fitting(String reason) throws MalformedInput {
        if (reason.getBytes(StandardCharsets.UTF_8).length > MAX_REASON_BYTES) {
            throw new MalformedInput(
                    "--reason",
                    "The reason is kept with every pack and is longer than " + MAX_REASON_BYTES + " bytes",
                    "Write it shorter");
        }
        return reason;
    }

    /** A reason is sealed with its product's key, so that every product's packs have a change of their own. */
    private List<DrugStatusChange.Builder> changes(Goods goods, Optional<String> reason) throws ClientException {
        if (reason.isEmpty()) {
            return List.of(DrugStatusChange.newBuilder().addAllItems(goods.items()));
        }
        Map<ByteString, DrugStatusChange.Builder> changes = new LinkedHashMap<>();
        for (Gs1Key pack : goods.packs().values()) {
            BlindingKey key = desk.requireProduct(pack);
            if (!changes.containsKey(key.productId())) {
                changes.put(
                        key.productId(),
                        DrugStatusChange.newBuilder().setSealedReason(key.seal(fitting(reason.get()))));
            }
        }
        goods.items().forEach(set -> Objects.requireNonNull(changes.get(set.getProductId()))
                .addItems(set));
        return List.copyOf(changes.values());
    }
}
