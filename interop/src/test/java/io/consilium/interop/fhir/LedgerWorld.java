package io.consilium.interop.fhir;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.crypto.Blinding;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.ledger.Ledger;
import io.consilium.ledger.LedgerLimits;
import io.consilium.ledger.block.BlockContext;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.consent.ConsentDecision;
import io.consilium.ledger.consent.DecisionRequest;
import io.consilium.ledger.consent.OpenedFacts;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.Activity;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.Code;
import io.consilium.proto.Conditions;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.MemberState;
import io.consilium.proto.PatientRegister;
import io.consilium.proto.Period;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordFacts;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.SealedFor;
import io.consilium.proto.SignedTransaction;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionSigner;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A ledger with a patient of st-mary, clinicians at three hospitals and a researcher, to ask what a consent means. */
final class LedgerWorld {
    static final ByteString PATIENT = id("patient");
    static final long START = 1_767_225_600_000L; // 2026-01-01

    private static final byte[] SCOPE_KEY = hash("scope key").toBytes();
    private static final Ed25519Verifier VERIFIER = new Ed25519Verifier();

    private final Ledger ledger;
    private final GenesisState genesis;
    private final TreeMap<StateKey, byte[]> state = new TreeMap<>();
    private long height;
    private long now;
    private int salt;

    LedgerWorld() throws Exception {
        this(START);
    }

    LedgerWorld(long start) throws Exception {
        now = start;
        GenesisDocument.Builder document = GenesisDocument.newBuilder()
                .setVersion(1)
                .setName("test")
                .setTimeMillis(start - 3_600_000)
                .addValidators("st-mary")
                .setParameters(ChainParameters.newBuilder()
                        .setPermitAgeMillis(900_000)
                        .setMaxTransactionBytes(262_144)
                        .setMaxBlockBytes(4 * 1024 * 1024)
                        .setMaxBlockTransactions(5_000));
        institution(document, "helix", "SPONSOR");
        institution(document, "riverside", "PROVIDER");
        institution(document, "st-mary", "PROVIDER");
        institution(document, "summit", "PROVIDER");
        member(document, "helix/admin", "ADMIN");
        member(document, "helix/researcher", "RESEARCHER");
        member(document, "riverside/admin", "ADMIN");
        member(document, "riverside/dr-brown", "CLINICIAN");
        member(document, "riverside/dr-clark", "CLINICIAN");
        member(document, "st-mary/admin", "ADMIN");
        member(document, "st-mary/dr-adams", "CLINICIAN");
        member(document, "summit/admin", "ADMIN");
        member(document, "summit/dr-davis", "CLINICIAN");
        genesis = GenesisState.of(document.build());
        ledger =
                new Ledger(genesis.chainId(), LedgerLimits.of(genesis.document().getParameters()));
        state.putAll(genesis.state());
        applied(
                "st-mary/dr-adams",
                body -> body.setPatientRegister(PatientRegister.newBuilder()
                        .setPatientId(PATIENT)
                        .setCustodian("st-mary")
                        .setControllerKey(signingKey("patient"))
                        .addScopeKey(sealed("st-mary"))));
    }

    /** A record of the level and with the labels of its class and codes, written by a member of st-mary. */
    ByteString record(String name, Sensitivity level, Coding... labels) {
        ByteString recordId = id("record " + name);
        List<Code> codes = Arrays.stream(labels)
                .map(coding -> Code.newBuilder()
                        .setSystem(coding.system())
                        .setCode(coding.code())
                        .build())
                .toList();
        applied(
                "st-mary/dr-adams",
                body -> body.setRecordRegister(RecordRegister.newBuilder()
                        .setRecordId(recordId)
                        .setPatientId(PATIENT)
                        .setCustodian("st-mary")
                        .setContent(RecordContent.newBuilder()
                                .setCommitment(bytes(hash("commitment")))
                                .setCiphertextHash(bytes(hash("ciphertext " + name)))
                                .setCiphertextSize(99)
                                .addAllLabels(labels(codes))
                                .addAllSensitivityLabels(labels(level.recordCodes()))
                                .addDataKey(sealed("st-mary"))
                                .setLabelEpoch(1))));
        return recordId;
    }

    static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    static String recordHex(String name) {
        return hex(id("record " + name));
    }

    /** Grants what the readable terms say, as the patient; the receipt's code and rule, or OK. */
    String grant(ReadableTerms terms) {
        ConsentTerms sealed = LedgerTerms.of(terms, new LedgerTerms.Veil<RuntimeException>() {
            @Override
            public List<ByteString> labels(List<Code> codes) {
                return LedgerWorld.labels(codes);
            }

            @Override
            public ByteString dataPeriod(Period period) {
                return Conditions.newBuilder()
                        .setDataPeriod(period)
                        .build()
                        .toByteString(); // nobody looks, so nothing is sealed
            }
        });
        ByteString consent = id("consent " + salt);
        Receipt receipt = submit(
                ActorName.hex(PATIENT),
                body -> body.setConsentGrant(ConsentGrant.newBuilder()
                        .setConsentId(consent)
                        .setPatientId(PATIENT)
                        .setTerms(sealed)));
        return receipt.applied() ? "OK" : receipt.code() + " " + receipt.rule();
    }

    DecisionOutcome ask(ByteString record, String by, String purpose) {
        return ask(record, by, purpose, "access", now);
    }

