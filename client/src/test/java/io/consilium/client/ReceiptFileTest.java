package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.ledger.proof.CertifiedHeader;
import io.consilium.ledger.proof.ReceiptProof;
import io.consilium.ledger.proof.StateValueProof;
import io.consilium.ledger.proof.TrustRoot;
import io.consilium.ledger.proof.ValidatorSetStep;
import io.consilium.ledger.state.StateKey;
import io.consilium.proto.Noop;
import io.consilium.proto.ReceiptStatus;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReceiptFileTest {
    private static byte[] noop(TestChain chain) {
        return chain.signed(body -> body.setNoop(Noop.getDefaultInstance()));
    }

    @Test
    @DisplayName("INT-1 a receipt verifies with the genesis alone")
    void int1_verifiesWithTheGenesisAlone() throws Exception {
        TestChain chain = TestChain.create();
        byte[] file = ReceiptFile.write(chain.proof(noop(chain)));
        VerifiedReceipt receipt = new ReceiptVerifier(chain.genesis.trustRoot()).verify(ReceiptFile.read(file));
        assertThat(receipt.applied()).isTrue();
        assertThat(receipt.header().height()).isEqualTo(1);
        assertThat(new String(file, StandardCharsets.UTF_8))
                .startsWith("{\"format\":\"consilium-receipt-1\",\"txId\":\""
                        + receipt.transaction().txId().hex() + "\",\"height\":1,\"status\":\"APPLIED\"")
                .endsWith("}\n");
    }

    @Test
    @DisplayName("The height of a receipt that holds is told as seen, that of another is not")
    void tellsTheHeightOfAReceiptThatHolds() throws Exception {
        TestChain chain = TestChain.create();
        List<Long> seen = new ArrayList<>();
        SeenHeight recorder = new SeenHeight() {
            @Override
            public long height() {
                return 0;
            }

            @Override
            public void proven(long height) {
                seen.add(height);
            }

            @Override
            public void missed(URI node, long height) {}
        };
        byte[] encoded = chain.proof(noop(chain)).encode();
        TrustRoot others = TestChain.create().genesis.trustRoot();
        assertThatThrownBy(() -> new ReceiptVerifier(others, recorder).verify(encoded))
                .isInstanceOf(ClientException.class);
        assertThat(seen).isEmpty();
        new ReceiptVerifier(chain.genesis.trustRoot(), recorder).verify(encoded);
        assertThat(seen).containsExactly(1L);
    }

    @Test
    @DisplayName("INT-1 a receipt with any one byte changed is refused with exit 9")
    void int1_refusesAnyOneByteChanged() throws Exception {
        TestChain chain = TestChain.create();
        byte[] file = ReceiptFile.write(chain.proof(noop(chain)));
        ReceiptVerifier verifier = new ReceiptVerifier(chain.genesis.trustRoot());
        for (int i = 0; i < file.length; i++) {
            byte[] changed = file.clone();
            // Another hexadecimal digit where there was one, so that more than the syntax is tested.
            changed[i] = (byte) (file[i] == '0' ? '1' : file[i] == '1' ? '0' : file[i] ^ 1);
            int at = i;
            assertThatThrownBy(() -> verifier.verify(ReceiptFile.read(changed)))
                    .as("byte %d, '%c'", at, (char) file[at])
                    .isInstanceOfSatisfying(ClientException.class, failure -> assertThat(failure.kind())
                            .isEqualTo(FailureClass.VERIFICATION_FAILED));
        }
    }

    @Test
    void refusesAnyOneByteOfTheBinaryFormChanged() throws Exception {
        TestChain chain = TestChain.create();
        byte[] encoded = chain.proof(noop(chain)).encode();
        ReceiptVerifier verifier = new ReceiptVerifier(chain.genesis.trustRoot());
        for (int i = 0; i < encoded.length; i++) {
            byte[] changed = encoded.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> verifier.verify(changed))
                    .as("byte %d", i)
                    .isInstanceOfSatisfying(ClientException.class, failure -> assertThat(failure.kind())
                            .isEqualTo(FailureClass.VERIFICATION_FAILED));
        }
    }

    @Test
    void refusesAFileCutOrExtended() throws Exception {
        TestChain chain = TestChain.create();
        String file = new String(ReceiptFile.write(chain.proof(noop(chain))), StandardCharsets.UTF_8);
        for (String other : List.of("", "{}", file.substring(0, file.length() / 2), file + " ", file.trim())) {
            assertThatThrownBy(() -> ReceiptFile.read(other.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(VerificationFailed.class);
        }
    }

    @Test
    void tellsAnotherChainsGenesisFromAForgedReceipt() throws Exception {
        TestChain chain = TestChain.create();
        TestChain other = TestChain.create();
        ReceiptProof proof = chain.proof(noop(chain));
        assertThatThrownBy(() -> new ReceiptVerifier(other.genesis.trustRoot()).verify(proof))
                .isInstanceOfSatisfying(ClientException.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(FailureClass.USAGE);
                    assertThat(failure.code()).isEqualTo("WRONG_GENESIS");
                });
    }

    @Test
    @DisplayName("INT-1 a proof whose change of validators names another chain is forged, and not of that chain")
    void int1_aChangeOfValidatorsOfAnotherChain() throws Exception {
        TestChain chain = TestChain.create();
        TestChain other = TestChain.create();
        BlockHeader header = other.header(1, Hash.ZERO, Hash.ZERO, other.set(), chain.set());
        ValidatorSetStep step =
                new ValidatorSetStep(header, other.certificate(header, other.set(), other.validatorKeys), chain.set());
        ReceiptProof receipt = chain.proof(noop(chain), ReceiptStatus.APPLIED, List.of(step));
        StateKey key = StateKey.of("member/a-clinic/nobody");
        StateValueProof honest =
                StateValueProof.decode(chain.stateProof(Map.of(StateKey.of("any"), new byte[] {1}), key)
                        .toByteArray());
        StateValueProof value = new StateValueProof(
                honest.proof(),
                new CertifiedHeader(honest.block().header(), honest.block().commitQc(), List.of(step)));
        ReceiptVerifier verifier = new ReceiptVerifier(chain.genesis.trustRoot());
        verifier.verify(honest);
        for (ThrowingCallable forged :
                List.<ThrowingCallable>of(() -> verifier.verify(receipt), () -> verifier.verify(value))) {
            assertThatThrownBy(forged)
                    .isInstanceOfSatisfying(VerificationFailed.class, failure -> assertThat(failure.code())
                            .isEqualTo("PROOF_INVALID"))
                    .hasMessageContaining(
                            "block 1 is of chain " + other.genesis.chainId().shortHex());
        }
    }

    @Test
    void refusesATransactionThatItsSignerDidNotSign() throws Exception {
        TestChain chain = TestChain.create();
        byte[] forged = noop(chain);
        forged[forged.length - 1] ^= 1;
        ReceiptProof proof = chain.proof(forged);
        assertThatThrownBy(() -> new ReceiptVerifier(chain.genesis.trustRoot()).verify(proof))
                .isInstanceOf(VerificationFailed.class)
                .hasMessageContaining("signature");
    }

    @Test
    void aRefusalOnChainIsAVerifiedReceiptToo() throws Exception {
        TestChain chain = TestChain.create();
        ReceiptProof proof = chain.proof(noop(chain), ReceiptStatus.REFUSED, List.of());
        VerifiedReceipt receipt = new ReceiptVerifier(chain.genesis.trustRoot()).verify(proof);
        assertThat(receipt.applied()).isFalse();
        assertThat(Submitter.failure(receipt.receipt())).hasValueSatisfying(failure -> {
            assertThat(failure.kind()).isEqualTo(FailureClass.REFUSED);
            assertThat(failure.code()).isEqualTo("CONSENT_REVOKED");
            assertThat(failure.rule()).isEqualTo("CON-6");
        });
    }
}
