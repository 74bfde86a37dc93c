package io.consilium.node.replica;

import io.consilium.consensus.Consensus;
import io.consilium.consensus.Effect;
import io.consilium.consensus.Event;
import io.consilium.consensus.LeaderSchedule;
import io.consilium.consensus.Message;
import io.consilium.consensus.ProposedBlock;
import io.consilium.consensus.TimerKind;
import io.consilium.consensus.ValidatorSets;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.ledger.Ledger;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.Admission;
import io.consilium.node.CommittedBlock;
import io.consilium.node.CommittedTransaction;
import io.consilium.proto.PeerFrame;
import io.consilium.proto.TransactionBatch;
import io.consilium.proto.TransactionSigner;
import io.consilium.storage.ChainStore;
import io.consilium.storage.ChainTip;
import io.consilium.storage.VoteEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One node's part of the chain: it performs what consensus wants with the ledger, the mempool and the store.
 *
 * <p>An event goes in, effects come out in order, and everything that must be durable before an effect is durable when
 * the effect comes out. The replica has no thread, clock, socket or randomness, so the simulator runs exactly this class.
 * Consensus answers itself through the inbox: building and executing a block are events of their own, taken after the
 * effects before them, never in the middle of a step. Owned by one thread.
 */
public final class Replica {
    /** Pending transactions sent again while nothing is decided: enough to give a leader work, few for an overloaded net. */
    private static final int MAX_RESENT = 64;

    /** Decided blocks that peers may still ask for by their hash; older ones they fetch by height. */
    private static final int MAX_RECENT_BLOCKS = 64;

    private static final TimerKey BODIES_TIMER = new TimerKey(TimerKey.Owner.BODIES, 0);
    private static final TimerKey SYNC_TIMER = new TimerKey(TimerKey.Owner.SYNC, 0);

    private final ReplicaConfig config;
    private final ChainStore store;
    private final TransactionCheck check;
    private final Mempool mempool;
    private final BlockExecutor executor;
    private final BodyFetcher bodies;
    private final BlockSync sync;
    private final PeerNames names;
    private final Consensus consensus;
    private final Outlet out = new Outlet();
    private final ArrayDeque<Event> inbox = new ArrayDeque<>();
    private final Map<String, PublicKey> connected = new TreeMap<>();
    private final Map<Hash, Long> recent = new LinkedHashMap<>();

    private ValidatorSets sets;
    private long now;
    private Work told = Work.UNKNOWN;
    private boolean syncTimerSet;
    private boolean halted;

    /** What consensus was told of the mempool. */
    private enum Work {
        UNKNOWN,
        NONE,
        SOME,
        FULL
    }

    /** {@code nonce}: 16 fresh random bytes for this start's observer queries (BFT-16). */
    public Replica(ReplicaConfig config, ChainStore store, Ledger ledger, TransactionCheck check, byte[] nonce) {
        this.config = config;
        this.store = store;
        this.check = check;
        this.mempool = new Mempool(config.mempoolLimits());
        this.executor = new BlockExecutor(config.chainId(), config.ledgerLimits(), ledger, store, mempool, check);
        this.bodies = new BodyFetcher(this::transaction, out::block);
        this.sync = new BlockSync(config.chainId(), config.consensus().verifier(), out::bulk);
        this.sets = ReplicaRecovery.validatorSets(store);
        remember(store.tip().blockHash(), store.tipHeight());
        this.names = new PeerNames(config.institution());
        names.update(sets);
        this.consensus = new Consensus(config.consensus(), ReplicaRecovery.recover(store, nonce));
    }

    /** Call once, before the first {@link #step}. */
    public void start(long nowMillis, Consumer<ReplicaEffect> effects) {
        begin(nowMillis, effects);
        consensus.start(nowMillis).forEach(this::perform);
        finish();
    }

