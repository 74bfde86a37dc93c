package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.RIVERSIDE;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.content;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.record;
import static io.consilium.ledger.TestChain.sealed;
import static io.consilium.ledger.TransferStory.RECEIVER;
import static io.consilium.ledger.TransferStory.SUMMIT;
import static io.consilium.ledger.TransferStory.handOver;
import static io.consilium.ledger.TransferStory.keys;
import static io.consilium.ledger.TransferStory.received;
import static io.consilium.ledger.TransferStory.record;
import static io.consilium.ledger.TransferStory.rest;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.BreakGlass;
import io.consilium.proto.BreakGlassReview;
import io.consilium.proto.Disclose;
import io.consilium.proto.ErasureAck;
import io.consilium.proto.ErasureAcknowledgement;
import io.consilium.proto.RecordAmend;
import io.consilium.proto.RecordErase;
import io.consilium.proto.TransactionBody;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a transfer means for erasures, permits, reviews and amendments. */
class AfterTransferTest {
    private final TransferStory transfer = new TransferStory();
    private final TestChain chain = transfer.chain;

    @Test
    @DisplayName("PRV-6 a record that was erased on its way is handed on: there is no content to wait for")
    void prv6_erasedOnItsWay() {
        transfer.done();
        transfer.goneOn();
        chain.applied(
                "riverside/admin",
                body -> body.setRecordErase(
                        RecordErase.newBuilder().setRecordId(RECORD).setBasis("gdpr-17")));
        assertThat(chain.answer(RIVERSIDE, handOver(rest(RECEIVER).addRecords(record(3)))))
                .isEqualTo("OK");
        assertThat(transfer.recordState().getCustodian()).isEqualTo(SUMMIT);
    }

    @Test
    @DisplayName("PRV-6 who gave a record over confirms its erasure too: its vault may not have let go yet")
    void prv6_formerCustodians() {
        transfer.done();
        chain.applied(RIVERSIDE, received(RECORD));
        BlockResult erased = chain.block(chain.transaction(
                "riverside/admin",
                body -> body.setRecordErase(
                        RecordErase.newBuilder().setRecordId(RECORD).setBasis("gdpr-17"))));
        assertThat(transfer.recordState().getErasure().getHoldersList()).containsExactly(RIVERSIDE, ST_MARY);
        assertThat(erased.events().get(0).parties()).contains(ST_MARY);
        Consumer<TransactionBody.Builder> gone =
                body -> body.setErasureAck(ErasureAck.newBuilder().setRecordId(RECORD));
        assertThat(chain.answer(ST_MARY, gone)).isEqualTo("OK");
        assertThat(chain.answer(ST_MARY, gone)).isEqualTo("ALREADY_ACKNOWLEDGED PRV-6");
        assertThat(chain.answer(SUMMIT, gone)).isEqualTo("RECORD_UNKNOWN REC-1");
        assertThat(transfer.recordState().getErasure().getAcknowledgementsList())
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
        transfer.done();
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
        transfer.permits(RIVERSIDE);
        chain.applied(
                BROWN,
                body -> body.setAccessRequest(AccessRequest.newBuilder()
                        .setAccessId(id("access"))
                        .setRecordId(RECORD)
                        .setPurpose("TREAT")));
        transfer.done();
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
        transfer.done();
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
        transfer.agreed();
        assertThat(chain.answer(ST_MARY, handOver(keys().addRecords(record(2, RIVERSIDE)))))
                .isEqualTo("DATA_KEY_MISSING ID-3");
        BlockResult handedOver = chain.block(chain.transaction(ST_MARY, handOver(keys().addRecords(record(2)))));
        assertThat(handedOver.receipts().get(0).code()).isEqualTo("OK");
        assertThat(transfer.recordState().getLeaving()).isEmpty();
        assertThat(transfer.recordState().getErasure().getHoldersList()).containsExactly(ST_MARY);
        assertThat(handedOver.index())
                .as("the new custodian lists the erasure")
                .contains(LedgerIndexes.of(
                        LedgerIndexes.INSTITUTION_ERASURES,
                        RIVERSIDE,
                        transfer.recordState().getErasure().getTimeMillis(),
                        RECORD));
    }
}
