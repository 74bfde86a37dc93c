package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Certificates;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.X25519;
import io.consilium.crypto.X25519KeyPair;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.proof.CertifiedHeader;
import io.consilium.ledger.proof.MerklePath;
import io.consilium.ledger.proof.ReceiptProof;
import io.consilium.ledger.proof.StateValueProof;
import io.consilium.ledger.proof.ValidatorSetStep;
import io.consilium.ledger.state.NodeKey;
import io.consilium.ledger.state.NodeReader;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateTree;
import io.consilium.ledger.state.TreeUpdate;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.Activity;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.MemberState;
import io.consilium.proto.ReceiptStatus;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionReceipt;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A small chain made in memory: a genesis with real keys, and blocks certified by its four validators. */
final class TestChain {
    static final long TIME = 1_760_000_000_000L;
    static final String DOCTOR = "a-clinic/dr-test";

    private static final SecureRandom RANDOM = new SecureRandom();

    final List<KeyPair> validatorKeys = new ArrayList<>();
    final X25519KeyPair custodianKey = X25519.generate(RANDOM);
    final KeyPair doctor = KeyPair.generate(RANDOM);
    final X25519KeyPair doctorEncryption = X25519.generate(RANDOM);
    final java.security.KeyPair apiTls = Certificates.generateP256(RANDOM);
    final GenesisFile genesis;

    private TestChain(String name, String api) throws Exception {
        GenesisDocument.Builder document = GenesisDocument.newBuilder()
                .setVersion(1)
                .setName(name)
                .setTimeMillis(TIME)
                .setParameters(ChainParameters.newBuilder()
                        .setPermitAgeMillis(900_000)
                        .setMaxTransactionBytes(256 * 1024)
                        .setMaxBlockBytes(4 * 1024 * 1024)
                        .setMaxBlockTransactions(1_000));
        for (String slug : List.of("a-clinic", "b-clinic", "c-clinic", "d-clinic")) {
            KeyPair validator = KeyPair.generate(RANDOM);
            validatorKeys.add(validator);
            boolean first = slug.startsWith("a");
            document.addInstitutions(InstitutionState.newBuilder()
                            .setId(slug)
                            .setLegalName("Clinic " + slug)
                            .addRoles("PROVIDER")
                            .setApiEndpoint(first ? api : "https://" + slug + ".example:7443")
                            .setPeerEndpoint(slug + ".example:7444")
                            .setSigningKey(fresh())
                            .setEncryptionKey(Keys.x25519(
                                    first
                                            ? custodianKey.publicKey()
                                            : X25519.generate(RANDOM).publicKey()))
                            .setPeerTlsKey(fresh())
                            .setApiTlsSpkiSha256(ByteString.copyFrom(
                                    first
                                            ? Hash.sha256(apiTls.getPublic().getEncoded())
                                                    .toBytes()
                                            : new byte[32]))
                            .setValidatorKey(Keys.ed25519(validator.publicKey()))
                            .setActivity(Activity.ACTIVE)
                            .setVersion(1))
                    .addValidators(slug)
                    .addMembers(member(slug + "/admin", "ADMIN", fresh()));
            if (first) {
                document.addMembers(member(DOCTOR, "CLINICIAN", Keys.ed25519(doctor.publicKey())));
            }
        }
        this.genesis = GenesisFile.of(GenesisState.of(document.build()));
    }

    static TestChain create() throws Exception {
        return new TestChain("test", "https://127.0.0.1:1");
    }

    static TestChain withApi(String api) throws Exception {
        return new TestChain("test", api);
    }

    private static io.consilium.proto.KeyValue fresh() {
        return Keys.ed25519(KeyPair.generate(RANDOM).publicKey());
    }

    private static MemberState member(String id, String role, io.consilium.proto.KeyValue key) {
        return MemberState.newBuilder()
                .setId(id)
                .addRoles(role)
                .addKeys(MemberKeys.newBuilder()
                        .setSigningKey(key)
                        .setEncryptionKey(Keys.x25519(X25519.generate(RANDOM).publicKey())))
                .setActivity(Activity.ACTIVE)
                .setVersion(1)
                .build();
    }

    Identity doctorIdentity() {
        return new Identity(DOCTOR, doctor.signer(), Optional.of(doctorEncryption.privateKey()));
    }

    byte[] signed(Consumer<TransactionBody.Builder> payload) {
        return TransactionBuilder.of(genesis.chainId(), doctorIdentity()).signed(TIME + 60_000, payload);
    }

