package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.OFFICER;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RIVERSIDE;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.encryptionKey;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.key;
import static io.consilium.ledger.TestChain.patient;
import static io.consilium.ledger.TestChain.sealed;
import static io.consilium.ledger.TestChain.signingKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.Activity;
import io.consilium.proto.EventDetail;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.KeyValue;
import io.consilium.proto.MemberAdd;
import io.consilium.proto.MemberRotateKey;
import io.consilium.proto.MemberState;
import io.consilium.proto.MemberSuspend;
import io.consilium.proto.Noop;
import io.consilium.proto.PatientState;
import io.consilium.proto.Precondition;
import io.consilium.proto.RecordMark;
import io.consilium.proto.TransactionBody;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class IdentityRulesTest {
    private static final Consumer<TransactionBody.Builder> NOOP = body -> body.setNoop(Noop.getDefaultInstance());
    private static final String ADMIN = "st-mary/admin";

    private final TestChain chain = new TestChain();

    private static Consumer<TransactionBody.Builder> add(String member, String... roles) {
        return body -> body.setMemberAdd(MemberAdd.newBuilder()
                .setMember(member)
                .addAllRoles(List.of(roles))
                .setSigningKey(signingKey(member))
                .setEncryptionKey(encryptionKey(member)));
    }

    private static Consumer<TransactionBody.Builder> suspend(String member, boolean reinstate) {
        return body -> body.setMemberSuspend(
                MemberSuspend.newBuilder().setMember(member).setReinstate(reinstate));
    }

    private static Consumer<TransactionBody.Builder> rotate(String member, String newKey) {
        return body -> body.setMemberRotateKey(MemberRotateKey.newBuilder()
                .setMember(member)
                .setSigningKey(signingKey(newKey))
                .setEncryptionKey(encryptionKey(newKey)));
    }

    /** A no-op in the name of the actor, signed with the key of this name. */
    private String signedWith(String actor, String keyName) {
        TransactionBody.Builder body = chain.body(actor).setNoop(Noop.getDefaultInstance());
        body.getSignersBuilder(0).setKey(signingKey(keyName));
        ParsedTransaction transaction = TestChain.parsed(TestChain.sign(body.build(), key(keyName)));
        Receipt receipt = chain.block(transaction).receipts().get(0);
        return receipt.applied() ? "OK" : receipt.code() + " " + receipt.rule();
    }

    @Test
    @DisplayName("TX-4 members, institutions and patients sign with their current keys, others are refused")
    void tx4_signatoriesAndTheirKeys() {
        chain.applied(ADAMS, body -> body.setPatientRegister(patient(PATIENT, ST_MARY)));
        assertThat(chain.answer(ADAMS, NOOP)).isEqualTo("OK");
        assertThat(chain.answer(ST_MARY, NOOP)).isEqualTo("OK");
        assertThat(chain.answer(TestChain.patientName(), NOOP)).isEqualTo("OK");
        assertThat(chain.answer("st-mary/nobody", NOOP)).isEqualTo("SIGNER_UNKNOWN TX-4");
        assertThat(chain.answer("nowhere", NOOP)).isEqualTo("SIGNER_UNKNOWN TX-4");
        assertThat(signedWith(ADAMS, BROWN)).isEqualTo("KEY_NOT_ACTIVE TX-4");
        assertThat(signedWith(ST_MARY, ADAMS)).isEqualTo("KEY_NOT_ACTIVE TX-4");
    }

    @Test
    @DisplayName("TX-4 a patient without a controller key cannot sign")
    void tx4_patientWithoutKeyCannotSign() {
        chain.applied(
                ADAMS, body -> body.setPatientRegister(patient(PATIENT, ST_MARY).clearControllerKey()));
        assertThat(chain.answer(TestChain.patientName(), NOOP)).isEqualTo("KEY_NOT_ACTIVE TX-4");
    }

    @Test
    @DisplayName("TX-4 members of an institution that is not active cannot sign")
    void tx4_inactiveInstitutionCannotSign() throws Exception {
        InstitutionState institution = InstitutionState.parseFrom(chain.state.get(StateKeys.institution(ST_MARY)));
        chain.state.put(
                StateKeys.institution(ST_MARY),
                institution.toBuilder().setActivity(Activity.SUSPENDED).build().toByteArray());
        assertThat(chain.answer(ADAMS, NOOP)).isEqualTo("SIGNER_INACTIVE TX-4");
        assertThat(chain.answer(ST_MARY, NOOP)).isEqualTo("SIGNER_INACTIVE TX-4");
        assertThat(chain.answer(BROWN, NOOP)).isEqualTo("OK");
    }

    @Test
    @DisplayName("TX-4 where one party acts, one signs")
    void tx4_oneSigner() {
        TransactionBody body = chain.body(ADAMS)
                .addSigners(chain.body(BROWN).getSigners(0))
                .setNoop(Noop.getDefaultInstance())
                .build();
        ParsedTransaction transaction = TestChain.parsed(TestChain.sign(body, key(ADAMS), key(BROWN)));
        assertThat(chain.block(transaction).receipts().get(0).code()).isEqualTo("SIGNER_COUNT");
    }

    @Test
    @DisplayName("TX-2 preconditions hold an object at its expected version, 0 = it must not exist")
    void tx2_preconditions() {
        Consumer<TransactionBody.Builder> ifVersion1 = body -> body.setNoop(Noop.getDefaultInstance())
                .addPreconditions(
                        Precondition.newBuilder().setObject("member/" + BROWN).setExpectedVersion(1));
        assertThat(chain.answer(ADAMS, ifVersion1)).isEqualTo("OK");
        chain.applied("riverside/admin", suspend(BROWN, false));
        assertThat(chain.answer(ADAMS, ifVersion1)).isEqualTo("PRECONDITION_FAILED TX-2");
        for (String object : new String[] {"institution/st-mary", "member/st-mary/admin"}) {
            assertThat(chain.answer(ADAMS, body -> body.setNoop(Noop.getDefaultInstance())
                            .addPreconditions(
                                    Precondition.newBuilder().setObject(object).setExpectedVersion(1))))
                    .isEqualTo("OK");
        }
    }

    private static Consumer<TransactionBody.Builder> expecting(
            String object, long version, Consumer<TransactionBody.Builder> payload) {
        return payload.andThen(body -> body.addPreconditions(
                Precondition.newBuilder().setObject(object).setExpectedVersion(version)));
    }

    @Test
    @DisplayName("TX-2 PRV-8 a precondition on what the transaction does not change answers alike whether it exists")
    void tx2_preconditionsTellNothing() {
        TestChain withRecord = TestChain.withRecord();
        String patient = "patient/" + TestChain.patientName();
        String record = "record/" + ActorName.hex(TestChain.RECORD);
        for (String object : new String[] {
            patient, record, "record/" + ActorName.hex(id("none")), "consent/" + ActorName.hex(id("c"))
        }) {
            for (long version : new long[] {0, 1}) {
                assertThat(withRecord.answer(
                                BROWN, expecting(object, version, body -> body.setNoop(Noop.getDefaultInstance()))))
                        .as(object)
                        .isEqualTo("PRECONDITION_UNFIT TX-2");
            }
        }
        Consumer<TransactionBody.Builder> mark = body -> body.setRecordMark(
                RecordMark.newBuilder().setRecordId(TestChain.RECORD).setEnteredInError(true));
        assertThat(withRecord.answer(BROWN, expecting(record, 7, mark))).isEqualTo("RECORD_UNKNOWN REC-1");
        assertThat(withRecord.answer(ADAMS, expecting(record, 7, mark))).isEqualTo("PRECONDITION_FAILED TX-2");
        assertThat(withRecord.answer(ADAMS, expecting(patient, 1, mark))).isEqualTo("PRECONDITION_UNFIT TX-2");
        assertThat(withRecord.answer(ADAMS, expecting(record, 1, mark))).isEqualTo("OK");
    }

    @Test
    @DisplayName("TX-2 ACC-1 who asks for access learns the answer from no precondition that fails")
    void tx2_noBlindQuestion() {
        TestChain withRecord = TestChain.withRecord();
        Consumer<TransactionBody.Builder> ask = body -> body.setAccessRequest(AccessRequest.newBuilder()
                .setAccessId(id("asked"))
                .setRecordId(TestChain.RECORD)
                .setPurpose("TREAT")
                .setAction("access"));
        String access = "access/" + ActorName.hex(id("asked"));
        for (String actor : new String[] {ADAMS, BROWN}) {
            assertThat(withRecord.answer(actor, expecting(access, 1, ask))).isEqualTo("PRECONDITION_UNFIT TX-2");
        }
    }

    @Test
    @DisplayName("ID-1 institutions stand in the state with roles, keys and status")
    void id1_institutions() {
        InstitutionState helix = chain.objects().institution("helix").orElseThrow();
        assertThat(helix.getRolesList()).containsExactly("MANUFACTURER", "SPONSOR");
        assertThat(helix.getActivity()).isEqualTo(Activity.ACTIVE);
        assertThat(helix.getValidatorKey()).isEqualTo(signingKey("validator helix"));
        assertThat(chain.objects().institution("nowhere")).isEmpty();
        assertThat(chain.answer(ADAMS, body -> body.setPatientRegister(patient(PATIENT, "nowhere"))))
                .isEqualTo("INSTITUTION_UNKNOWN ID-1");
    }

    @Test
    @DisplayName("ID-2 an ADMIN adds members of its own institution")
    void id2_memberAdd() {
        BlockResult result =
                chain.block(chain.transaction(ADMIN, add("st-mary/dr-new", "CLINICIAN", "PRIVACY_OFFICER")));
        assertThat(result.receipts().get(0).applied()).isTrue();
        assertThat(result.receipts().get(0).message().getObjectVersion()).isEqualTo(1);
        assertThat(result.index()).containsExactly(LedgerIndexes.member("st-mary/dr-new"));
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("member.added");
        assertThat(result.events().get(0).parties()).containsExactly(ST_MARY);
        MemberState member = chain.objects().member("st-mary/dr-new").orElseThrow();
        assertThat(member.getRolesList()).containsExactly("CLINICIAN", "PRIVACY_OFFICER");
        assertThat(chain.answer("st-mary/dr-new", NOOP)).isEqualTo("OK");
    }

    @Test
    @DisplayName("ID-2 nobody else adds members, and none twice")
    void id2_memberAddRefused() {
        assertThat(chain.answer(ADAMS, add("st-mary/dr-new", "CLINICIAN"))).isEqualTo("ROLE_REQUIRED ID-2");
        assertThat(chain.answer(ST_MARY, add("st-mary/dr-new", "CLINICIAN"))).isEqualTo("SIGNER_NOT_PERMITTED ID-2");
        assertThat(chain.answer("riverside/admin", add("st-mary/dr-new", "CLINICIAN")))
                .isEqualTo("OTHER_INSTITUTION ID-2");
        assertThat(chain.answer(ADMIN, add(ADAMS, "CLINICIAN"))).isEqualTo("MEMBER_EXISTS ID-2");
    }

    @Test
    @DisplayName("ID-2 roles are bounded by the institution's")
    void id2_rolesAreBounded() {
        assertThat(chain.answer(ADMIN, add("st-mary/x", "WIZARD"))).isEqualTo("ROLE_UNKNOWN ID-2");
        assertThat(chain.answer(ADMIN, add("st-mary/x", "REVIEWER"))).isEqualTo("ROLE_NOT_ALLOWED ID-2");
        assertThat(chain.answer("helix/admin", add("helix/x", "CLINICIAN"))).isEqualTo("ROLE_NOT_ALLOWED ID-2");
        assertThat(chain.answer("medwatch/admin", add("medwatch/x", "PHARMACIST")))
                .isEqualTo("ROLE_NOT_ALLOWED ID-2");
        for (String role : new String[] {"CLINICIAN", "CONSENT_OFFICER", "PHARMACIST", "RESEARCHER"}) {
            assertThat(chain.answer(ADMIN, add("st-mary/" + role.toLowerCase(Locale.ROOT), role)))
                    .isEqualTo("OK");
        }
        assertThat(chain.answer("northside/admin", add("northside/x", "PHARMACIST")))
                .isEqualTo("OK");
        assertThat(chain.answer("helix/admin", add("helix/x", "RESEARCHER"))).isEqualTo("OK");
        assertThat(chain.answer("ethics/admin", add("ethics/x", "REVIEWER"))).isEqualTo("OK");
        for (String role : new String[] {"ADMIN", "AUDITOR", "OPERATOR", "PRIVACY_OFFICER"}) {
            assertThat(chain.answer("medwatch/admin", add("medwatch/x-" + role.toLowerCase(Locale.ROOT), role)))
                    .isEqualTo("OK");
        }
    }

    @Test
    @DisplayName("ID-2 a suspended member cannot act until it is reinstated")
    void id2_suspend() {
        assertThat(chain.answer(ADMIN, suspend(ADAMS, false))).isEqualTo("OK");
        assertThat(chain.answer(ADAMS, NOOP)).isEqualTo("SIGNER_INACTIVE TX-4");
        assertThat(chain.answer(ADMIN, suspend(ADAMS, false))).isEqualTo("MEMBER_STATUS ID-2");
        assertThat(chain.answer(ADMIN, suspend(ADAMS, true))).isEqualTo("OK");
        assertThat(chain.answer(ADAMS, NOOP)).isEqualTo("OK");
        assertThat(chain.answer(ADMIN, suspend("st-mary/nobody", false))).isEqualTo("MEMBER_UNKNOWN ID-2");
        assertThat(chain.answer(ADMIN, suspend(ADMIN, false))).isEqualTo("OWN_SUSPENSION ID-2");
        assertThat(chain.answer(ADMIN, suspend(BROWN, false))).isEqualTo("OTHER_INSTITUTION ID-2");
        assertThat(chain.answer(OFFICER, suspend(ADAMS, false))).isEqualTo("ROLE_REQUIRED ID-2");
    }

    @Test
    @DisplayName("ID-2 a new key replaces the old one, which stays known with its period")
    void id2_rotateKey() {
        assertThat(chain.answer(ADMIN, rotate(ADAMS, "fresh"))).isEqualTo("OK");
        long rotated = chain.now;
        assertThat(chain.answer(ADAMS, NOOP)).isEqualTo("KEY_NOT_ACTIVE TX-4");
        assertThat(signedWith(ADAMS, "fresh")).isEqualTo("OK");
        MemberState member = chain.objects().member(ADAMS).orElseThrow();
        assertThat(Signatories.keysAt(member, rotated - 1).orElseThrow().getSigningKey())
                .isEqualTo(signingKey(ADAMS));
        assertThat(Signatories.keysAt(member, rotated).orElseThrow().getSigningKey())
                .isEqualTo(signingKey("fresh"));
        assertThat(chain.answer(ADMIN, rotate(ADAMS, ADAMS))).isEqualTo("KEY_UNCHANGED ID-2");
        assertThat(chain.answer(ADMIN, rotate("st-mary/nobody", "x"))).isEqualTo("MEMBER_UNKNOWN ID-2");
        assertThat(chain.answer("riverside/admin", rotate(ADAMS, "x"))).isEqualTo("OTHER_INSTITUTION ID-2");
        assertThat(chain.answer(BROWN, rotate(BROWN, "x"))).isEqualTo("ROLE_REQUIRED ID-2");
    }

    @Test
    @DisplayName("ID-2 two rotations in one block leave the second key")
    void id2_rotateTwiceInOneBlock() {
        chain.block(
                chain.transaction(ADMIN, rotate(ADAMS, "first")), chain.transaction(ADMIN, rotate(ADAMS, "second")));
        assertThat(signedWith(ADAMS, "first")).isEqualTo("KEY_NOT_ACTIVE TX-4");
        assertThat(signedWith(ADAMS, "second")).isEqualTo("OK");
    }

    @Test
    @DisplayName("ID-2 the history of keys is bounded")
    void id2_keyLimit() {
        for (int i = 0; i < 63; i++) {
            assertThat(chain.answer(ADMIN, rotate(ADAMS, "key " + i))).isEqualTo("OK");
        }
        assertThat(chain.answer(ADMIN, rotate(ADAMS, "one more"))).isEqualTo("KEY_LIMIT ID-2");
    }

    @Test
    @DisplayName("ID-3 a PROVIDER's ADMIN, CLINICIAN or CONSENT_OFFICER registers patients in its custody")
    void id3_register() throws Exception {
        BlockResult result = chain.block(chain.transaction(
                ADAMS, body -> body.setPatientRegister(patient(PATIENT, ST_MARY).addPatientSecret(sealed(ST_MARY)))));
        assertThat(result.receipts().get(0).applied()).isTrue();
        assertThat(result.receipts().get(0).message().getObjectIdsList()).containsExactly(PATIENT);
        PatientState patient = chain.objects().patient(PATIENT).orElseThrow();
        assertThat(patient.getCustodiansList()).containsExactly(ST_MARY);
        assertThat(patient.getLabelEpoch()).isEqualTo(1);
        assertThat(patient.getRegisteredBy()).isEqualTo(ADAMS);
        assertThat(patient.getRegisteredMillis()).isEqualTo(chain.now);
        assertThat(result.index())
                .containsExactly(LedgerIndexes.of(LedgerIndexes.CUSTODIAN_PATIENTS, ST_MARY, chain.now, PATIENT));
        EventDetail detail = EventDetail.parseFrom(result.events().get(0).payload());
        assertThat(detail.getObjectIdsList()).containsExactly(PATIENT);
        assertThat(detail.getHeight()).isEqualTo(1);
        assertThat(detail.getActor()).isEqualTo(ADAMS);
        assertThat(chain.answer(ADMIN, body -> body.setPatientRegister(patient(id("2"), ST_MARY))))
                .isEqualTo("OK");
        assertThat(chain.answer(OFFICER, body -> body.setPatientRegister(patient(id("3"), ST_MARY))))
                .isEqualTo("OK");
    }

    @Test
    @DisplayName("ID-3 nobody else registers patients, and no id twice")
    void id3_registerRefused() {
        chain.applied(ADAMS, body -> body.setPatientRegister(patient(PATIENT, ST_MARY)));
        assertThat(chain.answer(ADAMS, body -> body.setPatientRegister(patient(PATIENT, ST_MARY))))
                .isEqualTo("PATIENT_EXISTS ID-3");
        assertThat(chain.answer(BROWN, body -> body.setPatientRegister(patient(id("2"), ST_MARY))))
                .isEqualTo("NOT_CUSTODIAN ID-3");
        assertThat(chain.answer("st-mary/privacy", body -> body.setPatientRegister(patient(id("2"), ST_MARY))))
                .isEqualTo("ROLE_REQUIRED ID-3");
        assertThat(chain.answer("helix/admin", body -> body.setPatientRegister(patient(id("2"), "helix"))))
                .isEqualTo("INSTITUTION_ROLE ID-3");
        assertThat(chain.answer(ST_MARY, body -> body.setPatientRegister(patient(id("2"), ST_MARY))))
                .isEqualTo("SIGNER_NOT_PERMITTED ID-3");
    }

    @Test
    @DisplayName("PRV-3 PRV-4 the custodian gets the scope key, sealed to its current key, strangers get nothing")
    void prv3_scopeKeyRecipients() {
        assertThat(register(patient(PATIENT, ST_MARY).clearScopeKey())).isEqualTo("SCOPE_KEY_MISSING PRV-4");
        assertThat(register(patient(PATIENT, ST_MARY).addScopeKey(sealed(RIVERSIDE))))
                .isEqualTo("RECIPIENT_NOT_ALLOWED PRV-3");
        KeyValue old = encryptionKey("old");
        assertThat(register(patient(PATIENT, ST_MARY)
                        .setScopeKey(0, sealed(ST_MARY).toBuilder().setRecipientKey(old.getKey()))))
                .isEqualTo("RECIPIENT_KEY_STALE PRV-3");
        assertThat(register(patient(PATIENT, ST_MARY).addPatientSecret(sealed(BROWN))))
                .isEqualTo("RECIPIENT_NOT_ALLOWED PRV-3");
        assertThat(register(patient(PATIENT, ST_MARY).addScopeKey(sealed(TestChain.patientName()))))
                .isEqualTo("OK");
    }

    private String register(io.consilium.proto.PatientRegister.Builder register) {
        return chain.answer(ADAMS, body -> body.setPatientRegister(register));
    }
}
