package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.tx.Refusal;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ProblemException;
import io.consilium.node.api.StateView;
import io.consilium.proto.Erasure;
import io.consilium.proto.ErasureAck;
import io.consilium.proto.RecordState;
import io.consilium.storage.IndexPage;
import io.consilium.storage.VaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says on chain that this institution holds nothing of an erased record any more, until it is on chain (PRV-6). */
final class ErasureAcks {
    private static final Logger LOG = LoggerFactory.getLogger(ErasureAcks.class);
    private static final int A_TURN = 64;
    private static final int PAGE = 256;

    private final NodeGateway node;
    private final ErasureMarkers markers;
    private final InstitutionTransactions transactions;

    /** Everything up to this key needs no acknowledgement of ours any more. */
    private Optional<byte[]> done = Optional.empty();

    ErasureAcks(NodeGateway node, ErasureMarkers markers, InstitutionTransactions transactions) {
        this.node = node;
        this.markers = markers;
        this.transactions = transactions;
    }

    /** Acknowledges a bounded number; what is left is for the next turn. */
    void turn() throws VaultException {
        for (ByteString record : due()) {
            acknowledge(record);
        }
    }

    /** The view is closed before anything is waited for. */
    private List<ByteString> due() throws VaultException {
        List<ByteString> due = new ArrayList<>();
        try (StateView view = StateView.open(node)) {
            Optional<byte[]> after = done;
            boolean allDone = true;
            while (due.size() < A_TURN) {
                IndexPage page = view.chain().scan(LedgerIndexes.ERASURES, new byte[0], after, PAGE, false);
                for (IndexPage.Item item : page.items()) {
                    RecordState record =
                            view.state().record(LedgerIndexes.idAt(item.key())).orElseThrow();
                    boolean owed = owes(record.getErasure());
                    if (owed && due.size() < A_TURN && markers.isGone(record)) {
                        due.add(record.getId());
                    }
                    allDone &= !owed;
                    done = allDone ? Optional.of(item.key()) : done;
                    after = Optional.of(item.key());
                }
                if (page.nextAfterKey().isEmpty()) {
                    break;
                }
            }
        }
        return due;
    }

    private boolean owes(Erasure erasure) {
        return erasure.getHoldersList().contains(node.institution())
                && erasure.getAcknowledgementsList().stream()
                        .noneMatch(each -> each.getInstitution().equals(node.institution()));
    }

    private void acknowledge(ByteString record) {
        try {
            transactions
                    .commit(body -> body.setErasureAck(ErasureAck.newBuilder().setRecordId(record)))
                    .join();
        } catch (CompletionException failed) {
            boolean known = failed.getCause() instanceof ProblemException refused
                    && refused.problem().code().equals(Refusal.ALREADY_ACKNOWLEDGED.name());
            if (!known) {
                LOG.warn(
                        "erasure not acknowledged yet cause={}",
                        failed.getCause() instanceof ProblemException refused
                                ? refused.problem().code()
                                : String.valueOf(failed.getCause()));
            }
        }
    }
}
