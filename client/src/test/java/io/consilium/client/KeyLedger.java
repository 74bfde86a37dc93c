package io.consilium.client;

import static io.consilium.client.FakeNode.reply;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.HpkeEnvelope;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.X25519;
import io.consilium.crypto.X25519KeyPair;
import io.consilium.ledger.provenance.DrugBlinding;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugCompanyState;
import io.consilium.proto.DrugKeyGrant;
import io.consilium.proto.DrugKeyKind;
import io.consilium.proto.DrugKeyRequest;
import io.consilium.proto.DrugKeyState;
import io.consilium.proto.DrugRequestStatus;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.MemberState;
import io.consilium.proto.ReceiptStatus;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.TransactionReceipt;
import io.consilium.proto.WatchRequest;
import io.consilium.proto.WatchResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A chain that holds keys alone, read with real proofs, and the nodes of the owners, which answer what stands there. */
final class KeyLedger implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Somebody with keys. */
    record Person(String id, X25519KeyPair keys) {
        MemberState state() {
            return state(id, keys.publicKey());
        }

        /** Of somebody whose key nothing can be sealed to. */
        static MemberState unusable(String id) {
            return state(id, new byte[32]);
        }

        private static MemberState state(String id, byte[] key) {
            return MemberState.newBuilder()
                    .setId(id)
                    .addKeys(MemberKeys.newBuilder().setEncryptionKey(Keys.x25519(key)))
                    .build();
        }
    }

    final Map<StateKey, byte[]> objects = new HashMap<>();

    /** What was put on chain. */
    final List<DrugAction> acts = new ArrayList<>();

    /** What owners sealed about their products. */
    final Map<ByteString, ByteString> products = new HashMap<>();

    /** What a caller keeps for the next time. */
    final Map<StateKey, byte[]> kept = new HashMap<>();

    /** The key that an owner's node grants for a subject. */
    Function<String, Optional<byte[]>> owner = subject -> Optional.empty();

    boolean ownerIsAway;
    int reads;

    private final Map<String, X25519KeyPair> institutions = new HashMap<>();
    private final TestChain chain = TestChain.create();
    private final FakeNode node = new FakeNode(chain);

    KeyLedger() throws Exception {
        node.answers.put("State", (exchange, request) -> {
            reads++;
            StateKey key = StateKey.of(StateRequest.parseFrom(request).getKey());
            StateResponse.Builder answer = StateResponse.newBuilder().setProof(chain.stateProof(objects, key));
            Optional.ofNullable(objects.get(key))
                    .ifPresent(value -> answer.setFound(true).setValue(ByteString.copyFrom(value)));
            reply(exchange, answer.build());
        });
    }

    /** An institution with a node that grants keys, or without one. */
    InstitutionState institution(String slug, boolean runsANode) {
        X25519KeyPair keys = institutions.computeIfAbsent(slug, any -> X25519.generate(RANDOM));
        InstitutionState state = InstitutionState.newBuilder()
                .setId(slug)
                .setApiEndpoint(runsANode ? "https://" + slug + ".example:7443" : "")
                .setEncryptionKey(Keys.x25519(keys.publicKey()))
                .build();
        put(StateKeys.institution(slug), state);
        return state;
    }

    static Person person(String id) {
        return new Person(id, X25519.generate(RANDOM));
    }

    BlindingKeys keys(Person person) {
        return keys(person, Duration.ofSeconds(10));
    }

    BlindingKeys keys(Person person, Duration timeout) {
        Identity identity = new Identity(
                person.id(),
                KeyPair.generate(RANDOM).signer(),
                Optional.of(person.keys().privateKey()));
        return new BlindingKeys(
                new VerifiedState(node.client(), new ReceiptVerifier(chain.genesis.trustRoot()), chain.genesis),
                identity,
                action -> commit(person, action),
                this::watch,
                product -> Optional.ofNullable(products.get(product)),
                new BlindingKeys.Kept() {
                    @Override
                    public Optional<byte[]> find(StateKey key) {
                        return Optional.ofNullable(kept.get(key));
                    }

                    @Override
                    public void keep(StateKey key, byte[] value) {
                        kept.put(key, value);
                    }
                },
                timeout);
    }

    /** What the owners' nodes do while somebody waits for events. */
    private WatchResponse watch(WatchRequest request) {
        if (request.getWaitMillis() > 0 && !ownerIsAway) {
            answerAll();
        }
        return WatchResponse.newBuilder().setNextCursor("next").build();
    }

    private TransactionReceipt commit(Person signer, DrugAction action) {
        acts.add(action);
        String company = signer.id().substring(0, signer.id().indexOf('/'));
        switch (action.getActCase()) {
            case COMPANY_KEY -> {
                if (objects.containsKey(DrugKeys.company(company))) {
                    return receipt("COMPANY_KEY_EXISTS");
                }
                put(
                        DrugKeys.company(company),
                        DrugCompanyState.newBuilder()
                                .setOwner(company)
                                .addAllSealed(action.getCompanyKey().getSealedList())
                                .build());
            }
            case KEY_REQUEST -> {
                if (!objects.containsKey(DrugKeys.company(action.getKeyRequest().getOwner()))) {
                    return receipt("COMPANY_KEY_UNKNOWN");
                }
                request(signer, action.getKeyRequest());
            }
            case KEY_GRANT -> give(company, action.getKeyGrant());
            default -> throw new AssertionError(action);
        }
        return receipt("OK");
    }

    private void request(Person signer, DrugKeyRequest request) {
        ByteString id = DrugBlinding.isPlain(request.getKind())
                ? request.getRequestId()
                : DrugBlinding.keptRequestId(signer.id(), request.getKind().getNumber(), request.getRequestId());
        put(
                DrugKeys.request(id),
                DrugKeyState.newBuilder()
                        .setRequestId(id)
                        .setOwner(request.getOwner())
                        .setRequester(signer.id())
                        .setRequesterKey(request.getRequesterKey())
                        .setKind(request.getKind())
                        .setSealedSubject(request.getSealedSubject())
                        .setStatus(DrugRequestStatus.DRUG_REQUESTED)
                        .setRequestedMillis(System.currentTimeMillis())
                        .setVersion(request(id).map(DrugKeyState::getVersion).orElse(0L) + 1)
                        .build());
    }

    private void give(String company, DrugKeyGrant grant) {
        put(
                DrugKeys.request(grant.getRequestId()),
                DrugKeyState.newBuilder()
                        .setRequestId(grant.getRequestId())
                        .setOwner(company)
                        .setRequester(grant.getGivenTo())
                        .setRequesterKey(grant.getGivenKey())
                        .setSealedSubject(grant.getGivenMark())
                        .setEnvelope(grant.getEnvelope())
                        .setStatus(DrugRequestStatus.DRUG_GRANTED)
                        .setVersion(1)
                        .build());
    }

    private void answerAll() {
        for (Map.Entry<StateKey, byte[]> each : List.copyOf(objects.entrySet())) {
            if (each.getKey().text().startsWith("drug-key/")) {
                DrugKeyState asked = parsed(each.getValue());
                if (asked.getStatus() == DrugRequestStatus.DRUG_REQUESTED) {
                    put(each.getKey(), answered(asked));
                }
            }
        }
    }

    private DrugKeyState answered(DrugKeyState asked) {
        DrugKeyState.Builder answer = asked.toBuilder().setVersion(asked.getVersion() + 1);
        return owner.apply(subject(asked))
                .map(key -> answer.setStatus(DrugRequestStatus.DRUG_GRANTED)
                        .setEnvelope(ByteString.copyFrom(KeyEnvelope.seal(
                                KeyEnvelope.Use.BLINDING_KEY,
                                asked.getRequestId().toByteArray(),
                                asked.getRequesterKey().toByteArray(),
                                key,
                                RANDOM))))
                .orElseGet(() -> answer.setStatus(DrugRequestStatus.DRUG_NOTHING_SUCH))
                .build();
    }

    /** What only the owner reads of a request. */
    private String subject(DrugKeyState asked) {
        if (asked.getSealedSubject().isEmpty()) {
            return "";
        }
        try {
            return new String(
                    HpkeEnvelope.open(
                            institutions.get(asked.getOwner()).privateKey(),
                            DrugBlinding.subjectInfo(),
                            asked.getRequestId().toByteArray(),
                            asked.getSealedSubject().toByteArray()),
                    StandardCharsets.US_ASCII);
        } catch (CryptoException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    /** How many requests of a kind were put on chain. */
    long requests(DrugKeyKind kind) {
        return acts.stream()
                .filter(act -> act.hasKeyRequest() && act.getKeyRequest().getKind() == kind)
                .count();
    }

    private Optional<DrugKeyState> request(ByteString id) {
        return Optional.ofNullable(objects.get(DrugKeys.request(id))).map(KeyLedger::parsed);
    }

    static DrugKeyState parsed(byte[] value) {
        try {
            return DrugKeyState.parseFrom(value);
        } catch (InvalidProtocolBufferException malformed) {
            throw new AssertionError(malformed);
        }
    }

    void put(StateKey key, Message value) {
        objects.put(key, value.toByteArray());
    }

    private static TransactionReceipt receipt(String code) {
        return TransactionReceipt.newBuilder()
                .setStatus(code.equals("OK") ? ReceiptStatus.APPLIED : ReceiptStatus.REFUSED)
                .setCode(code)
                .build();
    }

    @Override
    public void close() {
        node.close();
    }
}
