package io.consilium.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.HpkeEnvelope;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.X25519;
import io.consilium.ledger.provenance.DrugBlinding;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugCompanyKey;
import io.consilium.proto.DrugCompanyState;
import io.consilium.proto.DrugKeyGrant;
import io.consilium.proto.DrugKeyKind;
import io.consilium.proto.DrugKeyRequest;
import io.consilium.proto.DrugKeyState;
import io.consilium.proto.DrugRequestStatus;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.MemberState;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TransactionReceipt;
import io.consilium.proto.WatchRequest;
import io.consilium.proto.WatchResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Finds the blinding keys that this identity may have (DRU-9): its own company's root, which it draws where there is none,
 * and the keys of others, which it asks their owners for and which their nodes grant. A key that was granted once is read
 * from the chain; only this identity can name and open it.
 */
public final class BlindingKeys {
    /** The refusal where a member of an institution without a node has no root key. */
    public static final String ROOT_NOT_GIVEN = "ROOT_NOT_GIVEN";

    private static final int ROOT_BYTES = 32;
    private static final long MAX_WAIT_MILLIS = 20_000;
    private static final Duration PATIENCE_AGAIN = Duration.ofSeconds(5);
    private static final String NO_SUBJECT = "";
    private static final String DETAILS = "details of ";

    /** As many products as an owner gives a member keys of unasked. */
    private static final int MAX_GIVEN = 1_024;

