package io.consilium.bench.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.consilium.bench.SampleTransactions;
import io.consilium.bench.SampleTransactions.Author;
import io.consilium.bench.SampleTransactions.Custodian;
import io.consilium.consensus.ConsensusConfig;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Signer;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.ledger.Ledger;
import io.consilium.ledger.LedgerLimits;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.genesis.InvalidGenesisException;
import io.consilium.ledger.state.TreeUpdate;
import io.consilium.node.replica.BlockBodies;
import io.consilium.node.replica.MempoolLimits;
import io.consilium.node.replica.Replica;
import io.consilium.node.replica.ReplicaConfig;
import io.consilium.node.replica.TransactionCheck;
import io.consilium.proto.Activity;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.GenesisDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.MemberState;
import io.consilium.storage.ChainStore;
import io.consilium.storage.ChainTip;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The founding of a simulated chain: institutions, members and keys, the same in every world of one size, and what a node
 * is made of. Immutable, shared by all seeds.
 */
final class Cluster {
    static final MempoolLimits MEMPOOL = new MempoolLimits(400, 1L << 20, 75);

    private static final int MAX_TRANSACTION_BYTES = 16 * 1024;
    private static final int MAX_BLOCK_BYTES = 64 * 1024;
    private static final int MAX_BLOCK_TRANSACTIONS = 12;

    /** Small, so that worlds see bodies that travel by hashes too (BFT-13). */
    private static final int INLINE_BYTES = 2 * 1024;

    private static final int REMEMBERED_SIGNATURES = 2_000;
    private static final long PERMIT_AGE_MILLIS = 900_000;

    private static final Map<Integer, Cluster> BY_SIZE = new ConcurrentHashMap<>();
    private static final Map<String, KeyPair> KEYS = new ConcurrentHashMap<>();

    private final int size;
    private final GenesisState founding;
    private final ChainImage genesis;

    private Cluster(int size) {
        this.size = size;
        try {
            this.founding = GenesisState.of(document(size));
        } catch (InvalidGenesisException invalid) {
            throw new IllegalStateException("the simulator's own genesis is refused", invalid);
        }
        TreeUpdate tree = founding.tree();
        this.genesis = new ChainImage(new ChainTip(0, founding.chainId(), tree.root()));
        founding.state().forEach(genesis.flat::put);
        genesis.nodes.putAll(tree.newNodes());
        founding.index()
                .forEach(entry -> genesis.index.put(ChainImage.indexKey(entry.index(), entry.key()), entry.value()));
        genesis.voteRecord = true;
    }

    static Cluster of(int size) {
        return BY_SIZE.computeIfAbsent(size, Cluster::new);
    }

    int size() {
        return size;
    }

    Hash chainId() {
        return founding.chainId();
    }

    ValidatorSet validatorSet() {
        return founding.validators();
    }

    /** Not to be changed: a disk copies it. */
    ChainImage genesis() {
        return genesis;
    }

    String institution(int number) {
        return "hospital-" + (char) ('a' + number);
    }

    PublicKey peerTlsKey(String institution) {
        return key(institution + " tls").publicKey();
    }

    Signer validatorSigner(int number) {
        return key(institution(number) + " validator").signer();
    }

    Author clinician(int number, PrimedVerifier verifier) {
        return author(institution(number) + "/clinician", verifier);
    }

    Author officer(int number, PrimedVerifier verifier) {
        return author(institution(number) + "/officer", verifier);
    }

    private static Author author(String member, PrimedVerifier verifier) {
        return new Author(member, verifier.priming(key(member).signer()));
    }

    Custodian custodian(int number) {
        return new Custodian(institution(number), encryptionKey(institution(number)));
    }

    // ---- a node

    TransactionCheck transactionCheck(PrimedVerifier verifier) {
        return new TransactionCheck(ledger(), verifier, REMEMBERED_SIGNATURES);
    }