    /** Handles one event; effects go to {@code effects} in order, before this returns. */
    public void step(ReplicaEvent event, Consumer<ReplicaEffect> effects) {
        if (halted) {
            return;
        }
        begin(event.nowMillis(), effects);
        if (event instanceof ReplicaEvent.PeerMessage message) {
            receive(message);
        } else if (event instanceof ReplicaEvent.TransactionsReceived received) {
            take(received.peer(), received.transactions());
        } else if (event instanceof ReplicaEvent.Submitted submitted) {
            submit(submitted.submissions());
        } else if (event instanceof ReplicaEvent.TimerFired timer) {
            fire(timer);
        } else if (event instanceof ReplicaEvent.PeerConnected peer) {
            connected(peer);
        } else if (event instanceof ReplicaEvent.PeerDisconnected peer) {
            connected.remove(peer.peer());
            sync.forget(peer.peer(), store.tipHeight(), now);
        } else if (event instanceof ReplicaEvent.Resumed) {
            applySynced();
        }
        finish();
    }

    private void begin(long nowMillis, Consumer<ReplicaEffect> effects) {
        now = nowMillis;
        out.open(effects);
    }

    /** Lets consensus answer itself until it is quiet, then tells it of work that came in. */
    private void finish() {
        drive();
        signalWork();
        drive();
        if (!syncTimerSet && sync.active(store.tipHeight())) {
            syncTimerSet = true;
            out.emit(new ReplicaEffect.SetTimer(SYNC_TIMER, 0, BlockSync.REQUEST_TIMEOUT_MILLIS / 4));
        }
    }

    private void drive() {
        for (Event event = inbox.poll(); event != null && !halted; event = inbox.poll()) {
            for (Effect effect : consensus.step(event)) {
                perform(effect);
            }
        }
    }

    private void perform(Effect effect) {
        if (halted) {
            return;
        }
        if (effect instanceof Effect.Persist persist) {
            store.appendVotes(persist.entries().stream()
                    .map(entry -> new VoteEntry(entry.key(), entry.value()))
                    .toList());
        } else if (effect instanceof Effect.Send send) {
            names.of(send.to()).ifPresent(peer -> out.vote(List.of(peer), MessageFrames.frame(send.message())));
        } else if (effect instanceof Effect.Broadcast broadcast) {
            out.vote(names.validators(), MessageFrames.frame(broadcast.message()));
        } else if (effect instanceof Effect.SetTimer timer) {
            out.emit(new ReplicaEffect.SetTimer(Outlet.key(timer.kind()), timer.token(), timer.delayMillis()));
        } else if (effect instanceof Effect.CancelTimer timer) {
            out.emit(new ReplicaEffect.CancelTimer(Outlet.key(timer.kind())));
        } else if (effect instanceof Effect.Build build) {
            build(build);
        } else if (effect instanceof Effect.Execute execute) {
            execute(execute);
        } else if (effect instanceof Effect.FetchBody fetch) {
            fetchBody(fetch);
        } else if (effect instanceof Effect.Decide decide) {
            decide(decide);
        } else if (effect instanceof Effect.CatchUp behind) {
            names.of(behind.peer())
                    .ifPresent(peer ->
                            sync.aim(peer, behind.commitQc().height(), behind.proven(), store.tipHeight(), now));
        } else if (effect instanceof Effect.ReportEvidence report) {
            out.emit(new ReplicaEffect.EvidenceFound(
                    report.evidence(), EvidenceKeeping.keep(store, sets, report.evidence())));
        } else if (effect instanceof Effect.Alarm alarm) {
            out.alarm(alarm.code().name(), alarm.height(), alarm.round(), alarm.detail());
        } else if (effect instanceof Effect.ResendPending) {
            out.disseminate(names.validators(), mempool.first(MAX_RESENT, config.disseminationBytes()));
        } else if (effect instanceof Effect.Halt halt) {
            halt(halt.reason());
        }
    }

    private void fetchBody(Effect.FetchBody wish) {
        Optional<ProposedBlock> block = bodies.fetch(wish, names.all(wish.from()));
        block.ifPresent(complete -> inbox.add(new Event.BodyAvailable(complete, now)));
        if (block.isEmpty() && bodies.waitsBeforeAsking()) {
            out.emit(new ReplicaEffect.SetTimer(BODIES_TIMER, 0, BodyFetcher.GRACE_MILLIS));
        }
    }

