package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.X25519;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.AccessState;
import io.consilium.proto.Disclosure;
import io.consilium.proto.InspectorBundle;
import io.consilium.proto.InspectorLine;
import io.consilium.proto.InspectorLog;
import io.consilium.proto.MemberState;
import io.consilium.proto.Noop;
import io.consilium.proto.PatientState;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** ACC-4, INT-1: a bundle proves what it says from the genesis alone, and anything else about it is refused. */
class InspectorCheckTest {
    private final Map<StateKey, byte[]> objects = new LinkedHashMap<>();
    private final List<InspectorLine> lines = new ArrayList<>();
    private TestChain chain;
    private PatientState patient;

    @BeforeEach
    void start() throws Exception {
        chain = TestChain.create();
        MemberState doctor = chain.genesis.document().getMembersList().stream()
                .filter(member -> member.getId().equals(TestChain.DOCTOR))
                .findFirst()
                .orElseThrow();
        objects.put(StateKeys.member(TestChain.DOCTOR), doctor.toByteArray());
        objects.put(
                StateKeys.PARAMETERS, chain.genesis.document().getParameters().toByteArray());
        patient = patient();
        List<ReceiptOf> receipts = List.of(receipt(), receipt(), receipt());
        AccessState asked = access(patient, receipts.get(0), 1_000);
        AccessState disclosed = access(patient, receipts.get(1), 2_000).toBuilder()
                .setDisclosure(Disclosure.newBuilder().setTxId(receipts.get(2).txId()))
                .build();
        put(asked);
        put(disclosed);
        lines.add(line(asked, receipts.get(0)));
        lines.add(line(disclosed, receipts.get(1), receipts.get(2)));
    }

    private PatientState patient() {
        PatientState made = PatientState.newBuilder()
                .setId(new CustodianKeys().freshId())
                .addCustodians("a-clinic")
                .setVersion(1)
                .build();
        objects.put(StateKeys.patient(made.getId()), made.toByteArray());
        return made;
    }

    private record ReceiptOf(ByteString txId, ByteString proof) {}

    private ReceiptOf receipt() throws Exception {
        byte[] signed = chain.signed(body -> body.setNoop(Noop.getDefaultInstance()));
        return new ReceiptOf(
                ByteString.copyFrom(ParsedTransaction.parse(signed).txId().toBytes()),
                ByteString.copyFrom(chain.proof(signed).encode()));
    }

    private static AccessState access(PatientState of, ReceiptOf receipt, long millis) {
        return AccessState.newBuilder()
                .setId(new CustodianKeys().freshId())
                .setPatientId(of.getId())
                .setRequester(TestChain.DOCTOR)
                .setTimeMillis(TestChain.TIME + millis)
                .setTxId(receipt.txId())
                .setVersion(1)
                .build();
    }

    private void put(AccessState access) {
        objects.put(StateKeys.access(access.getId()), access.toByteArray());
    }

    /** The proof is made when the bundle is, over all objects. */
    private static InspectorLine line(AccessState access, ReceiptOf... receipts) {
        InspectorLine.Builder line = InspectorLine.newBuilder().setAccessProof(access.getId());
        for (ReceiptOf receipt : receipts) {
            line.addReceiptProofs(receipt.proof());
        }
        return line.build();
    }

    private InspectorLog.Builder log(PatientState of, List<InspectorLine> content) {
        InspectorLog.Builder log = InspectorLog.newBuilder()
                .setPatientId(of.getId())
                .setAsOfProof(chain.stateProof(objects, StateKeys.PARAMETERS));
        for (InspectorLine line : content) {
            log.addLines(line.toBuilder()
                    .setAccessProof(chain.stateProof(objects, StateKeys.access(line.getAccessProof()))));
        }
        return log;
    }

