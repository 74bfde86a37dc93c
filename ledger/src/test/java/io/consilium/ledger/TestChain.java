package io.consilium.ledger;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Blinding;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.Verifier;
import io.consilium.ledger.block.BlockContext;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.genesis.InvalidGenesisException;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.Activity;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.Code;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.MemberAdd;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.MemberState;
import io.consilium.proto.PatientRegister;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.SealedFor;
import io.consilium.proto.SignedTransaction;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionSigner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A chain of one-transaction blocks in memory, with keys and ids derived from names so that every run is the same. */
public final class TestChain {
    public static final long START = 1_760_000_000_000L;
    public static final long MINUTE = 60_000;
    public static final String ST_MARY = "st-mary";
    public static final String RIVERSIDE = "riverside";
    public static final String ADAMS = "st-mary/dr-adams";
    public static final String BROWN = "riverside/dr-brown";
    public static final String OFFICER = "st-mary/consent";
    public static final ByteString PATIENT = id("patient");
    public static final ByteString RECORD = id("record");

    private static final Map<String, KeyPair> KEYS = new ConcurrentHashMap<>();
    private static final Verifier VERIFIER = new Ed25519Verifier();

    public final GenesisState genesis;
    public final Ledger ledger;
    public final SortedMap<StateKey, byte[]> state = new TreeMap<>();
    public long height;
    public long now = START;
    /** The name of the key that the patient signs with. */
    public String patientKey = "patient";

    private int salt;

    public TestChain() {
        this(document());
    }

    public TestChain(GenesisDocument.Builder document) {
        try {
            this.genesis = GenesisState.of(document.build());
        } catch (InvalidGenesisException invalid) {
            throw new AssertionError(invalid);
        }
        this.ledger =
                new Ledger(genesis.chainId(), LedgerLimits.of(genesis.document().getParameters()));
        this.state.putAll(genesis.state());
    }

    /** A chain with one patient of st-mary and one record of the patient, written by dr-adams. */
    public static TestChain withRecord() {
        return withRecord(document());
    }

    public static TestChain withRecord(GenesisDocument.Builder document) {
        TestChain chain = new TestChain(document);
        chain.applied(ADAMS, body -> body.setPatientRegister(patient(PATIENT, ST_MARY)));
        chain.applied(ADAMS, body -> body.setRecordRegister(record(RECORD, PATIENT, ST_MARY)));
        return chain;
    }

    public static GenesisDocument.Builder document() {
        GenesisDocument.Builder document = GenesisDocument.newBuilder()
                .setVersion(1)
                .setName("test")
                .setTimeMillis(START - 3_600_000)
                .addValidators("st-mary")
                .addValidators("riverside")
                .addValidators("helix")
                .addValidators("medwatch")
                .setParameters(ChainParameters.newBuilder()
                        .setPermitAgeMillis(15 * MINUTE)
                        .setMaxTransactionBytes(262_144)
                        .setMaxBlockBytes(4 * 1024 * 1024)
                        .setMaxBlockTransactions(5_000));
        institution(document, "ethics", "ETHICS_COMMITTEE");
        institution(document, "helix", "MANUFACTURER", "SPONSOR");
        institution(document, "labcorp", "LABORATORY", "PROVIDER");
        institution(document, "medwatch", "REGULATOR");
        institution(document, "northside", "PHARMACY");
        institution(document, "riverside", "PROVIDER");
        institution(document, "st-mary", "PROVIDER");
        member(document, "ethics/admin", "ADMIN");
        member(document, "ethics/chair", "REVIEWER");
        member(document, "helix/admin", "ADMIN");
        member(document, "helix/packer", "OPERATOR");
        member(document, "helix/researcher", "RESEARCHER");
        member(document, "labcorp/admin", "ADMIN");
        member(document, "medwatch/admin", "ADMIN");
        member(document, "medwatch/inspector", "AUDITOR");
        member(document, "northside/admin", "ADMIN");
        member(document, "northside/pharmacist", "PHARMACIST");
        member(document, "riverside/admin", "ADMIN");
        member(document, "riverside/consent", "CONSENT_OFFICER");
        member(document, "riverside/dr-brown", "CLINICIAN");
        member(document, "st-mary/admin", "ADMIN");
        member(document, "st-mary/apothecary", "PHARMACIST");
        member(document, "st-mary/consent", "CONSENT_OFFICER");
        member(document, "st-mary/dr-adams", "CLINICIAN");
        member(document, "st-mary/dr-evans", "CLINICIAN");
        member(document, "st-mary/privacy", "PRIVACY_OFFICER");
        return document;
    }

