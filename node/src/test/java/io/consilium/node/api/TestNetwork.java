package io.consilium.node.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.Keystore;
import io.consilium.crypto.SealedBytes;
import io.consilium.crypto.X25519;
import io.consilium.crypto.X25519KeyPair;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.proof.ReceiptProof;
import io.consilium.ledger.proof.TrustRoot;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.config.NodeConfig;
import io.consilium.node.config.NodeKeys;
import io.consilium.node.process.NodeInit;
import io.consilium.node.process.RunningNode;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.Code;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.PatientRegister;
import io.consilium.proto.Problem;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordFacts;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.SealedFor;
import io.consilium.proto.SignedTransaction;
import io.consilium.proto.SubmitRequest;
import io.consilium.proto.SubmitResponse;
import io.consilium.proto.SubmitResult;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionReceipt;
import io.consilium.proto.TransactionSigner;
import io.consilium.storage.RocksChainStore;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** A real node, alone its chain's validator (st-mary), with people of several institutions, and a way to call it. */
final class TestNetwork implements AutoCloseable {
    static final String NODE = "st-mary";
    static final String CLINICIAN = "st-mary/dr-adams";
    static final String OFFICER = "st-mary/consent";
    static final String ADMIN = "st-mary/admin";
    static final String PRIVACY = "st-mary/privacy";
    static final String OPERATOR = "st-mary/operator";
    static final String STRANGER = "riverside/dr-brown";
    static final String STRANGER_PRIVACY = "riverside/privacy";
    static final String STRANGER_ADMIN = "riverside/admin";
    static final String RESEARCHER = "helix/researcher";
    static final String TRIAL_RESEARCHER = "st-mary/researcher";
    static final String REVIEWER = "medwatch/reviewer";
    static final String INSPECTOR = "medwatch/inspector";
    static final String PHARMACIST = "northside/pharmacist";
    static final String RIVAL = "summit/operator";
    static final long PERMIT_AGE_MILLIS = 900_000;

    static final SecureRandom RANDOM = new SecureRandom();

    /** A person's keys. */
    record Person(String id, KeyPair signing, X25519KeyPair encryption) {}

    private final AtomicLong clockOffset = new AtomicLong();
    private final Map<String, Person> people;
    private final Map<String, NodeKeys> institutionKeys;
    private final GenesisState genesis;
    private final NodeConfig config;
    private RunningNode node;
    private ApiClient client;

    /** What stands in the node's store before it starts. */
    interface Preparation {
        void prepare(RocksChainStore store, GenesisState genesis, KeyPair validator);
    }

    TestNetwork(Path directory) throws Exception {
        this(directory, (store, genesis, validator) -> {});
    }

    TestNetwork(Path directory, Preparation preparation) throws Exception {
        this(directory, preparation, Map.of());
    }

    /** With settings of the node that differ from the usual. */
    TestNetwork(Path directory, Preparation preparation, Map<String, String> unusual) throws Exception {
        this(directory, preparation, unusual, false);
    }

    /** The usual, where st-mary also makes medicines, and with two who trade in them. */
    static TestNetwork ofTraders(Path directory) throws Exception {
        return ofTraders(directory, Map.of());
    }

    static TestNetwork ofTraders(Path directory, Map<String, String> unusual) throws Exception {
        return new TestNetwork(directory, (store, genesis, validator) -> {}, unusual, true);
    }

    private TestNetwork(Path directory, Preparation preparation, Map<String, String> unusual, boolean traders)
            throws Exception {
        TestGenesis drawn = new TestGenesis(traders);
        people = drawn.people;
        institutionKeys = drawn.institutionKeys;
        genesis = drawn.state;
        Path genesisFile = directory.resolve("genesis.json");
        Files.writeString(genesisFile, drawn.json());
        Map<String, String> settings = new TreeMap<>(unusual);
        settings.put("api.port", "0");
        settings.put("peers.port", "0");
        config = NodeInit.create(
                directory.resolve("node"),
                NODE,
                genesisFile,
                institutionKeys.get(NODE),
                "secret".toCharArray(),
                Keystore.Cost.DEVNET,
                settings,
                NodeInit.Joining.AT_GENESIS);
        try (RocksChainStore store = store()) {
            preparation.prepare(store, genesis, institutionKeys.get(NODE).validator());
        }
        start();
    }

    private void start() throws Exception {
        node = RunningNode.start(config, () -> System.currentTimeMillis() + clockOffset.get());
        client = new ApiClient(institutionKeys.get(NODE).apiTlsSpkiSha256(), node.apiPort());
    }

    /** The database of a node that is down. */
    RocksChainStore store() throws Exception {
        return RocksChainStore.open(
                config.database(), genesis.chainId(), config.storage().bounds());
    }

    /** What a test does to the files of a node that is down. */
    interface Meanwhile {
        void run() throws Exception;
    }

    void restart(Meanwhile meanwhile) throws Exception {
        node.close();
        meanwhile.run();
        start();
    }

