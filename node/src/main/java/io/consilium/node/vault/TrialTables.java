package io.consilium.node.vault;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.consilium.crypto.Commitment;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.PayloadStream;
import io.consilium.crypto.SealedBytes;
import io.consilium.crypto.X25519KeyPair;
import io.consilium.interop.cdisc.CdiscFault;
import io.consilium.interop.cdisc.Table;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.trials.EthicsApproval;
import io.consilium.ledger.tx.ActorName;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.ProblemException;
import io.consilium.node.api.StateView;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TrialDataContent;
import io.consilium.proto.TrialDataVersion;
import io.consilium.proto.TrialDatasetState;
import io.consilium.proto.TrialState;
import io.consilium.storage.Vault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Opens columns of a trial's datasets in the sponsor's own node, for as long as an answer takes (TRI-7): decrypted while they
 * are read, and as few at once as the node's memory holds.
 */
public final class TrialTables {
    static final String RULE = "TRI-7";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ID_BYTES = 16;
    private static final int MAX_CIPHERTEXT_BYTES = 64 * 1024 * 1024;

    private final NodeGateway node;
    private final Vault vault;
    private final X25519KeyPair institutionKey;
    private final Turns turns;

    /** @param executor where datasets are worked on */
    public TrialTables(NodeGateway node, Vault vault, X25519KeyPair institutionKey, Executor executor) {
        this.node = node;
        this.vault = vault;
        this.institutionKey = institutionKey;
        this.turns = new Turns(executor);
    }

    /** Work on opened tables, of which there is one at a time: the next begins when the stage of the last is complete. */
    <T> CompletionStage<T> work(Supplier<? extends CompletionStage<T>> work) {
        return turns.take(work);
    }

    /** The id by which a client tells a question from its repetition, so that none is answered and paid for twice. */
    static ByteString requireId(ByteString id, String path) {
        if (id.size() != ID_BYTES) {
            throw ApiProblem.malformed("a random id of " + ID_BYTES + " bytes expected", path)
                    .asException();
        }
        return id;
    }

    /** A version of a dataset, opened. */
    record Opened(TrialDatasetState dataset, TrialDataVersion version, Table table) {}

    /** Asked before anybody waits for a turn. */
    void require(Caller caller, ByteString trialId) {
        try (StateView view = StateView.open(node)) {
            require(caller, trialId, view);
        }
    }

    /** The trial, for a RESEARCHER of its sponsor at the sponsor's node. */
    TrialState require(Caller caller, ByteString trialId, StateView view) {
        TrialState trial = view.state().trial(trialId).orElseThrow(() -> ApiProblem.unlisted("trial")
                .asException());
        boolean allowed = caller instanceof Caller.Member member
                && member.institution().equals(trial.getSponsor())
                && member.roles().contains(MemberRole.RESEARCHER.name());
        if (!allowed) {
            throw ApiProblem.forbidden(
                            "ROLE_REQUIRED",
                            "data of a trial are released and queried by a RESEARCHER of its sponsor",
                            RULE,
                            "see who is one: consilium member list")
                    .asException();
        }
        if (!node.institution().equals(trial.getSponsor())) {
            throw WrongNode.problem(
                            trial.getSponsor(), view.state(), "the data are held by the node of " + trial.getSponsor())
                    .asException();
        }
        return trial;
    }

    /** Data are shared under a valid approval only; told before anything is opened, and the ledger decides it again. */
    static void requireApproved(TrialState trial, long nowMillis) {
        EthicsApproval.refusal(trial, nowMillis).ifPresent(rejection -> {
            throw InstitutionTransactions.problem(rejection.refusal()).asException();
        });
    }

    /**
     * Opens columns of a version of a dataset.
     *
     * @param number which version, 0 for the newest
     * @param columns their names, in normal form; those that the dataset does not have are left out
     * @param room what the table may weigh
     */
    Opened open(
            LedgerState state, TrialState trial, ByteString datasetId, long number, Set<String> columns, long room) {
        TrialDatasetState dataset = dataset(state, trial, datasetId);
        TrialDataVersion version = version(dataset, number);
        requireFits(version.getContent(), columns.size());
        try {
            return new Opened(
                    dataset,
                    version,
                    read(
                            dataset,
                            version,
                            plain -> Table.read(plain, dataset.getName(), subject(dataset), columns::contains, room)));
        } catch (CdiscFault.NoSubjects unnamed) {
            throw ApiProblem.refused(
                            "SUBJECTS_UNNAMED",
                            "the dataset does not say whom its rows are of, and people are counted, not rows",
                            RULE,
                            "submit it with a column USUBJID, or as the dataset of one subject")
                    .asException();
        } catch (CdiscFault.TooLarge large) {
            throw tooLarge();
        } catch (CdiscFault unreadable) {
            throw ApiProblem.refused(
                            "DATASET_UNREADABLE",
                            "the dataset was not submitted with a checking client (" + unreadable.path() + ")",
                            RULE,
                            "correct the dataset with: consilium trial correct")
                    .asException();
        }
    }

