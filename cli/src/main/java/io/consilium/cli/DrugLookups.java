package io.consilium.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.interop.epcis.DscsaExport;
import io.consilium.interop.epcis.DscsaText;
import io.consilium.interop.epcis.EpcisDocument;
import io.consilium.interop.epcis.TransactionInformation;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugShipmentState;
import io.consilium.proto.DrugTrace;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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

/** The commands of {@code drug} that look: trace, export, shipments, exceptions (DRU-7, DRU-8). */
class DrugLookups extends DrugChecks {
    DrugLookups(Session session) {
        super(session);
    }

    @Command(
            name = "trace",
            description = {
                "Show the path of a pack or container from its origin.",
                "To those who are on it, the manufacturer and the regulator."
            },
            footer = {
                "  consilium drug trace --gtin 00614141123452 --serial A1",
                "  consilium drug trace --item '(01)00614141123452(21)A1' --svg path.svg -o json"
            })
    int trace(
            @Mixin ItemOptions items,
            @Option(names = "--svg", paramLabel = "FILE", description = "Also draw it.") Optional<Path> svg)
            throws Exception {
        Gs1Key key = one(items);
        UserFiles.requireNew(svg);
        SignedPath path = path(key);
        PathView view = PathView.of(desk, key, path.traced());
        if (svg.isPresent()) {
            UserFiles.publish(svg.get(), PathPicture.draw(view).getBytes(StandardCharsets.UTF_8));
        }
        if (session.output().format() == GlobalOptions.Format.table) {
            session.output().raw().print(view.text());
        } else {
            Map<String, Object> shown = view.shown(new KeptEvents(session, desk));
            shown.put("receipt", path.receipt());
            session.output().result(shown);
        }
        return 0;
    }

    @Command(
            name = "export",
            description = {
                "Write a path as EPCIS 2.0, or the papers of the DSCSA.",
                "The papers are transaction information and transaction statement of a change of ownership, the last of yours.",
                "Events that were captured are written as they came, for the institutions that they name."
            },
            footer = {
                "  consilium drug export --gtin 00614141123452 --serial A1 --format epcis > path.json",
                "  consilium drug export --item '(00)006141411234567890' --format epcis --out path.json",
                "  consilium drug export --gtin 00614141123452 --serial A1 --event 'ni:///sha-256;…?ver=CBV2.0'",
                "  consilium drug export --gtin 00614141123452 --serial A1,A2 --format dscsa -o json"
            })
    int export(
            @Mixin ItemOptions items,
            @Option(
                            names = "--format",
                            defaultValue = "epcis",
                            paramLabel = "epcis|dscsa",
                            description = "EPCIS 2.0 in JSON (default), or DSCSA: a paper, with -o json its JSON.")
                    String format,
            @Option(
                            names = "--event",
                            paramLabel = "ID",
                            description = "Of epcis: one captured event of the item alone, by its hash id.")
                    Optional<String> event,
            @Option(
                            names = "--addresses",
                            paramLabel = "FILE",
                            description = "Of dscsa: JSON of the parties' addresses by GLN.")
                    Optional<String> addresses,
            @Option(
                            names = "--shipment",
                            paramLabel = "ID",
                            description = "Of dscsa: this change of ownership (default: the last one of yours).")
                    Optional<String> shipment,
            @Option(names = "--out", paramLabel = "FILE", description = "Where to write it (default: here).")
                    Optional<Path> out)
            throws Exception {
        UserFiles.requireNew(out);
        byte[] document =
                switch (format) {
                    case "epcis" -> event.isPresent() ? event(one(items), event.get()) : epcis(one(items));
                    case "dscsa" -> dscsa(many(items), shipment, addresses);
                    default ->
                        throw new MalformedInput("--format", "There is no format " + format, "Write epcis or dscsa");
                };
        if (out.isPresent()) {
            UserFiles.publish(out.get(), document);
        } else {
            session.output().raw().write(document);
            session.output().raw().println();
        }
        return 0;
    }

    private byte[] epcis(Gs1Key key) throws ClientException {
        io.consilium.proto.DrugTraced traced = traced(key);
        PathExport export = new PathExport(
                desk,
                new KeptEvents(session, desk),
                key,
                PathView.of(desk, key, traced),
                traced.getLotId().isEmpty() ? Optional.empty() : desk.batch(key, traced));
        EpcisDocument document = export.document(Instant.now().truncatedTo(ChronoUnit.MILLIS));
        if (export.heads() > 1) {
            session.output()
                    .say(
                            "The events came in " + export.heads()
                                    + " documents with heads of their own, which are left out; --event ID exports one with its head");
        }
        return document.toJson();
    }

