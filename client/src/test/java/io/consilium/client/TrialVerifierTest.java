package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.client.trial.TrialBundle;
import io.consilium.client.trial.TrialRecord;
import io.consilium.client.trial.VerifiedTrial;
import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.ledger.proof.CertifiedHeader;
import io.consilium.ledger.proof.StateValueProof;
import io.consilium.ledger.trials.OutcomeClassification.Change;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialSubjectState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("TRI-6 a trial's bundle is verified from the genesis alone, and nothing in it can be altered")
class TrialVerifierTest {
    private final BundledTrial trial;

    TrialVerifierTest() throws Exception {
        trial = new BundledTrial();
    }

    @Test
    void whatHoldsIsVerifiedAndClassified() throws Exception {
        VerifiedTrial verified = trial.verify(TrialBundle.decode(trial.bundle().file()));
        assertThat(verified.datasets()).isTrue();
        assertThat(verified.subjects().orElseThrow())
                .extracting(TrialSubjectState::getPseudonym)
                .containsExactlyInAnyOrder(BundledTrial.FIRST, BundledTrial.SECOND);
        TrialRecord record = verified.record();
        assertThat(record.versions()).extracting(TrialRegistration::getTitle).containsExactly("First", "Second");
        assertThat(record.publications()).hasSize(1);
        assertThat(record.timeMillis()).isEqualTo(trial.now());
        assertThat(record.reports().get(0).outcomes())
                .extracting(outcome -> outcome.name() + " " + outcome.classification())
                .containsExactlyInAnyOrder("Pain " + Change.SWITCHED, "Sleep " + Change.MISSING);
    }

    @Test
    @DisplayName("TRI-6 any one byte of any part changed is refused")
    void everyByte() {
        TrialBundle honest = trial.bundle();
        int refused =
                everyByte(honest.trial(), changed -> new TrialBundle(changed, honest.documents(), honest.receipts()));
        for (int i = 0; i < honest.documents().size(); i++) {
            int part = i;
            refused += everyByte(
                    honest.documents().get(i),
                    changed -> new TrialBundle(
                            honest.trial(), BundledTrial.with(honest.documents(), part, changed), honest.receipts()));
        }
        for (int i = 0; i < honest.receipts().size(); i++) {
            int part = i;
            refused += everyByte(
                    honest.receipts().get(i),
                    changed -> new TrialBundle(
                            honest.trial(), honest.documents(), BundledTrial.with(honest.receipts(), part, changed)));
        }
        assertThat(refused).isGreaterThan(4_000);
    }

    private int everyByte(ByteString part, Function<ByteString, TrialBundle> bundled) {
        for (int at = 0; at < part.size(); at++) {
            byte[] bytes = part.toByteArray();
            bytes[at] ^= (byte) (1 << at % 8);
            TrialBundle changed = bundled.apply(ByteString.copyFrom(bytes));
            assertThatThrownBy(() -> trial.verify(changed)).as("byte %d", at).isInstanceOf(VerificationFailed.class);
        }
        return part.size();
    }

    @Test
    @DisplayName("TRI-6 a file that is spelled otherwise is refused, one byte of it changed too")
    void everyCharacterOfTheFile() throws Exception {
        byte[] file = trial.bundle().file();
        for (int at = 0; at < file.length; at += 13) {
            byte[] changed = file.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> trial.verify(TrialBundle.decode(changed)))
                    .as("byte %d", at)
                    .isInstanceOf(VerificationFailed.class);
        }
        assertThatThrownBy(() -> TrialBundle.decode(new byte[0])).isInstanceOf(VerificationFailed.class);
    }

    @Test
    @DisplayName("TRI-6 nothing can be left out or put in")
    void completeness() {
        TrialBundle honest = trial.bundle();
        for (int i = 0; i < honest.receipts().size(); i++) {
            List<ByteString> fewer = new ArrayList<>(honest.receipts());
            fewer.remove(i);
            trial.refused(
                    new TrialBundle(honest.trial(), honest.documents(), fewer), "the receipt of a step is missing");
        }
        for (int i : trial.registry()) {
            List<ByteString> fewer = new ArrayList<>(honest.documents());
            fewer.remove(i);
            trial.refused(
                    new TrialBundle(honest.trial(), fewer, honest.receipts()),
                    "a document that the trial names is missing");
        }
        List<ByteString> more = new ArrayList<>(honest.documents());
        more.add(honest.trial());
        trial.refused(
                new TrialBundle(honest.trial(), more, honest.receipts()),
                "it holds documents that the trial does not name");
        trial.refused(
                new TrialBundle(honest.documents().get(0), honest.documents(), honest.receipts()),
                "The trial's bundle does not hold");
    }

    @Test
    @DisplayName("TRI-6 a bundle of another chain is told as such")
    void anotherChain() throws Exception {
        TrialBundle bundle = trial.bundle();
        trial.chain = TestChain.create();
        assertThatThrownBy(() -> trial.verify(bundle))
                .isInstanceOfSatisfying(ClientException.class, failure -> assertThat(failure.code())
                        .isEqualTo("WRONG_GENESIS"));
    }

    @Test
    @DisplayName("TRI-6 a bundle of which one part names another chain is forged, and not of that chain")
    void partOfAnotherChain() throws Exception {
        TrialBundle honest = trial.bundle();
        trial.refused(
                new TrialBundle(ofAnotherChain(honest.trial()), honest.documents(), honest.receipts()),
                "its parts are of more than one chain");
        ByteString document = ofAnotherChain(honest.documents().get(0));
        trial.refused(
                new TrialBundle(honest.trial(), BundledTrial.with(honest.documents(), 0, document), honest.receipts()),
                "its parts are of more than one chain");
    }

    /** The same value in a block whose header names another chain. */
    private static ByteString ofAnotherChain(ByteString encoded) throws Exception {
        StateValueProof proof = StateValueProof.decode(encoded.toByteArray());
        BlockHeader header = proof.block().header();
        BlockHeader other = new BlockHeader(
                header.version(),
                Hash.sha256(header.chainId().toBytes()),
                header.height() + 1,
                header.hash(),
                Optional.of(proof.block().commitQc()),
                header.transactionsRoot(),
                header.stateRoot(),
                header.receiptsRoot(),
                header.validatorSetHash(),
                header.nextValidatorSetHash(),
                header.timestampMillis(),
                header.proposer());
        CertifiedHeader block = new CertifiedHeader(
                other, proof.block().commitQc(), proof.block().validatorSets());
        return ByteString.copyFrom(new StateValueProof(proof.proof(), block).encode());
    }
}
