package io.consilium.bench.decision;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.ledger.Ledger;
import io.consilium.ledger.LedgerLimits;
import io.consilium.ledger.block.BlockContext;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.consent.ConsentDecision;
import io.consilium.ledger.consent.DecisionRequest;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.genesis.InvalidGenesisException;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.Activity;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.LabelGroup;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.MemberState;
import io.consilium.proto.PatientRegister;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.SealedFor;
import io.consilium.proto.SignedTransaction;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionSigner;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;

/**
 * Decisions of the ledger about a patient with many consents and records. The state is made by executing grants and
 * registrations, and held in memory; each decision starts from bytes, as a query on a node does, with nothing decoded.
 */
public final class DecisionBench {
    private static final int WARM_UP = 10_000;
    private static final int IDS = 16;
    private static final long TIME = 1_760_000_000_000L;
    private static final String HOSPITAL = "st-mary";
    private static final String OFFICER = "st-mary/consent";
    private static final String AUTHOR = "st-mary/dr-adams";
    private static final String GRANTEE = "riverside";
    private static final int COLLEAGUES = 200;
    private static final int A_BLOCK = 500;

    /** Deriving a key costs more than executing a transaction. */
    private static final Map<String, KeyValue> KEYS = new ConcurrentHashMap<>();

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Map<StateKey, byte[]> state = new HashMap<>();
    private final GenesisState genesis;
    private final Ledger ledger;
    private long height;
    private int names;

    private DecisionBench() {
        try {
            genesis = GenesisState.of(document());
        } catch (InvalidGenesisException invalid) {
            throw new IllegalStateException("the bench's own genesis is refused", invalid);
        }
        ledger =
                new Ledger(genesis.chainId(), LedgerLimits.of(genesis.document().getParameters()));
        state.putAll(genesis.state());
    }

    /**
     * @param shape what the patient's consents have in common
     * @param outcome what the decisions came to
     * @param p99CpuMicros of the thread's own processor time: without collections, and what else ran on the machine
     */
    public record Result(
            String shape,
            int consents,
            int records,
            String outcome,
            double p50Micros,
            double p99Micros,
            double p99CpuMicros,
            double maxMicros) {}

    /** Measures each shape of consents with so many decisions. */
    public static List<Result> measure(int consents, int records, int decisions) {
        List<Result> results = new ArrayList<>();
        DecisionBench bench = new DecisionBench();
        results.add(bench.shape(
                "one grantee, every consent permits", consents, records, decisions, number -> permit(GRANTEE)));
        results.add(bench.shape(
                "many grantees, one of them asks",
                consents,
                records,
                decisions,
                number -> permit(number == consents / 2 ? GRANTEE : colleague(number % COLLEAGUES))));
        results.add(bench.shape(
                "one grantee, each consent for another category", consents, records, decisions, number -> permit(
                                GRANTEE)
                        .addLabels(LabelGroup.newBuilder().addLabels(id("category " + number)))));
        results.add(bench.shape(
                "one grantee, each consent denies another record", consents, records, decisions, number -> permit(
                                GRANTEE)
                        .setPermit(false)
                        .addRecordIds(id("absent " + number))));
        results.add(bench.shape(
                "one grantee, each consent denies another category", consents, records, decisions, number -> permit(
                                GRANTEE)
                        .setPermit(false)
                        .addLabels(LabelGroup.newBuilder().addLabels(id("category " + number)))));
        return results;
    }

    private static ConsentRule.Builder permit(String actor) {
        return ConsentRule.newBuilder().setPermit(true).addActors(actor).addPurposes("TREAT");
    }

