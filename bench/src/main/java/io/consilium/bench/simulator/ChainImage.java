package io.consilium.bench.simulator;

import io.consilium.crypto.Hash;
import io.consilium.ledger.block.IndexEntry;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.state.NodeKey;
import io.consilium.ledger.state.StateKey;
import io.consilium.storage.ChainTip;
import io.consilium.storage.DecidedBatch;
import io.consilium.storage.HeldEvidence;
import io.consilium.storage.StoredBlock;
import io.consilium.storage.TxLocation;
import io.consilium.storage.VoteEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What one chain store holds at one moment; looked up by key, or walked in the order of its keys, as RocksDB would. */
final class ChainImage {
    final Map<Long, StoredBlock> blocks;
    final Map<Long, Hash> stateRoots;
    final Map<Hash, TxLocation> transactions;
    final Map<StateKey, byte[]> flat;
    final Map<NodeKey, byte[]> nodes;
    final TreeMap<ByteBuffer, byte[]> index;
    final TreeMap<Long, List<LedgerEvent>> events;
    final TreeMap<ByteBuffer, VoteEntry> votes;
    final TreeMap<ByteBuffer, HeldEvidence> evidence;
    boolean voteRecord;
    ChainTip tip;

    ChainImage(ChainTip genesis) {
        this.blocks = new HashMap<>();
        this.stateRoots = new HashMap<>();
        this.transactions = new HashMap<>();
        this.flat = new HashMap<>();
        this.nodes = new HashMap<>();
        this.index = new TreeMap<>(ChainImage::compareBytes);
        this.events = new TreeMap<>();
        this.votes = new TreeMap<>(ChainImage::compareBytes);
        this.evidence = new TreeMap<>(ChainImage::compareBytes);
        this.tip = genesis;
        this.stateRoots.put(0L, genesis.stateRoot());
    }

    private ChainImage(ChainImage other) {
        this.blocks = new HashMap<>(other.blocks);
        this.stateRoots = new HashMap<>(other.stateRoots);
        this.transactions = new HashMap<>(other.transactions);
        this.flat = new HashMap<>(other.flat);
        this.nodes = new HashMap<>(other.nodes);
        this.index = new TreeMap<>(other.index);
        this.events = new TreeMap<>(other.events);
        this.votes = new TreeMap<>(other.votes);
        this.evidence = new TreeMap<>(other.evidence);
        this.voteRecord = other.voteRecord;
        this.tip = other.tip;
    }

    /** The values are shared, since nobody changes them. */
    ChainImage copy() {
        return new ChainImage(this);
    }

    void commit(DecidedBatch batch) {
        long height = batch.height();
        if (height != tip.height() + 1 || !batch.header().parentHash().equals(tip.blockHash())) {
            throw new IllegalArgumentException("block " + height + " does not follow the tip " + tip);
        }
        blocks.put(
                height,
                new StoredBlock(
                        height,
                        batch.header().encode(),
                        batch.body(),
                        batch.commitQc().encode(),
                        batch.receipts()));
        stateRoots.put(height, batch.header().stateRoot());
        for (int i = 0; i < batch.txIds().size(); i++) {
            transactions.put(batch.txIds().get(i), new TxLocation(height, i));
        }
        batch.changes()
                .forEach((key, value) -> value.ifPresentOrElse(bytes -> flat.put(key, bytes), () -> flat.remove(key)));
        nodes.putAll(batch.tree().newNodes());
        for (IndexEntry entry : batch.index()) {
            index.put(indexKey(entry.index(), entry.key()), entry.value());
        }
        if (!batch.events().isEmpty()) {
            events.put(height, batch.events());
        }
        tip = new ChainTip(height, batch.blockHash(), batch.header().stateRoot());
    }

    void appendVotes(List<VoteEntry> entries) {
        voteRecord = true;
        for (VoteEntry entry : entries) {
            votes.put(ByteBuffer.wrap(entry.key()), entry);
        }
    }

    /** Entries of decided heights go once their block is durable (BFT-15). */
    void dropVotesThrough(long durableHeight) {
        while (!votes.isEmpty() && votes.firstEntry().getValue().height() <= durableHeight) {
            votes.pollFirstEntry();
        }
    }

    List<VoteEntry> voteEntries() {
        return new ArrayList<>(votes.values());
    }

    static ByteBuffer indexKey(String index, byte[] key) {
        byte[] name = index.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(1 + name.length + key.length)
                .put((byte) name.length)
                .put(name)
                .put(key)
                .flip();
    }

    private static int compareBytes(ByteBuffer one, ByteBuffer other) {
        return java.util.Arrays.compareUnsigned(one.array(), 0, one.limit(), other.array(), 0, other.limit());
    }
}
