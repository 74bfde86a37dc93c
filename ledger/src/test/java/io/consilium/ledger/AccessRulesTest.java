package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.MINUTE;
import static io.consilium.ledger.TestChain.OFFICER;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.RIVERSIDE;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.content;
import static io.consilium.ledger.TestChain.encryptionKey;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.signingKey;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.AccessState;
import io.consilium.proto.AccessUse;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRevoke;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.Disclose;
import io.consilium.proto.MemberRotateKey;
import io.consilium.proto.MemberSuspend;
import io.consilium.proto.RecordAmend;
import io.consilium.proto.RecordErase;
import io.consilium.proto.TransactionBody;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AccessRulesTest {
    private static final ByteString ACCESS = id("access");
    private static final ByteString CONSENT = id("consent");

    private final TestChain chain = TestChain.withRecord();

    private void consent(ConsentRule.Builder... rules) {
        chain.applied(
                OFFICER,
                body -> body.setConsentGrant(ConsentGrant.newBuilder()
                        .setConsentId(CONSENT)
                        .setPatientId(PATIENT)
                        .setTerms(ConsentTerms.newBuilder()
                                .addAllRules(Stream.of(rules)
                                        .map(ConsentRule.Builder::build)
                                        .toList()))
                        .setEvidenceHash(hash("form"))));
    }

    private static ConsentRule.Builder permit(String... actors) {
        return ConsentRule.newBuilder().setPermit(true).addAllActors(List.of(actors));
    }

    private void revoke() {
        chain.applied(
                OFFICER,
                body -> body.setConsentRevoke(ConsentRevoke.newBuilder().setConsentId(CONSENT)));
    }

    private static AccessRequest.Builder request(ByteString record, String purpose) {
        return AccessRequest.newBuilder()
                .setAccessId(ACCESS)
                .setRecordId(record)
                .setPurpose(purpose);
    }

    private Receipt ask(String actor, AccessRequest.Builder request) {
        return chain.submit(actor, body -> body.setAccessRequest(request));
    }

    private AccessState access(ByteString id) {
        return chain.objects().access(id).orElseThrow();
    }

    @Test
    @DisplayName("ACC-1 CON-2 a permitted request is applied with its decision and basis")
    void acc1_permitted() {
        consent(permit(RIVERSIDE).addPurposes("TREAT"));
        BlockResult result =
                chain.block(chain.transaction(BROWN, body -> body.setAccessRequest(request(RECORD, "COC"))));
        Receipt receipt = result.receipts().get(0);
        assertThat(receipt.applied()).isTrue();
        assertThat(receipt.message().getDecision()).isEqualTo(DecisionOutcome.PERMIT);
        assertThat(receipt.message().getObjectIdsList()).containsExactly(ACCESS);
        assertThat(result.changes().keySet()).containsExactly(StateKeys.access(ACCESS));
        assertThat(result.index())
                .containsExactlyInAnyOrder(
                        LedgerIndexes.of(LedgerIndexes.PATIENT_ACCESSES, PATIENT, chain.now, ACCESS),
                        LedgerIndexes.partyAccess(PATIENT, RIVERSIDE, chain.now, ACCESS),
                        LedgerIndexes.partyAccess(PATIENT, ST_MARY, chain.now, ACCESS),
                        LedgerIndexes.of(LedgerIndexes.MEMBER_ACCESSES, BROWN, chain.now, ACCESS));
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("access.permitted");
        assertThat(result.events().get(0).parties()).containsExactly(RIVERSIDE, ST_MARY);
        AccessState access = access(ACCESS);
        assertThat(access.getDecision().getReason()).isEqualTo("EXPLICIT_PERMIT");
        assertThat(access.getDecision().getConsentId()).isEqualTo(CONSENT);
        assertThat(access.getDecision().getConsentVersion()).isEqualTo(1);
        assertThat(access.getDecision().getRuleIndex()).isZero();
        assertThat(access.getDecision().getExceptionIndex()).isEqualTo(-1);
        assertThat(access.getRecordVersion()).isEqualTo(1);
        assertThat(access.getAction()).isEqualTo("access");
        assertThat(access.getRequesterEncryptionKey())
                .isEqualTo(encryptionKey(BROWN).getKey());
        assertThat(access.getCustodian()).isEqualTo(ST_MARY);
        assertThat(access.getUse()).isFalse();
    }

    @Test
    @DisplayName("ACC-1 TX-5 a denied request is refused and yet written, indexed and told")
    void acc1_denialIsAuditMaterial() {
        BlockResult result =
                chain.block(chain.transaction(BROWN, body -> body.setAccessRequest(request(RECORD, "TREAT"))));
        Receipt receipt = result.receipts().get(0);
        assertThat(receipt.applied()).isFalse();
        assertThat(receipt.code()).isEqualTo("ACCESS_DENIED");
        assertThat(receipt.rule()).isEqualTo("CON-2");
        assertThat(receipt.message().getDecision()).isEqualTo(DecisionOutcome.DENY);
        assertThat(receipt.message().getObjectIdsList()).containsExactly(ACCESS);
        assertThat(access(ACCESS).getDecision().getReason()).isEqualTo("NO_CONSENT");
        assertThat(result.index())
                .contains(
                        LedgerIndexes.of(LedgerIndexes.PATIENT_ACCESSES, PATIENT, chain.now, ACCESS),
                        LedgerIndexes.partyAccess(PATIENT, ST_MARY, chain.now, ACCESS))
                .as("whose record it was is not for the requester to learn")
                .doesNotContain(LedgerIndexes.partyAccess(PATIENT, RIVERSIDE, chain.now, ACCESS));
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("access.denied");
        assertThat(result.events().get(0).parties()).containsExactly(RIVERSIDE, ST_MARY);
    }

    @Test
    @DisplayName("CON-2 an unknown record answers like a hidden one")
    void con2_unknownAnswersLikeHidden() {
        Receipt hidden = ask(BROWN, request(RECORD, "TREAT"));
        Receipt unknown = ask(BROWN, request(id("no such record"), "TREAT").setAccessId(id("other")));
        assertThat(unknown.code()).isEqualTo(hidden.code());
        assertThat(unknown.rule()).isEqualTo(hidden.rule());
        assertThat(unknown.message().getDecision()).isEqualTo(hidden.message().getDecision());
        AccessState access = access(id("other"));
        assertThat(access.getDecision().getReason()).isEqualTo("RECORD_UNKNOWN");
        assertThat(access.getPatientId()).isEqualTo(ByteString.EMPTY);
        Receipt hiddenVersion =
                ask(BROWN, request(RECORD, "TREAT").setAccessId(id("3")).setRecordVersion(9));
        assertThat(hiddenVersion.code()).isEqualTo("ACCESS_DENIED");
    }

    @Test
    @DisplayName("ACC-1 requests that say nothing usable are refused")
    void acc1_refusals() {
        consent(permit(RIVERSIDE));
        assertThat(ask(BROWN, request(RECORD, "GOSSIP")).code()).isEqualTo("PURPOSE_UNKNOWN");
        assertThat(ask(BROWN, request(RECORD, "TREAT").setAction("burn")).code())
                .isEqualTo("ACTION_UNKNOWN");
        assertThat(ask(BROWN, request(RECORD, "TREAT").setRecordVersion(2)).code())
                .isEqualTo("VERSION_UNKNOWN");
        assertThat(ask(RIVERSIDE, request(RECORD, "TREAT")).code()).isEqualTo("SIGNER_NOT_PERMITTED");
        assertThat(ask(BROWN, request(RECORD, "TREAT")).code()).isEqualTo("OK");
        assertThat(ask(BROWN, request(RECORD, "TREAT")).code()).isEqualTo("ACCESS_EXISTS");
    }

    @Test
    @DisplayName("ACC-1 an OPERATOR or AUDITOR requests no records, whatever consents say; the attempt is written")
    void acc1_unsuitableRoles() {
        consent(permit("helix", "medwatch"));
        Receipt packer = ask("helix/packer", request(RECORD, "HRESCH"));
        assertThat(packer.code()).isEqualTo("ACCESS_DENIED");
        assertThat(packer.rule()).isEqualTo("ACC-1");
        assertThat(access(ACCESS).getDecision().getReason()).isEqualTo("ROLE_NOT_SUITABLE");
        assertThat(ask("medwatch/inspector", request(RECORD, "HRESCH").setAccessId(id("2")))
                        .code())
                .isEqualTo("ACCESS_DENIED");
        assertThat(ask("helix/researcher", request(RECORD, "HRESCH").setAccessId(id("3")))
                        .code())
                .isEqualTo("OK");
    }

    @Test
    @DisplayName("ACC-1 the custodian's CLINICIAN and PHARMACIST read for TREAT without a consent, other roles not")
    void acc1_custodianTreats() {
        assertThat(ask(ADAMS, request(RECORD, "ETREAT")).code()).isEqualTo("OK");
        assertThat(access(ACCESS).getDecision().getReason()).isEqualTo("CUSTODIAN_TREATMENT");
        assertThat(ask("st-mary/apothecary", request(RECORD, "TREAT").setAccessId(id("2")))
                        .code())
                .isEqualTo("OK");
        assertThat(ask("st-mary/privacy", request(RECORD, "TREAT").setAccessId(id("3")))
                        .code())
                .isEqualTo("ACCESS_DENIED");
        assertThat(ask("st-mary/admin", request(RECORD, "TREAT").setAccessId(id("4")))
                        .code())
                .isEqualTo("ACCESS_DENIED");
        assertThat(ask(ADAMS, request(RECORD, "HRESCH").setAccessId(id("5"))).code())
                .isEqualTo("ACCESS_DENIED");
        assertThat(ask(ADAMS, request(RECORD, "BTG").setAccessId(id("6"))).code())
                .isEqualTo("ACCESS_DENIED");
        assertThat(ask(ADAMS, request(RECORD, "TREAT").setAction("disclose").setAccessId(id("7")))
                        .code())
                .isEqualTo("ACCESS_DENIED");
        consent(ConsentRule.newBuilder().addActors(ADAMS));
        assertThat(ask(ADAMS, request(RECORD, "TREAT").setAccessId(id("8"))).code())
                .isEqualTo("ACCESS_DENIED");
        assertThat(access(id("8")).getDecision().getReason()).isEqualTo("EXPLICIT_DENY");
    }

    private static AccessUse.Item.Builder item(String name, ByteString record) {
        return AccessUse.Item.newBuilder()
                .setAccessId(id(name))
                .setRecordId(record)
                .setPurpose("TREAT");
    }

    private static Consumer<TransactionBody.Builder> use(AccessUse.Item.Builder... items) {
        return body -> {
            for (AccessUse.Item.Builder item : items) {
                body.getAccessUseBuilder().addItems(item);
            }
        };
    }

    @Test
    @DisplayName("ACC-1 each read of the custodian's staff leaves a use, several in one transaction")
    void acc1_uses() {
        BlockResult result = chain.block(chain.transaction(ADAMS, use(item("u1", RECORD), item("u2", RECORD))));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.receipts().get(0).message().getObjectIdsList()).containsExactly(id("u1"), id("u2"));
        assertThat(access(id("u1")).getUse()).isTrue();
        assertThat(access(id("u1")).getDecision().getOutcome()).isEqualTo(DecisionOutcome.PERMIT);
        assertThat(result.index())
                .contains(LedgerIndexes.of(LedgerIndexes.PATIENT_ACCESSES, PATIENT, chain.now, id("u2")));
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("access.used", "access.used");
        assertThat(chain.answer(ADAMS, use(item("u1", RECORD)))).isEqualTo("ACCESS_EXISTS ACC-1");
        assertThat(chain.answer(ADAMS, use(item("u3", RECORD).setPurpose("GOSSIP"))))
                .isEqualTo("PURPOSE_UNKNOWN CON-3");
        assertThat(chain.answer(ST_MARY, use(item("u3", RECORD)))).isEqualTo("SIGNER_NOT_PERMITTED ACC-1");
    }

    @Test
    @DisplayName("ACC-1 uses by others, of unknown records and for other purposes are denied and written")
    void acc1_usesRefused() {
        assertThat(chain.answer(BROWN, use(item("u1", RECORD)))).isEqualTo("ACCESS_DENIED CON-2");
        assertThat(access(id("u1")).getDecision().getReason()).isEqualTo("NOT_CUSTODIAN");
        assertThat(access(id("u1")).getPatientId()).isEqualTo(PATIENT);
        assertThat(chain.answer(ADAMS, use(item("u2", id("no such record"))))).isEqualTo("ACCESS_DENIED CON-2");
        assertThat(chain.answer(ADAMS, use(item("u3", RECORD).setPurpose("HRESCH"))))
                .isEqualTo("ACCESS_DENIED CON-2");
        assertThat(chain.answer(ADAMS, use(item("u4", RECORD).setRecordVersion(7))))
                .isEqualTo("ACCESS_DENIED CON-2");
        assertThat(chain.answer(ADAMS, use(item("u5", RECORD), item("u6", id("none")))))
                .isEqualTo("ACCESS_DENIED CON-2");
        assertThat(access(id("u5")).getDecision().getOutcome()).isEqualTo(DecisionOutcome.PERMIT);
        assertThat(access(id("u6")).getDecision().getOutcome()).isEqualTo(DecisionOutcome.DENY);
    }

    @Test
    @DisplayName("ACC-1 who only runs machines uses no record, whatever a consent says")
    void acc1_operatorsUseNothing() {
        String operator = "st-mary/operator";
        chain.member(operator, "OPERATOR");
        consent(permit(ST_MARY));
        assertThat(chain.answer(operator, use(item("u1", RECORD)))).isEqualTo("ACCESS_DENIED ACC-1");
        assertThat(access(id("u1")).getDecision().getReason()).isEqualTo("ROLE_NOT_SUITABLE");
        assertThat(chain.answer(ADAMS, use(item("u2", RECORD)))).isEqualTo("OK");
    }

    @Test
    @DisplayName("ACC-1 an erased record in a batch of uses hides no denied read of it")
    void acc1_deniedBesideErased() {
        chain.applied(
                "st-mary/privacy",
                body -> body.setRecordErase(
                        RecordErase.newBuilder().setRecordId(RECORD).setBasis("gdpr-17")));
        assertThat(chain.answer(ADAMS, use(item("u1", RECORD)))).isEqualTo("RECORD_PURGED PRV-6");
        assertThat(chain.answer(ADAMS, use(item("u2", RECORD), item("u3", id("none")))))
                .isEqualTo("ACCESS_DENIED CON-2");
        assertThat(access(id("u3")).getDecision().getOutcome()).isEqualTo(DecisionOutcome.DENY);
        assertThat(chain.objects().access(id("u2"))).isEmpty();
    }

    private static Disclose.Builder disclosure() {
        return Disclose.newBuilder()
                .setAccessId(ACCESS)
                .setCiphertextHash(hash("ciphertext"))
                .setEnvelopeHash(hash("envelope"))
                .setRecipientKey(encryptionKey(BROWN).getKey());
    }

    private String disclose(Disclose.Builder disclose) {
        return chain.answer(ST_MARY, body -> body.setDisclose(disclose));
    }

    private void permitted() {
        consent(permit(RIVERSIDE));
        assertThat(ask(BROWN, request(RECORD, "TREAT")).code()).isEqualTo("OK");
    }

    @Test
    @DisplayName("ACC-2 the custodian's node discloses a permitted access once")
    void acc2_disclose() {
        permitted();
        BlockResult result = chain.block(chain.transaction(ST_MARY, body -> body.setDisclose(disclosure())));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("access.disclosed");
        AccessState access = access(ACCESS);
        assertThat(access.getDisclosure().getDiscloser()).isEqualTo(ST_MARY);
        assertThat(access.getDisclosure().getTimeMillis()).isEqualTo(chain.now);
        assertThat(access.getDisclosure().getEnvelopeHash()).isEqualTo(hash("envelope"));
        assertThat(access.getVersion()).isEqualTo(2);
        assertThat(disclose(disclosure())).isEqualTo("ALREADY_DISCLOSED ACC-2");
    }

    @Test
    @DisplayName("ACC-2 nobody but the custodian's node discloses")
    void acc2_others() {
        permitted();
        assertThat(chain.answer(RIVERSIDE, body -> body.setDisclose(disclosure())))
                .isEqualTo("NOT_CUSTODIAN ACC-2");
        assertThat(chain.answer(ADAMS, body -> body.setDisclose(disclosure()))).isEqualTo("SIGNER_NOT_PERMITTED ACC-2");
        assertThat(disclose(disclosure().setAccessId(id("no such access")))).isEqualTo("ACCESS_UNKNOWN ACC-2");
    }

    @Test
    @DisplayName("ACC-2 a permit is good for the chain's permit age")
    void acc2_permitAge() {
        permitted();
        chain.pass(15 * MINUTE - 1_000);
        assertThat(disclose(disclosure())).isEqualTo("OK");
        assertThat(ask(BROWN, request(RECORD, "TREAT").setAccessId(id("2"))).code())
                .isEqualTo("OK");
        chain.pass(15 * MINUTE - 999);
        assertThat(disclose(disclosure().setAccessId(id("2")))).isEqualTo("PERMIT_TOO_OLD ACC-2");
    }

    @Test
    @DisplayName("ACC-2 consent is judged again when the disclosure is committed")
    void acc2_consentAgain() {
        permitted();
        revoke();
        assertThat(disclose(disclosure())).isEqualTo("PERMIT_WITHDRAWN ACC-2");
    }

    @Test
    @DisplayName("ACC-2 a requester who is suspended meanwhile gets nothing")
    void acc2_requesterSuspended() {
        permitted();
        chain.applied(
                "riverside/admin",
                body -> body.setMemberSuspend(MemberSuspend.newBuilder().setMember(BROWN)));
        assertThat(disclose(disclosure())).isEqualTo("PERMIT_WITHDRAWN ACC-2");
    }

    @Test
    @DisplayName("ACC-2 the envelope is for the requester's current key")
    void acc2_requesterKey() {
        permitted();
        assertThat(disclose(
                        disclosure().setRecipientKey(encryptionKey("stranger").getKey())))
                .isEqualTo("RECIPIENT_KEY_CHANGED ACC-2");
        chain.applied(
                "riverside/admin",
                body -> body.setMemberRotateKey(MemberRotateKey.newBuilder()
                        .setMember(BROWN)
                        .setSigningKey(signingKey("new"))
                        .setEncryptionKey(encryptionKey("new"))));
        assertThat(disclose(disclosure())).isEqualTo("RECIPIENT_KEY_CHANGED ACC-2");
        assertThat(disclose(disclosure().setRecipientKey(encryptionKey("new").getKey())))
                .isEqualTo("OK");
    }

    @Test
    @DisplayName("ACC-2 what is disclosed is the version that was permitted")
    void acc2_ciphertext() {
        permitted();
        chain.applied(
                ADAMS,
                body -> body.setRecordAmend(RecordAmend.newBuilder()
                        .setRecordId(RECORD)
                        .setPredecessor(1)
                        .setContent(content(ST_MARY, Sensitivity.V).setCiphertextHash(hash("second")))));
        assertThat(disclose(disclosure().setCiphertextHash(hash("second")))).isEqualTo("CIPHERTEXT_OTHER ACC-2");
        assertThat(disclose(disclosure())).isEqualTo("OK");
        assertThat(ask(BROWN, request(RECORD, "TREAT").setAccessId(id("2"))).code())
                .isEqualTo("OK");
        assertThat(disclose(disclosure().setAccessId(id("2")).setCiphertextHash(hash("second"))))
                .isEqualTo("OK");
    }

    @Test
    @DisplayName("ACC-2 CON-1 content is handed over for reading alone, so that no other action evades a deny of it")
    void acc2_otherActions() {
        consent(permit().addActions("access").setPermit(false), permit(RIVERSIDE));
        assertThat(ask(BROWN, request(RECORD, "TREAT").setAccessId(id("read"))).code())
                .isEqualTo("ACCESS_DENIED");
        for (String action : List.of("disclose", "correct")) {
            assertThat(ask(BROWN, request(RECORD, "TREAT").setAction(action).setAccessId(id(action)))
                            .code())
                    .isEqualTo("OK");
            assertThat(disclose(disclosure().setAccessId(id(action)))).isEqualTo("NOTHING_TO_DISCLOSE ACC-2");
        }
    }

    @Test
    @DisplayName("ACC-2 PRV-5 denials, uses and conditional permits without an outcome are not disclosed")
    void acc2_nothingToDisclose() {
        assertThat(ask(BROWN, request(RECORD, "TREAT")).code()).isEqualTo("ACCESS_DENIED");
        assertThat(disclose(disclosure())).isEqualTo("NOTHING_TO_DISCLOSE ACC-2");
        chain.applied(ADAMS, use(item("u1", RECORD)));
        assertThat(disclose(disclosure().setAccessId(id("u1")))).isEqualTo("NOTHING_TO_DISCLOSE ACC-2");
        consent(permit(RIVERSIDE).setSealedConditions(ByteString.copyFromUtf8("sealed")));
        Receipt conditional = ask(BROWN, request(RECORD, "TREAT").setAccessId(id("c")));
        assertThat(conditional.applied()).isTrue();
        assertThat(conditional.message().getDecision()).isEqualTo(DecisionOutcome.PERMIT_CONDITIONAL);
        assertThat(disclose(disclosure().setAccessId(id("c")))).isEqualTo("OUTCOME_MISSING PRV-5");
    }
}
