package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * A cluster under seeded chance: packets are lost, delayed, doubled and reordered, nodes are cut off, frozen and killed
 * between any two effects, clocks disagree, and one validator may lie. Then all is mended and everything must be decided.
 */
final class RandomCluster extends ToyCluster {
    private record Packet(long due, long sequence, ToyNode from, ToyNode to, Object payload) {}

    private record DiskCopy(TreeMap<byte[], byte[]> votes, List<ToyNode.Applied> chain) {}

    static final long CHAOS_MILLIS = 20_000;
    static final long MENDED_MILLIS = 60_000;

    final long seed;
    private final Random random;
    private final IntFunction<SafetyRules> rules;
    private final boolean forgetful;
    private final PriorityQueue<Packet> packets = new PriorityQueue<>((one, other) -> one.due() != other.due()
            ? Long.compare(one.due(), other.due())
            : Long.compare(one.sequence(), other.sequence()));
    private final Map<Integer, Long> restartAt = new HashMap<>();
    private final Map<Integer, Integer> side = new HashMap<>();
    private final Map<String, Hash> variants = new HashMap<>();
    private final long[] clockSkew;
    private final Optional<Integer> liar;
    private final double loss;
    private final double duplication;
    private final int maxDelay;
    private final List<String> submitted = new ArrayList<>();
    boolean oldDisks;
    int restored;
    private Optional<DiskCopy> copy = Optional.empty();
    private boolean mended;
    private long sequence;
    private int ballotsSent;
    long trace = 17;

    RandomCluster(long seed, int size, boolean withLiar, IntFunction<SafetyRules> rules, boolean forgetful) {
        super(size, 0);
        this.seed = seed;
        this.random = new Random(seed);
        this.rules = rules;
        this.forgetful = forgetful;
        this.loss = random.nextInt(3) * 0.1;
        this.duplication = random.nextInt(3) * 0.05;
        this.maxDelay = new int[] {5, 50, 300, 900}[random.nextInt(4)];
        this.clockSkew = random.longs(size, -800, 800).toArray();
        this.liar = withLiar ? Optional.of(random.nextInt(size)) : Optional.empty();
        liar.ifPresent(monitor.faulty::add);
    }

    @Override
    SafetyRules rules(int node) {
        return rules.apply(node);
    }

    @Override
    long now(ToyNode node) {
        return millis + clockSkew[node.index];
    }

