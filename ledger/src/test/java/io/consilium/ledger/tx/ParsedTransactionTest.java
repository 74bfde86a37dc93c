package io.consilium.ledger.tx;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.content;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.key;
import static io.consilium.ledger.TestChain.label;
import static io.consilium.ledger.TestChain.record;
import static io.consilium.ledger.TestChain.sealed;
import static io.consilium.ledger.TestChain.signingKey;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.ledger.TestChain;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.AccessUse;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.LabelGroup;
import io.consilium.proto.MemberAdd;
import io.consilium.proto.Noop;
import io.consilium.proto.Period;
import io.consilium.proto.Precondition;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.SignedTransaction;
import io.consilium.proto.TransactionBody;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("TX-1 TX-5 TX-6 reading transactions strictly")
class ParsedTransactionTest {
    private final TestChain chain = new TestChain();

    private TransactionBody noop() {
        return chain.body(ADAMS).setNoop(Noop.getDefaultInstance()).build();
    }

    private static String refusal(byte[] bytes) {
        try {
            ParsedTransaction.parse(bytes);
            return "OK";
        } catch (MalformedTransaction malformed) {
            assertThat(malformed.rejection().kind()).isEqualTo(RefusalClass.MALFORMED);
            return malformed.getMessage();
        }
    }

    @Test
    void tx1_idAndSigningBytesAreGolden() {
        TransactionBody body = TransactionBody.newBuilder()
                .setChainId(hash("chain"))
                .setSalt(id("salt"))
                .setValidUntilMillis(1_760_000_300_000L)
                .addSigners(chain.body(ADAMS).getSigners(0))
                .setRecordRegister(record(RECORD, PATIENT, ST_MARY))
                .build();
        ParsedTransaction transaction = TestChain.parsed(TestChain.sign(body, key(ADAMS)));
        assertThat(transaction.txId().hex())
                .isEqualTo("f61643fe7e1f0723ade2fe3d1c0b7e702b184b579bd491db00eeba11d7e9a2d6");
        assertThat(transaction.leafHash().hex())
                .isEqualTo("bdce3269706d858513996d72b3af89a2a38366340b145cc2b63fd9385a785b31");
        assertThat(transaction.txId())
                .isEqualTo(Hash.sha256(new byte[] {15}, "consilium/tx/v1".getBytes(US_ASCII), body.toByteArray()));
        assertThat(transaction.leafHash()).isEqualTo(Hash.sha256(new byte[] {0}, transaction.signedBytes()));
        assertThat(Hash.of(ParsedTransaction.signingBytes(transaction.chainId(), body.toByteArray()))
                        .hex())
                .isEqualTo("da291a3052ec73b0b5316e7f4c102c8626b86d685be6a05e7f4a87c90cbb3fe3");
        assertThat(transaction.size()).isLessThan(700);
    }

