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
import static io.consilium.ledger.TestChain.record;
import static io.consilium.ledger.TestChain.sealed;
import static io.consilium.ledger.TransferStory.RECEIVER;
import static io.consilium.ledger.TransferStory.SUMMIT;
import static io.consilium.ledger.TransferStory.answer;
import static io.consilium.ledger.TransferStory.handOver;
import static io.consilium.ledger.TransferStory.keys;
import static io.consilium.ledger.TransferStory.offer;
import static io.consilium.ledger.TransferStory.received;
import static io.consilium.ledger.TransferStory.record;
import static io.consilium.ledger.TransferStory.rest;
import static io.consilium.ledger.TransferStory.unopened;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.ledger.records.ErasureRules;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.Activity;
import io.consilium.proto.RecordAmend;
import io.consilium.proto.RecordHandOver;
import io.consilium.proto.RecordVersion;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransferHandOver;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What did not open at the new custodian is given again by who gave it. */
class HandOverAgainTest {
    private final TransferStory transfer = new TransferStory();
    private final TestChain chain = transfer.chain;

    @Test
    @DisplayName("ID-3 REC-2 of what does not open both sides are told, and its giver hands it over again")
    void id3_unopened() {
        transfer.done();
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
        assertThat(ErasureRules.holders(transfer.recordState())).containsExactly(RIVERSIDE, ST_MARY);

        transfer.goneOn();
        assertThat(chain.answer(ST_MARY, handOver(rest(OFFICER).addRecords(record(3, SUMMIT)))))
                .as("who could not open it gets the key, not whom the patient is with")
                .isEqualTo("RECIPIENT_NOT_ALLOWED PRV-3");
        BlockResult given = chain.block(chain.transaction(ST_MARY, handOver(again)));
        assertThat(given.receipts().get(0).code()).isEqualTo("OK");
        assertThat(given.events()).extracting(LedgerEvent::type).containsExactly("record.transferred");
        assertThat(transfer.recordState().getUnopened()).isFalse();
        chain.applied(RIVERSIDE, received(RECORD));
        assertThat(transfer.recordState().getLeaving()).isEmpty();
        assertThat(transfer.recordState().getVersions(0).getContent().getDataKeyList())
                .as("the giver's key goes with its content")
                .containsExactly(sealed(RIVERSIDE));
    }

    @Test
    @DisplayName(
            "ID-3 a version that the new custodian wrote meanwhile keeps its key when the earlier ones are given again")
    void id3_amendedUnopened() {
        transfer.done();
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
        assertThat(transfer.recordState().getVersions(0).getContent().getDataKeyList())
                .containsExactly(sealed(RIVERSIDE), sealed(ST_MARY));
        assertThat(transfer.recordState().getVersions(1).getContent().getDataKeyList())
                .containsExactly(sealed(RIVERSIDE));
    }

    @Test
    @DisplayName(
            "ID-3 the keys that are given again are of the versions that the giver has a key of, wherever they stand")
    void id3_againByVersion() {
        transfer.done();
        chain.applied(RIVERSIDE, unopened(RECORD));
        RecordVersion given = transfer.recordState().getVersions(0);
        RecordVersion ofAnother = given.toBuilder()
                .setContent(given.getContent().toBuilder().clearDataKey().addDataKey(sealed(RIVERSIDE)))
                .build();
        chain.state.put(
                StateKeys.record(RECORD),
                transfer.recordState().toBuilder()
                        .clearVersions()
                        .addVersions(ofAnother)
                        .addVersions(given)
                        .build()
                        .toByteArray());
        SealedFor anew = sealed(RIVERSIDE).toBuilder()
                .setEnvelope(hash("envelope").concat(hash("anew")))
                .build();
        chain.applied(ST_MARY, handOver(rest(OFFICER).addRecords(record(3).addDataKeys(anew))));
        assertThat(transfer.recordState().getVersions(0)).isEqualTo(ofAnother);
        assertThat(transfer.recordState().getVersions(1).getContent().getDataKeyList())
                .containsExactly(anew, sealed(ST_MARY));
    }

    @Test
    @DisplayName("ID-3 what is given again depends on who gets it, and not on whom the patient is with")
    void id3_againToTheActive() {
        transfer.done();
        chain.applied(RIVERSIDE, unopened(RECORD));
        transfer.goneOn();
        Consumer<TransactionBody.Builder> again = handOver(rest(OFFICER).addRecords(record(3, RIVERSIDE)));
        activity(RIVERSIDE, Activity.SUSPENDED);
        assertThat(chain.answer(ST_MARY, again)).isEqualTo("INSTITUTION_INACTIVE ID-3");
        activity(RIVERSIDE, Activity.ACTIVE);
        activity(SUMMIT, Activity.SUSPENDED);
        assertThat(chain.answer(ST_MARY, again)).isEqualTo("OK");
    }

    private void activity(String institution, Activity activity) {
        transfer.change(institution, state -> state.setActivity(activity));
    }

    @Test
    @DisplayName("ID-3 REC-2 who got a patient back gives again what did not open at who had it meanwhile, and no more")
    void id3_againAfterReturn() {
        ByteString other = id("other record");
        chain.applied(ADAMS, body -> body.setRecordRegister(TestChain.record(other, PATIENT, ST_MARY)));
        transfer.done();
        chain.applied(RIVERSIDE, unopened(RECORD));
        chain.applied(RECEIVER, offer(ST_MARY, "form"));
        chain.applied("st-mary/consent", answer(true));
        chain.applied(RIVERSIDE, handOver(keys(ST_MARY, RECEIVER)));
        assertThat(transfer.patientState().getCustodiansList()).containsExactly(ST_MARY);
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
        assertThat(transfer.recordState().getCustodian()).isEqualTo(ST_MARY);
    }

    private static List<RecordHandOver> byId(RecordHandOver.Builder... records) {
        return Stream.of(records)
                .map(RecordHandOver.Builder::build)
                .sorted(Comparator.comparing(
                        RecordHandOver::getRecordId, ByteString.unsignedLexicographicalComparator()))
                .toList();
    }
}