    @Override
    void carry(ToyNode from, ToyNode to, Object payload) {
        if (payload instanceof Message.Ballot) {
            ballotsSent++;
        }
        boolean lies = payload instanceof Message.Ballot
                && liar.filter(index -> index == from.index).isPresent();
        if (lies && random.nextInt(8) == 0) {
            return;
        }
        Object carried = lies ? twist(from, to, (Message.Ballot) payload) : forgetful ? mute(payload) : payload;
        boolean cut = !side.getOrDefault(from.index, 0).equals(side.getOrDefault(to.index, 0));
        if (!mended && (cut || random.nextDouble() < loss)) {
            return;
        }
        int copies = !mended && random.nextDouble() < duplication ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            int delay = 1 + random.nextInt(mended ? 5 : maxDelay);
            packets.add(new Packet(millis + delay, sequence++, from, to, carried));
        }
    }

    /** Without echoes a forgetful validator is not told what it signed. */
    private static Object mute(Object payload) {
        return payload instanceof Message.Status status
                ? new Message.Status(
                        status.height(),
                        status.tipCommitQc(),
                        status.highestTc(),
                        status.highestPrepareQc(),
                        Optional.empty(),
                        status.observer(),
                        status.asks())
                : payload;
    }

    /** The liar offers half of the others another block, votes for that one with them, and hides its prepare QCs. */
    private Message twist(ToyNode from, ToyNode to, Message.Ballot ballot) {
        boolean half = ((to.index + ballot.round()) & 1) == 1;
        String slot = ballot.height() + "/" + ballot.round();
        if (ballot instanceof Message.Propose propose) {
            boolean free = propose.previousTc().flatMap(tc -> tc.highestQc()).isEmpty();
            if (!half || !free) {
                return propose;
            }
            BlockHeader header = later(propose.header());
            variants.put(slot, header.hash());
            byte[] signature = sign(from, VoteType.PROPOSE, ballot, header.hash());
            return new Message.Propose(
                    propose.height(),
                    propose.round(),
                    header,
                    propose.inlineBody(),
                    propose.transactionHashes(),
                    propose.previousTc(),
                    signature);
        }
        if (ballot instanceof Message.Vote vote) {
            Hash variant = variants.get(slot);
            return half && variant != null
                    ? new Message.Vote(
                            vote.type(),
                            vote.height(),
                            vote.round(),
                            variant,
                            sign(from, vote.type(), vote, variant),
                            vote.signer())
                    : vote;
        }
        Message.Timeout timeout = (Message.Timeout) ballot;
        byte[] signature = Stamps.signer(from.index)
                .sign(VoteBytes.timeout(
                        CHAIN, from.core.view().validatorSet(), timeout.height(), timeout.round(), VoteBytes.NO_QC));
        return new Message.Timeout(
                timeout.height(),
                timeout.round(),
                VoteBytes.NO_QC,
                Optional.empty(),
                timeout.previousTc(),
                signature,
                timeout.signer());
    }

    private static BlockHeader later(BlockHeader header) {
        return new BlockHeader(
                header.version(),
                header.chainId(),
                header.height(),
                header.parentHash(),
                header.parentQc(),
                header.transactionsRoot(),
                header.stateRoot(),
                header.receiptsRoot(),
                header.validatorSetHash(),
                header.nextValidatorSetHash(),
                header.timestampMillis() + 1,
                header.proposer());
    }

    private byte[] sign(ToyNode node, VoteType type, Message.Ballot ballot, Hash block) {
        return Stamps.signer(node.index)
                .sign(VoteBytes.of(
                        CHAIN, node.core.view().validatorSet(), type, ballot.height(), ballot.round(), block));
    }

    void run() {
        try {
            nodes.forEach(ToyNode::start);
            long mendAt = millis + CHAOS_MILLIS;
            long nextFault = millis + 300;
            while (millis < mendAt) {
                if (millis >= nextFault) {
                    fault();
                    nextFault = millis + 50 + random.nextInt(1_000);
                }
                step(Math.min(mendAt, nextFault));
            }
            mend();
            requireLiveness();
            requireRest();
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
        }
    }

    private void fault() {
        ToyNode node = nodes.get(random.nextInt(nodes.size()));
        switch (random.nextInt(oldDisks ? 11 : 9)) {
            case 0 -> nodes.forEach(any -> side.put(any.index, random.nextInt(2)));
            case 1 -> side.clear();
            case 2 -> crash(node);
            case 3 -> node.crashAfterEffects = random.nextInt(12);
            case 4 -> node.frozen = node.up && random.nextBoolean();
            case 9 -> keepCopy();
            case 10 -> restoreCopy();
            case 5 -> clockSkew[node.index] = random.nextInt(2_000) - 1_000;
            default -> submit();
        }
    }

    /** The fault of one validator only: more than f old disks may forget a decision. */
    private void keepCopy() {
        ToyNode victim = nodes.get((int) (seed % nodes.size()));
        if (copy.isEmpty()) {
            copy = Optional.of(new DiskCopy(new TreeMap<>(victim.votes), List.copyOf(victim.chain)));
        }
    }

    private void restoreCopy() {
        ToyNode victim = nodes.get((int) (seed % nodes.size()));
        if (copy.isPresent()) {
            monitor.faulty.add(victim.index);
            crash(victim);
            victim.votes.clear();
            victim.votes.putAll(copy.get().votes());
            victim.chain.clear();
            victim.chain.addAll(copy.get().chain());
            victim.syncedChain = victim.chain.size();
            restored++;
        }
    }

    private void submit() {
        String transaction = "t" + submitted.size();
        submitted.add(transaction);
        nodes.stream().filter(node -> random.nextInt(3) > 0).forEach(node -> node.submit(transaction));
    }

    private void crash(ToyNode node) {
        if (node.up) {
            node.crash(random.nextInt(3));
            died(node);
        }
    }

    @Override
    void died(ToyNode node) {
        if (node.up) {
            node.crash(random.nextInt(3));
        }
        if (forgetful) {
            node.votes.clear();
        }
        restartAt.put(node.index, millis + random.nextInt(4_000));
    }

    /** The next packet, timer or restart, or the limit, whichever comes first. */
    private void step(long limit) {
        long due = packets.isEmpty() ? limit : Math.min(limit, packets.peek().due());
        ToyNode owner = null;
        TimerKind kind = TimerKind.ROUND;
        for (ToyNode node : nodes) {
            for (Map.Entry<TimerKind, ToyNode.Timer> timer : node.timers.entrySet()) {
                if (!node.frozen && timer.getValue().dueMillis() < due) {
                    due = timer.getValue().dueMillis();
                    owner = node;
                    kind = timer.getKey();
                }
            }
        }
        for (Map.Entry<Integer, Long> restart : restartAt.entrySet()) {
            if (restart.getValue() <= due) {
                restartAt.remove(restart.getKey());
                millis = Math.max(millis, restart.getValue());
                nodes.get(restart.getKey()).start();
                return;
            }
        }
        millis = Math.max(millis, due);
        if (owner != null) {
            trace = trace * 31 + owner.index * 7L + kind.ordinal();
            owner.fire(kind);
        } else if (!packets.isEmpty() && packets.peek().due() <= due) {
            Packet packet = packets.poll();
            trace = trace * 31 + packet.from().index * 11L + packet.to().index;
            packet.to().receive(packet.from(), packet.payload());
        }
    }

    private void mend() {
        mended = true;
        side.clear();
        restartAt.clear();
        for (ToyNode node : nodes) {
            clockSkew[node.index] = 0;
            node.crashAfterEffects = -1;
            node.frozen = false;
            if (!node.up) {
                node.start();
            }
        }
        submitted.add("last");
        nodes.forEach(node -> node.submit("last"));
    }

    private List<ToyNode> honest() {
        return nodes.stream()
                .filter(node -> !monitor.faulty.contains(node.index))
                .toList();
    }

    private void requireLiveness() {
        long limit = millis + MENDED_MILLIS;
        while (!settled()) {
            if (millis >= limit) {
                throw new AssertionError("LIVENESS: after " + MENDED_MILLIS + " mended ms: " + where());
            }
            step(limit);
        }
    }

    private boolean settled() {
        long height =
                honest().stream().mapToLong(node -> node.chain.size()).max().orElse(0);
        return honest().stream()
                .allMatch(node -> node.mempool.isEmpty()
                        && node.chain.size() == height
                        && node.chain.stream().anyMatch(block -> ToyLedger.transactions(block.body())
                                .contains("last")));
    }

    /** BFT-9: with nothing pending no ballot is sent any more. */
    private void requireRest() {
        if (!monitor.faulty.isEmpty()) {
            return; // a faulty one may go on
        }
        runFor(3_000);
        int before = ballotsSent;
        long height = monitor.heights();
        runFor(30_000);
        if (ballotsSent != before || monitor.heights() != height) {
            throw new AssertionError("IDLE: " + (ballotsSent - before) + " ballots with nothing pending: " + where());
        }
    }

    private void runFor(long duration) {
        long limit = millis + duration;
        while (millis < limit) {
            step(limit);
        }
    }

    private String where() {
        StringBuilder text = new StringBuilder();
        for (ToyNode node : nodes) {
            ConsensusView view = node.core.view();
            text.append("\n  node ")
                    .append(node.index)
                    .append(monitor.faulty.contains(node.index) ? " (liar)" : "")
                    .append(" height=" + view.height() + " round=" + view.round() + " leader=" + view.leader()
                            + " mayVote=" + view.mayVote() + " observer=" + view.observer() + " pending="
                            + node.mempool + " qc=" + view.highestPrepareRound() + " awaits=" + view.awaitsBody()
                            + " timers=" + node.timers.keySet() + " halted=" + view.halted());
        }
        return text.toString();
    }
}
