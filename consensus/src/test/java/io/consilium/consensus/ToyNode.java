package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** One node: the real core, and around it a disk, a mempool, an executor and timers made of collections. */
class ToyNode {
    /** A decided block with what it leads to. */
    record Applied(
            BlockHeader header,
            byte[] body,
            QuorumCertificate qc,
            Hash stateRoot,
            byte[] leaderRecord,
            ValidatorSets sets) {}

    record Timer(long token, long dueMillis) {}

    final int index;
    final ToyCluster cluster;
    final ToyLedger ledger;
    final Map<TimerKind, Timer> timers = new EnumMap<>(TimerKind.class);
    final Set<String> mempool = new LinkedHashSet<>();
    final List<Effect> log = new ArrayList<>();
    private final Deque<Event> inbox = new ArrayDeque<>();
    private final Map<Hash, Applied> overlays = new HashMap<>();
    Consensus core;
    boolean up;
    boolean frozen;
    int starts;

    // the disk
    TreeMap<byte[], byte[]> votes = new TreeMap<>(Arrays::compareUnsigned);
    boolean recordExists = true;
    final List<Applied> chain = new ArrayList<>();
    int syncedChain;

    /** Die before the next effect of this name, unless empty. */
    String crashBefore = "";

    /** Effects still to be performed before the node dies, or -1. */
    int crashAfterEffects = -1;

    ToyNode(ToyCluster cluster, int index) {
        this.cluster = cluster;
        this.index = index;
        this.ledger = new ToyLedger(index);
    }

    PublicKey key() {
        return Stamps.key(index);
    }

    Optional<Applied> last() {
        return chain.isEmpty() ? Optional.empty() : Optional.of(chain.get(chain.size() - 1));
    }

    Hash stateRoot() {
        return last().map(Applied::stateRoot).orElse(Hash.ZERO);
    }

    ValidatorSets sets() {
        return last().map(Applied::sets).orElse(ValidatorSets.unchanged(cluster.genesisSet));
    }

    Tip tip() {
        return last().map(applied -> new Tip(
                        applied.header().height(),
                        applied.header().hash(),
                        Optional.of(applied.header()),
                        Optional.of(applied.qc())))
                .orElse(Tip.genesis(ToyCluster.CHAIN));
    }

    SafetyRules rules() {
        return cluster.rules(index);
    }

    void start() {
        up = true;
        frozen = false;
        starts++;
        Optional<VoteRecord> record = recordExists ? Optional.of(record()) : Optional.empty();
        byte[] nonce = Arrays.copyOf(
                Hash.sha256(new byte[] {(byte) index, (byte) starts}).toBytes(), 16);
        ConsensusConfig config = new ConsensusConfig(
                ToyCluster.CHAIN,
                Optional.of(Stamps.signer(index)),
                Stamps.VERIFIER,
                ToyLedger::hashes,
                250,
                4_000,
                1_000,
                10_000,
                10,
                1_000,
                5_000,
                cluster.maxInlineBytes);
        byte[] leaderRecord = last().map(Applied::leaderRecord).orElse(new byte[0]);
        core = new Consensus(config, new RecoveredState(tip(), sets(), leaderRecord, record, nonce), rules());
        perform(core.start(cluster.now(this)));
        drain();
    }

    private VoteRecord record() {
        try {
            return VoteRecord.of(votes.entrySet().stream()
                    .map(entry -> new VoteEntry(entry.getKey(), entry.getValue()))
                    .toList());
        } catch (MalformedException malformed) {
            throw new AssertionError(malformed);
        }
    }

    /** Kill −9: what was not synced may be gone, all or in part. */
    void crash(int survivingUnsynced) {
        up = false;
        crashAfterEffects = -1;
        crashBefore = "";
        timers.clear();
        inbox.clear();
        overlays.clear();
        mempool.clear();
        int keep = (int) Math.min(chain.size(), (long) syncedChain + survivingUnsynced);
        while (chain.size() > keep) {
            chain.remove(chain.size() - 1);
        }
        syncedChain = chain.size();
    }