    /** An event that changed nothing stands on no path, and is kept all the same. */
    private byte[] event(Gs1Key key, String hashId) throws ClientException {
        KeptEvents events = new KeptEvents(session, desk);
        ByteString id = desk.eventKey(key).eventId(hashId);
        Set<String> captors = new LinkedHashSet<>(List.of(session.institution()));
        desk.owner(key).ifPresent(owner -> captors.add(owner.getId()));
        captors.addAll(desk.containers().senders());
        Optional<KeptEvents.Kept> found = Optional.empty();
        for (String captor : captors) {
            found = found.isPresent() ? found : events.of(captor, id);
        }
        KeptEvents.Kept kept = found.orElseThrow(() -> new ClientException(
                FailureClass.NOT_FOUND,
                "NOT_FOUND",
                "PRV-8",
                "",
                "There is no such event of this item, or you may not read it",
                "Give the hashId that drug capture --check shows, and of the event's packs, else containers, the first by"
                        + " its Digital Link"));
        return EpcisDocument.of(
                        Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
                        JsonNodeFactory.instance.objectNode(),
                        List.of(kept.event()))
                .with(kept.document())
                .toJson();
    }

    private byte[] dscsa(List<Gs1Key> packs, Optional<String> shipment, Optional<String> addresses)
            throws ClientException {
        Optional<ByteString> of =
                shipment.isPresent() ? Optional.of(Ids.object("shipment", shipment.get())) : Optional.empty();
        List<DscsaPapers.Traced> traced = new ArrayList<>();
        for (Gs1Key pack : packs) {
            if (DrugDesk.isContainer(pack)) {
                throw new MalformedInput(
                        "--item",
                        "Transaction information names packs by their serials, which a container does not tell",
                        "Name the packs, or give them with --items-file");
            }
            traced.add(new DscsaPapers.Traced(pack, traced(pack)));
        }
        TransactionInformation information =
                DscsaPapers.of(session, desk, addresses).of(traced, of);
        String text = session.output().format() == GlobalOptions.Format.table
                ? DscsaText.of(information).stripTrailing()
                : DscsaExport.json(information).toPrettyString();
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** One item; one that is not well formed names nothing. */
    Gs1Key one(ItemOptions items) throws ClientException {
        List<Gs1Key> keys = many(items);
        if (keys.size() != 1) {
            throw new MalformedInput("--item", "One item has one path, " + keys.size() + " are named", "Name one item");
        }
        return keys.get(0);
    }

    private List<Gs1Key> many(ItemOptions items) throws ClientException {
        try {
            return items.keys(session);
        } catch (ClientException malformed) {
            if (malformed.kind() != FailureClass.REFUSED) {
                throw malformed;
            }
            throw new ClientException(
                            FailureClass.NOT_FOUND,
                            malformed.code(),
                            malformed.rule(),
                            malformed.path(),
                            String.valueOf(malformed.getMessage()),
                            malformed.hint())
                    .causedBy(malformed);
        }
    }

    io.consilium.proto.DrugTraced traced(Gs1Key key) throws ClientException {
        return path(key).traced();
    }

    /** Strangers get the answer that unknown packs get. */
    private SignedPath path(Gs1Key key) throws ClientException {
        DrugTrace.Builder trace = DrugTrace.newBuilder();
        if (DrugDesk.isContainer(key)) {
            trace.setContainerId(containerOrNothing(key));
        } else {
            Optional<BlindingKey> product = key.gtin().isEmpty() ? Optional.empty() : keyOrNothing(key);
            if (product.isEmpty()) {
                throw nothing();
            }
            trace.setProductId(product.get().productId())
                    .setItemId(product.get().itemId(key.serial()));
        }
        return SignedPath.of(
                session,
                trace.build(),
                desk.ask(DrugRequest.newBuilder().setTrace(trace).build()).getTraced());
    }

    private ByteString containerOrNothing(Gs1Key key) throws ClientException {
        try {
            return desk.containers().require(key).id();
        } catch (ClientException refused) {
            throw refused.kind() == FailureClass.DENIED ? nothing() : refused;
        }
    }

    private Optional<BlindingKey> keyOrNothing(Gs1Key key) throws ClientException {
        try {
            return desk.product(key);
        } catch (ClientException refused) {
            if (refused.kind() == FailureClass.DENIED) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    private DrugExceptionState exception(String id) throws ClientException {
        return session.state()
                .find(DrugKeys.exception(Ids.object("exception", id)), DrugExceptionState.parser())
                .orElseThrow(DrugLookups::noException)
                .value();
    }

    private static ClientException noException() {
        return new ClientException(
                FailureClass.NOT_FOUND,
                "NOT_FOUND",
                "PRV-8",
                "",
                "There is no such exception, or you may not see it",
                "List those of your institution with drug exceptions");
    }

    static ClientException nothing() {
        return new ClientException(
                FailureClass.NOT_FOUND,
                "NOT_FOUND",
                "PRV-8",
                "",
                "There is no such pack or container, or you may not see it",
                "Check the identifier; whoever holds or held it sees its path");
    }

    @Command(
            name = "shipments",
            description = "List what this institution has sent and is sent.",
            footer = {"  consilium --context transmed/operator drug shipments"})
    int shipments(@Mixin Pages.Paging paging) throws Exception {
        new Pages(session)
                .print(
                        "shipments",
                        "",
                        paging,
                        DrugShipmentState.parser(),
                        List.of("shipmentId", "from", "to", "sentAt", "receivedAt"),
                        shipment -> {
                            Map<String, Object> object = new LinkedHashMap<>();
                            object.put("shipmentId", Ids.text(shipment.getId()));
                            object.put("from", shipment.getFrom());
                            object.put("to", shipment.getTo());
                            object.put("return", shipment.getReturnGoods());
                            object.put("sentAt", Dates.text(shipment.getSentMillis()));
                            object.put("receivedAt", time(shipment.getReceivedMillis()));
                            object.put("returnedAt", time(shipment.getReturnedMillis()));
                            return object;
                        });
        return 0;
    }

    private static Optional<String> time(long millis) {
        return millis == 0 ? Optional.empty() : Optional.of(Dates.text(millis));
    }

    @Command(
            name = "exceptions",
            description = {
                "List, show or resolve exceptions, such as missing packs.",
                "They are short, over, duplicates, suspect packs and the like."
            },
            footer = {
                "  consilium --context transmed/operator drug exceptions",
                "  consilium drug exceptions show ID",
                "  consilium drug exceptions show ID --items-file packs.txt    (which of these it is about)",
                "  consilium drug exceptions resolve ID --resolution not-sent --reason 'stands on its ramp'"
            })
    int exceptions(
            @Parameters(
                            paramLabel = "list|show|resolve",
                            arity = "0..1",
                            defaultValue = "list",
                            description = "What to do (default list).")
                    String what,
            @Parameters(index = "1", paramLabel = "ID", arity = "0..1", description = "Exception id.")
                    Optional<String> id,
            @Option(
                            names = {"--resolution", "--outcome"},
                            paramLabel = "CODE",
                            description = {
                                "How it ended. What did not come (short, no-product):",
                                "not-sent or lost: its sender receives what he has.",
                                "Others: data-corrected, returned, destroyed,",
                                "genuine, illegitimate, unfounded."
                            })
                    Optional<String> resolution,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            converter = SaidText.class,
                            description = "Why; sealed for the parties. A resolution needs one.")
                    Optional<String> reason,
            @Option(names = "--investigating", description = "Take it on; it is not resolved yet.")
                    boolean investigating,
            @Mixin ItemOptions items,
            @Option(names = "--institution", paramLabel = "ID", description = "A regulator's: whose to list.")
                    Optional<String> institution,
            @Mixin Pages.Paging paging)
            throws Exception {
        switch (what) {
            case "list" ->
                new Pages(session)
                        .print(
                                "exceptions",
                                institution.isPresent() ? "institution/" + Ids.institution(institution.get()) : "",
                                paging,
                                DrugExceptionState.parser(),
                                List.of("exceptionId", "type", "status", "parties", "openedAt"),
                                DrugExceptions::describe);
            case "show" ->
                session.output()
                        .result(DrugExceptions.shown(
                                desk, exception(required("ID", id)), session.institution(), items.optional(session)));
            case "resolve" ->
                desk.acts()
                        .act(
                                DrugAction.newBuilder()
                                        .setResolve(DrugExceptions.resolving(
                                                desk,
                                                exception(required("ID", id)),
                                                session.institution(),
                                                investigating
                                                        ? Optional.empty()
                                                        : Optional.of(required("--resolution", resolution)),
                                                investigating ? reason : Optional.of(required("--reason", reason)))),
                                Map.of());
            default -> throw new MalformedInput("", "There is no drug exceptions " + what, "list, show or resolve");
        }
        return 0;
    }
}
