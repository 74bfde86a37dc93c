package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.interop.epcis.TransactionInformation;
import io.consilium.interop.epcis.TransactionInformation.Batch;
import io.consilium.interop.epcis.TransactionInformation.Party;
import io.consilium.interop.epcis.TransactionInformation.Product;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.MalformedIdentifier;
import io.consilium.interop.gs1.Ndc;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.DrugStep;
import io.consilium.proto.DrugTraced;
import io.consilium.proto.InstitutionState;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The papers of a change of ownership under the DSCSA: who sold which packs to whom and when, as the chain knows it. What it
 * does not hold, which is the parties' addresses, comes from a file of the exporter.
 */
final class DscsaPapers {
    private static final int MAX_ADDRESS_BYTES = 1024 * 1024;

    private final Session session;
    private final DrugDesk desk;
    private final Map<String, JsonFields> addresses;

    private DscsaPapers(Session session, DrugDesk desk, Map<String, JsonFields> addresses) {
        this.session = session;
        this.desk = desk;
        this.addresses = addresses;
    }

    /** @param file JSON: GLN to {@code street, city, state, postalCode, country} */
    static DscsaPapers of(Session session, DrugDesk desk, Optional<String> file) throws ClientException {
        Map<String, JsonFields> addresses = new LinkedHashMap<>();
        if (file.isPresent()) {
            try {
                Object root = JsonReader.read(UserFiles.read(session, file.get(), MAX_ADDRESS_BYTES));
                JsonFields fields = JsonFields.of(root, "");
                for (Object gln : ((Map<?, ?>) root).keySet()) {
                    addresses.put(gln.toString(), fields.object(gln.toString()));
                }
            } catch (JsonException malformed) {
                throw new MalformedInput(
                        malformed.path(),
                        "The file of addresses is not as it should be: " + malformed.getMessage(),
                        "Write {\"GLN\": {\"street\", \"city\", \"state\", \"postalCode\", \"country\"}}");
            }
        }
        return new DscsaPapers(session, desk, addresses);
    }

    /** A pack with its path. */
    record Traced(Gs1Key pack, DrugTraced traced) {
        /**
         * The last time that it was sent on, not back, and not in vain, by an institution or to it; of one that took part
         * in none the last of all.
         */
        private Optional<DrugStep> sale(String party, Optional<ByteString> shipment) {
            List<DrugStep> sales = sales();
            if (shipment.isPresent()) {
                return sales.stream()
                        .filter(step -> step.getObject().equals(shipment.get()))
                        .findFirst();
            }
            return sales.stream()
                    .filter(step -> step.getTo().equals(party)
                            || ActorName.institutionOf(step.getActor()).equals(party))
                    .findFirst()
                    .or(() -> sales.stream().findFirst());
        }

        /** The last first. */
        private List<DrugStep> sales() {
            List<DrugStep> steps = traced.getStepsList();
            Set<ByteString> inVain = steps.stream()
                    .filter(step -> step.getType().equals("not-received"))
                    .map(DrugStep::getObject)
                    .collect(Collectors.toSet());
            List<DrugStep> sales = new ArrayList<>();
            for (DrugStep step : steps) {
                if (step.getType().equals("ship") && !inVain.contains(step.getObject())) {
                    sales.add(0, step);
                }
            }
            return sales;
        }
    }