    private Result shape(String name, int consents, int records, int decisions, IntFunction<ConsentRule.Builder> rule) {
        ByteString patient = id("patient " + name);
        execute(AUTHOR, 1, one -> TransactionBody.newBuilder()
                .setPatientRegister(PatientRegister.newBuilder()
                        .setPatientId(patient)
                        .setCustodian(HOSPITAL)
                        .addScopeKey(sealed())));
        execute(AUTHOR, records, i -> TransactionBody.newBuilder()
                .setRecordRegister(record(patient, id(name + " record " + i))));
        execute(OFFICER, consents, i -> TransactionBody.newBuilder()
                .setConsentGrant(ConsentGrant.newBuilder()
                        .setConsentId(id(name + " consent " + i))
                        .setPatientId(patient)
                        .setEvidenceHash(hash("form"))
                        .setTerms(ConsentTerms.newBuilder().addRules(rule.apply(i)))));
        DecisionOutcome outcome = DecisionOutcome.DENY;
        long[] nanos = new long[decisions];
        long[] cpu = new long[decisions];
        for (int i = -WARM_UP; i < decisions; i++) {
            ByteString record = id(name + " record " + Math.floorMod(i, records));
            DecisionRequest request =
                    new DecisionRequest(patient, record, 0, "riverside/dr-brown", "TREAT", "", TIME + height);
            long ownStart = THREADS.getCurrentThreadCpuTime();
            long start = System.nanoTime();
            outcome = ConsentDecision.decide(key -> Optional.ofNullable(state.get(key)), request)
                    .outcome();
            if (i >= 0) {
                nanos[i] = System.nanoTime() - start;
                cpu[i] = THREADS.getCurrentThreadCpuTime() - ownStart;
            }
        }
        Arrays.sort(nanos);
        Arrays.sort(cpu);
        return new Result(
                name,
                consents,
                records,
                outcome.name(),
                nanos[decisions / 2] / 1_000.0,
                nanos[(int) (decisions * 0.99)] / 1_000.0,
                cpu[(int) (decisions * 0.99)] / 1_000.0,
                nanos[decisions - 1] / 1_000.0);
    }

    /** So many transactions of one kind, in blocks. */
    private void execute(String actor, int count, IntFunction<TransactionBody.Builder> payload) {
        for (int from = 0; from < count; from += A_BLOCK) {
            height++;
            List<ParsedTransaction> transactions = new ArrayList<>();
            for (int i = from; i < Math.min(count, from + A_BLOCK); i++) {
                transactions.add(transaction(actor, payload.apply(i)));
            }
            BlockContext block = new BlockContext(genesis.chainId(), height, TIME + height, Hash.ZERO, new byte[0]);
            BlockResult result = ledger.execute(key -> Optional.ofNullable(state.get(key)), block, transactions);
            for (Receipt receipt : result.receipts()) {
                if (!receipt.applied()) {
                    throw new IllegalStateException("the bench's own transaction is refused: " + receipt.code());
                }
            }
            result.changes().forEach((key, value) -> state.put(key, value.orElseThrow()));
        }
    }

    private ParsedTransaction transaction(String actor, TransactionBody.Builder payload) {
        byte[] body = payload.setChainId(ByteString.copyFrom(genesis.chainId().toBytes()))
                .setSalt(id("salt " + names++))
                .setValidUntilMillis(TIME + height + 60_000)
                .addSigners(TransactionSigner.newBuilder().setActor(actor).setKey(ed25519(actor)))
                .build()
                .toByteArray();
        byte[] signed = SignedTransaction.newBuilder()
                .setBody(ByteString.copyFrom(body))
                .addSignatures(ByteString.copyFrom(new byte[64])) // executing looks at no signature
                .build()
                .toByteArray();
        try {
            return ParsedTransaction.parse(signed);
        } catch (MalformedTransaction malformed) {
            throw new IllegalStateException("the bench's own transaction is malformed", malformed);
        }
    }

