package io.consilium.node.replica;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.ledger.block.IndexEntry;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.state.NodeKey;
import io.consilium.ledger.state.NodeReader;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateReader;
import io.consilium.ledger.state.TreeUpdate;
import io.consilium.storage.ChainStore;
import io.consilium.storage.ChainTip;
import io.consilium.storage.DecidedBatch;
import io.consilium.storage.EventCursor;
import io.consilium.storage.EventPage;
import io.consilium.storage.HeldEvidence;
import io.consilium.storage.IndexPage;
import io.consilium.storage.SecretsStore;
import io.consilium.storage.Snapshot;
import io.consilium.storage.StoredBlock;
import io.consilium.storage.TxLocation;
import io.consilium.storage.VoteEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A chain store on the heap, for tests of the replica. Everything it acknowledged survives {@link #crash}, except blocks
 * after the last vote that was written, as on a disk whose log was not synced (BFT-15).
 */
public class MemoryChainStore implements ChainStore {
    private final GenesisState genesis;
    private final Hash genesisRoot;
    private final List<DecidedBatch> blocks = new ArrayList<>();
    private final Map<StateKey, TreeMap<Long, Optional<byte[]>>> values = new HashMap<>();
    private final Map<NodeKey, byte[]> nodes = new HashMap<>();
    private final Map<Hash, TxLocation> transactions = new HashMap<>();
    private final TreeMap<byte[], VoteEntry> votes = new TreeMap<>(Arrays::compareUnsigned);
    private final TreeMap<byte[], HeldEvidence> evidence = new TreeMap<>(Arrays::compareUnsigned);
    private boolean voteRecord = true;
    private int synced;

    public MemoryChainStore(GenesisState genesis) {
        this.genesis = genesis;
        TreeUpdate tree = genesis.tree();
        this.genesisRoot = tree.root();
        genesis.state().forEach((key, value) -> put(key, 0, Optional.of(value)));
        nodes.putAll(tree.newNodes());
    }

    private void put(StateKey key, long height, Optional<byte[]> value) {
        values.computeIfAbsent(key, any -> new TreeMap<>()).put(height, value);
    }

    @Override
    public void commit(DecidedBatch batch) {
        if (batch.height() != tipHeight() + 1) {
            throw new IllegalArgumentException("block " + batch.height() + " on tip " + tipHeight());
        }
        blocks.add(batch);
        batch.changes().forEach((key, value) -> put(key, batch.height(), value));
        nodes.putAll(batch.tree().newNodes());
        for (int i = 0; i < batch.txIds().size(); i++) {
            if (transactions.put(batch.txIds().get(i), new TxLocation(batch.height(), i)) != null) {
                throw new IllegalArgumentException("a transaction was applied twice at height " + batch.height());
            }
        }
    }

    @Override
    public void appendVotes(List<VoteEntry> entries) {
        entries.forEach(entry -> votes.put(entry.key(), entry));
        synced = blocks.size();
        votes.headMap(ByteBuffer.allocate(8).putLong(synced + 1).array()).clear();
        voteRecord = true;
    }

    @Override
    public boolean keepEvidence(HeldEvidence found) {
        boolean known = evidence.containsKey(found.key());
        if (known || evidence.size() >= HeldEvidence.MAX_A_CULPRIT) {
            return false;
        }
        evidence.put(found.key(), found);
        return true;
    }

    @Override
    public void dropEvidence(HeldEvidence held) {
        evidence.remove(held.key());
    }

    @Override
    public List<HeldEvidence> evidence() {
        return List.copyOf(evidence.values());
    }

    @Override
    public boolean votes(Consumer<VoteEntry> each) {
        if (voteRecord) {
            votes.values().forEach(each);
        }
        return voteRecord;
    }

    void loseVotes() {
        votes.clear();
        voteRecord = false;
    }

    /** What the disk holds after the power went. */
    MemoryChainStore crash() {
        MemoryChainStore after = new MemoryChainStore(genesis);
        blocks.subList(0, synced).forEach(after::commit);
        after.votes.putAll(votes);
        after.evidence.putAll(evidence);
        after.voteRecord = voteRecord;
        after.synced = synced;
        return after;
    }

    @Override
    public List<Optional<byte[]>> getAll(List<StateKey> keys) {
        return keys.stream().map(latest()::get).toList();
    }

    @Override
    public Snapshot snapshot() {
        throw new UnsupportedOperationException("the replica takes no snapshots");
    }

    @Override
    public int prune(int maxNodes) {
        return 0;
    }

    @Override
    public SecretsStore secrets() {
        throw new UnsupportedOperationException("the replica has no secrets");
    }

    @Override
    public void close() {}

    @Override
    public ChainTip tip() {
        if (blocks.isEmpty()) {
            return new ChainTip(0, genesis.chainId(), genesisRoot);
        }
        DecidedBatch last = blocks.get(blocks.size() - 1);
        return new ChainTip(last.height(), last.blockHash(), last.header().stateRoot());
    }

    BlockHeader headerAt(long height) {
        return blocks.get((int) height - 1).header();
    }

    private Optional<DecidedBatch> at(long height) {
        return height < 1 || height > blocks.size() ? Optional.empty() : Optional.of(blocks.get((int) height - 1));
    }

    @Override
    public Optional<StoredBlock> block(long height) {
        return at(height)
                .map(batch -> new StoredBlock(
                        height,
                        batch.header().encode(),
                        batch.body(),
                        batch.commitQc().encode(),
                        batch.receipts()));
    }

    @Override
    public Optional<byte[]> header(long height) {
        return at(height).map(batch -> batch.header().encode());
    }

    @Override
    public Optional<byte[]> commitQc(long height) {
        return at(height).map(batch -> batch.commitQc().encode());
    }

    @Override
    public Optional<TxLocation> transaction(Hash txId) {
        return Optional.ofNullable(transactions.get(txId));
    }

    @Override
    public Optional<Hash> stateRoot(long height) {
        return height == 0
                ? Optional.of(genesisRoot)
                : at(height).map(batch -> batch.header().stateRoot());
    }

    @Override
    public StateReader latest() {
        return stateAt(tipHeight()).orElseThrow();
    }

    @Override
    public Optional<StateReader> stateAt(long height) {
        return Optional.of(key -> {
            Map.Entry<Long, Optional<byte[]>> newest =
                    values.getOrDefault(key, new TreeMap<>()).floorEntry(height);
            return newest == null ? Optional.empty() : newest.getValue();
        });
    }

    @Override
    public NodeReader nodes() {
        return key -> Optional.ofNullable(nodes.get(key));
    }

    @Override
    public long oldestVersion() {
        return 0;
    }

    @Override
    public IndexPage scan(String name, byte[] prefix, Optional<byte[]> afterKey, int limit, boolean reverse) {
        List<IndexPage.Item> items = genesis.index().stream()
                .filter(entry -> entry.index().equals(name))
                .sorted((a, b) -> Arrays.compareUnsigned(a.key(), b.key()))
                .map((IndexEntry entry) -> new IndexPage.Item(entry.key(), entry.value()))
                .toList();
        return new IndexPage(items, Optional.empty());
    }

    @Override
    public EventPage events(EventCursor after, int limit) {
        throw new UnsupportedOperationException("the replica reads no events");
    }
}