    /**
     * All packs of one change of ownership.
     *
     * @param shipment or the last of each that this institution took part in
     */
    TransactionInformation of(List<Traced> packs, Optional<ByteString> shipment) throws ClientException {
        DrugStep sale = sale(packs, shipment);
        Map<String, Map<String, List<String>>> serials = new LinkedHashMap<>();
        Map<String, LocalDate> expiries = new LinkedHashMap<>();
        Map<String, Traced> firsts = new LinkedHashMap<>();
        for (Traced pack : packs) {
            String gtin = pack.pack().gtin().orElseThrow();
            PathExport.Batch batch = desk.batch(pack.pack(), pack.traced()).orElseThrow(DrugLookups::nothing);
            serials.computeIfAbsent(gtin, key -> new LinkedHashMap<>())
                    .computeIfAbsent(batch.lot(), key -> new ArrayList<>())
                    .add(pack.pack().serial());
            expiries.put(gtin + "/" + batch.lot(), batch.expiry());
            firsts.putIfAbsent(gtin, pack);
        }
        List<Product> products = new ArrayList<>();
        for (Map.Entry<String, Map<String, List<String>>> entry : serials.entrySet()) {
            List<Batch> batches = new ArrayList<>();
            entry.getValue()
                    .forEach((lot, of) -> batches.add(
                            new Batch(lot, Objects.requireNonNull(expiries.get(entry.getKey() + "/" + lot)), of)));
            products.add(product(Objects.requireNonNull(firsts.get(entry.getKey())), batches));
        }
        String seller = ActorName.institutionOf(sale.getActor());
        return new TransactionInformation(
                products,
                party(seller),
                party(sale.getTo()),
                Instant.ofEpochMilli(sale.getEventTimeMillis())
                        .atZone(ZoneOffset.UTC)
                        .toLocalDate(),
                Optional.empty(),
                List.of());
    }

    private DrugStep sale(List<Traced> packs, Optional<ByteString> shipment) throws ClientException {
        String own = session.institution();
        Optional<DrugStep> sale = packs.get(0).sale(own, shipment);
        if (sale.isEmpty()) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "NOT_SHIPPED",
                    "DRU-4",
                    "",
                    shipment.isPresent()
                            ? "The pack did not change hands by this shipment"
                            : "The pack has not changed hands yet: there is no transaction to write about",
                    shipment.isPresent() ? "See consilium drug shipments" : "Ship it first");
        }
        for (Traced pack : packs) {
            if (!pack.sale(own, shipment).map(DrugStep::getObject).equals(sale.map(DrugStep::getObject))) {
                throw new ClientException(
                        FailureClass.REFUSED,
                        "TRANSACTIONS_DIFFER",
                        "DRU-4",
                        "",
                        "The packs changed hands in different shipments",
                        "Export those of each shipment by themselves, or name one with --shipment ID");
            }
        }
        return sale.get();
    }

    private Product product(Traced first, List<Batch> batches) throws ClientException {
        BlindingKey key = desk.requireProduct(first.pack());
        try {
            JsonFields metadata = JsonFields.of(
                    JsonReader.read(key.open(first.traced().getSealedProduct()).orElse("{}")), "");
            Optional<String> ndc = metadata.optionalText("ndc");
            return new Product(
                    first.pack().gtin().orElseThrow(),
                    ndc.isPresent() ? Optional.of(Ndc.read(ndc.get())) : Optional.empty(),
                    metadata.optionalText("name").orElse(""),
                    metadata.optionalText("strength").orElse(""),
                    metadata.optionalText("dosageForm").orElse(""),
                    metadata.optionalText("containerSize").orElse(""),
                    desk.institution(first.traced().getManufacturer()).getLegalName(),
                    batches);
        } catch (JsonException | MalformedIdentifier malformed) {
            throw new io.consilium.client.VerificationFailed(
                            "PRODUCT_UNREADABLE",
                            "What its manufacturer sealed about the product cannot be read",
                            "Ask its manufacturer")
                    .causedBy(malformed);
        }
    }

    private Party party(String institution) throws ClientException {
        InstitutionState state = desk.institution(institution);
        Optional<JsonFields> address = Optional.ofNullable(addresses.get(state.getGln()));
        if (address.isEmpty()) {
            session.output()
                    .say("The address of " + state.getLegalName() + " is not on chain; give it with --addresses FILE");
        }
        try {
            return new Party(
                    state.getGln(),
                    state.getLegalName(),
                    field(address, "street"),
                    field(address, "city"),
                    field(address, "state"),
                    field(address, "postalCode"),
                    field(address, "country"));
        } catch (JsonException malformed) {
            throw new MalformedInput(malformed.path(), "The address is no text", "Correct the file of addresses");
        }
    }

    private static String field(Optional<JsonFields> address, String name) throws JsonException {
        return address.isEmpty() ? "" : address.get().optionalText(name).orElse("");
    }
}
