package io.consilium.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.BlindingKey;
import io.consilium.client.BlindingKeys;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.VerifiedState;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.Identifiers;
import io.consilium.interop.gs1.KeyKind;
import io.consilium.interop.gs1.MalformedIdentifier;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.provenance.ItemIds;
import io.consilium.proto.Activity;
import io.consilium.proto.DrugContainerLabel;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugFind;
import io.consilium.proto.DrugRequest;
import io.consilium.proto.DrugResponse;
import io.consilium.proto.DrugTraced;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.MemberState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the commands of provenance share: whose an identifier is, the keys that blind it, and acts put on chain. */
final class DrugDesk {
    private static final int MAX_PAGE = 500;
    private static final int MAX_HANDLERS = 60;
    private static final int MAX_ASKED = 15_000;
    private static final Set<String> HANDLERS = Set.of("OPERATOR", "ADMIN", "PHARMACIST");

    /** Those who handle goods, and those who look into what is wrong with them. */
    private static final Set<String> READERS = Set.of("OPERATOR", "ADMIN", "PHARMACIST", "AUDITOR");

    private final Session session;
    private final PackContainers containers;
    private final DrugActs acts;
    private Optional<BlindingKeys> keys = Optional.empty();
    private Optional<List<InstitutionState>> admitted = Optional.empty();
    private boolean founded;

    DrugDesk(Session session) {
        this.session = session;
        this.containers = new PackContainers(session, this);
        this.acts = new DrugActs(session);
    }

    /** An identifier as somebody wrote it; what is not well formed is refused (DRU-2). */
    static Gs1Key identifier(String option, String text) throws ClientException {
        try {
            return Identifiers.read(text);
        } catch (MalformedIdentifier malformed) {
            throw malformed(option, malformed);
        }
    }

    static Gs1Key pack(String gtin, String serial) throws ClientException {
        try {
            return Gs1Key.sgtin(gtin, serial);
        } catch (MalformedIdentifier malformed) {
            throw malformed("--gtin, --serial", malformed);
        }
    }

    static ClientException malformed(String option, MalformedIdentifier malformed) {
        return new ClientException(
                        FailureClass.REFUSED,
                        "IDENTIFIER_MALFORMED",
                        "DRU-2",
                        option,
                        "The identifier is not well formed: " + malformed.reason(),
                        malformed.reason().contains("check digit")
                                ? "Compare it with the pack, digit by digit; the last digit is computed from the others"
                                : "Compare it with the pack; docs/PROVENANCE.md lists the forms")
                .causedBy(malformed);
    }

    /** The institution under whose company prefix an identifier was given out. */
    Optional<InstitutionState> owner(Gs1Key key) throws ClientException {
        List<InstitutionState> founders = session.genesis().document().getInstitutionsList();
        Optional<InstitutionState> founder = under(founders, key);
        return founder.isPresent() ? founder : under(admitted(), key);
    }