    private void halt(String reason) {
        halted = true;
        out.emit(new ReplicaEffect.Halt(reason));
    }

    private void build(Effect.Build order) {
        Optional<ExecutedBlock> built = executor.build(order);
        if (built.isEmpty()) {
            told = Work.NONE; // so it takes the answer; what waits here for its time to come is told anew
        }
        inbox.add(new Event.BlockBuilt(
                order.height(),
                order.round(),
                built.map(block -> new ProposedBlock(block.header(), block.body())),
                built.map(block -> block.result().nextValidatorSet()).orElse(order.nextSet()),
                now));
    }

    private void execute(Effect.Execute order) {
        Hash hash = order.header().hash();
        BlockExecutor.Outcome outcome =
                executor.execute(order.header(), hash, order.body(), order.leaderRecord(), !order.proposed());
        // Of a mere proposal its leader may be wrong; where a quorum certified it, this node is (BFT-8).
        outcome.difference()
                .filter(difference -> !order.proposed())
                .ifPresent(difference -> out.emit(new ReplicaEffect.ResultsDiffer(difference)));
        if (!outcome.detail().isEmpty()) {
            out.alarm(outcome.verdict().name(), order.header().height(), order.round(), outcome.detail());
        }
        inbox.add(new Event.Executed(
                hash,
                outcome.verdict(),
                outcome.block().map(block -> block.result().nextValidatorSet()),
                now));
    }

    private void decide(Effect.Decide decision) {
        ExecutedBlock block =
                executor.decided(decision.header(), decision.commitQc().blockHash(), decision.body());
        commit(block, decision.commitQc());
        sync.advanced(block.header().height(), now);
    }

    /** The one place where the chain grows: from consensus and from sync alike. */
    private void commit(ExecutedBlock block, QuorumCertificate commitQc) {
        executor.decide(block, commitQc);
        sets = new ValidatorSets(sets.next(), sets.afterNext(), block.result().nextValidatorSet());
        names.update(sets);
        bodies.clear();
        remember(block.hash(), block.header().height());
        List<CommittedTransaction> transactions =
                new ArrayList<>(block.transactions().size());
        for (int i = 0; i < block.transactions().size(); i++) {
            Hash txId = block.transactions().get(i).txId();
            Receipt receipt = block.result().receipts().get(i);
            mempool.remove(txId);
            transactions.add(new CommittedTransaction(txId, block.header().height(), i, receipt));
        }
        mempool.expire(block.header().timestampMillis());
        told = Work.UNKNOWN;
        out.emit(new ReplicaEffect.Committed(
                new CommittedBlock(
                        block.header(),
                        block.hash(),
                        transactions,
                        block.result().events()),
                block.result().faults(),
                changesInstitutions(block)));
    }

    private void remember(Hash hash, long height) {
        if (height > 0) {
            recent.put(hash, height);
        }
        if (recent.size() > MAX_RECENT_BLOCKS) {
            recent.remove(recent.keySet().iterator().next());
        }
    }

    private static boolean changesInstitutions(ExecutedBlock block) {
        SortedMap<StateKey, Optional<byte[]>> from =
                block.result().changes().tailMap(StateKey.of(StateKeys.INSTITUTION));
        return !from.isEmpty() && from.firstKey().text().startsWith(StateKeys.INSTITUTION);
    }