    static TrialDatasetState dataset(LedgerState state, TrialState trial, ByteString datasetId) {
        return state.trialDataset(datasetId)
                .filter(found -> found.getTrialId().equals(trial.getId()))
                .orElseThrow(() -> ApiProblem.notFound("dataset").asException());
    }

    /** By its number; the newest for 0. */
    static TrialDataVersion version(TrialDatasetState dataset, long number) {
        if (number < 0 || number > dataset.getVersionsCount()) {
            throw ApiProblem.notFound("version of the dataset").asException();
        }
        return dataset.getVersions(number == 0 ? dataset.getVersionsCount() - 1 : (int) number - 1);
    }

    /** The one whom the whole dataset is of, where there is one. */
    static Optional<String> subject(TrialDatasetState dataset) {
        return Optional.of(dataset.getPseudonym()).filter(id -> !id.isEmpty()).map(ActorName::hex);
    }

    /** What is made of a dataset while it is decrypted. */
    interface Reading<T> {
        T of(InputStream plain) throws CdiscFault, IOException;
    }

    <T> T read(TrialDatasetState dataset, TrialDataVersion version, Reading<T> reading) throws CdiscFault {
        return read(dataset, version, (key, plain) -> reading.of(plain));
    }

    /** The same of data that are what their submitter committed to on chain (TRI-5). */
    <T> T readCommitted(TrialDatasetState dataset, TrialDataVersion version, Reading<T> reading) throws CdiscFault {
        return read(dataset, version, (key, plain) -> {
            MessageDigest committing = Commitment.begin(salt(version.getContent(), key));
            InputStream hashed = new DigestInputStream(plain, committing);
            T made = reading.of(hashed);
            hashed.transferTo(OutputStream.nullOutputStream());
            if (!version.getContent().getCommitment().equals(ByteString.copyFrom(committing.digest()))) {
                throw new CdiscFault("commitment", "the submitter committed to other data than these");
            }
            return made;
        });
    }

    private static byte[] salt(TrialDataContent content, byte[] key) throws CdiscFault {
        try {
            byte[] metadata = SealedBytes.open(
                    SealedBytes.Use.METADATA, key, content.getSealedMetadata().toByteArray());
            byte[] salt =
                    HexFormat.of().parseHex(JSON.readTree(metadata).path("salt").asText(""));
            if (salt.length == Commitment.SALT_BYTES) {
                return salt;
            }
        } catch (CryptoException | IOException | IllegalArgumentException malformed) {
            throw saltless();
        }
        throw saltless();
    }

    private static CdiscFault saltless() {
        return new CdiscFault("commitment", "what opens it was not sealed to the sponsor with the data");
    }

    private interface KeyedReading<T> {
        T of(byte[] key, InputStream plain) throws CdiscFault, IOException;
    }

    private <T> T read(TrialDatasetState dataset, TrialDataVersion version, KeyedReading<T> reading) throws CdiscFault {
        Hash hash = Hash.of(version.getContent().getCiphertextHash().toByteArray());
        byte[] key = dataKey(dataset, version);
        try (InputStream plain = new PayloadStream(key, new VaultStream(vault, hash))) {
            return reading.of(key, plain);
        } catch (PayloadStream.Unauthentic unauthentic) {
            throw unreadable();
        } catch (IOException e) {
            throw new IllegalStateException("the vault failed: " + e.getMessage(), e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** By what the chain says of the dataset, before a byte of it is read; what it does not say is counted while reading. */
    static void requireFits(TrialDataContent content, int columns) {
        if (content.getCiphertextSize() > MAX_CIPHERTEXT_BYTES
                || content.getRows() > Table.MAX_WEIGHT
                || Table.leastWeight(content.getRows(), columns) > Table.MAX_WEIGHT) {
            throw tooLarge();
        }
    }

    private byte[] dataKey(TrialDatasetState dataset, TrialDataVersion version) {
        SealedFor sealed = ScopeKeys.sealedTo(version.getContent().getDataKeyList(), node.institution())
                .orElseThrow(() -> ApiProblem.notFound("data key sealed to this institution")
                        .asException());
        byte[] privateKey = institutionKey.privateKey();
        try {
            return KeyEnvelope.open(
                    KeyEnvelope.Use.DATA_KEY,
                    dataset.getId().toByteArray(),
                    privateKey,
                    sealed.getEnvelope().toByteArray());
        } catch (CryptoException e) {
            throw unreadable();
        } finally {
            Arrays.fill(privateKey, (byte) 0);
        }
    }

    private static ProblemException unreadable() {
        return ApiProblem.refused(
                        "ENVELOPE_UNREADABLE",
                        "the dataset that was sealed to this institution does not open",
                        "PRV-3",
                        "submit it again with: consilium trial correct")
                .asException();
    }

    static ProblemException tooLarge() {
        return new ApiProblem(
                        413,
                        "DATASET_TOO_LARGE",
                        "these columns of the dataset are more than the node can work on at once",
                        RULE,
                        "",
                        "ask for fewer columns, or submit the data as several datasets",
                        6)
                .asException();
    }
}
