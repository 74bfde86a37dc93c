package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.ValidatorSet;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The smallest executor that has every outcome: a body is lines of text, one a transaction. {@code bad…} may not be in a
 * block, {@code set 0 1 2} changes the validators, {@code odd 3} is executed differently by node 3.
 */
final class ToyLedger {
    record Outcome(ExecutionVerdict verdict, Hash stateRoot, Hash receiptsRoot, Optional<ValidatorSet> nextSet) {}

    private final int node;

    ToyLedger(int node) {
        this.node = node;
    }

    static byte[] body(List<String> transactions) {
        return String.join("\n", transactions).getBytes(StandardCharsets.UTF_8);
    }

    static List<String> transactions(byte[] body) {
        return body.length == 0 ? List.of() : Arrays.asList(new String(body, StandardCharsets.UTF_8).split("\n"));
    }

    static List<Hash> hashes(byte[] body) {
        return transactions(body).stream()
                .map(line -> MerkleTree.leafHash(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    BlockHeader header(Effect.Build build, Hash parentState, byte[] body, long timestampMillis, ValidatorSet nextSet) {
        Outcome outcome = run(parentState, body, build.leaderRecord(), build.nextSet());
        return new BlockHeader(
                BlockHeader.VERSION,
                ToyCluster.CHAIN,
                build.height(),
                build.parentHash(),
                build.parentQc(),
                MerkleTree.root(hashes(body)),
                outcome.stateRoot(),
                outcome.receiptsRoot(),
                build.validatorSet().hash(),
                nextSet.hash(),
                timestampMillis,
                build.proposer());
    }

    Outcome run(Hash parentState, byte[] body, byte[] leaderRecord, ValidatorSet currentNext) {
        List<String> transactions = transactions(body);
        ValidatorSet nextSet = currentNext;
        byte[] twist = {};
        for (String transaction : transactions) {
            if (transaction.startsWith("set ")) {
                List<Integer> nodes = Arrays.stream(
                                transaction.substring(4).trim().split(" "))
                        .map(Integer::parseInt)
                        .toList();
                nextSet = Stamps.set(currentNext.epoch() + 1, nodes);
            }
            if (transaction.equals("odd " + node)) {
                twist = new byte[] {1};
            }
        }
        boolean inadmissible = transactions.stream().anyMatch(transaction -> transaction.startsWith("bad"));
        return new Outcome(
                inadmissible ? ExecutionVerdict.INADMISSIBLE : ExecutionVerdict.MATCH,
                Hash.sha256(parentState.toBytes(), body, leaderRecord, twist),
                Hash.tagged("receipts", body),
                Optional.of(nextSet));
    }

    Outcome execute(Hash parentState, Effect.Execute execute, ValidatorSet currentNext) {
        BlockHeader header = execute.header();
        if (!MerkleTree.root(hashes(execute.body())).equals(header.transactionsRoot())) {
            return new Outcome(ExecutionVerdict.BODY_DIFFERS, Hash.ZERO, Hash.ZERO, Optional.empty());
        }
        Outcome outcome = run(parentState, execute.body(), execute.leaderRecord(), currentNext);
        boolean same = outcome.stateRoot().equals(header.stateRoot())
                && outcome.receiptsRoot().equals(header.receiptsRoot());
        if (outcome.verdict() == ExecutionVerdict.MATCH && !same) {
            return new Outcome(ExecutionVerdict.ROOTS_DIFFER, Hash.ZERO, Hash.ZERO, Optional.empty());
        }
        return outcome;
    }
}