    private void receive(ReplicaEvent.PeerMessage message) {
        PeerFrame frame = message.frame();
        String peer = message.peer();
        try {
            switch (frame.getFrameCase()) {
                case TRANSACTIONS -> take(peer, checked(frame.getTransactions()));
                case FETCHED_TRANSACTIONS -> take(peer, checked(frame.getFetchedTransactions()));
                case FETCH_TRANSACTIONS ->
                    PeerRequests.transactions(
                                    frame.getFetchTransactions(),
                                    config.ledgerLimits().maxBlockBytes(),
                                    this::transaction)
                            .forEach(batch -> out.block(peer, batch));
                case FETCH_BODY -> out.block(peer, PeerRequests.body(frame.getFetchBody(), this::heldBlock));
                case BODY ->
                    bodies.offer(frame.getBody()).ifPresent(block -> inbox.add(new Event.BodyAvailable(block, now)));
                case FETCH_BLOCKS -> out.bulk(peer, PeerRequests.blocks(frame.getFetchBlocks(), store));
                case BLOCKS -> {
                    sync.receive(peer, frame.getBlocks(), store.tipHeight(), now);
                    out.emit(new ReplicaEffect.Resume());
                }
                default -> {
                    Optional<Message> decoded = MessageFrames.message(frame);
                    if (decoded.isPresent() && decoded.get() instanceof Message.Status status) {
                        sync.heard(peer, status.height());
                    }
                    Optional<PublicKey> sender = names.key(peer).or(() -> Optional.ofNullable(connected.get(peer)));
                    if (decoded.isPresent() && sender.isPresent()) {
                        inbox.add(new Event.MessageReceived(sender.get(), decoded.get(), now));
                    }
                }
            }
        } catch (MalformedException malformed) {
            out.emit(new ReplicaEffect.Disconnect(peer, String.valueOf(malformed.getMessage())));
        }
    }

    private List<ParsedTransaction> checked(TransactionBatch batch) {
        List<ParsedTransaction> transactions = new ArrayList<>();
        batch.getTransactionsList()
                .forEach(bytes -> check.received(bytes.toByteArray(), now).ifPresent(transactions::add));
        return transactions;
    }

    private Optional<ParsedTransaction> transaction(Hash leafHash) {
        return mempool.withLeaf(leafHash).or(() -> executor.transaction(leafHash));
    }

    /** An undecided block, or one decided lately that a peer has only the certificate of. */
    private Optional<ProposedBlock> heldBlock(Hash hash) {
        return executor.executed(hash)
                .map(block -> new ProposedBlock(block.header(), block.body()))
                .or(() -> consensus.heldBlock(hash))
                .or(() -> Optional.ofNullable(recent.get(hash)).map(height -> ReplicaRecovery.block(store, height)));
    }

    /**
     * Transactions of peers: they wait here too, unless strangers signed them, and may complete a block that is being put
     * together. A transaction that no block may hold yet makes no round (BFT-9).
     */
    private void take(String peer, List<ParsedTransaction> transactions) {
        Optional<String> bringer = Optional.of(peer);
        Map<List<TransactionSigner>, Boolean> strangers = new HashMap<>();
        LedgerState state = new LedgerState(store.latest());
        for (ParsedTransaction transaction : transactions) {
            if (!mempool.contains(transaction.txId())
                    && !strangers.computeIfAbsent(
                            transaction.body().getSignersList(), signers -> Signatories.strangers(state, signers, now)
                                    .isPresent())
                    && store.transaction(transaction.txId()).isEmpty()) {
                mempool.add(transaction, bringer, !check.isRipe(transaction, now));
            }
        }
        bodies.offer(transactions).forEach(block -> inbox.add(new Event.BodyAvailable(block, now)));
    }

    private void submit(List<ReplicaEvent.Submission> submissions) {
        List<ParsedTransaction> added = new ArrayList<>();
        for (ReplicaEvent.Submission submission : submissions) {
            List<Admission> admissions =
                    new ArrayList<>(submission.transactions().size());
            for (ParsedTransaction transaction : submission.transactions()) {
                Admission admission = admit(transaction);
                admissions.add(admission);
                if (admission instanceof Admission.Accepted) {
                    added.add(transaction);
                }
            }
            out.emit(new ReplicaEffect.Admitted(submission.request(), admissions));
        }
        out.disseminate(names.validators(), added);
    }

    private Admission admit(ParsedTransaction transaction) {
        Hash txId = transaction.txId();
        if (store.transaction(txId).isPresent()) {
            return new Admission.Duplicate(txId);
        }
        return switch (mempool.add(transaction)) {
            case ADDED -> new Admission.Accepted(txId);
            case DUPLICATE -> new Admission.Duplicate(txId);
            case FULL -> new Admission.Busy(txId, "this node holds as many pending transactions as it may");
            case OVER_QUOTA -> new Admission.Busy(txId, "this institution has too many pending transactions");
        };
    }

