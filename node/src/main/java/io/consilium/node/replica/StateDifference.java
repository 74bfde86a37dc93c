package io.consilium.node.replica;

import io.consilium.crypto.Hash;
import io.consilium.ledger.state.StateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What executing a block changes, a line for each key with the hash of its value: no value of the state is written down
 * (PRV-1). Where results differ, that of two nodes tells which values do (BFT-8).
 */
public record StateDifference(long height, Hash block, List<String> changes) {
    /** Where a node keeps the newest. */
    public static final String FILE = "state-difference.txt";

    public StateDifference {
        changes = List.copyOf(changes);
    }

    static StateDifference of(long height, Hash block, SortedMap<StateKey, Optional<byte[]>> changes) {
        List<String> lines = new ArrayList<>(changes.size());
        changes.forEach((key, value) -> lines.add(
                key + "=" + value.map(bytes -> Hash.sha256(bytes).hex()).orElse("deleted")));
        return new StateDifference(height, block, lines);
    }

    /** As a file. */
    public String text() {
        return "height " + height + " block " + block.hex() + "\n" + String.join("\n", changes) + "\n";
    }
}
