package io.consilium.cli;

import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.client.json.JsonWriter;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.MalformedIdentifier;
import io.consilium.interop.gs1.Ndc;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugPack;
import io.consilium.proto.DrugProductAdd;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugUnpack;
import io.consilium.proto.InstitutionState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drug}: packs of medicine from the maker to the patient (DRU-1 to DRU-9). */
@Command(
        addMethodSubcommands = false,
        name = "drug",
        description = "Follow packs of medicine from the maker to the patient.",
        footer = {
            "  consilium drug product add --gtin 00614141123452 --name 'Cardiol 10 mg'",
            "  consilium drug commission --gtin 00614141123452 --lot L1 --expiry 2029-12-31 \\",
            "      --serials-file serials.txt",
            "  consilium drug verify --scan '(01)00614141123452(21)A1(17)291231(10)L1'",
            "  consilium drug trace --gtin 00614141123452 --serial A1 --svg path.svg"
        })
final class DrugCommands extends DrugHandling {
    /** As many packs as one transaction holds. */
    DrugCommands(Session session) {
        super(session);
    }

    @Command(
            name = "product",
            description = {
                "Add or list products, or give a product's key to a partner.",
                "GTIN and name are sealed: only authorised trading partners, who have its key, learn them.",
                "A manufacturer's node gives the key to who asks; one without a node gives it with grant."
            },
            footer = {
                "  consilium --context helix/packer drug product add --gtin 00614141123452 --name 'Cardiol 10 mg'",
                "  consilium --context orion/packer drug product grant --gtin 09506000140148 --to transmed",
                "  consilium --context helix/packer drug product list"
            })
    int product(
            @Parameters(paramLabel = "add|grant|list", description = "What to do.") String what,
            @Option(names = "--gtin", paramLabel = "G", description = "GTIN-8, -12, -13 or -14.") Optional<String> gtin,
            @Option(
                            names = "--name",
                            paramLabel = "N",
                            converter = SaidText.class,
                            description = "Name of the product.")
                    Optional<String> name,
            @Option(names = "--ndc", paramLabel = "NDC", description = "National Drug Code, e.g. 50090-0481-0.")
                    Optional<String> ndc,
            @Option(
                            names = "--strength",
                            paramLabel = "TEXT",
                            converter = SaidText.class,
                            description = "Such as '10 mg'; for DSCSA papers.")
                    Optional<String> strength,
            @Option(
                            names = "--dosage-form",
                            paramLabel = "TEXT",
                            converter = SaidText.class,
                            description = "Such as 'tablet'; for DSCSA papers.")
                    Optional<String> dosageForm,
            @Option(
                            names = "--container-size",
                            paramLabel = "TEXT",
                            converter = SaidText.class,
                            description = "What one pack holds, such as '30 tablets'; for DSCSA papers.")
                    Optional<String> containerSize,
            @Option(
                            names = "--to",
                            paramLabel = "INSTITUTION|MEMBER",
                            description = "Of grant: who gets the key; of an institution all who handle goods.")
                    Optional<String> to,
            @Mixin Pages.Paging paging)
            throws Exception {
        return switch (what) {
            case "add" -> {
                Map<String, Object> more = new LinkedHashMap<>();
                if (ndc.isPresent()) {
                    more.put("ndc", ndc(ndc.get()));
                }
                strength.ifPresent(text -> more.put("strength", text));
                dosageForm.ifPresent(text -> more.put("dosageForm", text));
                containerSize.ifPresent(text -> more.put("containerSize", text));
                yield add(required("--gtin", gtin), required("--name", name), more);
            }
            case "grant" -> grant(required("--gtin", gtin), required("--to", to));
            case "list" -> listProducts(paging);
            default -> throw new MalformedInput("", "There is no drug product " + what, "Write add, grant or list");
        };
    }

    /** Hands a product's key to those of a trading partner who handle goods (DRU-9). */
    private int grant(String gtin, String to) throws ClientException {
        Gs1Key product = ownProduct(gtin);
        desk.requireProduct(product);
        List<String> given = desk.giveProduct(product.gtin().orElseThrow(), to);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("gtin", product.gtin().orElseThrow());
        result.put("givenTo", given);
        session.output().result(result);
        return 0;
    }