    Path vaultDirectory() {
        return config.vaultDirectory();
    }

    static KeyValue ed25519(byte[] key) {
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.ED25519)
                .setKey(ByteString.copyFrom(key))
                .build();
    }

    static KeyValue x25519(byte[] key) {
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.X25519)
                .setKey(ByteString.copyFrom(key))
                .build();
    }

    Person person(String id) {
        return people.get(id);
    }

    /** What an institution's node signs with. */
    KeyPair institutionKey(String slug) {
        return institutionKeys.get(slug).institutionSigning();
    }

    /** A patient with a key of its own. */
    void addPerson(String id, KeyPair signing) {
        people.put(id, new Person(id, signing, X25519.generate(RANDOM)));
    }

    Hash chainId() {
        return genesis.chainId();
    }

    TrustRoot trustRoot() {
        return new TrustRoot(genesis.chainId(), genesis.validators());
    }

    RunningNode node() {
        return node;
    }

    ApiClient client() {
        return client;
    }

    long now() {
        return System.currentTimeMillis() + clockOffset.get();
    }

    /** Moves the node's clock and the clients' forward. */
    void passTime(long millis) {
        clockOffset.addAndGet(millis);
    }

    static ByteString id() {
        byte[] id = new byte[16];
        RANDOM.nextBytes(id);
        return ByteString.copyFrom(id);
    }

    static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    String token(String as) {
        return ApiClient.token(people.get(as).signing(), as, chainId(), NODE, now());
    }

    HttpResponse<byte[]> call(String as, String method, Message request) {
        return client.protobuf(method, request, token(as));
    }

    <R> R ok(String as, String method, Message request, Parser<R> parser) throws Exception {
        HttpResponse<byte[]> response = call(as, method, request);
        if (response.statusCode() != 200) {
            throw new AssertionError(
                    method + " as " + as + ": " + response.statusCode() + " " + Problem.parseFrom(response.body()));
        }
        return parser.parseFrom(response.body());
    }

    /** The problem of a call that has to be refused. */
    Problem refused(String as, String method, Message request) throws Exception {
        HttpResponse<byte[]> response = call(as, method, request);
        if (response.statusCode() == 200) {
            throw new AssertionError(method + " as " + as + " was answered");
        }
        return Problem.parseFrom(response.body());
    }

    /** The exit code of a call that has to be answered as if there were no such thing. */
    int notFound(String as, String method, Message request) throws Exception {
        Problem problem = refused(as, method, request);
        if (!problem.getCode().equals("NOT_FOUND")) {
            throw new AssertionError(method + " as " + as + ": " + problem);
        }
        return problem.getExitCode();
    }

    byte[] signed(String as, TransactionBody.Builder payload) {
        return signed(as, people.get(as).signing(), chainId(), payload);
    }

    byte[] signed(String as, KeyPair key, Hash chain, TransactionBody.Builder payload) {
        byte[] body = payload.setChainId(ByteString.copyFrom(chain.toBytes()))
                .setSalt(id())
                .setValidUntilMillis(now() + 90_000)
                .addSigners(TransactionSigner.newBuilder()
                        .setActor(as)
                        .setKey(ed25519(key.publicKey().bytes())))
                .build()
                .toByteArray();
        return SignedTransaction.newBuilder()
                .setBody(ByteString.copyFrom(body))
                .addSignatures(ByteString.copyFrom(key.signer().sign(ParsedTransaction.signingBytes(chain, body))))
                .build()
                .toByteArray();
    }

    SubmitResult submit(String as, byte[] signed) throws Exception {
        SubmitRequest request = SubmitRequest.newBuilder()
                .addTransactions(ByteString.copyFrom(signed))
                .setWaitCommitted(true)
                .setTimeoutMillis(20_000)
                .build();
        return ok(as, "Submit", request, SubmitResponse.parser()).getResults(0);
    }

    /** Submits, waits, verifies the proof as an auditor would, and returns the receipt. */
    TransactionReceipt commit(String as, TransactionBody.Builder payload) throws Exception {
        SubmitResult result = submit(as, signed(as, payload));
        if (!result.getState().equals("COMMITTED")) {
            throw new AssertionError(result.toString());
        }
        ReceiptProof proof = ReceiptProof.decode(result.getReceiptProof().toByteArray());
        if (proof.check(trustRoot(), new Ed25519Verifier()).isPresent()) {
            throw new AssertionError(
                    proof.check(trustRoot(), new Ed25519Verifier()).toString());
        }
        return TransactionReceipt.parseFrom(proof.receipt());
    }

    ByteString patient(String registrar) throws Exception {
        return patient(registrar, KeyPair.generate(RANDOM));
    }

    ByteString patient(String registrar, KeyPair controller) throws Exception {
        ByteString id = id();
        String custodian = registrar.substring(0, registrar.indexOf('/'));
        byte[] scopeKey = new byte[32];
        RANDOM.nextBytes(scopeKey);
        scopeKeys.put(hex(id), scopeKey);
        addPerson(hex(id), controller);
        commit(
                registrar,
                TransactionBody.newBuilder()
                        .setPatientRegister(PatientRegister.newBuilder()
                                .setPatientId(id)
                                .setCustodian(custodian)
                                .setControllerKey(ed25519(controller.publicKey().bytes()))
                                .setEncryptionKey(
                                        x25519(person(hex(id)).encryption().publicKey()))
                                .addScopeKey(sealed(custodian, KeyEnvelope.Use.SCOPE_KEY, id, scopeKey))));
        return id;
    }

    private final Map<String, byte[]> scopeKeys = new TreeMap<>();

    byte[] scopeKey(ByteString patientId) {
        return scopeKeys.get(hex(patientId));
    }

    SealedFor sealed(String institution, KeyEnvelope.Use use, ByteString object, byte[] key) {
        byte[] recipient =
                institutionKeys.get(institution).institutionEncryption().publicKey();
        return SealedFor.newBuilder()
                .setRecipient(institution)
                .setRecipientKey(ByteString.copyFrom(recipient))
                .setEnvelope(ByteString.copyFrom(KeyEnvelope.seal(use, object.toByteArray(), recipient, key, RANDOM)))
                .build();
    }

    /** A record over the given ciphertext, with a random data key that is returned in {@code dataKey}. */
    ByteString record(String author, ByteString patientId, byte[] ciphertext, byte[] dataKey) throws Exception {
        return record(author, patientId, ciphertext, dataKey, Optional.empty());
    }

    /** The same with facts that conditions of consents are held against. */
    ByteString record(
            String author, ByteString patientId, byte[] ciphertext, byte[] dataKey, Optional<RecordFacts> facts)
            throws Exception {
        ByteString id = id();
        String custodian = author.substring(0, author.indexOf('/'));
        RANDOM.nextBytes(dataKey);
        List<ByteString> labels = new ArrayList<>();
        for (Code code : Sensitivity.N.recordCodes()) {
            labels.add(ByteString.copyFrom(
                    io.consilium.crypto.Blinding.label(scopeKey(patientId), 1, code.getSystem(), code.getCode())));
        }
        labels.sort(ByteString.unsignedLexicographicalComparator());
        RecordContent content = RecordContent.newBuilder()
                .setCommitment(
                        ByteString.copyFrom(Hash.sha256(ciphertext, dataKey).toBytes()))
                .setCiphertextHash(ByteString.copyFrom(Hash.sha256(ciphertext).toBytes()))
                .setCiphertextSize(ciphertext.length)
                .addAllSensitivityLabels(labels)
                .setSealedMetadata(ByteString.copyFromUtf8("sealed"))
                .addDataKey(sealed(custodian, KeyEnvelope.Use.DATA_KEY, id, dataKey))
                .setLabelEpoch(1)
                .setSealedFacts(facts.map(known -> ByteString.copyFrom(
                                SealedBytes.seal(SealedBytes.Use.FACTS, dataKey, known.toByteArray(), RANDOM)))
                        .orElse(ByteString.EMPTY))
                .build();
        commit(
                author,
                TransactionBody.newBuilder()
                        .setRecordRegister(RecordRegister.newBuilder()
                                .setRecordId(id)
                                .setPatientId(patientId)
                                .setCustodian(custodian)
                                .setContent(content)));
        return id;
    }

    static byte[] ciphertext() {
        byte[] bytes = ("ciphertext " + hex(id())).getBytes(StandardCharsets.UTF_8);
        return bytes;
    }

    ByteString consent(String signer, ByteString patientId, String grantee) throws Exception {
        return consent(signer, patientId, ConsentRule.newBuilder().addActors(grantee));
    }

    /** A consent that permits treatment by one rule; on paper too, where it is not the patient who signs. */
    ByteString consent(String signer, ByteString patientId, ConsentRule.Builder rule) throws Exception {
        ByteString id = id();
        ConsentGrant.Builder grant = ConsentGrant.newBuilder()
                .setConsentId(id)
                .setPatientId(patientId)
                .setTerms(
                        ConsentTerms.newBuilder().addRules(rule.setPermit(true).addPurposes("TREAT")));
        if (!signer.equals(hex(patientId))) {
            grant.setEvidenceHash(
                    ByteString.copyFrom(Hash.sha256(new byte[] {1}).toBytes()));
        }
        commit(signer, TransactionBody.newBuilder().setConsentGrant(grant));
        return id;
    }

    ByteString access(String requester, ByteString recordId) throws Exception {
        ByteString id = id();
        commit(
                requester,
                TransactionBody.newBuilder()
                        .setAccessRequest(AccessRequest.newBuilder()
                                .setAccessId(id)
                                .setRecordId(recordId)
                                .setPurpose("TREAT")));
        return id;
    }

    @Override
    public void close() {
        node.close();
    }
}