    void submit(String transaction) {
        if (up
                && chain.stream().noneMatch(applied -> ToyLedger.transactions(applied.body())
                        .contains(transaction))) {
            mempool.add(transaction);
            handle(new Event.WorkPending(cluster.now(this), mempool.size() >= ToyCluster.FULL_BLOCK));
        }
    }

    void handle(Event event) {
        if (up && !frozen) {
            inbox.add(event);
            drain();
        }
    }

    private void drain() {
        while (up && !inbox.isEmpty()) {
            perform(core.step(inbox.poll()));
        }
    }

    void fire(TimerKind kind) {
        Timer timer = timers.remove(kind);
        if (timer != null) {
            handle(new Event.TimerFired(kind, timer.token(), cluster.now(this)));
        }
    }

    private void perform(List<Effect> effects) {
        for (Effect effect : effects) {
            if (crashAfterEffects == 0 || effect.getClass().getSimpleName().equals(crashBefore)) {
                cluster.died(this);
                return;
            }
            crashAfterEffects = crashAfterEffects > 0 ? crashAfterEffects - 1 : -1;
            log.add(effect);
            perform(effect);
        }
    }

    private void perform(Effect effect) {
        if (effect instanceof Effect.Persist persist) {
            persist.entries().forEach(entry -> votes.put(entry.key(), entry.value()));
            recordExists = true;
            syncedChain = chain.size();
            cluster.monitor.persisted(index, persist.entries());
        } else if (effect instanceof Effect.Send send) {
            cluster.send(this, cluster.node(send.to()), send.message());
        } else if (effect instanceof Effect.Broadcast broadcast) {
            core.view().validatorSet().validators().stream()
                    .map(validator -> cluster.node(validator.key()))
                    .filter(node -> node != this)
                    .forEach(node -> cluster.send(this, node, broadcast.message()));
        } else if (effect instanceof Effect.SetTimer timer) {
            timers.put(timer.kind(), new Timer(timer.token(), cluster.millis + timer.delayMillis()));
        } else if (effect instanceof Effect.CancelTimer cancel) {
            timers.remove(cancel.kind());
        } else if (effect instanceof Effect.Build build) {
            inbox.add(build(build));
        } else if (effect instanceof Effect.Execute execute) {
            inbox.add(execute(execute));
        } else if (effect instanceof Effect.FetchBody fetch) {
            fetch.from().forEach(key -> cluster.send(this, cluster.node(key), new ToyCluster.Fetch(fetch.blockHash())));
        } else if (effect instanceof Effect.Decide decide) {
            decide(decide.header(), decide.body(), decide.commitQc());
        } else if (effect instanceof Effect.CatchUp catchUp) {
            cluster.send(this, cluster.node(catchUp.peer()), new ToyCluster.FetchBlocks(chain.size() + 1));
        } else if (effect instanceof Effect.ResendPending) {
            cluster.nodes.stream()
                    .filter(node -> node != this)
                    .forEach(node -> cluster.send(this, node, new ToyCluster.Gossip(List.copyOf(mempool))));
        } else if (effect instanceof Effect.ReportEvidence report) {
            cluster.monitor.accused(index, report.evidence());
        }
    }

    private Event build(Effect.Build build) {
        int size = Math.max(1, ToyCluster.FULL_BLOCK / build.maxFraction());
        List<String> batch = mempool.stream().limit(size).toList();
        long now = cluster.now(this);
        if (batch.isEmpty() && !build.allowEmpty()) {
            return new Event.BlockBuilt(build.height(), build.round(), Optional.empty(), build.nextSet(), now);
        }
        byte[] body = ToyLedger.body(batch);
        ToyLedger.Outcome outcome = ledger.run(stateRoot(), body, build.leaderRecord(), build.nextSet());
        ValidatorSet nextSet = outcome.nextSet().orElseThrow();
        long time = Math.max(now, build.minTimestampMillis());
        BlockHeader header = ledger.header(build, stateRoot(), body, time, nextSet);
        remember(header, body, outcome.stateRoot(), build.leaderRecord(), nextSet);
        return new Event.BlockBuilt(
                build.height(), build.round(), Optional.of(new ProposedBlock(header, body)), nextSet, now);
    }

