package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.OFFICER;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.RIVERSIDE;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.patient;
import static io.consilium.ledger.TestChain.patientName;
import static io.consilium.ledger.TestChain.record;
import static io.consilium.ledger.TestChain.sealed;
import static io.consilium.ledger.TransferStory.RECEIVER;
import static io.consilium.ledger.TransferStory.SUMMIT;
import static io.consilium.ledger.TransferStory.THIRD;
import static io.consilium.ledger.TransferStory.answer;
import static io.consilium.ledger.TransferStory.handOver;
import static io.consilium.ledger.TransferStory.keys;
import static io.consilium.ledger.TransferStory.offer;
import static io.consilium.ledger.TransferStory.received;
import static io.consilium.ledger.TransferStory.record;
import static io.consilium.ledger.TransferStory.rest;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.records.ErasureRules;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.Activity;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.PatientMerge;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransferHandOver;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TransferRulesTest {
    private final TransferStory transfer = new TransferStory();
    private final TestChain chain = transfer.chain;

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
        assertThat(transfer.patientState().getCustodiansList()).containsExactly(ST_MARY);
    }

    @Test
    @DisplayName("ID-3 TX-4 the receiver accepts or declines, the giver takes back, each with its own signature")
    void id3_answers() {
        chain.applied(OFFICER, offer(RIVERSIDE, "form"));
        assertThat(chain.answer(OFFICER, answer(true))).isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        assertThat(chain.answer(BROWN, answer(true))).isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        assertThat(chain.answer(RECEIVER, answer(false))).isEqualTo("OK");
        assertThat(transfer.patientState().hasTransfer()).isFalse();
        chain.applied(OFFICER, offer(RIVERSIDE, "form"));
        assertThat(chain.answer(OFFICER, answer(false))).isEqualTo("OK");
        assertThat(chain.answer(patientName(), answer(false)))
                .as("there is no offer to decline")
                .isEqualTo("TRANSFER_UNFIT ID-3");
        assertThat(chain.answer(RECEIVER, answer(true))).isEqualTo("TRANSFER_UNFIT ID-3");
        transfer.agreed();
        assertThat(chain.answer(RECEIVER, answer(true))).isEqualTo("TRANSFER_UNFIT ID-3");
        assertThat(chain.answer(OFFICER, offer(RIVERSIDE, "form"))).isEqualTo("TRANSFER_UNFIT ID-3");
    }

    @Test
    @DisplayName("ID-3 REC-2 keys, custody and content go over; history, commitments and consents stay")
    void id3_handOver() {
        transfer.permits("st-mary/dr-evans");
        transfer.agreed();
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
        assertThat(transfer.patientState().getCustodiansList()).containsExactly(RIVERSIDE);
        assertThat(transfer.patientState().getFormerCustodiansList()).containsExactly(ST_MARY);
        assertThat(transfer.patientState().getScopeKeyList()).containsExactly(sealed(RIVERSIDE));
        assertThat(transfer.patientState().getPatientSecretList()).containsExactly(sealed(RIVERSIDE));
        assertThat(transfer.recordState().getCustodian()).isEqualTo(RIVERSIDE);
        assertThat(transfer.recordState().getVersions(0).getContent().getDataKeyList())
                .as("the giver's stays until the receiver says that it has all")
                .containsExactly(sealed(RIVERSIDE), sealed(ST_MARY));
        assertThat(transfer.recordState().getVersions(0).getAuthor()).isEqualTo(ADAMS);
        assertThat(transfer.recordState().getVersions(0).getContent().getCommitment())
                .isEqualTo(hash("commitment"));
        assertThat(transfer.decision(BROWN))
                .as("ACC-1 the new custodian treats")
                .isEqualTo("PERMIT");
        assertThat(transfer.decision(ADAMS))
                .as("ACC-1 the old one does not any more")
                .isEqualTo("DENY");
        assertThat(transfer.decision("st-mary/dr-evans"))
                .as("consents go along")
                .isEqualTo("PERMIT");
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
        assertThat(transfer.patientState().getCustodiansList()).containsExactly(ST_MARY);
        assertThat(transfer.recordState().getCustodian()).isEqualTo(ST_MARY);
    }

    @Test
    @DisplayName("ID-3 keys are handed over to whom can receive them as things are: an active PROVIDER with a node")
    void id3_receiverAsThingsAre() {
        transfer.agreed();
        InstitutionState before = chain.objects().institution(RIVERSIDE).orElseThrow();
        Consumer<TransactionBody.Builder> over = handOver(keys().addRecords(record(1, RIVERSIDE)));
        transfer.change(RIVERSIDE, state -> state.setActivity(Activity.SUSPENDED));
        assertThat(chain.answer(ST_MARY, over)).isEqualTo("INSTITUTION_INACTIVE ID-3");
        transfer.change(RIVERSIDE, state -> before.toBuilder().clearPeerEndpoint());
        assertThat(chain.answer(ST_MARY, over)).as("no node").isEqualTo("INSTITUTION_ROLE ID-3");
        transfer.change(RIVERSIDE, state -> before.toBuilder().clearRoles().addRoles("PHARMACY"));
        assertThat(chain.answer(ST_MARY, over)).as("no provider").isEqualTo("INSTITUTION_ROLE ID-3");
        assertThat(transfer.patientState().getCustodiansList()).containsExactly(ST_MARY);
        transfer.change(RIVERSIDE, state -> before.toBuilder());
        assertThat(chain.answer(ST_MARY, over)).isEqualTo("OK");
    }

    @Test
    @DisplayName("ID-3 records that did not fit follow; the keys are handed over once")
    void id3_goesOn() {
        transfer.agreed();
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
        transfer.done();
        transfer.goneOn();
        TransferHandOver.Builder rest = rest(RECEIVER).addRecords(record(2, SUMMIT));
        assertThat(chain.answer(RIVERSIDE, handOver(rest))).isEqualTo("TRANSFER_UNFIT REC-2");
        assertThat(ErasureRules.holders(transfer.recordState())).containsExactly(RIVERSIDE, ST_MARY);
        chain.applied(RIVERSIDE, received(RECORD));
        rest.setRecords(0, record(3, SUMMIT));
        assertThat(chain.answer(RIVERSIDE, handOver(rest))).isEqualTo("OK");
        assertThat(ErasureRules.holders(transfer.recordState())).containsExactly(RIVERSIDE, SUMMIT);
    }

    @Test
    @DisplayName("ID-3 what stayed behind is handed over to whom the patient is with, however far it went on")
    void id3_remainder() {
        transfer.agreed();
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
        transfer.agreed();
        chain.applied(ST_MARY, handOver(keys()));
        transfer.goneOn();
        assertThat(chain.answer(ST_MARY, handOver(rest(OFFICER).addRecords(record(1, RIVERSIDE)))))
                .isEqualTo("RECIPIENT_NOT_ALLOWED PRV-3");
        assertThat(chain.answer(SUMMIT, handOver(rest(THIRD).addRecords(record(1, SUMMIT)))))
                .isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        assertThat(chain.answer(ST_MARY, handOver(keys(SUMMIT, OFFICER))))
                .as("the keys are the custodian's to give")
                .isEqualTo("TRANSFER_UNFIT ID-3");
        assertThat(chain.answer(ST_MARY, handOver(rest(OFFICER).addRecords(record(1, SUMMIT)))))
                .isEqualTo("OK");
        assertThat(transfer.recordState().getCustodian()).isEqualTo(SUMMIT);
        assertThat(ErasureRules.holders(transfer.recordState())).containsExactly(ST_MARY, SUMMIT);
    }

    @Test
    @DisplayName("REC-2 the old custodian keeps the content until the new one's node says that it has it, once")
    void rec2_received() {
        transfer.done();
        assertThat(ErasureRules.holders(transfer.recordState())).containsExactly(RIVERSIDE, ST_MARY);
        assertThat(chain.answer(ST_MARY, received(RECORD))).isEqualTo("SIGNER_NOT_PERMITTED REC-2");
        assertThat(chain.answer(RIVERSIDE, received(id("nothing")))).isEqualTo("RECORD_UNKNOWN REC-2");
        BlockResult result = chain.block(chain.transaction(RIVERSIDE, received(RECORD)));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("record.received");
        assertThat(ErasureRules.holders(transfer.recordState())).containsExactly(RIVERSIDE);
        assertThat(chain.answer(RIVERSIDE, received(RECORD))).isEqualTo("TRANSFER_UNFIT REC-2");
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
