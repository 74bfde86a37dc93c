package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.MerkleProof;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Verifier;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.Validator;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.BlockTransactions;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.proof.CertifiedHeader;
import io.consilium.ledger.proof.MerklePath;
import io.consilium.ledger.proof.ReceiptProof;
import io.consilium.ledger.proof.StateValueProof;
import io.consilium.ledger.proof.TrustRoot;
import io.consilium.ledger.proof.ValidatorSetStep;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.state.StateProof;
import io.consilium.ledger.state.StateTree;
import io.consilium.ledger.state.TreeUpdate;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.Noop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("INT-1 proofs from genesis to a receipt and to a state value")
class ProofTest {
    private final TestChain chain = new TestChain();
    private final TrustRoot trust = new TrustRoot(chain.genesis.chainId(), chain.genesis.validators());
    private final Verifier verifier = remembering(new Ed25519Verifier());
    private TreeUpdate tree = chain.genesis.tree();
    private List<ParsedTransaction> transactions = List.of();
    private BlockResult result;
    private CertifiedHeader certified;

    /** Every byte is changed in turn and most changes leave most signatures alone: check each of those once. */
    private static Verifier remembering(Verifier verifier) {
        Map<List<Object>, Boolean> known = new HashMap<>();
        return (key, message, signature) -> known.computeIfAbsent(
                List.of(key, Hash.sha256(message), Hash.sha256(signature)),
                question -> verifier.verify(key, message, signature));
    }

    @BeforeEach
    void oneBlock() {
        transactions = List.of(
                chain.transaction(ADAMS, body -> body.setNoop(Noop.getDefaultInstance())),
                chain.transaction(ADAMS, body -> body.setPatientRegister(TestChain.patient(PATIENT, ST_MARY))),
                chain.transaction(ADAMS, body -> body.setPatientRegister(TestChain.patient(PATIENT, ST_MARY))));
        result = chain.block(transactions.toArray(ParsedTransaction[]::new));
        Map<Object, byte[]> nodes = new HashMap<>(tree.newNodes());
        TreeUpdate before = tree;
        tree = StateTree.update(key -> Optional.ofNullable(nodes.get(key)), 0, before.root(), 1, result.changes());
        nodes.putAll(tree.newNodes());
        certified = certify(header(1, trust.firstSet(), trust.firstSet(), Optional.empty()), trust.firstSet());
        reader = nodes;
    }

    private Map<Object, byte[]> reader = Map.of();

    private BlockHeader header(long height, ValidatorSet set, ValidatorSet next, Optional<CertifiedHeader> parent) {
        return new BlockHeader(
                BlockHeader.VERSION,
                trust.chainId(),
                height,
                parent.map(each -> each.header().hash()).orElse(trust.chainId()),
                parent.map(CertifiedHeader::commitQc),
                new BlockTransactions(transactions).root(),
                tree.root(),
                result.receiptsRoot(),
                set.hash(),
                next.hash(),
                chain.now,
                0);
    }

    private CertifiedHeader certify(BlockHeader header, ValidatorSet set, ValidatorSetStep... steps) {
        List<Integer> signers = new ArrayList<>();
        List<byte[]> signatures = new ArrayList<>();
        byte[] message = VoteBytes.of(trust.chainId(), set, VoteType.COMMIT, header.height(), 0, header.hash());
        for (int i = 0; i < set.quorum(); i++) {
            signers.add(i);
            signatures.add(key("validator " + set.get(i).institution()).signer().sign(message));
        }
        return new CertifiedHeader(
                header,
                new QuorumCertificate(VoteType.COMMIT, header.height(), 0, header.hash(), signers, signatures),
                List.of(steps));
    }

    private ReceiptProof receiptProof(int index) {
        MerkleProof transactionPath = MerkleTree.proof(new BlockTransactions(transactions).leafHashes(), index);
        MerkleProof receiptPath = MerkleTree.proof(
                result.receipts().stream().map(Receipt::leafHash).toList(), index);
        return new ReceiptProof(
                transactions.get(index).signedBytes(),
                MerklePath.of(transactionPath),
                result.receipts().get(index).bytes(),
                MerklePath.of(receiptPath),
                certified);
    }

    private StateProof stateProof(StateKey key) {
        return StateTree.prove(node -> Optional.ofNullable(reader.get(node)), 1, tree.root(), key);
    }

