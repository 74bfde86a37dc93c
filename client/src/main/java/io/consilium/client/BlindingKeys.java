package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.ledger.provenance.DrugBlinding;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugKeyKind;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.MemberState;
import io.consilium.proto.TransactionReceipt;
import io.consilium.proto.WatchRequest;
import io.consilium.proto.WatchResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Finds the blinding keys that this identity may have (DRU-9): its own company's root, which it draws where there is none,
 * and the keys of others, which it asks their owners for and which their nodes grant. A key that was granted once is read
 * from the chain; only this identity can name and open it.
 */
public final class BlindingKeys {
    /** The refusal where a member of an institution without a node has no root key. */
    public static final String ROOT_NOT_GIVEN = "ROOT_NOT_GIVEN";

    private static final String DETAILS = "details of ";

    private final VerifiedState state;
    private final String institution;
    private final KeyRequests requests;
    private final CompanyRoot root;
    private final GivenKeys gifts;
    private final Map<String, BlindingKey> known = new LinkedHashMap<>();

    /** Puts an act on chain and answers with its verified receipt. */
    public interface Actions {
        TransactionReceipt commit(DrugAction action) throws ClientException;
    }

    /** The node's events for this identity: an answer with the events after a cursor, or without any when the wait is over. */
    public interface Events {
        WatchResponse watch(WatchRequest request) throws ClientException;
    }

    /** What an owner has sealed about a product, for whoever has its key; empty where there is no such product. */
    public interface Products {
        Optional<ByteString> sealed(ByteString productId) throws ClientException;
    }

    /**
     * What the chain said of keys, kept for the next time: as it stands there, sealed to this identity. Grants and roots do
     * not change.
     */
    public interface Kept {
        Optional<byte[]> find(StateKey key);

        void keep(StateKey key, byte[] value);
    }

    /** @param timeout how long an owner's node is waited for */
    public BlindingKeys(
            VerifiedState state,
            Identity identity,
            Actions actions,
            Events events,
            Products products,
            Kept kept,
            Duration timeout) {
        this.state = state;
        String actor = identity.actor();
        int slash = actor.indexOf('/');
        this.institution = slash < 0 ? actor : actor.substring(0, slash);
        KeptState keptState = new KeptState(state, kept);
        this.requests = new KeyRequests(state, identity, actions, events, keptState, timeout);
        this.root = new CompanyRoot(state, identity, institution, actions, keptState, requests);
        this.gifts = new GivenKeys(identity, actions, products, requests);
    }

    /**
     * The key of a product.
     *
     * @param gtin 14 digits
     * @return nothing where its owner has no such product
     */
    public Optional<BlindingKey> product(String owner, String gtin) throws ClientException {
        return derived(
                owner + " " + gtin,
                owner,
                root::find,
                own -> DrugBlinding.productKey(own, gtin),
                () -> ofAnother(owner, gtin));
    }

    private Optional<byte[]> ofAnother(String owner, String gtin) throws ClientException {
        Optional<byte[]> mine = requests.earlier(DrugKeyKind.DRUG_KEY_PRODUCT, owner, gtin);
        if (mine.isPresent()) {
            return mine;
        }
        if (hasNode(owner)) {
            return requests.granted(DrugKeyKind.DRUG_KEY_PRODUCT, owner, gtin);
        }
        Optional<byte[]> given = gifts.product(owner, gtin);
        if (given.isEmpty()) {
            throw new ClientException(
                    FailureClass.UNREACHABLE,
                    "KEY_NOT_GRANTED",
                    "DRU-9",
                    "",
                    owner + " runs no node that would grant the product's key, and its people have not given it",
                    "Ask them to do so: drug product grant");
        }
        return given;
    }

    private boolean hasNode(String owner) throws ClientException {
        return !state.institution(owner).value().getApiEndpoint().isEmpty();
    }

    /** The key of a company's SSCCs. */
    public Optional<BlindingKey> logistics(String owner) throws ClientException {
        return derived(
                owner,
                owner,
                root::find,
                DrugBlinding::logisticsKey,
                () -> requests.granted(DrugKeyKind.DRUG_KEY_LOGISTICS, owner, KeyRequests.NO_SUBJECT));
    }

