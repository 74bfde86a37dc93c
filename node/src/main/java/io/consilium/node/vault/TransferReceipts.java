package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.SealedBytes;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.state.LedgerState;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ProblemException;
import io.consilium.node.api.StateView;
import io.consilium.proto.PatientState;
import io.consilium.proto.PatientTransfer;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;
import io.consilium.proto.TransferReceived;
import io.consilium.storage.IndexPage;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says on chain that this institution has the content of records that were handed over to it, and the keys that open it: the
 * giver's copies go then (REC-2, ID-3).
 */
final class TransferReceipts {
    private static final Logger LOG = LoggerFactory.getLogger(TransferReceipts.class);
    private static final int A_TURN = 256;

    private final NodeGateway node;
    private final Vault vault;
    private final InstitutionTransactions transactions;
    private final ScopeKeys keys;

    /** Records that are here and whose data keys do not open; read by other threads. */
    private final Set<ByteString> unreadable = ConcurrentHashMap.newKeySet();

    /** Records that open, of patients whose scope key does not: giving the data keys again would be of no use. */
    private final Set<ByteString> withoutScopeKey = ConcurrentHashMap.newKeySet();

    /** Everything up to this key is acknowledged. */
    private Optional<byte[]> done = Optional.empty();

    /** Where the next turn looks on, past what has not arrived; empty: it begins anew after what is done. */
    private Optional<byte[]> reached = Optional.empty();

    TransferReceipts(NodeGateway node, Vault vault, InstitutionTransactions transactions, ScopeKeys keys) {
        this.keys = keys;
        this.node = node;
        this.vault = vault;
        this.transactions = transactions;
    }

    /** Acknowledges a bounded number; what is left is for the next turn. */
    void turn() throws VaultException {
        Arrived due = arrived();
        due.open().forEach((patient, records) -> say(patient, step -> step.setReceived(sorted(records))));
        due.unopened().forEach((patient, records) -> say(patient, step -> step.setUnopened(sorted(records))));
    }

    /** Records whose content is here, by patient: those that open, and those that do not and of which nothing was said yet. */
    private record Arrived(Map<ByteString, List<ByteString>> open, Map<ByteString, List<ByteString>> unopened) {
        Arrived() {
            this(byPatient(), byPatient());
        }

        private static Map<ByteString, List<ByteString>> byPatient() {
            return new TreeMap<>(ByteString.unsignedLexicographicalComparator());
        }

        static void add(Map<ByteString, List<ByteString>> to, RecordState record) {
            to.computeIfAbsent(record.getPatientId(), patient -> new ArrayList<>())
                    .add(record.getId());
        }
    }

    /** Of how many records nothing is acknowledged because their data keys do not open. */
    int unreadable() {
        return unreadable.size();
    }

    /** Of how many records nothing is acknowledged because their patient's scope key does not open. */
    int withoutScopeKey() {
        return withoutScopeKey.size();
    }

    /** The view is closed before anything is waited for. */
    private Arrived arrived() throws VaultException {
        Arrived due = new Arrived();
        try (StateView view = StateView.open(node)) {
            byte[] own = LedgerIndexes.prefix(node.institution());
            IndexPage page =
                    view.chain().scan(LedgerIndexes.INSTITUTION_RECEIPTS, own, reached.or(() -> done), A_TURN, false);
            boolean allDone = reached.isEmpty();
            for (IndexPage.Item item : page.items()) {
                RecordState record =
                        view.state().record(LedgerIndexes.idAt(item.key())).orElseThrow();
                boolean owed = record.getCustodian().equals(node.institution())
                        && !record.getLeaving().isEmpty()
                        && !record.hasErasure();
                if (owed && isHere(record)) {
                    add(view.state(), record, due);
                }
                if (!owed) {
                    unreadable.remove(record.getId());
                    withoutScopeKey.remove(record.getId());
                }
                allDone &= !owed;
                done = allDone ? Optional.of(item.key()) : done;
            }
            reached = allDone ? Optional.empty() : page.nextAfterKey();
        }
        return due;
    }

    private boolean isHere(RecordState record) throws VaultException {
        for (RecordVersion version : record.getVersionsList()) {
            Hash hash = Hash.of(version.getContent().getCiphertextHash().toByteArray());
            if (vault.size(hash).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private void add(LedgerState state, RecordState record, Arrived due) {
        boolean opens =
                record.getVersionsList().stream().allMatch(version -> opens(record.getId(), version.getContent()));
        boolean hasScopeKey = scopeKeyOpens(state.patient(record.getPatientId()).orElseThrow());
        if (note(unreadable, record, !opens)) {
            LOG.error("a record that was handed over does not open with the data keys that came along");
        }
        if (note(withoutScopeKey, record, opens && !hasScopeKey)) {
            LOG.error("the scope key of a patient whose record was handed over does not open");
        }
        if (opens && hasScopeKey) {
            Arrived.add(due.open(), record);
        } else if (!opens && !record.getUnopened()) {
            Arrived.add(due.unopened(), record);
        }
    }

    /** Whether that is new. */
    private static boolean note(Set<ByteString> noted, RecordState record, boolean holds) {
        if (holds) {
            return noted.add(record.getId());
        }
        noted.remove(record.getId());
        return false;
    }

    /** Of a patient who has gone on meanwhile the key is another's. */
    private boolean scopeKeyOpens(PatientState patient) {
        Optional<KeyRing> ring = keys.ring(patient);
        ring.ifPresent(KeyRing::close);
        return ring.isPresent() || !patient.getCustodiansList().contains(node.institution());
    }

    private boolean opens(ByteString recordId, RecordContent content) {
        Optional<byte[]> key = ScopeKeys.sealedTo(content.getDataKeyList(), node.institution())
                .flatMap(ours -> keys.open(
                        KeyEnvelope.Use.DATA_KEY,
                        recordId.toByteArray(),
                        ours.getEnvelope().toByteArray()));
        try {
            return key.isPresent()
                    && opens(SealedBytes.Use.METADATA, key.get(), content.getSealedMetadata())
                    && opens(SealedBytes.Use.FACTS, key.get(), content.getSealedFacts());
        } finally {
            key.ifPresent(opened -> Arrays.fill(opened, (byte) 0));
        }
    }

    private static boolean opens(SealedBytes.Use use, byte[] key, ByteString sealed) {
        if (sealed.isEmpty()) {
            return true;
        }
        try {
            Arrays.fill(SealedBytes.open(use, key, sealed.toByteArray()), (byte) 0);
            return true;
        } catch (CryptoException otherKey) {
            return false;
        }
    }

    private static TransferReceived.Builder sorted(List<ByteString> records) {
        return TransferReceived.newBuilder()
                .addAllRecordIds(records.stream()
                        .sorted(ByteString.unsignedLexicographicalComparator())
                        .distinct()
                        .toList());
    }

    private void say(ByteString patientId, Consumer<PatientTransfer.Builder> step) {
        PatientTransfer.Builder transfer = PatientTransfer.newBuilder().setPatientId(patientId);
        step.accept(transfer);
        try {
            transactions.commit(body -> body.setPatientTransfer(transfer)).join();
        } catch (CompletionException failed) {
            LOG.warn(
                    "receipt of records not acknowledged yet cause={}",
                    failed.getCause() instanceof ProblemException refused
                            ? refused.problem().code()
                            : String.valueOf(failed.getCause()));
        }
    }
}
