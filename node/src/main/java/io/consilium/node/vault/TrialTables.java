package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.PayloadCipher;
import io.consilium.crypto.X25519KeyPair;
import io.consilium.interop.cdisc.CdiscFault;
import io.consilium.interop.cdisc.Table;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.state.LedgerState;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.StateView;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TrialDataVersion;
import io.consilium.proto.TrialDatasetState;
import io.consilium.proto.TrialState;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultChunk;
import io.consilium.storage.VaultException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Opens a trial's datasets in the sponsor's own node, for as long as an answer takes (TRI-7). */
public final class TrialTables {
    static final String RULE = "TRI-7";

    /** Memory for the tables of one answer, about. */
    static final long MAX_TABLE_BYTES = 64L * 1024 * 1024;

    private static final int MAX_CIPHERTEXT_BYTES = 64 * 1024 * 1024;
    private static final int MAX_WAITING = 64;

    private final NodeGateway node;
    private final Vault vault;
    private final X25519KeyPair institutionKey;
    private final AtomicInteger waiting = new AtomicInteger();
    private CompletableFuture<Boolean> last = CompletableFuture.completedFuture(true);

    public TrialTables(NodeGateway node, Vault vault, X25519KeyPair institutionKey) {
        this.node = node;
        this.vault = vault;
        this.institutionKey = institutionKey;
    }

    /** A version of a dataset, opened. */
    record Opened(TrialDatasetState dataset, TrialDataVersion version, Table table) {}

    /** One answer after the other, each until it is complete, because each holds a dataset in memory. */
    <T> CompletionStage<T> alone(Executor executor, Supplier<CompletionStage<T>> answer) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            throw ApiProblem.unavailable(
                            "BUSY", "as many questions as can wait are waiting at this node", "ask again in a minute")
                    .asException();
        }
        synchronized (this) {
            CompletableFuture<T> answered = last.thenComposeAsync(before -> answer.get(), executor);
            last = answered.handle((value, failure) -> waiting.decrementAndGet() >= 0);
            return answered;
        }
    }

    /** The trial, for a RESEARCHER of its sponsor at the sponsor's node. */
    TrialState require(Caller caller, ByteString trialId, StateView view) {
        TrialState trial = view.state().trial(trialId).orElseThrow(() -> ApiProblem.notFound("trial")
                .asException());
        boolean allowed = caller instanceof Caller.Member member
                && member.institution().equals(trial.getSponsor())
                && member.roles().contains(MemberRole.RESEARCHER.name());
        if (!allowed) {
            throw ApiProblem.forbidden(
                            "ROLE_REQUIRED",
                            "data of a trial are released and queried by a RESEARCHER of its sponsor",
                            RULE,
                            "ask one of them")
                    .asException();
        }
        if (!node.institution().equals(trial.getSponsor())) {
            throw WrongNode.problem(
                            trial.getSponsor(), view.state(), "the data are held by the node of " + trial.getSponsor())
                    .asException();
        }
        return trial;
    }

    /**
     * @param number which version, 0 for the newest
     * @param names the columns that are kept
     * @param maxBytes of memory, about
     */
    Opened open(
            LedgerState state,
            TrialState trial,
            ByteString datasetId,
            long number,
            Collection<String> names,
            long maxBytes) {
        TrialDatasetState dataset = state.trialDataset(datasetId)
                .filter(found -> found.getTrialId().equals(trial.getId()))
                .orElseThrow(() -> ApiProblem.notFound("dataset").asException());
        int index = number == 0 ? dataset.getVersionsCount() - 1 : (int) number - 1;
        TrialDataVersion version = dataset.getVersions(index);
        TreeSet<String> wanted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        wanted.addAll(names);
        try {
            Table table = Table.read(plaintext(dataset, version), dataset.getName(), wanted::contains, maxBytes);
            if (table.isTooLarge()) {
                throw ApiProblem.tooLarge("these columns take more memory than an answer may")
                        .asException();
            }
            return new Opened(dataset, version, table);
        } catch (CdiscFault unreadable) {
            throw ApiProblem.refused(
                            "DATASET_UNREADABLE",
                            "the dataset was not submitted with a checking client (" + unreadable.path() + ")",
                            RULE,
                            "correct the dataset with: consilium trial correct")
                    .asException();
        }
    }

    private byte[] plaintext(TrialDatasetState dataset, TrialDataVersion version) {
        Hash hash = Hash.of(version.getContent().getCiphertextHash().toByteArray());
        SealedFor sealed = ScopeKeys.sealedTo(version.getContent().getDataKeyList(), node.institution())
                .orElseThrow(() -> ApiProblem.notFound("data key sealed to this institution")
                        .asException());
        byte[] privateKey = institutionKey.privateKey();
        byte[] key = new byte[0];
        try {
            byte[] ciphertext = ciphertext(hash);
            key = KeyEnvelope.open(
                    KeyEnvelope.Use.DATA_KEY,
                    dataset.getId().toByteArray(),
                    privateKey,
                    sealed.getEnvelope().toByteArray());
            ByteArrayOutputStream plain = new ByteArrayOutputStream();
            PayloadCipher.decrypt(key, new ByteArrayInputStream(ciphertext), plain);
            return plain.toByteArray();
        } catch (CryptoException e) {
            throw ApiProblem.refused(
                            "ENVELOPE_UNREADABLE",
                            "the dataset that was sealed to this institution does not open",
                            "PRV-3",
                            "submit it again with: consilium trial correct")
                    .asException();
        } catch (IOException e) {
            throw new IllegalStateException("the vault failed: " + e.getMessage(), e);
        } finally {
            Arrays.fill(privateKey, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }

    private byte[] ciphertext(Hash hash) throws VaultException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        long total = 1;
        while (all.size() < total) {
            Optional<VaultChunk> chunk = vault.read(hash, all.size(), Vault.MAX_CHUNK_BYTES);
            if (chunk.isEmpty()) {
                throw ApiProblem.unavailable(
                                "PAYLOAD_NOT_HELD",
                                "this node's vault does not hold the dataset",
                                "ask whoever submitted it to submit it again")
                        .asException();
            }
            total = chunk.get().totalSize();
            if (total > MAX_CIPHERTEXT_BYTES) {
                throw ApiProblem.tooLarge("a dataset of more than " + MAX_CIPHERTEXT_BYTES + " bytes")
                        .asException();
            }
            all.writeBytes(chunk.get().data());
        }
        return all.toByteArray();
    }
}