    InstitutionState requireOwner(Gs1Key key) throws ClientException {
        Optional<InstitutionState> owner = owner(key);
        if (owner.isEmpty()) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "PREFIX_UNKNOWN",
                    "DRU-2",
                    "",
                    "No institution of this chain holds the identifier's company prefix",
                    "Check the identifier; prefixes are registered with the institution");
        }
        return owner.get();
    }

    private static Optional<InstitutionState> under(List<InstitutionState> institutions, Gs1Key key) {
        return institutions.stream()
                .filter(institution ->
                        institution.getCompanyPrefixesList().stream().anyMatch(key::isUnder))
                .findFirst();
    }

    private List<InstitutionState> admitted() throws ClientException {
        if (admitted.isEmpty()) {
            admitted = Optional.of(list("institutions", "", InstitutionState.parser()));
        }
        return admitted.get();
    }

    /** All pages of a list. */
    <T> List<T> list(String list, String by, com.google.protobuf.Parser<T> parser) throws ClientException {
        List<T> items = new ArrayList<>();
        String cursor = "";
        do {
            ListResponse page = session.client()
                    .list(ListRequest.newBuilder()
                            .setList(list)
                            .setBy(by)
                            .setLimit(MAX_PAGE)
                            .setCursor(cursor)
                            .build());
            try {
                for (ByteString item : page.getItemsList()) {
                    items.add(parser.parseFrom(item));
                }
            } catch (InvalidProtocolBufferException malformed) {
                throw new io.consilium.client.VerificationFailed(
                                "ANSWER_MALFORMED",
                                "An item of the list cannot be read",
                                "Check that node and client are of one version")
                        .causedBy(malformed);
            }
            cursor = page.getNextCursor();
        } while (!cursor.isEmpty());
        return items;
    }

    /** Containers by their SSCC. */
    PackContainers containers() {
        return containers;
    }

    /** Puts acts on chain. */
    DrugActs acts() {
        return acts;
    }

    BlindingKeys keys() throws ClientException {
        if (keys.isEmpty()) {
            keys = Optional.of(new BlindingKeys(
                    session.state(),
                    session.identity(),
                    acts::commit,
                    session.client()::watch,
                    this::sealedProduct,
                    KeptKeys.of(session),
                    session.options().timeout));
        }
        return keys.get();
    }

    /** What an owner has sealed about a product; whoever verifies packs of it is told. */
    private Optional<ByteString> sealedProduct(ByteString productId) throws ClientException {
        try {
            return Optional.of(ask(DrugRequest.newBuilder()
                            .setFind(DrugFind.newBuilder().setProductId(productId))
                            .build())
                    .getFound()
                    .getSealedProduct());
        } catch (ClientException refused) {
            if (refused.kind() == FailureClass.NOT_FOUND) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    /** The key of a product, wherever this member may have it from. */
    Optional<BlindingKey> product(Gs1Key item) throws ClientException {
        String gtin = item.gtin().orElseThrow();
        Optional<InstitutionState> owner = owner(item);
        return owner.isEmpty() ? Optional.empty() : keys().product(owner.get().getId(), gtin);
    }

    BlindingKey requireProduct(Gs1Key item) throws ClientException {
        return product(item)
                .orElseThrow(() -> new ClientException(
                        FailureClass.REFUSED,
                        "PRODUCT_UNKNOWN",
                        "DRU-2",
                        "",
                        "No manufacturer of this chain has added a product with this GTIN",
                        "Its manufacturer adds it with drug product add"));
    }

    boolean isOwn(String institution) throws ClientException {
        return session.institution().equals(institution);
    }

    /** Draws the institution's root key if it has none yet. */
    void foundCompany() throws ClientException {
        String own = session.institution();
        keys().found(session.state().institution(own).value(), handlers(own));
    }

    /** Those of an institution who handle goods. */
    private List<MemberState> handlers(String institution) throws ClientException {
        return people(institution, HANDLERS);
    }

    private List<MemberState> people(String institution, Set<String> roles) throws ClientException {
        return list("members", "institution/" + institution, MemberState.parser()).stream()
                .filter(member -> member.getActivity() == Activity.ACTIVE)
                .filter(member -> member.getRolesList().stream().anyMatch(roles::contains))
                .limit(MAX_HANDLERS)
                .toList();
    }

    /**
     * Gives the key of an own product to a member, or to all of an institution who handle goods.
     *
     * @return to whom, those who had it already included
     */
    List<String> giveProduct(String gtin, String to) throws ClientException {
        List<MemberState> receivers =
                to.contains("/") ? List.of(session.state().member(to).value()) : handlers(Ids.institution(to));
        keys().giveProduct(session.institution(), gtin, receivers);
        return receivers.stream().map(MemberState::getId).toList();
    }

    /** A receiver can name containers of a sender without a node only if the key went ahead. */
    void sendLogisticsKey(String to) throws ClientException {
        InstitutionState own =
                session.state().institution(session.institution()).value();
        if (own.getApiEndpoint().isEmpty()) {
            keys().giveLogistics(own.getId(), handlers(to));
        }
    }

    /**
     * For each of the institutions, the key that it shares with this one for what only the two may read. Where this one runs
     * no node that would grant it, it goes ahead.
     */
    SortedMap<String, BlindingKey> readerKeys(Collection<String> readers) throws ClientException {
        foundOnce();
        InstitutionState own =
                session.state().institution(session.institution()).value();
        boolean goesAhead = own.getApiEndpoint().isEmpty() && !session.options().dryRun;
        SortedMap<String, BlindingKey> shared = new TreeMap<>();
        for (String reader : readers) {
            shared.put(reader, keys().ownDetails(reader).orElseThrow());
            if (goesAhead && !reader.equals(own.getId())) {
                keys().giveDetails(own.getId(), reader, people(reader, READERS));
            }
        }
        return shared;
    }

    static ClientException noContainer() {
        return new ClientException(
                FailureClass.NOT_FOUND,
                "CONTAINER_UNKNOWN",
                "DRU-3",
                "",
                "There is no such container, or you may not see it",
                "Check the SSCC");
    }

    /** The institutions that an event names. */
    SortedSet<String> named(CapturedEvent event) throws ClientException {
        SortedSet<String> named = new TreeSet<>();
        for (Gs1Key place : event.places().values()) {
            holderOf(place).ifPresent(institution -> named.add(institution.getId()));
        }
        return named;
    }

    /** Those of the events that an institution has captured. */
    Set<ByteString> takenEvents(String captor, List<ByteString> events) throws ClientException {
        Set<ByteString> taken = new LinkedHashSet<>();
        for (int from = 0; from < events.size(); from += MAX_ASKED) {
            List<ByteString> part = events.subList(from, Math.min(events.size(), from + MAX_ASKED));
            taken.addAll(ItemIds.list(ask(DrugRequest.newBuilder()
                            .setFind(DrugFind.newBuilder().setCaptor(captor).setEvents(ItemIds.join(part)))
                            .build())
                    .getFound()
                    .getEvents()));
        }
        return taken;
    }

    /** The key of the containers that an institution packs, where this member may have it. */
    Optional<BlindingKey> logistics(String institution) throws ClientException {
        return keys().logistics(institution);
    }

    /** The own institution's; it is drawn where there is none. */
    BlindingKey ownLogistics() throws ClientException {
        foundOnce();
        return keys().logistics(session.institution()).orElseThrow();
    }

    void foundOnce() throws ClientException {
        if (!founded) {
            foundCompany();
            founded = true;
        }
    }

    /** The key that all who can have captured an event of a pack or container can have. */
    BlindingKey eventKey(Gs1Key subject) throws ClientException {
        if (!isContainer(subject)) {
            return requireProduct(subject);
        }
        String own = session.institution();
        String packer = owner(subject).map(InstitutionState::getId).orElse(own);
        return packer.equals(own) ? ownLogistics() : logistics(packer).orElse(ownLogistics());
    }

    /** The institution that a party's or place's GLN belongs to: its own GLN, or one under its company prefix. */
    Optional<InstitutionState> holderOf(Gs1Key gln) throws ClientException {
        List<InstitutionState> all =
                new ArrayList<>(session.genesis().document().getInstitutionsList());
        Optional<InstitutionState> founder = withGln(all, gln);
        return founder.isPresent() ? founder : withGln(admitted(), gln);
    }

    private static Optional<InstitutionState> withGln(List<InstitutionState> institutions, Gs1Key gln) {
        return institutions.stream()
                .filter(institution -> institution.getGln().equals(gln.value()))
                .findFirst()
                .or(() -> under(institutions, gln));
    }

    /** The key for what an institution wrote for this one; none where its owner has not given it, or the role gets none. */
    Optional<BlindingKey> sharedBy(String owner) throws ClientException {
        try {
            return keys().details(owner);
        } catch (ClientException refused) {
            if (refused.kind() == FailureClass.DENIED || refused.kind() == FailureClass.UNREACHABLE) {
                session.output().detail("Something that " + owner + " wrote stays sealed: " + refused.getMessage());
                return Optional.empty();
            }
            throw refused;
        }
    }

    /** What its manufacturer calls a pack's product. */
    Optional<String> productName(Gs1Key pack) throws ClientException {
        Optional<BlindingKey> key = product(pack);
        Optional<String> metadata = key.isEmpty()
                ? Optional.empty()
                : sealedProduct(key.get().productId()).flatMap(key.get()::open);
        try {
            return metadata.isEmpty()
                    ? Optional.empty()
                    : JsonFields.of(JsonReader.read(metadata.get()), "").optionalText("name");
        } catch (JsonException malformed) {
            return Optional.empty(); // a maker's text that is no JSON names nothing
        }
    }

    /** Whether an id of the chain is a pack's or a container's. */
    boolean names(Gs1Key item, ByteString id) throws ClientException {
        if (isContainer(item)) {
            return containers
                    .existing(item)
                    .filter(found -> found.id().equals(id))
                    .isPresent();
        }
        return product(item).filter(key -> key.itemId(item.serial()).equals(id)).isPresent();
    }

    /** The key of a container on a path, where this member may have it. */
    Optional<BlindingKey> packed(DrugContainerLabel container) {
        try {
            return keys().logistics(container.getPacker());
        } catch (ClientException unknown) {
            session.output().detail("A container stays unnamed: " + unknown.getMessage());
            return Optional.empty();
        }
    }

    /** The SSCC of a container by its id, where this reader may see it and has its packer's key already. */
    Optional<String> containerName(ByteString id) throws ClientException {
        Optional<DrugContainerState> container = session.state()
                .find(DrugKeys.container(id), DrugContainerState.parser())
                .map(VerifiedState.At::value);
        Optional<BlindingKey> key = container.isEmpty()
                ? Optional.empty()
                : keys().logisticsAtHand(container.get().getPacker());
        return key.flatMap(found -> found.open(container.orElseThrow().getSealedLabel()));
    }

    /** An institution as the chain knows it. */
    InstitutionState institution(String slug) throws ClientException {
        return session.state().institution(slug).value();
    }

    /** What a product's key opens of a pack's lot: its number and the last day of use. */
    Optional<PathExport.Batch> batch(Gs1Key pack, DrugTraced traced) throws ClientException {
        return requireProduct(pack).open(traced.getSealedLot()).map(text -> {
            int end = text.indexOf('\n');
            return new PathExport.Batch(text.substring(0, end), Dates.lastDay(traced.getExpiryMillis()));
        });
    }

    static boolean isContainer(Gs1Key key) {
        return key.kind() == KeyKind.SSCC;
    }

    DrugResponse ask(DrugRequest request) throws ClientException {
        return session.client().drug(request);
    }
}