    private int add(String gtin, String name, Map<String, Object> more) throws ClientException {
        Gs1Key product = ownProduct(gtin);
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("gtin", product.gtin().orElseThrow());
        metadata.put("name", name);
        metadata.putAll(more);
        desk.foundCompany();
        BlindingKey key = desk.keys()
                .product(session.institution(), product.gtin().orElseThrow())
                .orElseThrow();
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("productId", Ids.text(key.productId()));
        ids.put("gtin", product.gtin().orElseThrow());
        desk.acts()
                .act(
                        DrugAction.newBuilder()
                                .setProductAdd(DrugProductAdd.newBuilder()
                                        .setProductId(key.productId())
                                        .setSeed(key.productSeed())
                                        .setSealedMetadata(key.seal(JsonWriter.compact(metadata)))),
                        ids);
        return 0;
    }

    private static String ndc(String text) throws ClientException {
        try {
            return Ndc.read(text).text();
        } catch (MalformedIdentifier malformed) {
            throw DrugDesk.malformed("--ndc", malformed);
        }
    }

    /** A well-formed GTIN under a company prefix of the own institution (DRU-2). */
    private Gs1Key ownProduct(String gtin) throws ClientException {
        Gs1Key product = DrugDesk.pack(gtin, "0");
        InstitutionState owner = desk.requireOwner(product);
        if (!owner.getId().equals(session.institution())) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "GTIN_FOREIGN",
                    "DRU-2",
                    "--gtin",
                    "The GTIN belongs to another manufacturer, " + owner.getId(),
                    "Use a GTIN under a company prefix of your own");
        }
        return product;
    }

    private int listProducts(Pages.Paging paging) throws ClientException {
        new Pages(session)
                .print(
                        "products",
                        "",
                        paging,
                        DrugProductState.parser(),
                        List.of("productId", "manufacturer", "lots", "recalled", "addedAt"),
                        product -> {
                            Map<String, Object> object = new LinkedHashMap<>();
                            object.put("productId", Ids.text(product.getId()));
                            object.put("manufacturer", product.getOwner());
                            object.put("lots", product.getLotsCount());
                            object.put("recalled", !product.getRecallId().isEmpty());
                            object.put("addedAt", Dates.text(product.getAddedMillis()));
                            return object;
                        });
        return 0;
    }

    @Command(
            name = "commission",
            description = "Commission packs of a lot: each serial exists, once.",
            footer = {
                "  consilium drug commission --gtin 00614141123452 --lot L1 --expiry 2029-12-31 --serial A1,A2",
                "  consilium drug commission --gtin 00614141123452 --lot L1 --expiry 2029-12-31 --serials-file F"
            })
    int commission(
            @Option(names = "--gtin", required = true, paramLabel = "G", description = "GTIN of the product.")
                    String gtin,
            @Option(names = "--lot", required = true, paramLabel = "L", description = "Lot number.") String lot,
            @Option(
                            names = "--expiry",
                            required = true,
                            paramLabel = "YYYY-MM-DD",
                            description = "Last day on which the packs may be used.")
                    String expiry,
            @Option(names = "--serial", split = ",", paramLabel = "S", description = "Serial; repeat it or use commas.")
                    List<String> serials,
            @Option(names = "--serials-file", paramLabel = "FILE", description = "One serial a line.")
                    Optional<String> file,
            @Mixin DrugOptions.When when)
            throws Exception {
        List<String> all = new ArrayList<>(serials == null ? List.of() : serials);
        if (file.isPresent()) {
            all.addAll(ItemOptions.lines(session, file.get()));
        }
        if (all.isEmpty()) {
            throw new MalformedInput("--serial", "No serial is named", "Give --serial S or --serials-file FILE");
        }
        ownProduct(gtin);
        Gs1Key product = DrugDesk.pack(gtin, all.get(0));
        Commissioning.requireOnce(gtin, all);
        lot(gtin, lot);
        long end = Dates.endOfDay("--expiry", expiry);
        if (end <= System.currentTimeMillis()) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "EXPIRED",
                    "DRU-2",
                    "--expiry",
                    "The lot's last day of use lies in the past",
                    "Correct --expiry: packs are commissioned before they expire");
        }
        long at = when.millis();
        BlindingKey key = desk.requireProduct(product);
        new Commissioning(session, desk, key, lot, expiry, end, at).run(all);
        return 0;
    }

    private static void lot(String gtin, String lot) throws ClientException {
        try {
            Gs1Key.lgtin(gtin, lot);
        } catch (MalformedIdentifier malformed) {
            throw DrugDesk.malformed("--lot", malformed);
        }
    }

    @Command(
            name = "pack",
            description = {"Put packs or containers into a container.", "A file can hold a whole pallet's hierarchy."},
            footer = {
                "  consilium drug pack --parent 006141411234567890 --child '(01)00614141123452(21)A1'",
                "  consilium drug pack --parent 006141411234567890 --children-file case-1.txt",
                "  consilium drug pack --aggregations hierarchy.csv    (lines of PARENT,CHILD)"
            })
    int pack(
            @Option(names = "--parent", paramLabel = "SSCC", description = "The container.") Optional<String> parent,
            @Option(
                            names = "--child",
                            split = ItemOptions.BETWEEN_ITEMS,
                            paramLabel = "ITEM",
                            description = "What goes in.")
                    List<String> children,
            @Option(names = "--children-file", paramLabel = "FILE", description = "One item a line.")
                    Optional<String> file,
            @Option(names = "--aggregations", paramLabel = "FILE", description = "PARENT,CHILD in each line.")
                    Optional<String> aggregations,
            @Option(
                            names = "--done",
                            paramLabel = "N",
                            defaultValue = "0",
                            description = "Go on after N containers, where the command before was cut off.")
                    int done,
            @Mixin DrugOptions.When when)
            throws Exception {
        long at = when.millis();
        Map<Gs1Key, List<Gs1Key>> all = new LinkedHashMap<>();
        if (aggregations.isPresent()) {
            all.putAll(Packing.read(ItemOptions.lines(session, aggregations.get())));
        }
        if (parent.isPresent()) {
            all.computeIfAbsent(Packing.parent(parent.get()), key -> new ArrayList<>())
                    .addAll(children(children, file));
        }
        if (all.isEmpty() || all.values().stream().anyMatch(List::isEmpty)) {
            throw new MalformedInput(
                    "--parent",
                    "It is not said what goes into what",
                    "Give --parent SSCC with --child ITEM or --children-file FILE, or --aggregations FILE");
        }
        if (done < 0 || done >= all.size()) {
            throw new MalformedInput(
                    "--done",
                    "There are " + all.size() + " containers, and " + done + " are done",
                    "Give what it said");
        }
        List<DrugPack> packs = new Packing(desk).transactions(all, done);
        return packed(packs, all.size(), done, at);
    }

    /** What is packed stays so: whoever is cut off goes on behind it. */
    private int packed(List<DrugPack> packs, int containers, int before, long at) throws ClientException {
        int done = before;
        for (int i = 0; i < packs.size(); i++) {
            Map<String, Object> ids = new LinkedHashMap<>();
            ids.put("containers", containers);
            if (packs.size() > 1) {
                ids.put("containersDone", done);
            }
            Writes.Written written;
            try {
                written = desk.acts()
                        .submit(DrugAction.newBuilder().setEventTimeMillis(at).setPack(packs.get(i)), ids);
            } catch (ClientException cutOff) {
                if (done > 0) {
                    session.output().say(done + " containers are packed. Go on with --done " + done);
                }
                throw cutOff;
            }
            if (i == packs.size() - 1 || written.receipt().isPresent() && !written.applied()) {
                new Writes(session).print(desk.acts().withExceptions(written));
                return 0;
            }
            done += packs.get(i).getAggregationsCount();
        }
        return 0;
    }

    private List<Gs1Key> children(List<String> children, Optional<String> file) throws ClientException {
        List<Gs1Key> keys = new ArrayList<>();
        for (String child : children == null ? List.<String>of() : children) {
            keys.add(DrugDesk.identifier("--child", child));
        }
        if (file.isPresent()) {
            for (String line : ItemOptions.lines(session, file.get())) {
                keys.add(DrugDesk.identifier("--children-file", line));
            }
        }
        return keys;
    }

    @Command(
            name = "unpack",
            description = {"Take packs or containers out of a container.", "Without --child everything."},
            footer = {"  consilium drug unpack --parent 006141411234567890 --child '(01)00614141123452(21)A1'"})
    int unpack(
            @Option(names = "--parent", required = true, paramLabel = "SSCC", description = "The container.")
                    String parent,
            @Option(
                            names = "--child",
                            split = ItemOptions.BETWEEN_ITEMS,
                            paramLabel = "ITEM",
                            description = "What comes out.")
                    List<String> children,
            @Option(names = "--children-file", paramLabel = "FILE", description = "One item a line.")
                    Optional<String> file,
            @Mixin DrugOptions.When when)
            throws Exception {
        PackContainers.Container container = desk.containers().require(Packing.parent(parent));
        List<Gs1Key> out = children(children, file);
        Goods goods = Goods.of(desk, out);
        desk.acts()
                .act(
                        DrugAction.newBuilder()
                                .setEventTimeMillis(when.millis())
                                .setUnpack(DrugUnpack.newBuilder()
                                        .setContainerId(container.id())
                                        .addAllItems(goods.items())
                                        .addAllContainers(goods.containers())
                                        .setEverything(out.isEmpty())),
                        Map.of());
        return 0;
    }
}