    ValidatorSet set() {
        return genesis.trustRoot().firstSet();
    }

    /** The proof of one applied transaction among others of a block of height 1. */
    ReceiptProof proof(byte[] transaction) throws Exception {
        return proof(transaction, ReceiptStatus.APPLIED, List.of());
    }

    ReceiptProof proof(byte[] transaction, ReceiptStatus status, List<ValidatorSetStep> steps) throws Exception {
        List<byte[]> transactions = new ArrayList<>();
        transactions.add(signed(body -> body.setNoop(io.consilium.proto.Noop.getDefaultInstance())));
        transactions.add(transaction);
        transactions.add(signed(body -> body.setNoop(io.consilium.proto.Noop.getDefaultInstance())));
        List<byte[]> receipts = new ArrayList<>();
        for (int i = 0; i < transactions.size(); i++) {
            receipts.add(TransactionReceipt.newBuilder()
                    .setTxId(ByteString.copyFrom(
                            ParsedTransaction.parse(transactions.get(i)).txId().toBytes()))
                    .setHeight(1)
                    .setIndex(i)
                    .setStatus(status)
                    .setCode(status == ReceiptStatus.APPLIED ? "OK" : "CONSENT_REVOKED")
                    .setRule(status == ReceiptStatus.APPLIED ? "" : "CON-6")
                    .build()
                    .toByteArray());
        }
        List<Hash> transactionLeaves =
                transactions.stream().map(MerkleTree::leafHash).toList();
        List<Hash> receiptLeaves = receipts.stream().map(MerkleTree::leafHash).toList();
        BlockHeader header =
                header(1, MerkleTree.root(transactionLeaves), MerkleTree.root(receiptLeaves), set(), set());
        return new ReceiptProof(
                transaction,
                MerklePath.of(MerkleTree.proof(transactionLeaves, 1)),
                receipts.get(1),
                MerklePath.of(MerkleTree.proof(receiptLeaves, 1)),
                new CertifiedHeader(header, certificate(header, set(), validatorKeys), steps));
    }

    BlockHeader header(long height, Hash transactions, Hash receipts, ValidatorSet set, ValidatorSet next) {
        return new BlockHeader(
                BlockHeader.VERSION,
                genesis.chainId(),
                height,
                genesis.chainId(),
                Optional.empty(),
                transactions,
                Hash.sha256(new byte[] {7}),
                receipts,
                set.hash(),
                next.hash(),
                TIME + 1_000,
                0);
    }

    /** Proofs of objects of one state, as of a certified block; the state's root is made of all of them. */
    ByteString stateProof(Map<StateKey, byte[]> objects, StateKey key) {
        SortedMap<StateKey, Optional<byte[]>> changes = new TreeMap<>();
        objects.forEach((each, value) -> changes.put(each, Optional.of(value)));
        Map<NodeKey, byte[]> nodes = new HashMap<>();
        NodeReader reader = node -> Optional.ofNullable(nodes.get(node));
        TreeUpdate update = StateTree.update(reader, -1, StateTree.EMPTY_ROOT, 0, changes);
        nodes.putAll(update.newNodes());
        BlockHeader header = new BlockHeader(
                BlockHeader.VERSION,
                genesis.chainId(),
                1,
                genesis.chainId(),
                Optional.empty(),
                Hash.sha256(new byte[] {1}),
                update.root(),
                Hash.sha256(new byte[] {2}),
                set().hash(),
                set().hash(),
                TIME + 2_000,
                0);
        StateValueProof proof = new StateValueProof(
                StateTree.prove(reader, 0, update.root(), key),
                new CertifiedHeader(header, certificate(header, set(), validatorKeys), List.of()));
        return ByteString.copyFrom(proof.encode());
    }

    QuorumCertificate certificate(BlockHeader header, ValidatorSet set, List<KeyPair> keys) {
        byte[] message = VoteBytes.of(genesis.chainId(), set, VoteType.COMMIT, header.height(), 0, header.hash());
        List<Integer> signers = new ArrayList<>();
        List<byte[]> signatures = new ArrayList<>();
        for (int i = 0; i < set.quorum(); i++) {
            signers.add(i);
            signatures.add(keys.get(i).signer().sign(message));
        }
        return new QuorumCertificate(VoteType.COMMIT, header.height(), 0, header.hash(), signers, signatures);
    }
}
