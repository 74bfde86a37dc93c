package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.OFFICER;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.RIVERSIDE;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.content;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.patient;
import static io.consilium.ledger.TestChain.patientName;
import static io.consilium.ledger.TestChain.record;
import static io.consilium.ledger.TestChain.sealed;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.consent.ConsentDecision;
import io.consilium.ledger.consent.DecisionRequest;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.ledger.records.ErasureRules;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.Activity;
import io.consilium.proto.BreakGlass;
import io.consilium.proto.BreakGlassReview;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.Disclose;
import io.consilium.proto.ErasureAck;
import io.consilium.proto.ErasureAcknowledgement;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.PatientMerge;
import io.consilium.proto.PatientState;
import io.consilium.proto.PatientTransfer;
import io.consilium.proto.RecordAmend;
import io.consilium.proto.RecordErase;
import io.consilium.proto.RecordHandOver;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransferAnswer;
import io.consilium.proto.TransferHandOver;
import io.consilium.proto.TransferOffer;
import io.consilium.proto.TransferReceived;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TransferRulesTest {
    private static final String RECEIVER = "riverside/consent";
    private static final String SUMMIT = "summit";
    private static final String THIRD = "summit/admin";

    private final TestChain chain = TestChain.withRecord(threeProviders());

    /** The usual institutions, and a third provider that runs a node. */
    private static GenesisDocument.Builder threeProviders() {
        GenesisDocument.Builder document = TestChain.documentWith(THIRD, "ADMIN", "PROVIDER");
        document.getInstitutionsBuilderList().stream()
                .filter(institution -> institution.getId().equals(SUMMIT))
                .forEach(institution -> institution
                        .setPeerEndpoint("127.0.0.1:7000")
                        .setPeerTlsKey(TestChain.signingKey("tls " + SUMMIT)));
        return document;
    }

    private static PatientTransfer.Builder transfer() {
        return PatientTransfer.newBuilder().setPatientId(PATIENT);
    }

    private static Consumer<TransactionBody.Builder> offer(String to, String form) {
        return body -> body.setPatientTransfer(transfer()
                .setOffer(TransferOffer.newBuilder()
                        .setTo(to)
                        .setEvidenceHash(form.isEmpty() ? ByteString.EMPTY : hash(form))));
    }

    private static Consumer<TransactionBody.Builder> answer(boolean accept) {
        return body -> body.setPatientTransfer(
                transfer().setAnswer(TransferAnswer.newBuilder().setAccept(accept)));
    }

    private static TransferHandOver.Builder keys() {
        return keys(RIVERSIDE, OFFICER);
    }

    private static TransferHandOver.Builder keys(String to, String requestedBy) {
        return rest(requestedBy).setScopeKey(sealed(to)).setPatientSecret(sealed(to));
    }

    /** A hand-over that follows that of the keys. */
    private static TransferHandOver.Builder rest(String requestedBy) {
        return TransferHandOver.newBuilder().setRequestedBy(requestedBy);
    }

    private static RecordHandOver.Builder record(long predecessor, String... recipients) {
        RecordHandOver.Builder record =
                RecordHandOver.newBuilder().setRecordId(RECORD).setPredecessor(predecessor);
        for (String recipient : recipients) {
            record.addDataKeys(sealed(recipient));
        }
        return record;
    }

    private static Consumer<TransactionBody.Builder> handOver(TransferHandOver.Builder over) {
        return body -> body.setPatientTransfer(transfer().setHandOver(over));
    }

    private static Consumer<TransactionBody.Builder> received(ByteString record) {
        return body -> body.setPatientTransfer(
                transfer().setReceived(TransferReceived.newBuilder().addRecordIds(record)));
    }

    private static Consumer<TransactionBody.Builder> unopened(ByteString record) {
        return body -> body.setPatientTransfer(
                transfer().setUnopened(TransferReceived.newBuilder().addRecordIds(record)));
    }

    private void agreed() {
        chain.applied(OFFICER, offer(RIVERSIDE, "form"));
        chain.applied(RECEIVER, answer(true));
    }

    private void done() {
        agreed();
        chain.applied(ST_MARY, handOver(keys().addRecords(record(1, RIVERSIDE))));
    }

    /** The patient goes on to the third provider, with its keys alone. */
    private void goneOn() {
        chain.applied(RECEIVER, offer(SUMMIT, "form"));
        chain.applied(THIRD, answer(true));
        chain.applied(RIVERSIDE, handOver(keys(SUMMIT, RECEIVER)));
    }

    private PatientState patientState() {
        return chain.objects().patient(PATIENT).orElseThrow();
    }

    private RecordState recordState() {
        return chain.objects().record(RECORD).orElseThrow();
    }

    private String decision(String member) {
        return ConsentDecision.decide(
                        chain.objects(), new DecisionRequest(PATIENT, RECORD, 0, member, "TREAT", "", chain.now))
                .outcome()
                .name();
    }

    @Test
    @DisplayName(
            "ID-3 a custodian's officer with evidence, or the patient's key, offers; strangers and other roles do not")
    void id3_offer() {
        assertThat(chain.answer(ADAMS, offer(RIVERSIDE, "form"))).isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        assertThat(chain.answer(RECEIVER, offer(RIVERSIDE, "form"))).isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        assertThat(chain.answer(OFFICER, offer(RIVERSIDE, ""))).isEqualTo("EVIDENCE_MISSING ID-3");
        assertThat(chain.answer(OFFICER, offer("nowhere", "form"))).isEqualTo("INSTITUTION_UNKNOWN ID-3");
        assertThat(chain.answer(OFFICER, offer("helix", "form"))).isEqualTo("INSTITUTION_ROLE ID-3");
        assertThat(chain.answer(OFFICER, offer("labcorp", "form")))
                .as("it runs no node")
                .isEqualTo("INSTITUTION_ROLE ID-3");
        assertThat(chain.answer(OFFICER, offer(ST_MARY, "form"))).isEqualTo("TRANSFER_UNFIT ID-3");
        BlockResult result = chain.block(chain.transaction(patientName(), offer(RIVERSIDE, "")));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("patient.transfer-offered");
        assertThat(result.events().get(0).parties()).containsExactly(RIVERSIDE, ST_MARY);
        assertThat(result.index())
                .containsExactly(LedgerIndexes.of(LedgerIndexes.INSTITUTION_TRANSFERS, RIVERSIDE, chain.now, PATIENT));
        assertThat(patientState().getCustodiansList()).containsExactly(ST_MARY);
    }

    @Test
    @DisplayName("ID-3 TX-4 the receiver accepts or declines, the giver takes back, each with its own signature")
    void id3_answers() {
        chain.applied(OFFICER, offer(RIVERSIDE, "form"));
        assertThat(chain.answer(OFFICER, answer(true))).isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        assertThat(chain.answer(BROWN, answer(true))).isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        assertThat(chain.answer(RECEIVER, answer(false))).isEqualTo("OK");
        assertThat(patientState().hasTransfer()).isFalse();
        chain.applied(OFFICER, offer(RIVERSIDE, "form"));
        assertThat(chain.answer(OFFICER, answer(false))).isEqualTo("OK");
        assertThat(chain.answer(patientName(), answer(false)))
                .as("there is no offer to decline")
                .isEqualTo("TRANSFER_UNFIT ID-3");
        assertThat(chain.answer(RECEIVER, answer(true))).isEqualTo("TRANSFER_UNFIT ID-3");
        agreed();
        assertThat(chain.answer(RECEIVER, answer(true))).isEqualTo("TRANSFER_UNFIT ID-3");
        assertThat(chain.answer(OFFICER, offer(RIVERSIDE, "form"))).isEqualTo("TRANSFER_UNFIT ID-3");
    }

    @Test
    @DisplayName("ID-3 REC-2 keys, custody and content go over; history, commitments and consents stay")
    void id3_handOver() {
        chain.applied(
                patientName(),
                body -> body.setConsentGrant(ConsentGrant.newBuilder()
                        .setConsentId(id("consent"))
                        .setPatientId(PATIENT)
                        .setTerms(ConsentTerms.newBuilder()
                                .addRules(ConsentRule.newBuilder()
                                        .setPermit(true)
                                        .addActors("st-mary/dr-evans")
                                        .addPurposes("TREAT")))));
        agreed();
        BlockResult result = chain.block(chain.transaction(ST_MARY, handOver(keys().addRecords(record(1, RIVERSIDE)))));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.events())
                .extracting(LedgerEvent::type)
                .containsExactlyInAnyOrder("patient.transferred", "record.transferred");
        assertThat(result.index())
                .contains(
                        LedgerIndexes.of(LedgerIndexes.CUSTODIAN_PATIENTS, RIVERSIDE, chain.now, PATIENT),
                        LedgerIndexes.of(LedgerIndexes.INSTITUTION_RECEIPTS, RIVERSIDE, chain.now, RECORD),
                        LedgerIndexes.payload(RIVERSIDE, hash("ciphertext"), StateKeys.record(RECORD)));
        assertThat(patientState().getCustodiansList()).containsExactly(RIVERSIDE);
        assertThat(patientState().getFormerCustodiansList()).containsExactly(ST_MARY);
        assertThat(patientState().getScopeKeyList()).containsExactly(sealed(RIVERSIDE));
        assertThat(patientState().getPatientSecretList()).containsExactly(sealed(RIVERSIDE));
        assertThat(recordState().getCustodian()).isEqualTo(RIVERSIDE);
        assertThat(recordState().getVersions(0).getContent().getDataKeyList())
                .as("the giver's stays until the receiver says that it has all")
                .containsExactly(sealed(RIVERSIDE), sealed(ST_MARY));
        assertThat(recordState().getVersions(0).getAuthor()).isEqualTo(ADAMS);
        assertThat(recordState().getVersions(0).getContent().getCommitment()).isEqualTo(hash("commitment"));
        assertThat(decision(BROWN)).as("ACC-1 the new custodian treats").isEqualTo("PERMIT");
        assertThat(decision(ADAMS)).as("ACC-1 the old one does not any more").isEqualTo("DENY");
        assertThat(decision("st-mary/dr-evans")).as("consents go along").isEqualTo("PERMIT");
    }

    @Test
    @DisplayName(
            "ID-3 nothing is handed over without both sides, by another node, or with keys that are not the receiver's")
    void id3_handOverRefused() {
        assertThat(chain.answer(ST_MARY, handOver(keys()))).isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        chain.applied(OFFICER, offer(RIVERSIDE, "form"));
        assertThat(chain.answer(ST_MARY, handOver(keys()))).isEqualTo("TRANSFER_UNFIT ID-3");
        chain.applied(RECEIVER, answer(true));
        assertThat(chain.answer(RIVERSIDE, handOver(keys()))).isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        assertThat(chain.answer(OFFICER, handOver(keys()))).isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        assertThat(chain.answer(ST_MARY, handOver(keys().setRequestedBy(ADAMS))))
                .isEqualTo("ROLE_REQUIRED PRV-7");
        assertThat(chain.answer(ST_MARY, handOver(keys().setScopeKey(sealed(ST_MARY)))))
                .isEqualTo("RECIPIENT_NOT_ALLOWED PRV-3");
        assertThat(chain.answer(ST_MARY, handOver(keys().addRecords(record(1, ST_MARY)))))
                .isEqualTo("RECIPIENT_NOT_ALLOWED PRV-3");
        assertThat(chain.answer(ST_MARY, handOver(keys().addRecords(record(1)))))
                .isEqualTo("DATA_KEY_MISSING ID-3");
        assertThat(chain.answer(ST_MARY, handOver(keys().addRecords(record(2, RIVERSIDE)))))
                .isEqualTo("VERSION_CONFLICT ID-3");
        assertThat(chain.answer(
                        ST_MARY, handOver(keys().addRecords(record(1, RIVERSIDE).setRecordId(id("nothing"))))))
                .isEqualTo("RECORD_UNKNOWN ID-3");
        assertThat(chain.answer(
                        ST_MARY,
                        handOver(keys().clearScopeKey().clearPatientSecret().addRecords(record(1, RIVERSIDE)))))
                .as("the keys come first")
                .isEqualTo("TRANSFER_UNFIT ID-3");
        assertThat(patientState().getCustodiansList()).containsExactly(ST_MARY);
        assertThat(recordState().getCustodian()).isEqualTo(ST_MARY);
    }

    @Test
    @DisplayName("ID-3 records that did not fit follow; the keys are handed over once")
    void id3_goesOn() {
        agreed();
        chain.applied(ST_MARY, handOver(keys()));
        assertThat(chain.answer(ST_MARY, handOver(keys()))).isEqualTo("TRANSFER_UNFIT ID-3");
        TransferHandOver.Builder rest = rest(OFFICER).addRecords(record(1, RIVERSIDE));
        assertThat(chain.answer(ST_MARY, handOver(rest))).isEqualTo("OK");
        assertThat(chain.answer(ST_MARY, handOver(rest))).isEqualTo("NOT_CUSTODIAN ID-3");
        assertThat(chain.answer(RECEIVER, answer(false))).isEqualTo("TRANSFER_UNFIT ID-3");
    }

    @Test
    @DisplayName("REC-2 ID-3 a record that the custodian has not received is not handed on: its content would be lost")
    void rec2_notReceived() {
        done();
        goneOn();
        TransferHandOver.Builder rest = rest(RECEIVER).addRecords(record(2, SUMMIT));
        assertThat(chain.answer(RIVERSIDE, handOver(rest))).isEqualTo("TRANSFER_UNFIT REC-2");
        assertThat(ErasureRules.holders(recordState())).containsExactly(RIVERSIDE, ST_MARY);
        chain.applied(RIVERSIDE, received(RECORD));
        rest.setRecords(0, record(3, SUMMIT));
        assertThat(chain.answer(RIVERSIDE, handOver(rest))).isEqualTo("OK");
        assertThat(ErasureRules.holders(recordState())).containsExactly(RIVERSIDE, SUMMIT);
    }

    @Test
    @DisplayName("PRV-6 a record that was erased on its way is handed on: there is no content to wait for")
    void prv6_erasedOnItsWay() {
        done();
        goneOn();
        chain.applied(
                "riverside/admin",
                body -> body.setRecordErase(
                        RecordErase.newBuilder().setRecordId(RECORD).setBasis("gdpr-17")));
        assertThat(chain.answer(RIVERSIDE, handOver(rest(RECEIVER).addRecords(record(3)))))
                .isEqualTo("OK");
        assertThat(recordState().getCustodian()).isEqualTo(SUMMIT);
    }

    @Test
    @DisplayName("ID-3 what stayed behind is handed over to whom the patient is with, however far it went on")
    void id3_remainder() {
        agreed();
        chain.applied(ST_MARY, handOver(keys()));
        TransferHandOver.Builder rest = rest(OFFICER).addRecords(record(1, RIVERSIDE));
        chain.applied(RECEIVER, offer(SUMMIT, "form"));
        assertThat(chain.answer(ST_MARY, handOver(rest)))
                .as("an offer moves nobody")
                .isEqualTo("OK");
    }

    @Test
    @DisplayName(
            "ID-3 a former custodian hands its remainder to the patient's custodian, not to the one it agreed with")
    void id3_remainderGoesOn() {
        agreed();
        chain.applied(ST_MARY, handOver(keys()));
        goneOn();
        assertThat(chain.answer(ST_MARY, handOver(rest(OFFICER).addRecords(record(1, RIVERSIDE)))))
                .isEqualTo("RECIPIENT_NOT_ALLOWED PRV-3");
        assertThat(chain.answer(SUMMIT, handOver(rest(THIRD).addRecords(record(1, SUMMIT)))))
                .isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        assertThat(chain.answer(ST_MARY, handOver(keys(SUMMIT, OFFICER))))
                .as("the keys are the custodian's to give")
                .isEqualTo("TRANSFER_UNFIT ID-3");
        assertThat(chain.answer(ST_MARY, handOver(rest(OFFICER).addRecords(record(1, SUMMIT)))))
                .isEqualTo("OK");
        assertThat(recordState().getCustodian()).isEqualTo(SUMMIT);
        assertThat(ErasureRules.holders(recordState())).containsExactly(ST_MARY, SUMMIT);
    }

    @Test
    @DisplayName("REC-2 the old custodian keeps the content until the new one's node says that it has it, once")
    void rec2_received() {
        done();
        assertThat(ErasureRules.holders(recordState())).containsExactly(RIVERSIDE, ST_MARY);
        assertThat(chain.answer(ST_MARY, received(RECORD))).isEqualTo("SIGNER_NOT_PERMITTED REC-2");
        assertThat(chain.answer(RIVERSIDE, received(id("nothing")))).isEqualTo("RECORD_UNKNOWN REC-2");
        BlockResult result = chain.block(chain.transaction(RIVERSIDE, received(RECORD)));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("record.received");
        assertThat(ErasureRules.holders(recordState())).containsExactly(RIVERSIDE);
        assertThat(chain.answer(RIVERSIDE, received(RECORD))).isEqualTo("TRANSFER_UNFIT REC-2");
    }

    @Test
    @DisplayName("ID-3 REC-2 of what does not open both sides are told, and its giver hands it over again")
    void id3_unopened() {
        done();
        assertThat(chain.answer(ST_MARY, unopened(RECORD))).isEqualTo("SIGNER_NOT_PERMITTED REC-2");
        assertThat(chain.answer(RIVERSIDE, unopened(id("nothing")))).isEqualTo("RECORD_UNKNOWN REC-2");
        TransferHandOver.Builder again = rest(OFFICER).addRecords(record(3, RIVERSIDE));
        assertThat(chain.answer(ST_MARY, handOver(again)))
                .as("nobody said that it does not open")
                .isEqualTo("NOT_CUSTODIAN ID-3");
        BlockResult told = chain.block(chain.transaction(RIVERSIDE, unopened(RECORD)));
        assertThat(told.receipts().get(0).code()).isEqualTo("OK");
        assertThat(told.events()).extracting(LedgerEvent::type).containsExactly("record.unopened");
        assertThat(told.events().get(0).parties()).containsExactly(RIVERSIDE, ST_MARY);
        assertThat(chain.answer(RIVERSIDE, unopened(RECORD))).as("once").isEqualTo("TRANSFER_UNFIT REC-2");
        assertThat(ErasureRules.holders(recordState())).containsExactly(RIVERSIDE, ST_MARY);

        goneOn();
        assertThat(chain.answer(ST_MARY, handOver(rest(OFFICER).addRecords(record(3, SUMMIT)))))
                .as("who could not open it gets the key, not whom the patient is with")
                .isEqualTo("RECIPIENT_NOT_ALLOWED PRV-3");
        BlockResult given = chain.block(chain.transaction(ST_MARY, handOver(again)));
        assertThat(given.receipts().get(0).code()).isEqualTo("OK");
        assertThat(given.events()).extracting(LedgerEvent::type).containsExactly("record.transferred");
        assertThat(recordState().getUnopened()).isFalse();
        chain.applied(RIVERSIDE, received(RECORD));
        assertThat(recordState().getLeaving()).isEmpty();
        assertThat(recordState().getVersions(0).getContent().getDataKeyList())
                .as("the giver's key goes with its content")
                .containsExactly(sealed(RIVERSIDE));
    }

    @Test
    @DisplayName(
            "ID-3 a version that the new custodian wrote meanwhile keeps its key when the earlier ones are given again")
    void id3_amendedUnopened() {
        done();
        chain.applied(RIVERSIDE, unopened(RECORD));
        chain.applied(
                BROWN,
                body -> body.setRecordAmend(RecordAmend.newBuilder()
                        .setRecordId(RECORD)
                        .setPredecessor(1)
                        .setContent(content(RIVERSIDE, Sensitivity.N))));
        assertThat(chain.answer(ST_MARY, handOver(rest(OFFICER).addRecords(record(4, RIVERSIDE, RIVERSIDE)))))
                .isEqualTo("DATA_KEY_MISSING ID-3");
        assertThat(chain.answer(ST_MARY, handOver(rest(OFFICER).addRecords(record(4, RIVERSIDE)))))
                .isEqualTo("OK");
        assertThat(recordState().getVersions(0).getContent().getDataKeyList())
                .containsExactly(sealed(RIVERSIDE), sealed(ST_MARY));
        assertThat(recordState().getVersions(1).getContent().getDataKeyList()).containsExactly(sealed(RIVERSIDE));
    }

    @Test
    @DisplayName(
            "ID-3 the keys that are given again are of the versions that the giver has a key of, wherever they stand")
    void id3_againByVersion() {
        done();
        chain.applied(RIVERSIDE, unopened(RECORD));
        RecordVersion given = recordState().getVersions(0);
        RecordVersion ofAnother = given.toBuilder()
                .setContent(given.getContent().toBuilder().clearDataKey().addDataKey(sealed(RIVERSIDE)))
                .build();
        chain.state.put(
                StateKeys.record(RECORD),
                recordState().toBuilder()
                        .clearVersions()
                        .addVersions(ofAnother)
                        .addVersions(given)
                        .build()
                        .toByteArray());
        SealedFor anew = sealed(RIVERSIDE).toBuilder()
                .setEnvelope(hash("envelope").concat(hash("anew")))
                .build();
        chain.applied(ST_MARY, handOver(rest(OFFICER).addRecords(record(3).addDataKeys(anew))));
        assertThat(recordState().getVersions(0)).isEqualTo(ofAnother);
        assertThat(recordState().getVersions(1).getContent().getDataKeyList()).containsExactly(anew, sealed(ST_MARY));
    }

    @Test
    @DisplayName("ID-3 what is given again depends on who gets it, and not on whom the patient is with")
    void id3_againToTheActive() {
        done();
        chain.applied(RIVERSIDE, unopened(RECORD));
        goneOn();
        Consumer<TransactionBody.Builder> again = handOver(rest(OFFICER).addRecords(record(3, RIVERSIDE)));
        activity(RIVERSIDE, Activity.SUSPENDED);
        assertThat(chain.answer(ST_MARY, again)).isEqualTo("INSTITUTION_INACTIVE ID-3");
        activity(RIVERSIDE, Activity.ACTIVE);
        activity(SUMMIT, Activity.SUSPENDED);
        assertThat(chain.answer(ST_MARY, again)).isEqualTo("OK");
    }

    private void activity(String institution, Activity activity) {
        InstitutionState state = chain.objects().institution(institution).orElseThrow();
        chain.state.put(
                StateKeys.institution(institution),
                state.toBuilder().setActivity(activity).build().toByteArray());
    }

    @Test
    @DisplayName("ID-3 REC-2 who got a patient back gives again what did not open at who had it meanwhile, and no more")
    void id3_againAfterReturn() {
        ByteString other = id("other record");
        chain.applied(ADAMS, body -> body.setRecordRegister(TestChain.record(other, PATIENT, ST_MARY)));
        done();
        chain.applied(RIVERSIDE, unopened(RECORD));
        chain.applied(RECEIVER, offer(ST_MARY, "form"));
        chain.applied("st-mary/consent", answer(true));
        chain.applied(RIVERSIDE, handOver(keys(ST_MARY, RECEIVER)));
        assertThat(patientState().getCustodiansList()).containsExactly(ST_MARY);
        RecordHandOver.Builder again = record(3, RIVERSIDE);
        assertThat(chain.answer(
                        ST_MARY,
                        handOver(rest(OFFICER)
                                .addAllRecords(byId(again, record(1, RIVERSIDE).setRecordId(other))))))
                .as("its own records need a transfer")
                .isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        assertThat(chain.answer(ST_MARY, handOver(keys(RIVERSIDE, OFFICER).addRecords(again))))
                .as("so do the keys")
                .isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        assertThat(chain.answer(ST_MARY, handOver(rest(ADAMS).addRecords(again))))
                .isEqualTo("ROLE_REQUIRED PRV-7");
        assertThat(chain.answer(ST_MARY, handOver(rest(OFFICER).addRecords(again))))
                .isEqualTo("OK");
        chain.applied(RIVERSIDE, received(RECORD));
        assertThat(chain.answer(RIVERSIDE, handOver(rest(RECEIVER).addRecords(record(5, ST_MARY)))))
                .as("then it comes back too")
                .isEqualTo("OK");
        assertThat(recordState().getCustodian()).isEqualTo(ST_MARY);
    }

    private static List<RecordHandOver> byId(RecordHandOver.Builder... records) {
        return Stream.of(records)
                .map(RecordHandOver.Builder::build)
                .sorted(Comparator.comparing(
                        RecordHandOver::getRecordId, ByteString.unsignedLexicographicalComparator()))
                .toList();
    }

    @Test
    @DisplayName("PRV-6 who gave a record over confirms its erasure too: its vault may not have let go yet")
    void prv6_formerCustodians() {
        done();
        chain.applied(RIVERSIDE, received(RECORD));
        BlockResult erased = chain.block(chain.transaction(
                "riverside/admin",
                body -> body.setRecordErase(
                        RecordErase.newBuilder().setRecordId(RECORD).setBasis("gdpr-17"))));
        assertThat(recordState().getErasure().getHoldersList()).containsExactly(RIVERSIDE, ST_MARY);
        assertThat(erased.events().get(0).parties()).contains(ST_MARY);
        Consumer<TransactionBody.Builder> gone =
                body -> body.setErasureAck(ErasureAck.newBuilder().setRecordId(RECORD));
        assertThat(chain.answer(ST_MARY, gone)).isEqualTo("OK");
        assertThat(chain.answer(ST_MARY, gone)).isEqualTo("ALREADY_ACKNOWLEDGED PRV-6");
        assertThat(chain.answer(SUMMIT, gone)).isEqualTo("RECORD_UNKNOWN REC-1");
        assertThat(recordState().getErasure().getAcknowledgementsList())
                .extracting(ErasureAcknowledgement::getInstitution)
                .containsExactly(ST_MARY);
    }

    @Test
    @DisplayName("ACC-3 a break-glass is reviewed by who had the patient then, also after the transfer")
    void acc3_reviewAfterTransfer() {
        ByteString glass = id("glass");
        chain.applied(
                BROWN,
                body -> body.setBreakGlass(BreakGlass.newBuilder()
                        .setAccessId(glass)
                        .setPatientId(PATIENT)
                        .setSealedRationale(hash("sealed rationale"))
                        .addRationaleKey(sealed(ST_MARY))));
        done();
        Consumer<TransactionBody.Builder> review = body -> body.setBreakGlassReview(BreakGlassReview.newBuilder()
                .setAccessId(glass)
                .setJustified(false)
                .setSealedNote(hash("sealed note")));
        String officer = "riverside/privacy";
        chain.member(officer, "PRIVACY_OFFICER");
        assertThat(chain.answer(officer, review)).isEqualTo("NOT_CUSTODIAN ACC-3");
        assertThat(chain.answer("st-mary/privacy", review)).isEqualTo("OK");
        assertThat(chain.objects().access(glass).orElseThrow().getBreakGlass().getCustodiansList())
                .containsExactly(ST_MARY);
    }

    @Test
    @DisplayName("ACC-2 a permit from before the transfer discloses nothing after it")
    void acc2_earlierPermits() {
        chain.applied(
                patientName(),
                body -> body.setConsentGrant(ConsentGrant.newBuilder()
                        .setConsentId(id("consent"))
                        .setPatientId(PATIENT)
                        .setTerms(ConsentTerms.newBuilder()
                                .addRules(
                                        ConsentRule.newBuilder().setPermit(true).addActors(RIVERSIDE)))));
        chain.applied(
                BROWN,
                body -> body.setAccessRequest(AccessRequest.newBuilder()
                        .setAccessId(id("access"))
                        .setRecordId(RECORD)
                        .setPurpose("TREAT")));
        done();
        Consumer<TransactionBody.Builder> disclose = body -> body.setDisclose(Disclose.newBuilder()
                .setAccessId(id("access"))
                .setCiphertextHash(hash("ciphertext"))
                .setEnvelopeHash(hash("envelope"))
                .setRecipientKey(TestChain.encryptionKey(BROWN).getKey()));
        assertThat(chain.answer(ST_MARY, disclose)).isEqualTo("PERMIT_WITHDRAWN ACC-2");
    }

    @Test
    @DisplayName("REC-1 the new custodian's clinicians amend what others wrote, the author's do not any more")
    void rec1_amendments() {
        done();
        Consumer<TransactionBody.Builder> amend = body -> body.setRecordAmend(RecordAmend.newBuilder()
                .setRecordId(RECORD)
                .setPredecessor(1)
                .setContent(content(RIVERSIDE, Sensitivity.N)));
        assertThat(chain.answer(ADAMS, amend)).isEqualTo("RECORD_UNKNOWN REC-1");
        assertThat(chain.answer(BROWN, amend)).isEqualTo("OK");
        assertThat(chain.answer(ADAMS, body -> body.setRecordRegister(TestChain.record(id("late"), PATIENT, ST_MARY))))
                .isEqualTo("NOT_CUSTODIAN REC-1");
    }

    @Test
    @DisplayName("PRV-6 an erased record changes custody without a key and leaves no content to be received")
    void prv6_erased() {
        chain.applied(
                "st-mary/admin",
                body -> body.setRecordErase(
                        RecordErase.newBuilder().setRecordId(RECORD).setBasis("gdpr-17")));
        agreed();
        assertThat(chain.answer(ST_MARY, handOver(keys().addRecords(record(2, RIVERSIDE)))))
                .isEqualTo("DATA_KEY_MISSING ID-3");
        BlockResult handedOver = chain.block(chain.transaction(ST_MARY, handOver(keys().addRecords(record(2)))));
        assertThat(handedOver.receipts().get(0).code()).isEqualTo("OK");
        assertThat(recordState().getLeaving()).isEmpty();
        assertThat(recordState().getErasure().getHoldersList()).containsExactly(ST_MARY);
        assertThat(handedOver.index())
                .as("the new custodian lists the erasure")
                .contains(LedgerIndexes.of(
                        LedgerIndexes.INSTITUTION_ERASURES,
                        RIVERSIDE,
                        recordState().getErasure().getTimeMillis(),
                        RECORD));
    }

    @Test
    @DisplayName("ID-3 a merged patient is not offered, and one that is under way is not merged")
    void id3_notWithMerges() {
        ByteString alias = id("alias");
        chain.applied(
                OFFICER, body -> body.setPatientRegister(patient(alias, ST_MARY).clearControllerKey()));
        Consumer<TransactionBody.Builder> merge = body -> body.setPatientMerge(
                PatientMerge.newBuilder().setRootId(PATIENT).setAliasId(alias).setEvidenceHash(hash("form")));
        chain.applied(OFFICER, offer(RIVERSIDE, "form"));
        assertThat(chain.answer(OFFICER, merge)).isEqualTo("TRANSFER_UNFIT ID-3");
        chain.applied(OFFICER, answer(false));
        chain.applied(OFFICER, merge);
        assertThat(chain.answer(OFFICER, offer(RIVERSIDE, "form"))).isEqualTo("PATIENT_MERGED ID-3");
    }
}