    private InspectorBundle.Builder bundle() {
        return InspectorBundle.newBuilder()
                .setChainId(ByteString.copyFrom(chain.genesis.chainId().toBytes()))
                .setSigner(TestChain.DOCTOR)
                .setSignerProof(chain.stateProof(objects, StateKeys.member(TestChain.DOCTOR)))
                .setMadeMillis(TestChain.TIME + 3_000)
                .setPart(1)
                .setLast(true)
                .addLogs(log(patient, lines));
    }

    private InspectorCheck.Verified verify(InspectorFile file) throws ClientException {
        return new InspectorCheck(new ReceiptVerifier(chain.genesis.trustRoot()), chain.genesis.chainId()).verify(file);
    }

    private void assertInvalid(InspectorBundle bundle, String reason) {
        InspectorFile file = InspectorFile.sign(bundle, chain.doctorIdentity());
        assertThatThrownBy(() -> verify(file))
                .isInstanceOfSatisfying(VerificationFailed.class, failure -> assertThat(failure.kind())
                        .isEqualTo(FailureClass.VERIFICATION_FAILED))
                .hasMessageContaining(reason);
    }

    private void assertInvalid(Consumer<InspectorBundle.Builder> change, String reason) {
        InspectorBundle.Builder bundle = bundle();
        change.accept(bundle);
        assertInvalid(bundle.build(), reason);
    }

    @Test
    @DisplayName("ACC-4 a bundle proves the signer, the patient and every line, and reads back as it was written")
    void acc4_proves() throws Exception {
        InspectorFile file = InspectorFile.sign(bundle().build(), chain.doctorIdentity());
        InspectorFile read = InspectorFile.read(file.encode());
        assertThat(read.content()).isEqualTo(file.content());
        InspectorCheck.Verified verified = verify(read);
        assertThat(verified.signer()).isEqualTo(TestChain.DOCTOR);
        assertThat(verified.madeMillis()).isEqualTo(TestChain.TIME + 3_000);
        assertThat(verified.logs()).hasSize(1);
        assertThat(verified.logs().get(0).patientId()).isEqualTo(patient.getId());
        assertThat(verified.logs().get(0).height()).isEqualTo(1);
        assertThat(verified.logs().get(0).accesses()).hasSize(2);
    }

    @Test
    @DisplayName("ACC-4 lines that repeat, are out of order, of another patient or without their receipts are refused")
    void acc4_lines() throws Exception {
        assertInvalid(b -> b.setLogs(0, log(patient, List.of(lines.get(1), lines.get(0)))), "out of order");
        assertInvalid(b -> b.setLogs(0, log(patient, List.of(lines.get(0), lines.get(0)))), "repeat");
        assertInvalid(b -> b.addLogs(b.getLogs(0)), "twice");
        assertInvalid(b -> b.setPart(0), "which part");
        assertInvalid(b -> b.setPart(2), "which part");
        assertInvalid(b -> b.setPrevious(ByteString.copyFrom(new byte[32])), "which part");
        InspectorLine disclosed = lines.get(1);
        assertInvalid(
                b -> b.setLogs(
                        0,
                        log(
                                patient,
                                List.of(disclosed.toBuilder()
                                        .clearReceiptProofs()
                                        .build()))),
                "lacks the receipt");
        assertInvalid(
                b -> b.setLogs(
                        0,
                        log(
                                patient,
                                List.of(InspectorLine.newBuilder(disclosed)
                                        .clearReceiptProofs()
                                        .addReceiptProofs(disclosed.getReceiptProofs(0))
                                        .build()))),
                "lacks the receipt");
        ReceiptOf stray = receipt();
        assertInvalid(
                b -> b.setLogs(
                        0,
                        log(
                                patient,
                                List.of(disclosed.toBuilder()
                                        .addReceiptProofs(stray.proof())
                                        .build()))),
                "does not name");
        PatientState other = patient();
        assertInvalid(b -> b.setLogs(0, log(other, lines)), "another patient");
    }