    private final VerifiedState state;
    private final Identity identity;
    private final Actions actions;
    private final Events events;
    private final Products products;
    private final Kept kept;
    private final Duration timeout;
    private final SecureRandom random = new SecureRandom();
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
        this.identity = identity;
        this.actions = actions;
        this.events = events;
        this.products = products;
        this.kept = kept;
        this.timeout = timeout;
    }

    /**
     * The key of a product.
     *
     * @param gtin 14 digits
     * @return nothing where its owner has no such product
     */
    public Optional<BlindingKey> product(String owner, String gtin) throws ClientException {
        return derived(
                gtin, owner, this::root, root -> DrugBlinding.productKey(root, gtin), () -> ofAnother(owner, gtin));
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
            String name, String owner, Source root, UnaryOperator<byte[]> fromRoot, Source otherwise)
            throws ClientException {
        return once(name, owner, () -> {
            Optional<byte[]> own = owner.equals(institution()) ? root.find() : Optional.empty();
            return own.isPresent() ? own.map(fromRoot) : otherwise.find();
        });
    }

    private Optional<byte[]> ofAnother(String owner, String gtin) throws ClientException {
        Optional<byte[]> mine = earlier(keptId(DrugKeyKind.DRUG_KEY_PRODUCT, owner, gtin));
        if (mine.isPresent()) {
            return mine;
        }
        if (!state.institution(owner).value().getApiEndpoint().isEmpty()) {
            return granted(DrugKeyKind.DRUG_KEY_PRODUCT, owner, gtin);
        }
        Optional<byte[]> given = given(owner, gtin);
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

    /** A key that was granted before. */
    private Optional<byte[]> earlier(ByteString id) throws ClientException {
        return openIfGranted(read(id));
    }

    private Optional<byte[]> openIfGranted(Optional<DrugKeyState> request) throws ClientException {
        Optional<DrugKeyState> grant = request.filter(BlindingKeys::isGranted);
        return grant.isPresent() ? Optional.of(open(grant.get())) : Optional.empty();
    }

    private static boolean isGranted(DrugKeyState request) {
        return request.getStatus() == DrugRequestStatus.DRUG_GRANTED;
    }

    /** The key of a company's SSCCs. */
    public Optional<BlindingKey> logistics(String owner) throws ClientException {
        return derived(
                owner,
                owner,
                this::root,
                DrugBlinding::logisticsKey,
                () -> granted(DrugKeyKind.DRUG_KEY_LOGISTICS, owner, NO_SUBJECT));
    }

    /** The same if it is at hand: for what is only nicer with a name, nobody is asked and nothing is waited for. */
    public Optional<BlindingKey> logisticsAtHand(String owner) throws ClientException {
        return derived(
                owner,
                owner,
                this::rootAtHand,
                DrugBlinding::logisticsKey,
                () -> earlier(keptId(DrugKeyKind.DRUG_KEY_LOGISTICS, owner, NO_SUBJECT)));
    }

    private Optional<byte[]> rootAtHand() throws ClientException {
        byte[] secret = identity.encryptionKey();
        Optional<byte[]> sealed = company().flatMap(found -> sealedRoot(found, secret));
        return sealed.isPresent() ? sealed : earlier(keptId(DrugKeyKind.DRUG_KEY_COMPANY, institution(), NO_SUBJECT));
    }

    /** The key for what an institution's events say of others; the own institution's is for itself. */
    public Optional<BlindingKey> details(String owner) throws ClientException {
        return once(DETAILS + owner, owner, () -> detailsKey(owner));
    }

    private Optional<byte[]> detailsKey(String owner) throws ClientException {
        if (owner.equals(institution())) {
            return ownDetailsKey(owner);
        }
        if (state.institution(owner).value().getApiEndpoint().isEmpty()) {
            Optional<DrugKeyState> given = read(plainRequestId(DrugKeyKind.DRUG_KEY_DETAILS, owner));
            return given.isPresent() ? Optional.of(open(given.get())) : Optional.empty();
        }
        return granted(DrugKeyKind.DRUG_KEY_DETAILS, owner, NO_SUBJECT);
    }

    /** What the own institution's events say is for a reader, of whichever institution, with this key. */
    public Optional<BlindingKey> ownDetails(String reader) throws ClientException {
        return ownDetailsKey(reader).map(found -> new BlindingKey(institution(), found));
    }

    private Optional<byte[]> ownDetailsKey(String reader) throws ClientException {
        return root().map(found -> DrugBlinding.detailsKey(found, reader));
    }

    /** Draws the company's root where there is none yet: whoever makes products or packs containers needs it. */
    public void found(InstitutionState own, List<MemberState> colleagues) throws ClientException {
        if (state.find(DrugKeys.company(own.getId()), DrugCompanyState.parser()).isPresent()) {
            return;
        }
        byte[] root = new byte[ROOT_BYTES];
        random.nextBytes(root);
        DrugCompanyKey.Builder key = DrugCompanyKey.newBuilder();
        if (!own.getApiEndpoint().isEmpty()) {
            key.addSealed(sealed(
                    own.getId(), own.getId(), own.getEncryptionKey().getKey().toByteArray(), root));
        }
        for (MemberState colleague : colleagues) {
            byte[] recipient = encryptionKey(colleague).toByteArray();
            if (X25519.isUsable(recipient)) {
                key.addSealed(sealed(own.getId(), colleague.getId(), recipient, root));
            }
        }
        TransactionReceipt receipt =
                actions.commit(DrugAction.newBuilder().setCompanyKey(key).build());
        // a colleague may have been quicker: then that root is the one
        if (!receipt.getCode().equals(Refusal.COMPANY_KEY_EXISTS.name())) {
            requireApplied(receipt);
        }
    }

    /**
     * Gives a company's logistics key to those who receive its containers, where it runs no node that would grant it when
     * they ask.
     */
    public void giveLogistics(String company, List<MemberState> receivers) throws ClientException {
        Optional<byte[]> root = root();
        if (root.isPresent()) {
            givePlain(DrugKeyKind.DRUG_KEY_LOGISTICS, company, receivers, DrugBlinding.logisticsKey(root.get()));
        }
    }

    /** The same for what the company's events say of an institution, to its people. */
    public void giveDetails(String company, String reader, List<MemberState> receivers) throws ClientException {
        Optional<byte[]> root = root();
        if (root.isPresent()) {
            givePlain(DrugKeyKind.DRUG_KEY_DETAILS, company, receivers, DrugBlinding.detailsKey(root.get(), reader));
        }
    }

    private void givePlain(DrugKeyKind kind, String company, List<MemberState> receivers, byte[] key)
            throws ClientException {
        for (MemberState receiver : receivers) {
            ByteString recipient = encryptionKey(receiver);
            ByteString id = DrugBlinding.plainRequestId(kind, company, receiver.getId(), recipient);
            if (read(id).filter(BlindingKeys::isGranted).isEmpty()) {
                give(kind, receiver.getId(), recipient, id, key, 0, ByteString.EMPTY);
            }
        }
    }

    /** Gives the key of a product of the company to members who have not asked for it; who has it keeps it. */
    public void giveProduct(String company, String gtin, List<MemberState> receivers) throws ClientException {
        Optional<byte[]> root = root();
        if (root.isEmpty()) {
            throw new ClientException(
                    FailureClass.NOT_FOUND,
                    Refusal.COMPANY_KEY_UNKNOWN.name(),
                    "DRU-9",
                    "",
                    "The institution has no products here",
                    "Add one with drug product add");
        }
        byte[] key = DrugBlinding.productKey(root.get(), gtin);
        for (MemberState receiver : receivers) {
            ByteString recipient = encryptionKey(receiver);
            ByteString mark = DrugBlinding.givenMark(root.get(), gtin, receiver.getId(), recipient);
            int number = 1;
            Optional<DrugKeyState> earlier = given(company, receiver, recipient, number);
            while (earlier.isPresent() && !earlier.get().getSealedSubject().equals(mark)) {
                number++;
                earlier = given(company, receiver, recipient, number);
            }
            if (earlier.isEmpty()) {
                ByteString id = DrugBlinding.givenProductRequestId(company, receiver.getId(), recipient, number);
                give(DrugKeyKind.DRUG_KEY_PRODUCT, receiver.getId(), recipient, id, key, number, mark);
            }
        }
    }

    private Optional<DrugKeyState> given(String company, MemberState receiver, ByteString recipient, int number)
            throws ClientException {
        return read(DrugBlinding.givenProductRequestId(company, receiver.getId(), recipient, number));
    }

    private void give(
            DrugKeyKind kind,
            String receiver,
            ByteString recipient,
            ByteString id,
            byte[] key,
            int product,
            ByteString mark)
            throws ClientException {
        if (!X25519.isUsable(recipient.toByteArray())) {
            return;
        }
        requireApplied(actions.commit(DrugAction.newBuilder()
                .setKeyGrant(DrugKeyGrant.newBuilder()
                        .setRequestId(id)
                        .setGranted(true)
                        .setEnvelope(ByteString.copyFrom(KeyEnvelope.seal(
                                KeyEnvelope.Use.BLINDING_KEY, id.toByteArray(), recipient.toByteArray(), key, random)))
                        .setGivenTo(receiver)
                        .setGivenKey(recipient)
                        .setGivenProduct(product)
                        .setGivenMark(mark)
                        .setGivenDetails(kind == DrugKeyKind.DRUG_KEY_DETAILS))
                .build()));
    }

    private static ByteString encryptionKey(MemberState member) {
        return member.getKeys(member.getKeysCount() - 1).getEncryptionKey().getKey();
    }

    /**
     * A key that the owner's people gave unasked. Which product each is of says only the product's own sealed text, so they
     * are tried one after the other.
     */
    private Optional<byte[]> given(String owner, String gtin) throws ClientException {
        ByteString publicKey = publicKey();
        for (int number = 1; number <= MAX_GIVEN; number++) {
            Optional<DrugKeyState> grant =
                    read(DrugBlinding.givenProductRequestId(owner, identity.actor(), publicKey, number));
            if (grant.isEmpty()) {
                return Optional.empty();
            }
            byte[] key = open(grant.get());
            if (isOf(new BlindingKey(owner, key), gtin)) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }

    private boolean isOf(BlindingKey key, String gtin) throws ClientException {
        Optional<String> metadata = products.sealed(key.productId()).flatMap(key::open);
        try {
            return metadata.isPresent()
                    && JsonFields.of(JsonReader.read(metadata.get()), "")
                            .optionalText("gtin")
                            .equals(Optional.of(gtin));
        } catch (JsonException malformed) {
            return false; // an owner's text that names no GTIN names not this one
        }
    }

    private SealedFor sealed(String company, String recipient, byte[] recipientKey, byte[] root) {
        return SealedFor.newBuilder()
                .setRecipient(recipient)
                .setRecipientKey(ByteString.copyFrom(recipientKey))
                .setEnvelope(ByteString.copyFrom(KeyEnvelope.seal(
                        KeyEnvelope.Use.COMPANY_ROOT, DrugBlinding.companyObject(company), recipientKey, root, random)))
                .build();
    }

    private String institution() {
        int slash = identity.actor().indexOf('/');
        return slash < 0 ? identity.actor() : identity.actor().substring(0, slash);
    }

    /** The own company's root: as it was sealed to this member when it was drawn, or as it was granted later. */
    private Optional<byte[]> root() throws ClientException {
        Optional<DrugCompanyState> company = company();
        if (company.isEmpty()) {
            return Optional.empty();
        }
        Optional<byte[]> root = sealedRoot(company.get(), identity.encryptionKey());
        if (root.isPresent()) {
            return root;
        }
        if (state.institution(institution()).value().getApiEndpoint().isEmpty()) {
            throw new ClientException(
                    FailureClass.UNREACHABLE,
                    ROOT_NOT_GIVEN,
                    "DRU-9",
                    "",
                    "Your institution's root key was sealed before you had your keys, and it runs no node that would grant it",
                    "Let a colleague do this who had keys when the first product or container was made");
        }
        return granted(DrugKeyKind.DRUG_KEY_COMPANY, institution(), NO_SUBJECT);
    }

    private Optional<DrugCompanyState> company() throws ClientException {
        byte[] secret = identity.encryptionKey();
        return kept(DrugKeys.company(institution()), DrugCompanyState.parser(), found -> sealedRoot(found, secret)
                .isPresent());
    }

    /** As it was sealed to this member; whose keys were rotated since asks for it anew. */
    private Optional<byte[]> sealedRoot(DrugCompanyState company, byte[] secret) {
        for (SealedFor sealed : company.getSealedList()) {
            if (sealed.getRecipient().equals(identity.actor())) {
                try {
                    return Optional.of(KeyEnvelope.open(
                            KeyEnvelope.Use.COMPANY_ROOT,
                            DrugBlinding.companyObject(institution()),
                            secret,
                            sealed.getEnvelope().toByteArray()));
                } catch (CryptoException olderKey) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private Optional<byte[]> granted(DrugKeyKind kind, String owner, String subject) throws ClientException {
        ByteString id = keptId(kind, owner, subject);
        Optional<DrugKeyState> request = read(id);
        if (request.filter(BlindingKeys::isGranted).isEmpty()) {
            request = asked(id, request, kind, owner, subject);
        }
        return openIfGranted(request);
    }

    private ByteString keptId(DrugKeyKind kind, String owner, String subject) throws ClientException {
        ByteString id = requestId(kind, owner, subject);
        return DrugBlinding.isPlain(kind) ? id : DrugBlinding.keptRequestId(identity.actor(), kind.getNumber(), id);
    }

    /** What a request is sent with; the ledger keeps one that is about something secret under an id of its requester. */
    private ByteString requestId(DrugKeyKind kind, String owner, String subject) throws ClientException {
        return DrugBlinding.isPlain(kind)
                ? plainRequestId(kind, owner)
                : DrugBlinding.requestId(identity.encryptionKey(), kind.getNumber(), owner, subject);
    }

    private ByteString plainRequestId(DrugKeyKind kind, String owner) throws ClientException {
        return DrugBlinding.plainRequestId(kind, owner, identity.actor(), publicKey());
    }

    private ByteString publicKey() throws ClientException {
        return ByteString.copyFrom(X25519.fromPrivate(identity.encryptionKey()).publicKey());
    }

    /** The owner's answer to a request that stands on chain or is put there; empty where there is nothing to ask for. */
    private Optional<DrugKeyState> asked(
            ByteString id, Optional<DrugKeyState> earlier, DrugKeyKind kind, String owner, String subject)
            throws ClientException {
        // taken first, so that an answer that comes at once is not slept through
        String cursor = events.watch(WatchRequest.getDefaultInstance()).getNextCursor();
        boolean waits = earlier.filter(found -> found.getStatus() == DrugRequestStatus.DRUG_REQUESTED)
                .isPresent();
        if (!waits && !ask(id, kind, owner, subject)) {
            return Optional.empty();
        }
        long seen = waits ? 0 : earlier.map(DrugKeyState::getVersion).orElse(0L);
        boolean answers = !state.institution(owner).value().getApiEndpoint().isEmpty();
        long askedMillis = waits ? earlier.orElseThrow().getRequestedMillis() : System.currentTimeMillis();
        long end = System.nanoTime() + (answers ? patience(askedMillis) : Duration.ZERO).toNanos();
        Optional<DrugKeyState> request = read(id);
        while (!answered(request, seen)) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (leftMillis <= 0) {
                throw new ClientException(
                        FailureClass.UNREACHABLE,
                        "KEY_NOT_GRANTED",
                        "DRU-9",
                        "",
                        answers
                                ? "The node of " + owner + " has not granted the key yet"
                                : owner + " runs no node that would grant the key, and it has not come by itself",
                        answers ? "It does so when it runs; try again then" : "It comes with what they send to here");
            }
            cursor = events.watch(WatchRequest.newBuilder()
                            .setCursor(cursor)
                            .setWaitMillis(Math.min(leftMillis, MAX_WAIT_MILLIS))
                            .build())
                    .getNextCursor();
            request = read(id);
        }
        return request;
    }

    /** An answer may take as long as one waits at all; a node that has not given it by then is away. */
    private Duration patience(long askedMillis) {
        Duration left = timeout.minusMillis(Math.max(0, System.currentTimeMillis() - askedMillis));
        Duration least = timeout.compareTo(PATIENCE_AGAIN) < 0 ? timeout : PATIENCE_AGAIN;
        return left.compareTo(least) > 0 ? left : least;
    }

    /** What stands on chain, or stood there when it could not change any more. */
    private <T extends MessageLite> Optional<T> kept(StateKey key, Parser<T> parser, Predicate<T> isLast)
            throws ClientException {
        // what was damaged, or is another's, is as good as none: the chain is asked again
        Optional<T> before =
                kept.find(key).flatMap(bytes -> parsed(bytes, parser)).filter(isLast);
        if (before.isPresent()) {
            return before;
        }
        Optional<T> found = state.find(key, parser).map(VerifiedState.At::value);
        found.filter(isLast).ifPresent(value -> kept.keep(key, value.toByteArray()));
        return found;
    }

    private static <T extends MessageLite> Optional<T> parsed(byte[] bytes, Parser<T> parser) {
        try {
            return Optional.of(parser.parseFrom(bytes));
        } catch (InvalidProtocolBufferException damaged) {
            return Optional.empty();
        }
    }

    private static boolean answered(Optional<DrugKeyState> request, long seen) {
        return request.isPresent()
                && request.get().getVersion() > seen
                && request.get().getStatus() != DrugRequestStatus.DRUG_REQUESTED;
    }

    private Optional<DrugKeyState> read(ByteString id) throws ClientException {
        byte[] secret = identity.encryptionKey();
        return kept(
                DrugKeys.request(id),
                DrugKeyState.parser(),
                found -> isGranted(found)
                        && found.getRequestId().equals(id)
                        && opened(found, secret).isPresent());
    }

    /** Whether the request stands on chain; an owner without any products has none to ask for. */
    private boolean ask(ByteString id, DrugKeyKind kind, String owner, String subject) throws ClientException {
        InstitutionState institution = state.institution(owner).value();
        DrugKeyRequest.Builder request = DrugKeyRequest.newBuilder()
                .setRequestId(requestId(kind, owner, subject))
                .setOwner(owner)
                .setKind(kind)
                .setRequesterKey(publicKey());
        if (!subject.isEmpty()) {
            request.setSealedSubject(ByteString.copyFrom(HpkeEnvelope.seal(
                    institution.getEncryptionKey().getKey().toByteArray(),
                    DrugBlinding.subjectInfo(),
                    id.toByteArray(),
                    subject.getBytes(StandardCharsets.US_ASCII),
                    random)));
        }
        TransactionReceipt receipt =
                actions.commit(DrugAction.newBuilder().setKeyRequest(request).build());
        if (receipt.getCode().equals(Refusal.COMPANY_KEY_UNKNOWN.name())) {
            return false;
        }
        if (!receipt.getCode().equals(Refusal.KEY_REQUEST_EXISTS.name())) {
            requireApplied(receipt);
        }
        return true;
    }

    private byte[] open(DrugKeyState answer) throws ClientException {
        return opened(answer, identity.encryptionKey())
                .orElseThrow(() -> new VerificationFailed(
                        "KEY_UNREADABLE",
                        "The key that " + answer.getOwner() + " granted does not open",
                        "Tell its owner"));
    }

    private static Optional<byte[]> opened(DrugKeyState answer, byte[] secret) {
        try {
            return Optional.of(KeyEnvelope.open(
                    KeyEnvelope.Use.BLINDING_KEY,
                    answer.getRequestId().toByteArray(),
                    secret,
                    answer.getEnvelope().toByteArray()));
        } catch (CryptoException altered) {
            return Optional.empty();
        }
    }

    private static void requireApplied(TransactionReceipt receipt) throws ClientException {
        Optional<ClientException> failure = Submitter.failure(receipt);
        if (failure.isPresent()) {
            throw failure.get();
        }
    }
}
