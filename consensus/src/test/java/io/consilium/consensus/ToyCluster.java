package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.ValidatorSet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A cluster of toy nodes; what carries the packets and lets time pass is up to the subclass. */
abstract class ToyCluster {
    static final Hash CHAIN = Hash.sha256("toy chain".getBytes(StandardCharsets.UTF_8));
    static final int FULL_BLOCK = 8;

    record Gossip(List<String> transactions) {}

    record Fetch(Hash blockHash) {}

    record Body(ProposedBlock block) {}

    record FetchBlocks(long fromHeight) {}

    record Blocks(List<ToyNode.Applied> applied) {}

    final List<ToyNode> nodes = new ArrayList<>();
    final ValidatorSet genesisSet;
    final ToyMonitor monitor;
    int maxInlineBytes = 65_536;
    long millis = 1_700_000_000_000L;

    ToyCluster(int size, int spares) {
        genesisSet = Stamps.set(size);
        monitor = new ToyMonitor(size + spares);
        for (int i = 0; i < size + spares; i++) {
            nodes.add(newNode(i));
        }
    }

    ToyNode newNode(int index) {
        return new ToyNode(this, index);
    }

    SafetyRules rules(int node) {
        return SafetyRules.SOUND;
    }

    /** The node's own clock. */
    long now(ToyNode node) {
        return millis;
    }

    ToyNode node(PublicKey key) {
        return nodes.stream()
                .filter(node -> node.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no node has key " + key));
    }

    final void send(ToyNode from, ToyNode to, Object payload) {
        if (payload instanceof Message message) {
            monitor.sent(from.index, message);
        }
        carry(from, to, payload);
    }

    abstract void carry(ToyNode from, ToyNode to, Object payload);

    /** A planned crash struck between two effects. */
    void died(ToyNode node) {
        node.crash(0);
    }
}