    @Test
    @DisplayName("INT-1 what no certified block holds proves nothing")
    void int1_proofs() throws Exception {
        ByteString foreign = TestChain.create().stateProof(objects, StateKeys.PARAMETERS);
        InspectorBundle borrowed =
                bundle().setLogs(0, log(patient, lines).setAsOfProof(foreign)).build();
        assertThatThrownBy(() -> verify(InspectorFile.sign(borrowed, chain.doctorIdentity())))
                .isInstanceOfSatisfying(ClientException.class, failure -> assertThat(failure.code())
                        .isEqualTo("WRONG_GENESIS"));
        AccessState invented = access(patient, receipt(), 3_000);
        assertInvalid(b -> b.setLogs(0, log(patient, List.of(line(invented)))), "not there");
        ByteString ofAccess = bundle().getLogs(0).getLines(0).getAccessProof();
        assertInvalid(b -> b.setLogs(0, b.getLogs(0).toBuilder().setAsOfProof(ofAccess)), "another object");
        assertInvalid(
                b -> b.setLogs(0, b.getLogs(0).toBuilder().setAsOfProof(ByteString.copyFromUtf8("x"))),
                "cannot be read");
    }

    @Test
    @DisplayName("ACC-4 the signature is by a key that the chain knows for the signer that is named")
    void acc4_signer() throws Exception {
        SecureRandom random = new SecureRandom();
        Identity other = new Identity(
                TestChain.DOCTOR,
                KeyPair.generate(random).signer(),
                Optional.of(X25519.generate(random).privateKey()));
        InspectorFile forged = InspectorFile.sign(bundle().build(), other);
        assertThatThrownBy(() -> verify(forged))
                .isInstanceOf(VerificationFailed.class)
                .hasMessageContaining("signature");
        assertInvalid(b -> b.setSigner("a-clinic/somebody"), "another object");
        assertInvalid(b -> b.setSigner("a-clinic"), "neither a member nor a patient");
        assertInvalid(
                b -> b.setSigner(java.util.HexFormat.of()
                                .formatHex(patient.getId().toByteArray()))
                        .setSignerProof(chain.stateProof(objects, StateKeys.patient(patient.getId()))),
                "had no key");
    }

    @Test
    @DisplayName("INT-1 a bundle of another chain is blamed on the genesis, not on the bundle")
    void int1_anotherChain() throws Exception {
        InspectorFile file = InspectorFile.sign(
                bundle().setChainId(
                                ByteString.copyFrom(Hash.sha256(new byte[] {1}).toBytes()))
                        .build(),
                chain.doctorIdentity());
        assertThatThrownBy(() -> verify(file)).isInstanceOfSatisfying(ClientException.class, wrong -> {
            assertThat(wrong.code()).isEqualTo("WRONG_GENESIS");
            assertThat(wrong.kind()).isEqualTo(FailureClass.USAGE);
        });
    }

    @Test
    @DisplayName("INT-1 a file with any byte changed, another spelling or an unknown field is refused")
    void int1_oneSpelling() throws Exception {
        byte[] file =
                InspectorFile.sign(bundle().build(), chain.doctorIdentity()).encode();
        for (int i = 0; i < file.length; i += file.length / 60) {
            byte[] changed = file.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> verify(InspectorFile.read(changed)))
                    .as("byte %d", i)
                    .isInstanceOf(ClientException.class);
        }
        String text = new String(file, StandardCharsets.UTF_8);
        for (String other : List.of(
                text.replace("{\"format\"", "{ \"format\""),
                text.strip(),
                text.replace("}", ",\"note\":\"x\"}"),
                text.replace("consilium-inspector-bundle-1", "consilium-inspector-bundle-2"),
                "[]",
                "")) {
            assertThatThrownBy(() -> InspectorFile.read(other.getBytes(StandardCharsets.UTF_8)))
                    .as(other.substring(0, Math.min(40, other.length())))
                    .isInstanceOfSatisfying(VerificationFailed.class, malformed -> assertThat(malformed.code())
                            .isEqualTo("BUNDLE_MALFORMED"));
        }
        InspectorBundle unknown = bundle().setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                99,
                                UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build())
                .build();
        assertInvalid(unknown, "not spelled");
    }
}
