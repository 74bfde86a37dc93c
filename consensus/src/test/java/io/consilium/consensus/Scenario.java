package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Plays a script against real cores. One command a line, {@code #} starts a comment, nodes are numbered from 0, lists
 * have commas and no spaces, a transaction with spaces stands in quotes. README.txt beside the scripts explains each
 * command.
 */
final class Scenario {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    private ScenarioCluster cluster = new ScenarioCluster(4, 0);
    private final Map<String, BlockHeader> offered = new HashMap<>();

    void play(String script) {
        int number = 0;
        for (String line : script.split("\n")) {
            number++;
            String command = line.replaceFirst("#.*", "").trim();
            try {
                if (!command.isEmpty()) {
                    run(words(command));
                }
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("line " + number + ": " + command + ": " + failure + where(), failure);
            }
        }
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(line);
        while (matcher.find()) {
            words.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
        }
        return words;
    }

    private void run(List<String> words) {
        List<String> rest = words.subList(1, words.size());
        switch (words.get(0)) {
            case "validators" -> validators(rest);
            case "start" -> nodes(rest.get(0)).forEach(node -> node(node).start());
            case "submit" -> to(rest).forEach(node -> node(node).submit(rest.get(0)));
            case "deliver" -> cluster.deliver(selector(rest));
            case "drop" -> cluster.drop(selector(rest));
            case "lose" -> cluster.lose(selector(rest));
            case "hold" -> cluster.hold(selector(rest));
            case "release" -> cluster.release();
            case "partition" ->
                cluster.partition(rest.stream()
                        .filter(word -> !word.equals("|"))
                        .map(this::nodes)
                        .toList());
            case "heal" -> cluster.heal();
            case "tick" -> cluster.tick(Long.parseLong(rest.get(0)));
            case "timeout" -> nodes(rest.get(0)).forEach(this::timeout);
            case "crash" -> crash(rest);
            case "restart" -> restart(rest);
            case "backup" -> nodes(rest.get(0)).forEach(node -> cluster.backups.put(node, copy(node(node).votes)));
            case "freeze" -> nodes(rest.get(0)).forEach(node -> node(node).frozen = true);
            case "thaw" -> nodes(rest.get(0)).forEach(node -> node(node).frozen = false);
            case "clock" -> cluster.skew.put(Integer.parseInt(rest.get(0)), Long.parseLong(rest.get(1)));
            case "byzantine" -> nodes(rest.get(0)).forEach(cluster.monitor.faulty::add);
            case "offer" -> offer(rest);
            case "vote" -> vote(rest);
            case "giveup" -> giveUp(rest);
            case "claim" -> claim(rest);
            case "inline" -> cluster.maxInlineBytes = Integer.parseInt(rest.get(0));
            case "mark" -> cluster.nodes.forEach(node -> node.log.clear());
            case "expect" -> expect(rest);
            default -> throw new IllegalArgumentException("unknown command");
        }
    }

    private static Map<byte[], byte[]> copy(Map<byte[], byte[]> votes) {
        Map<byte[], byte[]> copy = new TreeMap<>(Arrays::compareUnsigned);
        copy.putAll(votes);
        return copy;
    }

    private void validators(List<String> words) {
        int spares = words.contains("spares") ? Integer.parseInt(words.get(words.indexOf("spares") + 1)) : 0;
        cluster = new ScenarioCluster(Integer.parseInt(words.get(0)), spares);
        if (!words.contains("cold")) {
            cluster.nodes.forEach(ToyNode::start);
            cluster.deliver(selector(List.of()));
        }
    }

    private void timeout(int node) {
        require(node(node).timers.containsKey(TimerKind.ROUND), "node " + node + " runs no round timer");
        node(node).fire(TimerKind.ROUND);
    }

    private void crash(List<String> words) {
        for (int index : nodes(words.get(0))) {
            ToyNode node = node(index);
            if (words.contains("before")) {
                node.crashBefore = words.get(words.indexOf("before") + 1);
            } else {
                node.crash(words.contains("synced") ? Integer.MAX_VALUE : 0);
                cluster.died(node);
            }
        }
    }

    private void restart(List<String> words) {
        for (int index : nodes(words.get(0))) {
            ToyNode node = node(index);
            if (node.up) {
                cluster.died(node);
            }
            if (words.contains("wiped")) {
                node.votes.clear();
                node.chain.clear();
                node.syncedChain = 0;
                node.recordExists = false;
            } else if (words.contains("unrecorded")) {
                node.votes.clear();
                node.recordExists = false;
            } else if (words.contains("backup")) {
                node.votes.clear();
                node.votes.putAll(cluster.backups.get(index));
            }
            node.start();
        }
    }

    /** A Byzantine leader's proposal, made beside its core. */
    private void offer(List<String> words) {
        ToyNode leader = node(Integer.parseInt(words.get(0)));
        String transaction = words.get(1);
        ConsensusView view = leader.core.view();
        List<Hash> roots = List.of(Hash.sha256(new byte[] {1}), Hash.sha256(new byte[] {2}));
        byte[] body = ToyLedger.body(List.of(transaction));
        Effect.Build build = new Effect.Build(
                view.height(),
                view.round(),
                view.tip().blockHash(),
                view.tip().commitQc(),
                view.validatorSet(),
                leader.sets().afterNext(),
                view.self().orElseThrow(),
                0,
                cluster.millis,
                1,
                false,
                LeaderSchedule.next(
                        leader.last().map(ToyNode.Applied::leaderRecord).orElse(new byte[0]),
                        view.height(),
                        view.tip().commitQc(),
                        view.validatorSet()));
        long time =
                cluster.millis + (words.contains("time") ? Long.parseLong(words.get(words.indexOf("time") + 1)) : 0);
        Hash state = words.contains("wrong-roots") ? roots.get(0) : leader.stateRoot();
        BlockHeader header =
                leader.ledger.header(build, state, body, time, leader.sets().afterNext());
        offered.put(transaction, header);
        byte[] signature = Stamps.signer(leader.index)
                .sign(VoteBytes.of(
                        ToyCluster.CHAIN,
                        view.validatorSet(),
                        VoteType.PROPOSE,
                        view.height(),
                        view.round(),
                        header.hash()));
        if (words.contains("badly-signed")) {
            signature[0] ^= 1;
        }
        byte[] sent = words.contains("wrong-body") ? ToyLedger.body(List.of("another " + transaction)) : body;
        boolean listed = words.contains("listed");
        Message.Propose propose = new Message.Propose(
                view.height(),
                view.round(),
                header,
                listed ? Optional.empty() : Optional.of(sent),
                listed ? ToyLedger.hashes(sent) : List.of(),
                leader.core.previousTc(),
                signature);
        to(words).stream()
                .filter(node -> node != leader.index)
                .forEach(node -> cluster.send(leader, node(node), propose));
    }

    private Hash block(String transaction) {
        return Optional.ofNullable(offered.get(transaction))
                .map(BlockHeader::hash)
                .or(() -> cluster.nodes.stream()
                        .flatMap(node -> node.log.stream())
                        .filter(effect -> effect instanceof Effect.Broadcast broadcast
                                && broadcast.message() instanceof Message.Propose propose
                                && propose.inlineBody()
                                        .filter(body ->
                                                ToyLedger.transactions(body).contains(transaction))
                                        .isPresent())
                        .map(effect -> ((Message.Propose) ((Effect.Broadcast) effect).message())
                                .header()
                                .hash())
                        .findFirst())
                .orElseThrow(() -> new AssertionError("no block with " + transaction + " was offered"));
    }

    /** {@code vote 0 PREPARE x to 1,2 [round 0]}: a Byzantine validator's vote for the block with x. */
    private void vote(List<String> words) {
        ToyNode voter = node(Integer.parseInt(words.get(0)));
        VoteType type = VoteType.valueOf(words.get(1));
        ConsensusView view = voter.core.view();
        int round = round(words, view);
        Hash block = block(words.get(2));
        byte[] signature = Stamps.signer(voter.index)
                .sign(VoteBytes.of(ToyCluster.CHAIN, view.validatorSet(), type, view.height(), round, block));
        Message.Vote vote = new Message.Vote(
                type, view.height(), round, block, signature, view.self().orElseThrow());
        to(words).stream().filter(node -> node != voter.index).forEach(node -> cluster.send(voter, node(node), vote));
    }

    /** {@code giveup 0 to 1,2 [round 0]}: a Byzantine validator's TIMEOUT that reports no prepare QC. */
    private void giveUp(List<String> words) {
        ToyNode voter = node(Integer.parseInt(words.get(0)));
        ConsensusView view = voter.core.view();
        int round = round(words, view);
        byte[] signature = Stamps.signer(voter.index)
                .sign(VoteBytes.timeout(ToyCluster.CHAIN, view.validatorSet(), view.height(), round, VoteBytes.NO_QC));
        Message.Timeout timeout = new Message.Timeout(
                view.height(),
                round,
                VoteBytes.NO_QC,
                Optional.empty(),
                Optional.empty(),
                signature,
                view.self().orElseThrow());
        to(words).stream()
                .filter(node -> node != voter.index)
                .forEach(node -> cluster.send(voter, node(node), timeout));
    }

    private static int round(List<String> words, ConsensusView view) {
        return words.contains("round") ? Integer.parseInt(words.get(words.indexOf("round") + 1)) : view.round();
    }

    /** {@code claim 0 1000 to 1}: a status and an observer's answer with a height that no valid certificate proves. */
    private void claim(List<String> words) {
        ToyNode liar = node(Integer.parseInt(words.get(0)));
        long height = Long.parseLong(words.get(1));
        ValidatorSet set = liar.core.view().validatorSet();
        QuorumCertificate forged = new QuorumCertificate(
                VoteType.COMMIT,
                height,
                0,
                Hash.sha256(new byte[] {7}),
                IntStream.range(0, set.quorum()).boxed().toList(),
                IntStream.range(0, set.quorum()).mapToObj(i -> new byte[64]).toList());
        for (int node : to(words)) {
            cluster.send(
                    liar,
                    node(node),
                    new Message.Status(
                            height,
                            Optional.of(forged),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            false,
                            false));
        }
    }

    // expectations

    private void expect(List<String> words) {
        List<String> rest = words.subList(1, words.size());
        switch (words.get(0)) {
            case "height" -> at(rest).forEach(node -> requireEqual(node, "height", node.chain.size(), rest.get(0)));
            case "round" ->
                at(rest).forEach(node ->
                        requireEqual(node, "round", node.core.view().round(), rest.get(0)));
            case "leader" ->
                at(rest).forEach(node ->
                        requireEqual(node, "leader", node.core.view().leader(), rest.get(0)));
            case "skipped" ->
                at(rest).forEach(node ->
                        requireEqual(node, "skipped", node.core.view().skipped(), "[" + rest.get(0) + "]"));
            case "decided" ->
                at(rest).forEach(node ->
                        require(hasDecided(node, rest.get(0)), "node " + node.index + " did not decide it"));
            case "undecided" ->
                at(rest).forEach(node -> require(!hasDecided(node, rest.get(0)), "node " + node.index + " decided it"));
            case "timer" ->
                at(rest).forEach(
                                node -> require(runs(node, rest.get(0)), "node " + node.index + " runs no such timer"));
            case "observer" ->
                nodes(rest.get(0))
                        .forEach(node -> require(node(node).core.view().observer(), "it is no observer"));
            case "voter" ->
                nodes(rest.get(0))
                        .forEach(node -> require(node(node).core.view().mayVote(), "it may not vote"));
            case "halted" ->
                nodes(rest.get(0))
                        .forEach(node -> require(node(node).core.view().halted(), "it was not halted"));
            case "awaiting" ->
                at(rest).forEach(node ->
                        require(node.core.view().awaitsBody(), "node " + node.index + " awaits no body"));
            case "sent" -> requireSent(rest);
            case "effect" ->
                at(rest).forEach(node ->
                        require(count(node, rest.get(0)) > 0, "node " + node.index + " had no such effect"));
            case "alarm" ->
                at(rest).forEach(node ->
                        require(alarms(node).contains(rest.get(0)), "node " + node.index + " has " + alarms(node)));
            case "evidence" -> requireEqual(node(0), "accused", cluster.monitor.accused, "[" + rest.get(1) + "]");
            case "catchup" -> requireCatchUp(rest);
            case "no" -> expectNo(rest);
            default -> throw new IllegalArgumentException("unknown expectation");
        }
    }

    private void expectNo(List<String> words) {
        List<String> rest = words.subList(1, words.size());
        switch (words.get(0)) {
            case "timer" ->
                at(rest).forEach(node -> require(!runs(node, rest.get(0)), "node " + node.index + " runs that timer"));
            case "alarm" ->
                cluster.nodes.forEach(
                        node -> require(alarms(node).isEmpty(), "node " + node.index + " has " + alarms(node)));
            case "evidence" -> require(cluster.monitor.accused.isEmpty(), "accused: " + cluster.monitor.accused);
            case "effect" ->
                at(rest).forEach(node ->
                        require(count(node, rest.get(0)) == 0, "node " + node.index + " had that effect"));
            default -> throw new IllegalArgumentException("unknown expectation");
        }
    }

    /** {@code expect sent COMMIT 0 times by 1,2}. */
    private void requireSent(List<String> words) {
        long times = Long.parseLong(words.get(1));
        for (int index : nodes(words.get(words.indexOf("by") + 1))) {
            long found = messages(node(index)).filter(words.get(0)::equals).count();
            require(found == times, "node " + index + " sent " + found);
        }
    }

    private static java.util.stream.Stream<String> messages(ToyNode node) {
        return node.log.stream()
                .filter(effect -> effect instanceof Effect.Broadcast || effect instanceof Effect.Send)
                .map(effect -> effect instanceof Effect.Broadcast broadcast
                        ? broadcast.message()
                        : ((Effect.Send) effect).message())
                .map(ScenarioCluster::kind);
    }

    private static long count(ToyNode node, String effectName) {
        return node.log.stream()
                .filter(effect -> effect.getClass().getSimpleName().equals(effectName))
                .count();
    }

    private static List<String> alarms(ToyNode node) {
        return node.log.stream()
                .filter(effect -> effect instanceof Effect.Alarm)
                .map(effect -> ((Effect.Alarm) effect).code().name())
                .toList();
    }

    private void requireCatchUp(List<String> words) {
        boolean proven = words.get(0).equals("proven");
        for (ToyNode node : at(words)) {
            require(
                    node.log.stream()
                            .anyMatch(effect -> effect instanceof Effect.CatchUp catchUp && catchUp.proven() == proven),
                    "node " + node.index + " was not sent to catch up so");
        }
    }

    private static boolean runs(ToyNode node, String timer) {
        return node.timers.containsKey(TimerKind.valueOf(timer));
    }

    private static boolean hasDecided(ToyNode node, String transaction) {
        return node.chain.stream()
                .anyMatch(applied -> ToyLedger.transactions(applied.body()).contains(transaction));
    }

    private static void requireEqual(ToyNode node, String what, Object found, String expected) {
        require(found.toString().equals(expected), what + " is " + found + " at node " + node.index);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    // words

    private ToyNode node(int index) {
        return cluster.nodes.get(index);
    }

    private List<Integer> nodes(String list) {
        return list.equals("all")
                ? IntStream.range(0, cluster.nodes.size()).boxed().toList()
                : Arrays.stream(list.split(",")).map(Integer::parseInt).toList();
    }

    private List<ToyNode> up() {
        return cluster.nodes.stream().filter(node -> node.up).toList();
    }

    private List<ToyNode> at(List<String> words) {
        int at = words.indexOf("at");
        return at < 0 ? up() : nodes(words.get(at + 1)).stream().map(this::node).toList();
    }

    private List<Integer> to(List<String> words) {
        int to = words.indexOf("to");
        return nodes(to < 0 ? "all" : words.get(to + 1));
    }

    private ScenarioCluster.Selector selector(List<String> words) {
        boolean named = !words.isEmpty()
                && !List.of("from", "to").contains(words.get(0))
                && !words.get(0).equals("*");
        int from = words.indexOf("from");
        int to = words.indexOf("to");
        return new ScenarioCluster.Selector(
                named ? List.of(words.get(0).split(",")) : List.of(),
                from < 0 ? List.of() : nodes(words.get(from + 1)),
                to < 0 ? List.of() : nodes(words.get(to + 1)));
    }

    private String where() {
        StringBuilder text = new StringBuilder();
        for (ToyNode node : cluster.nodes) {
            if (node.core != null) {
                ConsensusView view = node.core.view();
                text.append("\n  node " + node.index + (node.up ? "" : " down") + " tip=" + node.chain.size()
                        + " round=" + view.round() + " leader=" + view.leader() + " mayVote=" + view.mayVote()
                        + " qc=" + view.highestPrepareRound() + " awaits=" + view.awaitsBody() + " timers="
                        + node.timers.keySet() + " pending=" + node.mempool);
            }
        }
        cluster.inFlight()
                .forEach(packet -> text.append("\n  in flight " + packet.from().index + " -> " + packet.to().index + " "
                        + ScenarioCluster.kind(packet.payload())));
        return text.toString();
    }
}