    DecisionOutcome ask(ByteString record, String by, String purpose, String action, long timeMillis) {
        return ConsentDecision.decide(
                        this::get, new DecisionRequest(PATIENT, record, 0, by, purpose, action, timeMillis))
                .outcome();
    }

    /** What the custodian's node finds once it holds the conditions against what the record tells of itself (PRV-5). */
    DecisionOutcome judge(ByteString record, String by, String purpose, RecordFacts facts) {
        OpenedFacts opened = new OpenedFacts(Optional.of(facts));
        return ConsentDecision.decide(
                        new LedgerState(this::get),
                        new DecisionRequest(PATIENT, record, 0, by, purpose, "access", now),
                        (permit, conditions) -> {
                            OpenedFacts.Fall fall = opened.fall(permit, conditions(conditions));
                            return fall == OpenedFacts.Fall.HOLDS || fall == OpenedFacts.Fall.UNKNOWN && !permit;
                        })
                .outcome();
    }

    private static Conditions conditions(ByteString written) {
        try {
            return Conditions.parseFrom(written);
        } catch (InvalidProtocolBufferException malformed) {
            throw new AssertionError(malformed);
        }
    }

    private Optional<byte[]> get(StateKey key) {
        return Optional.ofNullable(state.get(key));
    }

    private void applied(String actor, Consumer<TransactionBody.Builder> payload) {
        Receipt receipt = submit(actor, payload);
        if (!receipt.applied()) {
            throw new AssertionError("refused: " + receipt.code() + " " + receipt.rule());
        }
    }

    private Receipt submit(String actor, Consumer<TransactionBody.Builder> payload) {
        height++;
        now += 1_000;
        KeyPair key = key(actor.equals(ActorName.hex(PATIENT)) ? "patient" : actor);
        TransactionBody.Builder body = TransactionBody.newBuilder()
                .setChainId(bytes(genesis.chainId()))
                .setSalt(id("salt " + salt++))
                .setValidUntilMillis(now + 300_000)
                .addSigners(TransactionSigner.newBuilder()
                        .setActor(actor)
                        .setKey(signingKey(actor.equals(ActorName.hex(PATIENT)) ? "patient" : actor)));
        payload.accept(body);
        ParsedTransaction transaction = parsed(body.build(), key);
        ledger.admissible(transaction, now)
                .or(() -> ledger.verifySignatures(transaction, VERIFIER))
                .ifPresent(rejection -> {
                    throw new AssertionError(rejection.message());
                });
        BlockResult result = ledger.execute(
                this::get,
                new BlockContext(genesis.chainId(), height, now, Hash.ZERO, new byte[0]),
                List.of(transaction));
        result.changes().forEach((changed, value) -> state.put(changed, value.orElseThrow()));
        return result.receipts().get(0);
    }

    private ParsedTransaction parsed(TransactionBody body, KeyPair key) {
        byte[] message = ParsedTransaction.signingBytes(genesis.chainId(), body.toByteArray());
        try {
            return Ledger.parse(SignedTransaction.newBuilder()
                    .setBody(body.toByteString())
                    .addSignatures(ByteString.copyFrom(key.signer().sign(message)))
                    .build()
                    .toByteArray());
        } catch (io.consilium.ledger.tx.MalformedTransaction malformed) {
            throw new AssertionError(malformed);
        }
    }

    private static List<ByteString> labels(List<Code> codes) {
        Set<ByteString> labels = new LinkedHashSet<>();
        for (Code code : codes) {
            labels.add(ByteString.copyFrom(Blinding.label(SCOPE_KEY, 1, code.getSystem(), code.getCode())));
        }
        Comparator<ByteString> order = ByteString.unsignedLexicographicalComparator();
        return labels.stream().sorted(order).toList();
    }

    private static void institution(GenesisDocument.Builder document, String slug, String role) {
        InstitutionState.Builder institution = InstitutionState.newBuilder()
                .setId(slug)
                .setLegalName("The " + slug + " institution")
                .addRoles(role)
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

    private static void member(GenesisDocument.Builder document, String member, String role) {
        document.addMembers(MemberState.newBuilder()
                .setId(member)
                .addRoles(role)
                .addKeys(MemberKeys.newBuilder()
                        .setSigningKey(signingKey(member))
                        .setEncryptionKey(encryptionKey(member)))
                .setActivity(Activity.ACTIVE)
                .setVersion(1));
    }

    private static KeyPair key(String name) {
        return KeyPair.fromSeed(hash("seed of " + name).toBytes());
    }

    private static KeyValue signingKey(String name) {
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.ED25519)
                .setKey(ByteString.copyFrom(key(name).publicKey().bytes()))
                .build();
    }

    private static KeyValue encryptionKey(String name) {
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.X25519)
                .setKey(bytes(hash("encryption key of " + name)))
                .build();
    }

    private static SealedFor sealed(String recipient) {
        return SealedFor.newBuilder()
                .setRecipient(recipient)
                .setRecipientKey(encryptionKey(recipient).getKey())
                .setEnvelope(bytes(hash("envelope")).concat(bytes(hash("of " + recipient))))
                .build();
    }

    private static ByteString id(String name) {
        return bytes(hash("id " + name)).substring(0, 16);
    }

    private static Hash hash(String text) {
        return Hash.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteString bytes(Hash hash) {
        return ByteString.copyFrom(hash.toBytes());
    }
}