    @Test
    void int1_receiptsOfAppliedAndRefusedTransactionsHold() throws MalformedException {
        for (int i = 0; i < 3; i++) {
            ReceiptProof proof = receiptProof(i);
            assertThat(proof.check(trust, verifier)).isEmpty();
            assertThat(ReceiptProof.decode(proof.encode())).isEqualTo(proof);
            assertThat(Receipt.decode(proof.receipt()).txId())
                    .isEqualTo(transactions.get(i).txId());
        }
        assertThat(Receipt.decode(receiptProof(2).receipt()).code()).isEqualTo("PATIENT_EXISTS");
    }

    @Test
    void int1_anyChangedByteOfAReceiptIsRefused() {
        byte[] bytes = receiptProof(1).encode();
        for (int at = 0; at < bytes.length; at++) {
            byte[] changed = bytes.clone();
            changed[at] ^= (byte) (at % 2 == 0 ? 1 : 0x80);
            assertThat(receiptHolds(changed))
                    .as("byte %d of %d", at, bytes.length)
                    .isFalse();
        }
        assertThat(receiptHolds(Arrays.copyOf(bytes, bytes.length + 1))).isFalse();
        assertThat(receiptHolds(bytes)).isTrue();
    }

    private boolean receiptHolds(byte[] bytes) {
        try {
            return ReceiptProof.decode(bytes).check(trust, verifier).isEmpty();
        } catch (MalformedException malformed) {
            return false;
        }
    }

    @Test
    void int1_stateValuesAndAbsenceHoldAndNoByteCanChange() {
        for (StateKey key : List.of(StateKeys.patient(PATIENT), StateKeys.consent(PATIENT))) {
            StateValueProof proof = new StateValueProof(stateProof(key), certified);
            assertThat(proof.check(trust, verifier)).isEmpty();
            byte[] bytes = proof.encode();
            for (int at = 0; at < bytes.length; at++) {
                byte[] changed = bytes.clone();
                changed[at] ^= 1;
                assertThat(stateHolds(changed, key)).as("byte %d", at).isFalse();
            }
        }
    }

    private boolean stateHolds(byte[] bytes, StateKey asked) {
        try {
            StateValueProof proof = StateValueProof.decode(bytes);
            return proof.proof().key().equals(asked)
                    && proof.check(trust, verifier).isEmpty();
        } catch (MalformedException malformed) {
            return false;
        }
    }

    @Test
    void int1_anotherGenesisProvesNothing() {
        TrustRoot otherChain = new TrustRoot(Hash.ZERO, trust.firstSet());
        assertThat(receiptProof(0).check(otherChain, verifier)).isPresent();
        TrustRoot otherSet = new TrustRoot(trust.chainId(), changedSet());
        assertThat(receiptProof(0).check(otherSet, verifier)).isPresent();
    }

    private ValidatorSet changedSet() {
        List<Validator> validators = new ArrayList<>(trust.firstSet().validators());
        validators.set(
                0,
                new Validator(
                        "northside",
                        PublicKey.ed25519(key("validator northside").publicKey().bytes())));
        return new ValidatorSet(1, validators);
    }

    @Test
    @DisplayName("BFT-18 INT-1 a change of validators is followed step by step")
    void bft18_validatorChanges() {
        ValidatorSet first = trust.firstSet();
        ValidatorSet next = changedSet();
        CertifiedHeader one = certify(header(1, first, next, Optional.empty()), first);
        CertifiedHeader two = certify(header(2, first, next, Optional.of(one)), first);
        BlockHeader third = header(3, next, next, Optional.of(two));
        ValidatorSetStep step = new ValidatorSetStep(one.header(), one.commitQc(), next);
        assertThat(holds(certify(third, next, step))).isTrue();
        assertThat(holds(certify(third, next))).isFalse();
        assertThat(holds(certify(third, first, step))).isFalse();
        assertThat(holds(certify(header(3, first, next, Optional.of(two)), first)))
                .isTrue();
        assertThat(holds(certify(header(2, next, next, Optional.of(one)), next, step)))
                .isFalse();
        ValidatorSetStep otherSet = new ValidatorSetStep(one.header(), one.commitQc(), first);
        assertThat(holds(certify(third, next, otherSet))).isFalse();
        assertThat(holds(certify(third, next, step, step))).isFalse();
    }

    private boolean holds(CertifiedHeader header) {
        return trust.check(header, verifier).isEmpty();
    }
}
