package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.OFFICER;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.RIVERSIDE;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.content;
import static io.consilium.ledger.TestChain.encryptionKey;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.patient;
import static io.consilium.ledger.TestChain.record;
import static io.consilium.ledger.TestChain.sealed;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.RecordAmend;
import io.consilium.proto.RecordErase;
import io.consilium.proto.RecordMark;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.RecordState;
import io.consilium.proto.TransactionBody;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RecordRulesTest {
    private final TestChain chain = new TestChain();

    @BeforeEach
    void registerPatient() {
        chain.applied(ADAMS, body -> body.setPatientRegister(patient(PATIENT, ST_MARY)));
    }

    private String register(String actor, RecordRegister.Builder register) {
        return chain.answer(actor, body -> body.setRecordRegister(register));
    }

    private static Consumer<TransactionBody.Builder> amend(long predecessor) {
        return body -> body.setRecordAmend(RecordAmend.newBuilder()
                .setRecordId(RECORD)
                .setPredecessor(predecessor)
                .setContent(content(ST_MARY, Sensitivity.R).setCiphertextHash(hash("version after " + predecessor)))
                .setSealedReason(ByteString.copyFromUtf8("sealed")));
    }

    private static Consumer<TransactionBody.Builder> mark(boolean inError) {
        return body ->
                body.setRecordMark(RecordMark.newBuilder().setRecordId(RECORD).setEnteredInError(inError));
    }

    @Test
    @DisplayName(
            "REC-1 REC-3 a record's commitment, author and time are registered in one state key, and one of its ciphertext")
    void rec1_register() {
        ParsedTransaction transaction = chain.transaction(
                ADAMS,
                body -> body.setRecordRegister(
                        record(RECORD, PATIENT, ST_MARY).addReplicas("helix").addReplicas(RIVERSIDE)));
        BlockResult result = chain.block(transaction);
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.changes().keySet())
                .containsExactly(StateKeys.payload(hash("ciphertext")), StateKeys.record(RECORD));
        assertThat(result.index())
                .containsExactly(
                        LedgerIndexes.payload("helix", hash("ciphertext"), StateKeys.record(RECORD)),
                        LedgerIndexes.payload(RIVERSIDE, hash("ciphertext"), StateKeys.record(RECORD)),
                        LedgerIndexes.payload(ST_MARY, hash("ciphertext"), StateKeys.record(RECORD)),
                        LedgerIndexes.of(LedgerIndexes.PATIENT_RECORDS, PATIENT, chain.now, RECORD));
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("record.registered");
        assertThat(result.events().get(0).parties()).containsExactly("helix", RIVERSIDE, ST_MARY);
        RecordState record = chain.objects().record(RECORD).orElseThrow();
        assertThat(record.getVersion()).isEqualTo(1);
        assertThat(record.getVersions(0).getAuthor()).isEqualTo(ADAMS);
        assertThat(record.getVersions(0).getTimeMillis()).isEqualTo(chain.now);
        assertThat(record.getVersions(0).getTxId().toByteArray())
                .isEqualTo(transaction.txId().toBytes());
        assertThat(record.getVersions(0).getContent().getCommitment()).isEqualTo(hash("commitment"));
    }

    @Test
    @DisplayName("REC-1 the patient's custodian's CLINICIAN or ADMIN registers, nobody else")
    void rec1_registerRefused() {
        assertThat(register("st-mary/admin", record(id("by admin"), PATIENT, ST_MARY)))
                .isEqualTo("OK");
        assertThat(register(OFFICER, record(RECORD, PATIENT, ST_MARY))).isEqualTo("ROLE_REQUIRED REC-1");
        assertThat(register(ST_MARY, record(RECORD, PATIENT, ST_MARY))).isEqualTo("SIGNER_NOT_PERMITTED REC-1");
        assertThat(register(BROWN, record(RECORD, PATIENT, ST_MARY))).isEqualTo("NOT_CUSTODIAN REC-1");
        assertThat(register(BROWN, record(RECORD, PATIENT, RIVERSIDE))).isEqualTo("NOT_CUSTODIAN REC-1");
        assertThat(register(ADAMS, record(RECORD, id("nobody"), ST_MARY))).isEqualTo("PATIENT_UNKNOWN ID-3");
        assertThat(register(ADAMS, record(RECORD, PATIENT, ST_MARY))).isEqualTo("OK");
        assertThat(register(ADAMS, record(RECORD, PATIENT, ST_MARY))).isEqualTo("RECORD_EXISTS REC-1");
    }

    @Test
    @DisplayName("REC-2 replicas are active institutions that run a node")
    void rec2_replicas() {
        assertThat(register(ADAMS, record(RECORD, PATIENT, ST_MARY).addReplicas("northside")))
                .isEqualTo("REPLICA_NOT_ALLOWED REC-2");
        assertThat(register(ADAMS, record(RECORD, PATIENT, ST_MARY).addReplicas("nowhere")))
                .isEqualTo("REPLICA_NOT_ALLOWED REC-2");
        assertThat(register(ADAMS, record(RECORD, PATIENT, ST_MARY).addReplicas(ST_MARY)))
                .isEqualTo("REPLICA_NOT_ALLOWED REC-2");
        assertThat(register(ADAMS, record(RECORD, PATIENT, ST_MARY).addReplicas(RIVERSIDE)))
                .isEqualTo("OK");
    }

    @Test
    @DisplayName("REC-2 a ciphertext is of the record that named it first, also once that is erased, and of no other")
    void rec2_aCiphertextIsOfOneRecord() {
        ByteString other = id("patient of riverside");
        ByteString second = id("second");
        chain.applied("riverside/admin", body -> body.setPatientRegister(patient(other, RIVERSIDE)));
        assertThat(register(ADAMS, record(RECORD, PATIENT, ST_MARY))).isEqualTo("OK");
        RecordRegister.Builder stolen = record(second, other, RIVERSIDE).addReplicas(ST_MARY);
        stolen.getContentBuilder().setCiphertextHash(hash("ciphertext"));
        assertThat(register(BROWN, stolen)).isEqualTo("PAYLOAD_TAKEN REC-2");
        assertThat(chain.objects().record(second)).isEmpty();

        assertThat(register(BROWN, record(second, other, RIVERSIDE))).isEqualTo("OK");
        RecordAmend.Builder amended = RecordAmend.newBuilder()
                .setRecordId(second)
                .setPredecessor(1)
                .setContent(content(RIVERSIDE, Sensitivity.N).setCiphertextHash(hash("ciphertext")));
        assertThat(chain.answer(BROWN, body -> body.setRecordAmend(amended))).isEqualTo("PAYLOAD_TAKEN REC-2");

        chain.applied(
                "st-mary/privacy",
                body -> body.setRecordErase(
                        RecordErase.newBuilder().setRecordId(RECORD).setBasis("gdpr-17")));
        assertThat(chain.answer(BROWN, body -> body.setRecordAmend(amended))).isEqualTo("PAYLOAD_TAKEN REC-2");

        amended.getContentBuilder().setCiphertextHash(TestChain.ciphertext(second));
        assertThat(chain.answer(BROWN, body -> body.setRecordAmend(amended))).isEqualTo("OK");
    }

    @Test
    @DisplayName("PRV-3 the data key is sealed to the custodian's current key, or the patient's, no stranger's")
    void prv3_dataKey() {
        RecordRegister.Builder register = record(RECORD, PATIENT, ST_MARY);
        register.getContentBuilder().clearDataKey();
        assertThat(register(ADAMS, register)).isEqualTo("DATA_KEY_MISSING PRV-3");
        register.getContentBuilder().addDataKey(sealed(ST_MARY)).addDataKey(sealed(RIVERSIDE));
        assertThat(register(ADAMS, register)).isEqualTo("RECIPIENT_NOT_ALLOWED PRV-3");
        register.getContentBuilder()
                .clearDataKey()
                .addDataKey(sealed(ST_MARY).toBuilder()
                        .setRecipientKey(encryptionKey("old").getKey()));
        assertThat(register(ADAMS, register)).isEqualTo("RECIPIENT_KEY_STALE PRV-3");
        register.getContentBuilder()
                .clearDataKey()
                .addDataKey(sealed(ST_MARY))
                .addDataKey(sealed(TestChain.patientName()));
        assertThat(register(ADAMS, register)).isEqualTo("OK");
    }

    @Test
    @DisplayName("PRV-4 labels are of the patient's current epoch")
    void prv4_labelEpoch() {
        RecordRegister.Builder register = record(RECORD, PATIENT, ST_MARY);
        register.getContentBuilder().setLabelEpoch(2);
        assertThat(register(ADAMS, register)).isEqualTo("LABEL_EPOCH_STALE PRV-4");
    }

    @Test
    @DisplayName("REC-1 an amendment is a new version that names its predecessor; every version stays")
    void rec1_amend() {
        chain.applied(ADAMS, body -> body.setRecordRegister(record(RECORD, PATIENT, ST_MARY)));
        assertThat(chain.answer("st-mary/dr-evans", amend(1))).isEqualTo("OK");
        RecordState record = chain.objects().record(RECORD).orElseThrow();
        assertThat(record.getVersion()).isEqualTo(2);
        assertThat(record.getVersionsCount()).isEqualTo(2);
        assertThat(record.getVersions(0).getContent().getCiphertextHash()).isEqualTo(hash("ciphertext"));
        assertThat(record.getVersions(1).getContent().getCiphertextHash()).isEqualTo(hash("version after 1"));
        assertThat(record.getVersions(1).getAuthor()).isEqualTo("st-mary/dr-evans");
        assertThat(record.getVersions(1).getSealedReason().toStringUtf8()).isEqualTo("sealed");
    }

    @Test
    @DisplayName(
            "REC-1 an amendment of another version or by somebody else is refused, alike whether there is such a record")
    void rec1_amendRefused() {
        assertThat(chain.answer(ADAMS, amend(1))).isEqualTo("RECORD_UNKNOWN REC-1");
        assertThat(chain.answer("st-mary/admin", amend(1))).isEqualTo("ROLE_REQUIRED REC-1");
        chain.applied(ADAMS, body -> body.setRecordRegister(record(RECORD, PATIENT, ST_MARY)));
        assertThat(chain.answer(BROWN, amend(1))).isEqualTo("RECORD_UNKNOWN REC-1");
        assertThat(chain.answer("st-mary/admin", amend(1))).isEqualTo("ROLE_REQUIRED REC-1");
        assertThat(chain.answer(ADAMS, amend(2))).isEqualTo("VERSION_CONFLICT REC-1");
        assertThat(chain.answer(ADAMS, amend(1))).isEqualTo("OK");
        assertThat(chain.answer(ADAMS, amend(1))).isEqualTo("VERSION_CONFLICT REC-1");
    }

    @Test
    @DisplayName("REC-1 the number of versions is bounded")
    void rec1_versionLimit() {
        chain.applied(ADAMS, body -> body.setRecordRegister(record(RECORD, PATIENT, ST_MARY)));
        for (int version = 1; version < 128; version++) {
            assertThat(chain.answer(ADAMS, amend(version))).isEqualTo("OK");
        }
        assertThat(chain.answer(ADAMS, amend(128))).isEqualTo("VERSION_LIMIT REC-1");
    }

    @Test
    @DisplayName("REC-1 a record is marked as entered in error and back, never deleted")
    void rec1_mark() {
        assertThat(chain.answer(ADAMS, mark(true))).isEqualTo("RECORD_UNKNOWN REC-1");
        chain.applied(ADAMS, body -> body.setRecordRegister(record(RECORD, PATIENT, ST_MARY)));
        assertThat(chain.answer(BROWN, mark(true))).isEqualTo("RECORD_UNKNOWN REC-1");
        assertThat(chain.answer(ADAMS, mark(false))).isEqualTo("MARK_UNCHANGED REC-1");
        assertThat(chain.answer(ADAMS, mark(true))).isEqualTo("OK");
        assertThat(chain.objects().record(RECORD).orElseThrow().getEnteredInError())
                .isTrue();
        assertThat(chain.objects().record(RECORD).orElseThrow().getVersionsCount())
                .isEqualTo(1);
        assertThat(chain.answer(ADAMS, amend(1))).isEqualTo("RECORD_IN_ERROR REC-1");
        assertThat(chain.answer(ADAMS, mark(true))).isEqualTo("MARK_UNCHANGED REC-1");
        assertThat(chain.answer(ADAMS, mark(false))).isEqualTo("OK");
    }
}