    private Event execute(Effect.Execute execute) {
        ToyLedger.Outcome outcome = ledger.execute(stateRoot(), execute, sets().afterNext());
        if (outcome.verdict() == ExecutionVerdict.MATCH) {
            remember(
                    execute.header(),
                    execute.body(),
                    outcome.stateRoot(),
                    execute.leaderRecord(),
                    outcome.nextSet().orElseThrow());
        }
        return new Event.Executed(execute.header().hash(), outcome.verdict(), outcome.nextSet(), cluster.now(this));
    }

    /** The overlay of an executed block; its certificate comes when it is decided. */
    private void remember(BlockHeader header, byte[] body, Hash stateRoot, byte[] leaderRecord, ValidatorSet nextSet) {
        QuorumCertificate none = new QuorumCertificate(
                VoteType.COMMIT, header.height(), 0, header.hash(), List.of(0), List.of(new byte[64]));
        overlays.put(header.hash(), new Applied(header, body, none, stateRoot, leaderRecord, sets().shift(nextSet)));
    }

    private void decide(BlockHeader header, byte[] body, QuorumCertificate qc) {
        Applied overlay = overlays.get(header.hash());
        if (overlay == null) {
            throw new AssertionError("node " + index + " decides height " + header.height() + " without executing it");
        }
        overlays.clear();
        apply(new Applied(header, body, qc, overlay.stateRoot(), overlay.leaderRecord(), overlay.sets()));
        reportWork();
    }

    private void apply(Applied applied) {
        if (applied.header().height() != chain.size() + 1
                || !applied.header().parentHash().equals(tip().blockHash())) {
            throw new AssertionError(
                    "node " + index + " applies height " + applied.header().height() + " on " + chain.size());
        }
        chain.add(applied);
        mempool.removeAll(ToyLedger.transactions(applied.body()));
        cluster.monitor.decided(index, applied);
    }

    private void reportWork() {
        long now = cluster.now(this);
        inbox.add(
                mempool.isEmpty()
                        ? new Event.WorkDrained(now)
                        : new Event.WorkPending(now, mempool.size() >= ToyCluster.FULL_BLOCK));
    }

    void receive(ToyNode from, Object payload) {
        if (!up || frozen) {
            return;
        }
        if (payload instanceof Message message) {
            handle(new Event.MessageReceived(from.key(), message, cluster.now(this)));
        } else if (payload instanceof ToyCluster.Gossip gossip) {
            gossip.transactions().forEach(this::submit);
        } else if (payload instanceof ToyCluster.Fetch fetch) {
            core.heldBlock(fetch.blockHash())
                    .or(() -> chain.stream()
                            .filter(applied -> applied.header().hash().equals(fetch.blockHash()))
                            .map(applied -> new ProposedBlock(applied.header(), applied.body()))
                            .findFirst())
                    .ifPresent(block -> cluster.send(this, from, new ToyCluster.Body(block)));
        } else if (payload instanceof ToyCluster.Body body) {
            handle(new Event.BodyAvailable(body.block(), cluster.now(this)));
        } else if (payload instanceof ToyCluster.FetchBlocks fetch) {
            int from0 = (int) fetch.fromHeight() - 1;
            if (from0 < chain.size()) {
                cluster.send(this, from, new ToyCluster.Blocks(List.copyOf(chain.subList(from0, chain.size()))));
            }
        } else if (payload instanceof ToyCluster.Blocks blocks) {
            sync(blocks.applied());
        }
    }

    private void sync(List<Applied> blocks) {
        int before = chain.size();
        for (Applied block : blocks) {
            ValidatorSet set = sets().next();
            if (block.header().height() == chain.size() + 1
                    && block.qc().blockHash().equals(block.header().hash())
                    && block.qc().verify(ToyCluster.CHAIN, set, Stamps.VERIFIER)) {
                apply(block);
            }
        }
        if (chain.size() > before) {
            overlays.clear();
            Applied last = last().orElseThrow();
            inbox.add(new Event.TipAdvanced(tip(), last.sets(), last.leaderRecord(), cluster.now(this)));
            reportWork();
            drain();
        }
    }
}