    private static RecordRegister record(ByteString patient, ByteString id) {
        List<ByteString> levels = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            levels.add(id("level " + i));
        }
        levels.sort(ByteString.unsignedLexicographicalComparator());
        return RecordRegister.newBuilder()
                .setRecordId(id)
                .setPatientId(patient)
                .setCustodian(HOSPITAL)
                .setContent(RecordContent.newBuilder()
                        .setCommitment(hash("commitment"))
                        .setCiphertextHash(hash("ciphertext " + HexFormat.of().formatHex(id.toByteArray())))
                        .setCiphertextSize(2_048)
                        .addLabels(id("a category"))
                        .addAllSensitivityLabels(levels)
                        .addDataKey(sealed())
                        .setLabelEpoch(1))
                .build();
    }

    private static SealedFor sealed() {
        return SealedFor.newBuilder()
                .setRecipient(HOSPITAL)
                .setRecipientKey(x25519(HOSPITAL).getKey())
                .setEnvelope(hash("envelope").concat(hash("sealed")).concat(id("tag")))
                .build();
    }

    private static GenesisDocument document() {
        GenesisDocument.Builder document = GenesisDocument.newBuilder()
                .setVersion(1)
                .setName("decisions")
                .setTimeMillis(TIME - 1)
                .addValidators(HOSPITAL)
                .setParameters(ChainParameters.newBuilder()
                        .setPermitAgeMillis(900_000)
                        .setMaxTransactionBytes(262_144)
                        .setMaxBlockBytes(4 * 1024 * 1024)
                        .setMaxBlockTransactions(1_000));
        document.addInstitutions(institution(GRANTEE));
        document.addInstitutions(institution(HOSPITAL)
                .setPeerEndpoint("127.0.0.1:7000")
                .setPeerTlsKey(ed25519("tls"))
                .setValidatorKey(ed25519("validator")));
        for (int i = 0; i < COLLEAGUES; i++) {
            document.addMembers(member(colleague(i), "CLINICIAN"));
        }
        document.addMembers(member("riverside/dr-brown", "CLINICIAN"));
        document.addMembers(member("st-mary/admin", "ADMIN"));
        document.addMembers(member(OFFICER, "CONSENT_OFFICER"));
        document.addMembers(member(AUTHOR, "CLINICIAN"));
        document.addMembers(member("riverside/admin", "ADMIN"));
        List<MemberState> sorted = new ArrayList<>(document.getMembersList());
        sorted.sort(java.util.Comparator.comparing(MemberState::getId));
        return document.clearMembers().addAllMembers(sorted).build();
    }

    private static String colleague(int number) {
        return String.format(java.util.Locale.ROOT, "riverside/c%03d", number);
    }

    private static InstitutionState.Builder institution(String slug) {
        return InstitutionState.newBuilder()
                .setId(slug)
                .setLegalName(slug)
                .addRoles("PROVIDER")
                .setSigningKey(ed25519(slug))
                .setEncryptionKey(x25519(slug))
                .setActivity(Activity.ACTIVE)
                .setVersion(1);
    }

    private static MemberState member(String id, String role) {
        return MemberState.newBuilder()
                .setId(id)
                .addRoles(role)
                .addKeys(MemberKeys.newBuilder().setSigningKey(ed25519(id)).setEncryptionKey(x25519(id)))
                .setActivity(Activity.ACTIVE)
                .setVersion(1)
                .build();
    }

    private static KeyValue ed25519(String name) {
        return KEYS.computeIfAbsent(name, DecisionBench::derived);
    }

    private static KeyValue derived(String name) {
        KeyPair pair = KeyPair.fromSeed(
                Hash.sha256(name.getBytes(StandardCharsets.UTF_8)).toBytes());
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.ED25519)
                .setKey(ByteString.copyFrom(pair.publicKey().bytes()))
                .build();
    }

    private static KeyValue x25519(String name) {
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.X25519)
                .setKey(hash("x25519 " + name))
                .build();
    }

    private static ByteString id(String name) {
        return hash(name).substring(0, IDS);
    }

    private static ByteString hash(String name) {
        return ByteString.copyFrom(
                Hash.sha256(name.getBytes(StandardCharsets.UTF_8)).toBytes());
    }
}