    /**
     * The usual institutions, a second ethics committee with its chair {@code zeta-board/chair}, and a doctor of helix and a
     * researcher of st-mary beside the usual ones.
     */
    public static GenesisDocument.Builder documentOfTwoCommittees() {
        GenesisDocument.Builder document = document();
        institution(document, "zeta-board", "ETHICS_COMMITTEE");
        member(document, "zeta-board/chair", "ADMIN", "REVIEWER");
        document.getInstitutionsBuilderList().stream()
                .filter(institution -> institution.getId().equals("helix"))
                .forEach(helix -> helix.clearRoles().addAllRoles(List.of("MANUFACTURER", "PROVIDER", "SPONSOR")));
        member(document, "helix/doctor", "CLINICIAN");
        member(document, "st-mary/researcher", "RESEARCHER");
        return sorted(document);
    }

    /** Another institution than those of every test, with one member; both in the order that genesis asks for. */
    public static GenesisDocument.Builder documentWith(String member, String memberRole, String role) {
        GenesisDocument.Builder document = document();
        institution(document, ActorName.institutionOf(member), role);
        member(document, member, memberRole);
        return sorted(document);
    }

    private static GenesisDocument.Builder sorted(GenesisDocument.Builder document) {
        List<InstitutionState> institutions = document.getInstitutionsList().stream()
                .sorted(Comparator.comparing(InstitutionState::getId))
                .toList();
        List<MemberState> members = document.getMembersList().stream()
                .sorted(Comparator.comparing(MemberState::getId))
                .toList();
        return document.clearInstitutions()
                .addAllInstitutions(institutions)
                .clearMembers()
                .addAllMembers(members);
    }

    private static void institution(GenesisDocument.Builder document, String slug, String... roles) {
        InstitutionState.Builder institution = InstitutionState.newBuilder()
                .setId(slug)
                .setLegalName("The " + slug + " institution")
                .addAllRoles(Arrays.asList(roles))
                .setSigningKey(signingKey(slug))
                .setEncryptionKey(encryptionKey(slug))
                .setActivity(Activity.ACTIVE)
                .setVersion(1);
        if (document.getValidatorsList().contains(slug)) {
            institution
                    .setPeerEndpoint("127.0.0.1:7000")
                    .setPeerTlsKey(signingKey("tls " + slug))
                    .setValidatorKey(signingKey("validator " + slug));
        }
        document.addInstitutions(institution);
    }

    private static void member(GenesisDocument.Builder document, String member, String... roles) {
        document.addMembers(MemberState.newBuilder()
                .setId(member)
                .addAllRoles(Arrays.asList(roles))
                .addKeys(MemberKeys.newBuilder()
                        .setSigningKey(signingKey(member))
                        .setEncryptionKey(encryptionKey(member)))
                .setActivity(Activity.ACTIVE)
                .setVersion(1));
    }

    public static KeyPair key(String name) {
        return KEYS.computeIfAbsent(
                name,
                seed -> KeyPair.fromSeed(Hash.sha256(("seed of " + seed).getBytes(StandardCharsets.UTF_8))
                        .toBytes()));
    }

