package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.crypto.certificate.VoteType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Watches a cluster from outside and says at once when an invariant breaks: agreement, a transaction applied once, and of
 * every honest key that it contradicts itself never, breaks none of BFT-1 to BFT-3, is durable before it is sent, and is
 * never accused.
 */
final class ToyMonitor {
    private record Round(long height, int round) {}

    private final Map<Long, Hash> decided = new HashMap<>();
    private final Map<Long, Hash> states = new HashMap<>();
    private final Map<String, Long> appliedAt = new HashMap<>();
    private final List<Map<String, Hash>> signed = new ArrayList<>();
    private final List<Map<Long, Integer>> timedOut = new ArrayList<>();
    private final List<Map<Long, Integer>> committed = new ArrayList<>();
    private final List<Set<String>> durable = new ArrayList<>();
    private final List<Set<String>> seen = new ArrayList<>();
    final Set<Integer> faulty = new TreeSet<>();
    final Set<Integer> accused = new TreeSet<>();
    final List<Evidence> evidence = new ArrayList<>();

    ToyMonitor(int size) {
        for (int i = 0; i < size; i++) {
            signed.add(new HashMap<>());
            timedOut.add(new HashMap<>());
            committed.add(new HashMap<>());
            durable.add(new HashSet<>());
            seen.add(new HashSet<>());
        }
    }

    long heights() {
        return decided.size();
    }

    void decided(int node, ToyNode.Applied applied) {
        if (faulty.contains(node)) {
            return;
        }
        long height = applied.header().height();
        Hash hash = applied.header().hash();
        Hash first = decided.putIfAbsent(height, hash);
        check(first == null || first.equals(hash), "AGREEMENT: two blocks decided at height " + height);
        Hash state = states.putIfAbsent(height, applied.stateRoot());
        check(state == null || state.equals(applied.stateRoot()), "two states at height " + height);
        for (String transaction : ToyLedger.transactions(applied.body())) {
            Long at = appliedAt.putIfAbsent(transaction, height);
            check(at == null || at == height, "transaction " + transaction + " applied at " + at + " and " + height);
        }
    }

    void persisted(int node, List<VoteEntry> entries) {
        for (VoteEntry entry : entries) {
            int kind = entry.key()[8];
            byte[] value = entry.value();
            if (kind >= 2 && kind <= 4) {
                durable.get(node).add(Arrays.toString(Arrays.copyOfRange(value, 32, 96)));
            } else if (kind == 5) {
                durable.get(node).add(Arrays.toString(Arrays.copyOfRange(value, 8, 72)));
            }
        }
    }

    void sent(int node, Message message) {
        if (!(message instanceof Message.Ballot ballot) || faulty.contains(node)) {
            return;
        }
        String signature = Arrays.toString(ballot.signature());
        check(durable.get(node).contains(signature), "BFT-6: node " + node + " sends before it is durable: " + message);
        VoteType type = VoteEcho.kind(ballot);
        long height = ballot.height();
        int round = ballot.round();
        boolean first = seen.get(node).add(signature);
        if (message instanceof Message.Timeout timeout) {
            int reported = timeout.qcRound();
            check(
                    reported >= committed.get(node).getOrDefault(height, -1) || !first,
                    "BFT-3: node " + node + " reports " + reported + " after committing in a later round");
            timedOut.get(node).merge(height, round, Math::max);
            once(node, type, height, round, Hash.sha256(new byte[] {(byte) reported}));
            return;
        }
        check(
                timedOut.get(node).getOrDefault(height, -1) < round,
                "BFT-1/2: node " + node + " sends " + type + " of round " + round + " after a TIMEOUT");
        Hash block = message instanceof Message.Vote vote
                ? vote.blockHash()
                : ((Message.Propose) message).header().hash();
        once(node, type, height, round, block);
        if (type == VoteType.COMMIT) {
            committed.get(node).merge(height, round, Math::max);
        }
    }

    private void once(int node, VoteType type, long height, int round, Hash content) {
        Hash earlier = signed.get(node).putIfAbsent(type + "/" + height + "/" + round, content);
        check(
                earlier == null || earlier.equals(content),
                "node " + node + " contradicts itself with a " + type + " at height " + height + ", round " + round);
    }

    void accused(int by, Evidence proof) {
        evidence.add(proof);
        accused.add(proof.signer());
        check(faulty.contains(proof.signer()), "BFT-19: node " + by + " blames an honest validator: " + proof);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
