package io.consilium.ledger;

import static io.consilium.ledger.TestChain.OFFICER;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.RIVERSIDE;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.patientName;
import static io.consilium.ledger.TestChain.record;
import static io.consilium.ledger.TestChain.sealed;

import com.google.protobuf.ByteString;
import io.consilium.ledger.consent.ConsentDecision;
import io.consilium.ledger.consent.DecisionRequest;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.PatientState;
import io.consilium.proto.PatientTransfer;
import io.consilium.proto.RecordHandOver;
import io.consilium.proto.RecordState;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransferAnswer;
import io.consilium.proto.TransferHandOver;
import io.consilium.proto.TransferOffer;
import io.consilium.proto.TransferReceived;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A patient with one record at a custodian, and the steps that take both to another one (ID-3, REC-2). */
final class TransferStory {
    static final String RECEIVER = "riverside/consent";
    static final String SUMMIT = "summit";
    static final String THIRD = "summit/admin";

    final TestChain chain = TestChain.withRecord(threeProviders());

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

    static PatientTransfer.Builder transfer() {
        return PatientTransfer.newBuilder().setPatientId(PATIENT);
    }

    static Consumer<TransactionBody.Builder> offer(String to, String form) {
        return body -> body.setPatientTransfer(transfer()
                .setOffer(TransferOffer.newBuilder()
                        .setTo(to)
                        .setEvidenceHash(form.isEmpty() ? ByteString.EMPTY : hash(form))));
    }

    static Consumer<TransactionBody.Builder> answer(boolean accept) {
        return body -> body.setPatientTransfer(
                transfer().setAnswer(TransferAnswer.newBuilder().setAccept(accept)));
    }

    static TransferHandOver.Builder keys() {
        return keys(RIVERSIDE, OFFICER);
    }

    static TransferHandOver.Builder keys(String to, String requestedBy) {
        return rest(requestedBy).setScopeKey(sealed(to)).setPatientSecret(sealed(to));
    }

    /** A hand-over that follows that of the keys. */
    static TransferHandOver.Builder rest(String requestedBy) {
        return TransferHandOver.newBuilder().setRequestedBy(requestedBy);
    }

    static RecordHandOver.Builder record(long predecessor, String... recipients) {
        RecordHandOver.Builder record =
                RecordHandOver.newBuilder().setRecordId(RECORD).setPredecessor(predecessor);
        for (String recipient : recipients) {
            record.addDataKeys(sealed(recipient));
        }
        return record;
    }

    static Consumer<TransactionBody.Builder> handOver(TransferHandOver.Builder over) {
        return body -> body.setPatientTransfer(transfer().setHandOver(over));
    }

    static Consumer<TransactionBody.Builder> received(ByteString record) {
        return body -> body.setPatientTransfer(
                transfer().setReceived(TransferReceived.newBuilder().addRecordIds(record)));
    }

    static Consumer<TransactionBody.Builder> unopened(ByteString record) {
        return body -> body.setPatientTransfer(
                transfer().setUnopened(TransferReceived.newBuilder().addRecordIds(record)));
    }

    /** The patient lets somebody treat it. */
    void permits(String actor) {
        chain.applied(
                patientName(),
                body -> body.setConsentGrant(ConsentGrant.newBuilder()
                        .setConsentId(id("consent"))
                        .setPatientId(PATIENT)
                        .setTerms(ConsentTerms.newBuilder()
                                .addRules(ConsentRule.newBuilder()
                                        .setPermit(true)
                                        .addActors(actor)
                                        .addPurposes("TREAT")))));
    }

    /** An institution as it may have become meanwhile. */
    void change(String institution, UnaryOperator<InstitutionState.Builder> change) {
        InstitutionState state = chain.objects().institution(institution).orElseThrow();
        chain.state.put(
                StateKeys.institution(institution),
                change.apply(state.toBuilder()).build().toByteArray());
    }

    void agreed() {
        chain.applied(OFFICER, offer(RIVERSIDE, "form"));
        chain.applied(RECEIVER, answer(true));
    }

    void done() {
        agreed();
        chain.applied(ST_MARY, handOver(keys().addRecords(record(1, RIVERSIDE))));
    }

    /** The patient goes on to the third provider, with its keys alone. */
    void goneOn() {
        chain.applied(RECEIVER, offer(SUMMIT, "form"));
        chain.applied(THIRD, answer(true));
        chain.applied(RIVERSIDE, handOver(keys(SUMMIT, RECEIVER)));
    }

    PatientState patientState() {
        return chain.objects().patient(PATIENT).orElseThrow();
    }

    RecordState recordState() {
        return chain.objects().record(RECORD).orElseThrow();
    }

    String decision(String member) {
        return ConsentDecision.decide(
                        chain.objects(), new DecisionRequest(PATIENT, RECORD, 0, member, "TREAT", "", chain.now))
                .outcome()
                .name();
    }
}