    @Test
    void tx1_idCoversTheBodyAndTheLeafCoversTheSignatures() {
        TransactionBody body = noop();
        byte[] bytes = TestChain.sign(body, key(ADAMS));
        byte[] otherSignature = TestChain.sign(body, key("somebody else"));
        ParsedTransaction first = TestChain.parsed(bytes);
        ParsedTransaction second = TestChain.parsed(otherSignature);
        assertThat(first.txId()).isEqualTo(second.txId()).isEqualTo(ParsedTransaction.idOf(body.toByteArray()));
        assertThat(first.leafHash()).isNotEqualTo(second.leafHash());
        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void tx1_signaturesCoverChainAndBody() {
        Ed25519Verifier verifier = new Ed25519Verifier();
        TransactionBody body = noop();
        assertThat(TestChain.parsed(TestChain.sign(body, key(ADAMS))).verifySignatures(verifier))
                .isEmpty();
        byte[] forOtherBody = ParsedTransaction.signingBytes(chain.genesis.chainId(), noop().toByteArray());
        byte[] forOtherChain = ParsedTransaction.signingBytes(Hash.ZERO, body.toByteArray());
        for (byte[] message : new byte[][] {forOtherBody, forOtherChain, body.toByteArray()}) {
            ByteString signature = ByteString.copyFrom(key(ADAMS).signer().sign(message));
            byte[] bytes = SignedTransaction.newBuilder()
                    .setBody(body.toByteString())
                    .addSignatures(signature)
                    .build()
                    .toByteArray();
            assertThat(TestChain.parsed(bytes).verifySignatures(verifier))
                    .hasValueSatisfying(
                            rejection -> assertThat(rejection.code()).isEqualTo("SIGNATURE_INVALID"));
        }
    }

    @Test
    @DisplayName("ID-4 a key of small order signs nothing")
    void id4_smallOrderKeysSignNothing() {
        byte[] identity = new byte[32];
        identity[0] = 1;
        TransactionBody.Builder body = noop().toBuilder();
        body.getSignersBuilder(0).getKeyBuilder().setKey(ByteString.copyFrom(identity));
        byte[] signature = new byte[64];
        signature[0] = 1; // R = identity, S = 0: satisfies the bare equation for every message
        byte[] bytes = SignedTransaction.newBuilder()
                .setBody(body.build().toByteString())
                .addSignatures(ByteString.copyFrom(signature))
                .build()
                .toByteArray();
        assertThat(TestChain.parsed(bytes).verifySignatures(new Ed25519Verifier()))
                .isPresent();
    }

    @Test
    void tx6_largerThanTheLimitIsRefusedUnread() {
        assertThat(refusal(new byte[ParsedTransaction.MAX_BYTES + 1]))
                .contains("too large")
                .contains("262145");
    }

    @Test
    void tx5_everyTruncationAndEveryFlippedByteIsRefusedOrAnotherTransaction() {
        byte[] bytes = TestChain.sign(
                chain.body(ADAMS)
                        .setRecordRegister(record(RECORD, PATIENT, ST_MARY))
                        .build(),
                key(ADAMS));
        ParsedTransaction whole = TestChain.parsed(bytes);
        for (int length = 0; length < bytes.length; length++) {
            assertThat(refusal(Arrays.copyOf(bytes, length))).isNotEqualTo("OK");
        }
        Ed25519Verifier verifier = new Ed25519Verifier();
        for (int at = 0; at < bytes.length; at++) {
            byte[] changed = bytes.clone();
            changed[at] ^= 1;
            try {
                ParsedTransaction other = ParsedTransaction.parse(changed);
                assertThat(other.leafHash()).isNotEqualTo(whole.leafHash());
                assertThat(other.verifySignatures(verifier)).as("byte %d", at).isPresent();
            } catch (MalformedTransaction malformed) {
                assertThat(malformed.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void tx5_otherSpellingsOfTheSameMessageAreRefused() {
        TransactionBody body = noop();
        byte[] bytes = TestChain.sign(body, key(ADAMS));
        byte[] explicitDefault = Arrays.copyOf(bytes, bytes.length + 2);
        explicitDefault[bytes.length] = 0x10; // field 2 as a number
        assertThat(refusal(explicitDefault)).contains("transaction");
        SignedTransaction signed = SignedTransaction.newBuilder()
                .setBody(body.toByteString())
                .addSignatures(ByteString.copyFrom(new byte[64]))
                .build();
        byte[] reordered = signed.toByteString()
                .substring(signed.toByteString().size() - 66)
                .concat(signed.toByteString().substring(0, signed.toByteString().size() - 66))
                .toByteArray();
        assertThat(refusal(reordered)).contains("canonical spelling");
    }

    @Test
    void tx5_unknownFieldsAreRefusedAtEveryDepth() {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
        TransactionBody.Builder top = noop().toBuilder().setUnknownFields(unknown);
        assertThat(refusal(TestChain.sign(top.build(), key(ADAMS)))).contains("transaction.body: a field");
        TransactionBody.Builder inner = chain.body(ADAMS)
                .setRecordRegister(record(RECORD, PATIENT, ST_MARY)
                        .setContent(content(ST_MARY, Sensitivity.N).setUnknownFields(unknown)));
        assertThat(refusal(TestChain.sign(inner.build(), key(ADAMS))))
                .contains("transaction.body.record_register.content: a field");
        TransactionBody.Builder deep = chain.body(ADAMS)
                .setConsentGrant(grant(ConsentRule.newBuilder()
                        .addExceptions(ConsentRule.newBuilder()
                                .setPeriod(Period.newBuilder().setUnknownFields(unknown)))));
        assertThat(refusal(TestChain.sign(deep.build(), key(ADAMS)))).contains("exceptions.period: a field");
    }

    private static ConsentGrant grant(ConsentRule.Builder rule) {
        return ConsentGrant.newBuilder()
                .setConsentId(id("consent"))
                .setPatientId(PATIENT)
                .setTerms(ConsentTerms.newBuilder().addRules(rule))
                .build();
    }

    private static RecordRegister.Builder badContent(Consumer<io.consilium.proto.RecordContent.Builder> change) {
        io.consilium.proto.RecordContent.Builder content = content(ST_MARY, Sensitivity.N, "a", "b");
        change.accept(content);
        return record(RECORD, PATIENT, ST_MARY).setContent(content);
    }

    static Stream<Arguments> malformed() {
        ByteString fifteen = id("x").substring(1);
        return Stream.of(
                bad("payload is missing", body -> body.clearNoop()),
                bad("chain_id has 32 bytes", body -> body.setChainId(fifteen)),
                bad("salt has 16 bytes, not 15", body -> body.setSalt(fifteen)),
                bad("valid_until_millis", body -> body.setValidUntilMillis(-1)),
                bad("signers has 1 to 4 entries, not 0", body -> body.clearSigners()),
                bad("signers[0].actor", body -> body.getSignersBuilder(0).setActor("St-Mary")),
                bad("signers[0].actor", body -> body.getSignersBuilder(0).setActor("x".repeat(31))),
                bad(
                        "signers[0].key",
                        body -> body.getSignersBuilder(0).getKeyBuilder().setKey(fifteen)),
                bad("signers[1] is repeated", body -> body.addSigners(body.getSigners(0))),
                bad(
                        "preconditions[0].object",
                        body -> body.addPreconditions(Precondition.newBuilder().setObject("chain/validators"))),
                bad(
                        "preconditions[0].object",
                        body -> body.addPreconditions(Precondition.newBuilder().setObject("consent/xyz"))),
                bad("preconditions has 0 to 8", body -> {
                    for (int i = 0; i < 9; i++) {
                        body.addPreconditions(Precondition.newBuilder().setObject("institution/a" + i));
                    }
                }),
                bad(
                        "member_add.member",
                        body -> body.setMemberAdd(MemberAdd.newBuilder().setMember("st-mary"))),
                bad(
                        "member_add.roles[1] is out of order",
                        body -> body.setMemberAdd(MemberAdd.newBuilder()
                                .setMember("st-mary/x")
                                .addRoles("CLINICIAN")
                                .addRoles("ADMIN"))),
                bad(
                        "member_add.signing_key",
                        body -> body.setMemberAdd(
                                MemberAdd.newBuilder().setMember("st-mary/x").addRoles("ADMIN"))),
                bad(
                        "record_register.record_id has 16",
                        body -> body.setRecordRegister(record(fifteen, PATIENT, ST_MARY))),
                bad(
                        "record_register.content is missing",
                        body -> body.setRecordRegister(
                                record(RECORD, PATIENT, ST_MARY).clearContent())),
                bad(
                        "commitment has 32",
                        body -> body.setRecordRegister(badContent(content -> content.setCommitment(fifteen)))),
                bad(
                        "ciphertext_size",
                        body -> body.setRecordRegister(badContent(content -> content.setCiphertextSize(0)))),
                bad(
                        "labels[1] is out of order",
                        body -> body.setRecordRegister(
                                badContent(content -> content.setLabels(1, content.getLabels(0))))),
                bad(
                        "labels[0] has 16 bytes",
                        body -> body.setRecordRegister(badContent(content -> content.setLabels(0, fifteen)))),
                bad(
                        "labels has 0 to 64",
                        body -> body.setRecordRegister(badContent(content -> {
                            for (int i = 0; i < 64; i++) {
                                content.addLabels(label("l" + i));
                            }
                        }))),
                bad(
                        "sensitivity_labels has 5 to 5 entries, not 0",
                        body -> body.setRecordRegister(badContent(content -> content.clearSensitivityLabels()))),
                bad(
                        "sealed_metadata has at most",
                        body -> body.setRecordRegister(badContent(
                                content -> content.setSealedMetadata(ByteString.copyFrom(new byte[8_193]))))),
                bad(
                        "data_key[1].recipient is repeated",
                        body -> body.setRecordRegister(badContent(content -> content.addDataKey(sealed(ST_MARY))))),
                bad(
                        "data_key[0].envelope",
                        body -> body.setRecordRegister(badContent(content -> content.setDataKey(
                                0, sealed(ST_MARY).toBuilder().setEnvelope(fifteen))))),
                bad(
                        "replicas[1] is out of order",
                        body -> body.setRecordRegister(record(RECORD, PATIENT, ST_MARY)
                                .addReplicas("riverside")
                                .addReplicas("helix"))),
                bad(
                        "consent_grant.terms is missing",
                        body -> body.setConsentGrant(
                                grant(ConsentRule.newBuilder()).toBuilder().clearTerms())),
                bad(
                        "evidence_hash has 32",
                        body -> body.setConsentGrant(
                                grant(ConsentRule.newBuilder()).toBuilder().setEvidenceHash(fifteen))),
                bad("rules has 0 to 32 entries, not 33", body -> {
                    ConsentGrant.Builder grant = grant(ConsentRule.newBuilder()).toBuilder();
                    for (int i = 0; i < 32; i++) {
                        grant.getTermsBuilder().addRules(ConsentRule.newBuilder());
                    }
                    body.setConsentGrant(grant);
                }),
                bad("sealed_codes", body -> {
                    ConsentGrant.Builder grant = grant(ConsentRule.newBuilder()).toBuilder();
                    grant.getTermsBuilder().setSealedCodes(ByteString.copyFrom(new byte[32 * 1024 + 1]));
                    body.setConsentGrant(grant);
                }),
                bad(
                        "exceptions[0].exceptions has 0 to 0",
                        body -> body.setConsentGrant(grant(ConsentRule.newBuilder()
                                .addExceptions(ConsentRule.newBuilder().addExceptions(ConsentRule.newBuilder()))))),
                bad(
                        "rules[0].labels[0].labels has 1 to 64",
                        body -> body.setConsentGrant(
                                grant(ConsentRule.newBuilder().addLabels(LabelGroup.newBuilder())))),
                bad(
                        "rules[0].actors[0]",
                        body -> body.setConsentGrant(
                                grant(ConsentRule.newBuilder().addActors("Dr. Brown")))),
                bad(
                        "not a patient",
                        body -> body.setConsentGrant(
                                grant(ConsentRule.newBuilder().addActors(TestChain.patientName())))),
                bad(
                        "rules[0].purposes[0]",
                        body -> body.setConsentGrant(
                                grant(ConsentRule.newBuilder().addPurposes("")))),
                bad(
                        "rules[0].period.end_millis is not negative",
                        body -> body.setConsentGrant(grant(ConsentRule.newBuilder()
                                .setPeriod(Period.newBuilder().setEndMillis(-5))))),
                bad("access_use.items has 1 to 64", body -> body.setAccessUse(AccessUse.getDefaultInstance())),
                bad(
                        "access_use.items[1].access_id is repeated",
                        body -> body.setAccessUse(
                                AccessUse.newBuilder().addItems(use("a")).addItems(use("a")))),
                bad("disclose.ciphertext_hash", body -> body.getDiscloseBuilder()
                        .setAccessId(id("access"))));
    }

    private static AccessUse.Item.Builder use(String name) {
        return AccessUse.Item.newBuilder()
                .setAccessId(id(name))
                .setRecordId(RECORD)
                .setPurpose("TREAT");
    }

    private static Arguments bad(String path, Consumer<TransactionBody.Builder> change) {
        return arguments(path, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    @DisplayName("TX-5 TX-6 a body out of shape is refused with its field")
    void tx5_outOfShapeIsRefusedWithItsField(String path, Consumer<TransactionBody.Builder> change) {
        TransactionBody.Builder body = noop().toBuilder();
        change.accept(body);
        byte[] signed = TestChain.sign(body.build(), key(ADAMS));
        if (body.getSignersCount() == 2) {
            signed = TestChain.sign(body.build(), key(ADAMS), key(ADAMS));
        }
        assertThat(refusal(signed)).contains(path);
    }

    @Test
    void tx5_eachSignerHasOneSignature() {
        TransactionBody.Builder two =
                noop().toBuilder().addSigners(chain.body("st-mary/admin").getSigners(0));
        assertThat(refusal(TestChain.sign(two.build(), key(ADAMS)))).contains("one entry for each signer");
        assertThat(refusal(TestChain.sign(two.build(), key(ADAMS), key("st-mary/admin"))))
                .isEqualTo("OK");
        SignedTransaction short63 = SignedTransaction.newBuilder()
                .setBody(noop().toByteString())
                .addSignatures(ByteString.copyFrom(new byte[63]))
                .build();
        assertThat(refusal(short63.toByteArray())).contains("signatures[0] has 64 bytes");
    }

    @Test
    void namesAreReadForWhatTheyAre() {
        assertThat(ActorName.parse("st-mary")).contains(new ActorName.Institution("st-mary"));
        assertThat(ActorName.parse("st-mary/dr-adams")).contains(new ActorName.Member("st-mary", "dr-adams"));
        assertThat(ActorName.parse(TestChain.patientName())).contains(new ActorName.Patient(PATIENT));
        for (String bad :
                new String[] {"", "/", "a/", "/a", "a/b/c", "-a", "a-", "A", "a/B", "ä", "a".repeat(32) + "0"}) {
            assertThat(ActorName.parse(bad)).as(bad).isEmpty();
        }
        assertThat(ActorName.institutionOf("st-mary/x")).isEqualTo("st-mary");
        assertThatThrownBy(() -> Refusal.valueOf("NONE")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("TX-6 every refusal has a rule, a cause and a next step, and is found by its code")
    void tx6_refusalsExplainThemselves() {
        for (Refusal refusal : Refusal.values()) {
            assertThat(refusal.rule()).matches("(TX|ID|GOV|PRV|REC|CON|ACC|TRI|DRU|BFT)-[0-9]{1,2}");
            assertThat(refusal.summary()).isNotBlank().doesNotEndWith(".");
            assertThat(refusal.hint()).isNotBlank();
            assertThat(Refusal.ofCode(refusal.name())).contains(refusal);
        }
        assertThat(Refusal.ofCode("OK")).isEmpty();
        assertThat(signingKey("x").getKey().size()).isEqualTo(32);
    }
}
