package io.consilium.node.vault;

import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.crypto.Hash;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.node.BackgroundWork;
import io.consilium.node.CommittedBlock;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.StateView;
import io.consilium.proto.EventDetail;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;
import io.consilium.storage.Snapshot;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultException;
import io.consilium.storage.VaultScrub;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the vault in step with the chain, on one thread of its own: applies and acknowledges erasures (PRV-6), gets what
 * is missing or damaged from other holders, throws out what nothing names, and reads all of it over time (REC-2).
 */
public final class VaultKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VaultKeeper.class);
    private static final long ERASE_SECONDS = 5;
    private static final long REPLICATE_SECONDS = 2;
    private static final long SCRUB_SECONDS = 1;

    /** Events of new records that may wait to be looked at; the census finds what does not find room. */
    private static final int MAX_NEWS = 4_096;

    /**
     * How the vault is kept.
     *
     * @param unclaimedMillis how long a payload that nothing names may stay
     * @param sweepSeconds how long between two looks for such payloads
     * @param scrubBytesPerSecond how fast the background check reads; 0 switches it off
     */
    public record Pace(long unclaimedMillis, long sweepSeconds, long scrubBytesPerSecond) {}

    private final NodeGateway node;
    private final Vault vault;
    private final Pace pace;
    private final ErasureMarkers markers;
    private final ErasureAcks acks;
    private final TransferReceipts receipts;
    private final Replication replication;
    private final Sweep sweep;
    private final VaultScrub scrub;
    private final LongAdder failures = new LongAdder();
    private final LongAdder scrubbed = new LongAdder();
    private final BackgroundWork thread;
    private final BackgroundWork.Kind erasing;
    private final BackgroundWork.Kind settling;
    private final BackgroundWork.Kind looking;

    /** Guarded by itself. */
    private final Deque<LedgerEvent> news = new ArrayDeque<>();

    private volatile int damaged;

    private VaultKeeper(
            NodeGateway node,
            Vault vault,
            Pace pace,
            ErasureMarkers markers,
            InstitutionTransactions transactions,
            ScopeKeys keys) {
        this.node = node;
        this.vault = vault;
        this.pace = pace;
        this.markers = markers;
        this.acks = new ErasureAcks(node, markers, transactions);
        this.receipts = new TransferReceipts(node, vault, transactions, keys);
        this.thread = node.background("vault-keeper");
        this.replication = new Replication(node, vault, thread, this::fetchOn);
        this.sweep = new Sweep(node, vault, pace.unclaimedMillis());
        this.scrub = vault.scrub();
        this.erasing = kind("applying erasures", this::erase);
        this.settling = kind("settling uploads", sweep::settle);
        this.looking = kind("looking for new payloads", this::look);
    }

    /** The markers must have been applied to the vault as it was opened. */
    public static VaultKeeper start(
            NodeGateway node,
            Vault vault,
            Pace pace,
            ErasureMarkers markers,
            InstitutionTransactions transactions,
            ScopeKeys keys) {
        VaultKeeper keeper = new VaultKeeper(node, vault, pace, markers, transactions, keys);
        byte[] place = new byte[Hash.LENGTH];
        new SecureRandom().nextBytes(place);
        keeper.scrub.startAfter(Hash.of(place));
        node.onCommitted(keeper::committed);
        keeper.erasing.every(0, ERASE_SECONDS);
        keeper.kind("replicating payloads", keeper::replicate).every(0, REPLICATE_SECONDS);
        keeper.kind("sweeping the vault", keeper::sweepUp).every(0, pace.sweepSeconds());
        if (pace.scrubBytesPerSecond() > 0) {
            keeper.kind("checking the vault", keeper::scrubOn).every(0, SCRUB_SECONDS);
        }
        return keeper;
    }

    private interface Work {
        void run() throws VaultException;
    }

    private BackgroundWork.Kind kind(String what, Work work) {
        return thread.kind(what, () -> guarded(what, work));
    }

    /** What the vault's disk refuses is counted, logged and tried again: it never stops the chain. */
    private void guarded(String what, Work work) {
        try {
            work.run();
        } catch (VaultException failed) {
            failures.increment();
            LOG.error("{} failed cause={}", what, failed.getMessage());
        }
    }

    private void committed(CommittedBlock block) {
        boolean erased = false;
        boolean concerned = false;
        for (LedgerEvent event : block.events()) {
            concerned |= event.parties().contains(node.institution());
            if (event.type().equals(EventType.RECORD_ERASED.text())) {
                erased = true;
            } else if (event.type().startsWith("record.") && event.parties().contains(node.institution())) {
                heard(event);
            }
        }
        if (erased) {
            erasing.soon();
        }
        if (concerned) {
            settling.soon();
        }
    }

    private void heard(LedgerEvent event) {
        synchronized (news) {
            if (news.size() < MAX_NEWS) {
                news.addLast(event);
            }
        }
        looking.soon();
    }

    private List<LedgerEvent> takeNews() {
        synchronized (news) {
            List<LedgerEvent> taken = List.copyOf(news);
            news.clear();
            return taken;
        }
    }

    /** Wants what records have this institution keep and is not here; what finds no room is left to the census. */
    private void look() throws VaultException {
        boolean missing = false;
        try (StateView view = StateView.open(node)) {
            PayloadClaims claims = new PayloadClaims(view.chain(), view.state());
            for (LedgerEvent event : takeNews()) {
                for (var id : EventDetail.parseFrom(event.payload()).getObjectIdsList()) {
                    if (replication.isFull()) {
                        return;
                    }
                    Optional<RecordState> record = view.state().record(id);
                    for (RecordVersion version :
                            record.map(RecordState::getVersionsList).orElse(List.of())) {
                        Hash hash =
                                Hash.of(version.getContent().getCiphertextHash().toByteArray());
                        if (vault.size(hash).isEmpty()
                                && claims.standing(node.institution(), hash) == PayloadClaims.Standing.KEPT) {
                            replication.want(hash);
                            missing = true;
                        }
                    }
                }
            }
        } catch (InvalidProtocolBufferException damagedEvent) {
            throw new IllegalStateException("this node cannot read an event that it wrote itself", damagedEvent);
        }
        if (missing) {
            replication.turn();
        }
    }

    private void erase() throws VaultException {
        guarded("applying erasures", () -> {
            try (Snapshot chain = node.snapshot()) {
                markers.apply(chain);
            }
        });
        if (Freshness.isFresh(node.status())) {
            acks.turn();
        }
    }

    private void fetchOn() {
        guarded("replicating payloads", replication::turn);
    }

    private void replicate() throws VaultException {
        List<Hash> aside = vault.damaged();
        damaged = aside.size();
        aside.forEach(replication::want);
        replication.turn();
        if (Freshness.isFresh(node.status())) {
            receipts.turn();
        }
    }

    private void sweepUp() throws VaultException {
        if (Freshness.isFresh(node.status())) {
            sweep.settle();
            sweep.turn();
        }
    }

    private void scrubOn() throws VaultException {
        for (long read = 0; read < pace.scrubBytesPerSecond(); ) {
            VaultScrub.Step step = scrub.step();
            if (step.damaged().isPresent()) {
                LOG.error(
                        "payload damaged, put aside hash={}",
                        step.damaged().get().shortHex());
                replication.want(step.damaged().get());
            }
            if (step.bytes() == 0) {
                return;
            }
            read += step.bytes();
            scrubbed.add(step.bytes());
        }
    }

    /** What an operator should know of, though the node works; one line each. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (damaged > 0) {
            warnings.add(damaged + " payloads of the vault are damaged and put aside");
        }
        if (replication.missing() > 0) {
            warnings.add(replication.missing() + " payloads that this node has to keep are not in its vault yet");
        }
        if (receipts.unreadable() > 0) {
            warnings.add(receipts.unreadable() + " records that were handed over do not open with the data keys that"
                    + " came along; who gave them keeps their content and can hand them over again");
        }
        if (receipts.withoutScopeKey() > 0) {
            warnings.add(
                    receipts.withoutScopeKey() + " records that were handed over are not acknowledged: the scope key of"
                            + " their patient does not open, and another hand-over of them does not cure that");
        }
        return warnings;
    }

    /** Turns that failed since the start. */
    public long failures() {
        return failures.sum() + thread.failures();
    }

    /** Payloads put aside because they rotted. */
    public long damaged() {
        return damaged;
    }

    public long missing() {
        return replication.missing();
    }

    /** Payloads that came from other holders since the start. */
    public long fetched() {
        return replication.fetched();
    }

    /** Payloads thrown out since the start. */
    public long swept() {
        return sweep.swept();
    }

    /** Bytes that the background check has read since the start. */
    public long scrubbed() {
        return scrubbed.sum();
    }

    @Override
    public void close() throws InterruptedException, VaultException {
        thread.close();
        scrub.close();
    }
}