    /** The same if it is at hand: for what is only nicer with a name, nobody is asked and nothing is waited for. */
    public Optional<BlindingKey> logisticsAtHand(String owner) throws ClientException {
        return derived(
                owner,
                owner,
                root::atHand,
                DrugBlinding::logisticsKey,
                () -> requests.earlier(DrugKeyKind.DRUG_KEY_LOGISTICS, owner, KeyRequests.NO_SUBJECT));
    }

    /** The key for what an institution's events say of others; the own institution's is for itself. */
    public Optional<BlindingKey> details(String owner) throws ClientException {
        return once(DETAILS + owner, owner, () -> detailsKey(owner));
    }

    private Optional<byte[]> detailsKey(String owner) throws ClientException {
        if (owner.equals(institution)) {
            return ownDetailsKey(owner);
        }
        return hasNode(owner)
                ? requests.granted(DrugKeyKind.DRUG_KEY_DETAILS, owner, KeyRequests.NO_SUBJECT)
                : requests.earlier(DrugKeyKind.DRUG_KEY_DETAILS, owner, KeyRequests.NO_SUBJECT);
    }

    /** What the own institution's events say is for a reader, of whichever institution, with this key. */
    public Optional<BlindingKey> ownDetails(String reader) throws ClientException {
        return ownDetailsKey(reader).map(found -> new BlindingKey(institution, found));
    }

    private Optional<byte[]> ownDetailsKey(String reader) throws ClientException {
        return root.find().map(found -> DrugBlinding.detailsKey(found, reader));
    }

    /** Finds a key's bytes, or that there is none. */
    private interface Source {
        Optional<byte[]> find() throws ClientException;
    }

    /** Found once and known from then on by its name. */
    private Optional<BlindingKey> once(String name, String owner, Source source) throws ClientException {
        Optional<BlindingKey> cached = Optional.ofNullable(known.get(name));
        if (cached.isPresent()) {
            return cached;
        }
        Optional<BlindingKey> key = source.find().map(found -> new BlindingKey(owner, found));
        key.ifPresent(found -> known.put(name, found));
        return key;
    }

    /** The own company's key comes from its root; who has no root gets it as others do. */
    private Optional<BlindingKey> derived(
            String name, String owner, Source own, UnaryOperator<byte[]> fromRoot, Source otherwise)
            throws ClientException {
        return once(name, owner, () -> {
            Optional<byte[]> found = owner.equals(institution) ? own.find() : Optional.empty();
            return found.isPresent() ? found.map(fromRoot) : otherwise.find();
        });
    }

    /** Draws the company's root where there is none yet: whoever makes products or packs containers needs it. */
    public void found(InstitutionState own, List<MemberState> colleagues) throws ClientException {
        root.draw(own, colleagues);
    }

    /**
     * Gives a company's logistics key to those who receive its containers, where it runs no node that would grant it when
     * they ask.
     */
    public void giveLogistics(String company, List<MemberState> receivers) throws ClientException {
        Optional<byte[]> own = root.find();
        if (own.isPresent()) {
            gifts.givePlain(DrugKeyKind.DRUG_KEY_LOGISTICS, company, receivers, DrugBlinding.logisticsKey(own.get()));
        }
    }

    /** The same for what the company's events say of an institution, to its people. */
    public void giveDetails(String company, String reader, List<MemberState> receivers) throws ClientException {
        Optional<byte[]> own = root.find();
        if (own.isPresent()) {
            gifts.givePlain(
                    DrugKeyKind.DRUG_KEY_DETAILS, company, receivers, DrugBlinding.detailsKey(own.get(), reader));
        }
    }

    /** Gives the key of a product of the company to members who have not asked for it; who has it keeps it. */
    public void giveProduct(String company, String gtin, List<MemberState> receivers) throws ClientException {
        Optional<byte[]> own = root.find();
        if (own.isEmpty()) {
            throw new ClientException(
                    FailureClass.NOT_FOUND,
                    Refusal.COMPANY_KEY_UNKNOWN.name(),
                    "DRU-9",
                    "",
                    "The institution has no products here",
                    "Add one with drug product add");
        }
        gifts.giveProduct(company, own.get(), gtin, receivers);
    }
}