    Replica replica(int validator, ChainStore store, PrimedVerifier verifier, TransactionCheck check, byte[] nonce) {
        ConsensusConfig defaults = ConsensusConfig.defaults(
                chainId(),
                Optional.of(verifier.priming(validatorSigner(validator))),
                verifier,
                BlockBodies::leafHashes);
        ConsensusConfig consensus = new ConsensusConfig(
                defaults.chainId(),
                defaults.signer(),
                defaults.verifier(),
                defaults.blockBody(),
                defaults.minTimeoutMillis(),
                defaults.maxTimeoutMillis(),
                defaults.initialTimeoutMillis(),
                defaults.roundTimeoutCapMillis(),
                defaults.batchDelayMillis(),
                defaults.statusIntervalMillis(),
                defaults.timeToleranceMillis(),
                INLINE_BYTES);
        ReplicaConfig config = new ReplicaConfig(
                chainId(), institution(validator), consensus, limits(), MEMPOOL, ReplicaConfig.DISSEMINATION_BYTES);
        return new Replica(config, store, ledger(), check, nonce);
    }

    SequentialLedger sequentialLedger(PrimedVerifier verifier) {
        return new SequentialLedger(ledger(), chainId(), genesis.copy(), verifier);
    }

    private Ledger ledger() {
        return new Ledger(chainId(), limits());
    }

    private LedgerLimits limits() {
        return LedgerLimits.of(founding.document().getParameters());
    }

    // ---- its founding

    private GenesisDocument document(int validators) {
        List<InstitutionState> institutions = new ArrayList<>();
        List<MemberState> members = new ArrayList<>();
        GenesisDocument.Builder document = GenesisDocument.newBuilder()
                .setVersion(1)
                .setName("simulated")
                .setTimeMillis(World.EPOCH_MILLIS)
                .setParameters(ChainParameters.newBuilder()
                        .setPermitAgeMillis(PERMIT_AGE_MILLIS)
                        .setMaxTransactionBytes(MAX_TRANSACTION_BYTES)
                        .setMaxBlockBytes(MAX_BLOCK_BYTES)
                        .setMaxBlockTransactions(MAX_BLOCK_TRANSACTIONS));
        for (int number = 0; number < validators; number++) {
            String institution = institution(number);
            institutions.add(InstitutionState.newBuilder()
                    .setId(institution)
                    .setLegalName("Simulated " + institution)
                    .addRoles("PROVIDER")
                    .setPeerEndpoint("node-" + number + ":9000")
                    .setSigningKey(signingKey(institution + " signing"))
                    .setEncryptionKey(x25519(institution))
                    .setPeerTlsKey(signingKey(institution + " tls"))
                    .setValidatorKey(signingKey(institution + " validator"))
                    .setActivity(Activity.ACTIVE)
                    .setVersion(1)
                    .build());
            members.add(member(institution + "/admin", "ADMIN"));
            members.add(member(institution + "/clinician", "CLINICIAN"));
            members.add(member(institution + "/officer", "CONSENT_OFFICER"));
            document.addValidators(institution);
        }
        return document.addAllInstitutions(institutions).addAllMembers(members).build();
    }

    private static MemberState member(String id, String role) {
        return MemberState.newBuilder()
                .setId(id)
                .addRoles(role)
                .addKeys(MemberKeys.newBuilder().setSigningKey(signingKey(id)).setEncryptionKey(x25519(id)))
                .setActivity(Activity.ACTIVE)
                .setVersion(1)
                .build();
    }

    private static KeyValue signingKey(String name) {
        return SampleTransactions.key(key(name).publicKey());
    }

    private static KeyValue x25519(String name) {
        return KeyValue.newBuilder()
                .setAlgorithm(KeyAlgorithm.X25519)
                .setKey(encryptionKey(name))
                .build();
    }

    /** Never used to seal or open anything: a validator cannot tell. */
    private static ByteString encryptionKey(String name) {
        return ByteString.copyFrom(
                Hash.tagged("simulated/encryption", name.getBytes(UTF_8)).toBytes());
    }

    private static KeyPair key(String name) {
        return KEYS.computeIfAbsent(
                name,
                any -> KeyPair.fromSeed(
                        Hash.tagged("simulated/signing", name.getBytes(UTF_8)).toBytes()));
    }
}