    public static KeyValue signingKey(String name) {
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.ED25519)
                .setKey(ByteString.copyFrom(key(name).publicKey().bytes()))
                .build();
    }

    public static KeyValue encryptionKey(String name) {
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.X25519)
                .setKey(hash("encryption key of " + name))
                .build();
    }

    /** Sixteen bytes that stand for a random id. */
    public static ByteString id(String name) {
        return hash("id " + name).substring(0, 16);
    }

    public static ByteString hash(String text) {
        return ByteString.copyFrom(
                Hash.sha256(text.getBytes(StandardCharsets.UTF_8)).toBytes());
    }

    /** A label of the patient's: the same name gives the same label. */
    public static ByteString label(String name) {
        return id("label " + name);
    }

    public static SealedFor sealed(String recipient) {
        return SealedFor.newBuilder()
                .setRecipient(recipient)
                .setRecipientKey(encryptionKey(recipient).getKey())
                .setEnvelope(hash("envelope").concat(hash("of " + recipient)))
                .build();
    }

    public static PatientRegister.Builder patient(ByteString id, String custodian) {
        return PatientRegister.newBuilder()
                .setPatientId(id)
                .setCustodian(custodian)
                .setControllerKey(signingKey("patient"))
                .addScopeKey(sealed(custodian));
    }

    public static RecordRegister.Builder record(ByteString id, ByteString patient, String custodian) {
        return RecordRegister.newBuilder()
                .setRecordId(id)
                .setPatientId(patient)
                .setCustodian(custodian)
                .setContent(content(custodian, Sensitivity.N).setCiphertextHash(ciphertext(id)));
    }

    /** The hash of a record's first ciphertext. */
    public static ByteString ciphertext(ByteString record) {
        return record.equals(RECORD) ? hash("ciphertext") : hash("ciphertext " + ActorName.hex(record));
    }

    public static RecordContent.Builder content(String custodian, Sensitivity level, String... labels) {
        return RecordContent.newBuilder()
                .setCommitment(hash("commitment"))
                .setCiphertextHash(hash("ciphertext" + String.join(" ", labels)))
                .setCiphertextSize(1_234)
                .addAllLabels(sorted(Arrays.stream(labels).map(TestChain::label).toList()))
                .addAllSensitivityLabels(sorted(
                        level.recordCodes().stream().map(TestChain::blinded).toList()))
                .addDataKey(sealed(custodian))
                .setLabelEpoch(1);
    }

    public static ByteString blinded(Code code) {
        byte[] scopeKey = hash("scope key").toByteArray();
        return ByteString.copyFrom(Blinding.label(scopeKey, 1, code.getSystem(), code.getCode()));
    }

    public static List<ByteString> sorted(List<ByteString> labels) {
        List<ByteString> sorted = new ArrayList<>(labels);
        sorted.sort(ByteString.unsignedLexicographicalComparator());
        return sorted;
    }

    /** The name under which the patient signs. */
    public static String patientName() {
        return io.consilium.ledger.tx.ActorName.hex(PATIENT);
    }

    private KeyPair keyOf(String actor) {
        return key(actor.equals(patientName()) ? patientKey : actor);
    }

    public TransactionBody.Builder body(String actor) {
        return TransactionBody.newBuilder()
                .setChainId(ByteString.copyFrom(genesis.chainId().toBytes()))
                .setSalt(id("salt " + salt++))
                .setValidUntilMillis(now + 5 * MINUTE)
                .addSigners(TransactionSigner.newBuilder()
                        .setActor(actor)
                        .setKey(KeyValue.newBuilder()
                                .setAlgorithm(KeyAlgorithm.ED25519)
                                .setKey(ByteString.copyFrom(
                                        keyOf(actor).publicKey().bytes()))));
    }

    public ParsedTransaction transaction(String actor, Consumer<TransactionBody.Builder> payload) {
        TransactionBody.Builder body = body(actor);
        payload.accept(body);
        return parsed(sign(body.build(), keyOf(actor)));
    }

    public static byte[] sign(TransactionBody body, KeyPair... keys) {
        SignedTransaction.Builder signed = SignedTransaction.newBuilder().setBody(body.toByteString());
        byte[] chainId = Arrays.copyOf(body.getChainId().toByteArray(), Hash.LENGTH); // tests may shorten it
        byte[] message = ParsedTransaction.signingBytes(Hash.of(chainId), body.toByteArray());
        for (KeyPair key : keys) {
            signed.addSignatures(ByteString.copyFrom(key.signer().sign(message)));
        }
        return signed.build().toByteArray();
    }

    public static ParsedTransaction parsed(byte[] signedBytes) {
        try {
            return Ledger.parse(signedBytes);
        } catch (MalformedTransaction malformed) {
            throw new AssertionError(malformed);
        }
    }

    /** One block a second later with these transactions, all of which must be admissible. */
    public BlockResult block(ParsedTransaction... transactions) {
        height++;
        now += 1_000;
        for (ParsedTransaction transaction : transactions) {
            ledger.admissible(transaction, now)
                    .or(() -> ledger.verifySignatures(transaction, VERIFIER))
                    .ifPresent(rejection -> {
                        throw new AssertionError(rejection.message());
                    });
        }
        BlockContext context = new BlockContext(genesis.chainId(), height, now, Hash.ZERO, new byte[0]);
        BlockResult result = ledger.execute(this::get, context, List.of(transactions));
        for (BlockResult.Fault fault : result.faults()) {
            throw new AssertionError(
                    "a rule broke on transaction " + fault.txId().hex(), fault.cause());
        }
        result.changes().forEach((key, value) -> state.put(key, value.orElseThrow()));
        return result;
    }

    public Optional<byte[]> get(StateKey key) {
        return Optional.ofNullable(state.get(key));
    }

    public Receipt submit(String actor, Consumer<TransactionBody.Builder> payload) {
        return block(transaction(actor, payload)).receipts().get(0);
    }

    /** Adds a member, as its institution's administrator. */
    public void member(String member, String... roles) {
        applied(
                member.substring(0, member.indexOf('/')) + "/admin",
                body -> body.setMemberAdd(MemberAdd.newBuilder()
                        .setMember(member)
                        .addAllRoles(List.of(roles))
                        .setSigningKey(signingKey(member))
                        .setEncryptionKey(encryptionKey(member))));
    }

    /** Submits what must be applied. */
    public Receipt applied(String actor, Consumer<TransactionBody.Builder> payload) {
        Receipt receipt = submit(actor, payload);
        if (!receipt.applied()) {
            throw new AssertionError("refused: " + receipt.code() + " " + receipt.rule());
        }
        return receipt;
    }

    /** Submits and answers code and rule, such as {@code ROLE_REQUIRED ID-2}, or OK. */
    public String answer(String actor, Consumer<TransactionBody.Builder> payload) {
        Receipt receipt = submit(actor, payload);
        return receipt.applied() ? receipt.code() : receipt.code() + " " + receipt.rule();
    }

    public LedgerState objects() {
        return new LedgerState(this::get);
    }

    public void pass(long millis) {
        now += millis;
    }
}
