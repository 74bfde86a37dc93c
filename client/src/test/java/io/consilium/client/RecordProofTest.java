package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.PayloadCipher;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.ReceiptStatus;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordRegister;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordProofTest {
    @TempDir
    Path directory;

    private TestChain chain;
    private Path file;
    private ByteString recordId;
    private SealedPayload sealed;
    private Opening opening;

    @BeforeEach
    void registerARecord() throws Exception {
        chain = TestChain.create();
        file = Files.write(directory.resolve("report.txt"), new byte[200_000]);
        recordId = new CustodianKeys().freshId();
        sealed = new PayloadSealer().seal(Payload.of(file), "text/plain", Optional.of("A title"), directory);
        opening = new Opening(sealed.salt(), chain.proof(chain.signed(body -> body.setRecordRegister(register()))));
    }

    private RecordRegister register() {
        InstitutionState custodian = chain.genesis.document().getInstitutions(0);
        ScopeKey scopeKey = new ScopeKey(new CustodianKeys().freshKey(), 1);
        try {
            return RecordRegister.newBuilder()
                    .setRecordId(recordId)
                    .setPatientId(new CustodianKeys().freshId())
                    .setCustodian(custodian.getId())
                    .setContent(RecordContent.newBuilder()
                            .setCommitment(
                                    ByteString.copyFrom(sealed.commitment().toBytes()))
                            .setCiphertextHash(
                                    ByteString.copyFrom(sealed.ciphertextHash().toBytes()))
                            .setCiphertextSize(sealed.size())
                            .addAllSensitivityLabels(scopeKey.sensitivityLabels(Sensitivity.N))
                            .setSealedMetadata(ByteString.copyFrom(sealed.sealedMetadata()))
                            .addDataKey(sealed.sealDataKey(recordId, custodian))
                            .setLabelEpoch(1))
                    .build();
        } catch (ClientException failure) {
            throw new AssertionError(failure);
        }
    }

    private RecordProof verify(Path content) throws Exception {
        return RecordProof.verify(Payload.of(content), opening, new ReceiptVerifier(chain.genesis.trustRoot()));
    }

    @Test
    @DisplayName("REC-3 file, opening and genesis prove what was registered, when and by whom")
    void rec3_provesTheContent() throws Exception {
        RecordProof proof = verify(file);
        assertThat(proof.author()).isEqualTo(TestChain.DOCTOR);
        assertThat(proof.custodian()).isEqualTo("a-clinic");
        assertThat(proof.version()).isEqualTo(1);
        assertThat(proof.timeMillis()).isEqualTo(TestChain.TIME + 1_000);
    }

    @Test
    @DisplayName("REC-3 a changed file fails")
    void rec3_refusesAChangedFile() throws Exception {
        byte[] content = Files.readAllBytes(file);
        content[100_000] ^= 1;
        Path changed = Files.write(directory.resolve("changed.txt"), content);
        assertThatThrownBy(() -> verify(changed))
                .isInstanceOfSatisfying(VerificationFailed.class, failure -> assertThat(failure.code())
                        .isEqualTo("CONTENT_DIFFERS"));
    }

    @Test
    @DisplayName("REC-3 a refused registration proves nothing")
    void rec3_refusesARefusedRegistration() throws Exception {
        byte[] transaction = chain.signed(body -> body.setRecordRegister(register()));
        opening = new Opening(sealed.salt(), chain.proof(transaction, ReceiptStatus.REFUSED, List.of()));
        assertThatThrownBy(() -> verify(file)).isInstanceOf(VerificationFailed.class);
    }

    @Test
    @DisplayName("PRV-2 the opening is kept with mode 0600, and any one byte changed is refused")
    void prv2_keepsTheOpeningPrivate() throws Exception {
        Path kept = directory.resolve("opening.json");
        opening.write(kept);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rw-------");
        assertThat(Opening.read(kept)).isEqualTo(opening);
        byte[] bytes = Files.readAllBytes(kept);
        ReceiptVerifier verifier = new ReceiptVerifier(chain.genesis.trustRoot());
        for (int i = 0; i < bytes.length; i += 7) {
            byte[] changed = bytes.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> RecordProof.verify(Payload.of(file), Opening.decode(changed), verifier))
                    .as("byte %d", i)
                    .isInstanceOf(VerificationFailed.class);
        }
    }

    @Test
    @DisplayName("PRV-2 the ciphertext opens with the data key alone and holds no plaintext window")
    void prv2_encryptsWithAFreshKey() throws Exception {
        byte[] ciphertext = Files.readAllBytes(sealed.ciphertext());
        byte[] dataKey = KeyEnvelope.open(
                KeyEnvelope.Use.DATA_KEY,
                recordId.toByteArray(),
                chain.custodianKey.privateKey(),
                register().getContent().getDataKey(0).getEnvelope().toByteArray());
        ByteArrayOutputStream plaintext = new ByteArrayOutputStream();
        PayloadCipher.decrypt(dataKey, new ByteArrayInputStream(ciphertext), plaintext);
        assertThat(plaintext.toByteArray()).isEqualTo(Files.readAllBytes(file));
        assertThat(RecordMetadata.open(dataKey, sealed.sealedMetadata()))
                .isEqualTo(new RecordMetadata(
                        "text/plain", Optional.of("A title"), Optional.of("report.txt"), sealed.salt()));
        Path ciphertextFile = sealed.ciphertext();
        sealed.close();
        assertThat(ciphertextFile).doesNotExist();
    }
}