    private void fire(ReplicaEvent.TimerFired timer) {
        switch (timer.key().owner()) {
            case CONSENSUS -> {
                TimerKind kind = TimerKind.values()[timer.key().kind()];
                if (kind == TimerKind.STATUS) {
                    mempool.expire(now);
                    mempool.ripen(transaction -> check.isRipe(transaction, now));
                }
                inbox.add(new Event.TimerFired(kind, timer.token(), now));
            }
            case BODIES -> bodies.askMissing();
            case SYNC -> {
                syncTimerSet = false;
                sync.tick(store.tipHeight(), now);
                out.emit(new ReplicaEffect.Resume());
            }
        }
    }

    private void connected(ReplicaEvent.PeerConnected peer) {
        connected.put(peer.peer(), peer.tlsKey());
        names.caller(peer.peer(), peer.tlsKey());
        // It may have been away while these were sent (BFT-9).
        out.disseminate(List.of(peer.peer()), mempool.first(Integer.MAX_VALUE, config.disseminationBytes()));
    }

    /** Tells consensus what waits, when that changed and after each new tip (BFT-9). */
    private void signalWork() {
        Work work = !mempool.hasWork() ? Work.NONE : isFull() ? Work.FULL : Work.SOME;
        if (work != told && !(work == Work.SOME && told == Work.FULL)) {
            inbox.add(work == Work.NONE ? new Event.WorkDrained(now) : new Event.WorkPending(now, work == Work.FULL));
            told = work;
        }
    }

    private boolean isFull() {
        return mempool.size() >= config.ledgerLimits().maxBlockTransactions()
                || mempool.bytes() >= config.ledgerLimits().maxBlockBytes();
    }

    /** Executes the next fetched block, one a turn, so that votes are not kept waiting (BFT-17). */
    private void applySynced() {
        ChainTip tip = store.tip();
        BlockSync.Next next = sync.next(tip.height(), tip.blockHash(), sets, now);
        if (next instanceof BlockSync.Next.Certain certain) {
            apply(certain.block());
        } else if (next instanceof BlockSync.Next.Blamed blamed) {
            blame(blamed);
        }
    }

    private void apply(SyncedBlock block) {
        byte[] leaderRecord = LeaderSchedule.next(ReplicaRecovery.leaderRecord(store), block.header(), sets.next());
        BlockExecutor.Outcome outcome =
                executor.execute(block.header(), block.hash(), block.body(), leaderRecord, true);
        outcome.difference().ifPresent(difference -> out.emit(new ReplicaEffect.ResultsDiffer(difference)));
        switch (outcome.verdict()) {
            case MATCH -> {
                commit(outcome.block().orElseThrow(), block.commitQc());
                long height = block.header().height();
                sync.advanced(height, now);
                inbox.add(new Event.TipAdvanced(ReplicaRecovery.tip(store), sets, leaderRecord, now));
                out.emit(new ReplicaEffect.Resume());
            }
            case BODY_DIFFERS -> {
                if (sync.blame(block, now, outcome.detail()) instanceof BlockSync.Next.Blamed blamed) {
                    blame(blamed);
                }
            }
            default ->
                halt("block " + block.header().height() + " is certified by a quorum and is " + outcome.verdict()
                        + " here: " + outcome.detail());
        }
    }

    private void blame(BlockSync.Next.Blamed blamed) {
        out.alarm("SYNC_BLOCK_REFUSED", store.tipHeight() + 1, 0, "from " + blamed.peer() + ": " + blamed.reason());
        sync.tick(store.tipHeight(), now);
    }

    /** Whether the transaction waits for a block here; may be asked from every thread. */
    public boolean isPending(Hash txId) {
        return mempool.isVisible(txId);
    }

    public ReplicaView view() {
        Map<String, Long> heights = new TreeMap<>();
        names.known().forEach(peer -> heights.put(peer, sync.heightOf(peer)));
        ChainTip tip = store.tip();
        return new ReplicaView(
                consensus.view(), tip, mempool.size(), mempool.bytes(), sync.target(tip.height()), heights);
    }
}
