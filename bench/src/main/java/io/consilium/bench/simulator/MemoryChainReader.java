package io.consilium.bench.simulator;

import io.consilium.crypto.Hash;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.state.NodeReader;
import io.consilium.ledger.state.StateReader;
import io.consilium.ledger.state.StateTree;
import io.consilium.storage.ChainReader;
import io.consilium.storage.ChainTip;
import io.consilium.storage.EventCursor;
import io.consilium.storage.EventPage;
import io.consilium.storage.HeldEvidence;
import io.consilium.storage.IndexPage;
import io.consilium.storage.StoredBlock;
import io.consilium.storage.StoredEvent;
import io.consilium.storage.TxLocation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;

/** Reads a {@link ChainImage} the way a chain store is read. */
abstract class MemoryChainReader implements ChainReader {

    abstract ChainImage image();

    @Override
    public ChainTip tip() {
        return image().tip;
    }

    @Override
    public Optional<StoredBlock> block(long height) {
        return Optional.ofNullable(image().blocks.get(height));
    }

    @Override
    public Optional<byte[]> header(long height) {
        return block(height).map(StoredBlock::header);
    }

    @Override
    public Optional<byte[]> commitQc(long height) {
        return block(height).map(StoredBlock::commitQc);
    }

    @Override
    public Optional<TxLocation> transaction(Hash txId) {
        return Optional.ofNullable(image().transactions.get(txId));
    }

    @Override
    public Optional<Hash> stateRoot(long height) {
        return Optional.ofNullable(image().stateRoots.get(height));
    }

    @Override
    public StateReader latest() {
        return key -> Optional.ofNullable(image().flat.get(key));
    }

    @Override
    public Optional<StateReader> stateAt(long height) {
        return stateRoot(height).map(root -> key -> StateTree.read(nodes(), height, root, key));
    }

    @Override
    public NodeReader nodes() {
        return key -> Optional.ofNullable(image().nodes.get(key));
    }

    @Override
    public long oldestVersion() {
        return 0;
    }

    @Override
    public IndexPage scan(String index, byte[] prefix, Optional<byte[]> afterKey, int limit, boolean reverse) {
        ByteBuffer start = ChainImage.indexKey(index, prefix);
        int nameLength = start.limit() - prefix.length;
        NavigableMap<ByteBuffer, byte[]> walked = reverse ? image().index.descendingMap() : image().index;
        if (afterKey.isPresent()) {
            walked = walked.tailMap(ChainImage.indexKey(index, afterKey.get()), false);
        } else if (!reverse) {
            walked = walked.tailMap(start, true);
        }
        List<IndexPage.Item> items = new ArrayList<>();
        boolean more = false;
        for (Map.Entry<ByteBuffer, byte[]> entry : walked.entrySet()) {
            byte[] stored = Arrays.copyOf(entry.getKey().array(), entry.getKey().limit());
            if (startsWith(stored, start)) {
                if (items.size() == limit) {
                    more = true;
                    break;
                }
                items.add(new IndexPage.Item(Arrays.copyOfRange(stored, nameLength, stored.length), entry.getValue()));
            } else if (!reverse || !items.isEmpty()) {
                break;
            }
        }
        return new IndexPage(
                items, more ? Optional.of(items.get(items.size() - 1).key()) : Optional.empty());
    }

    private static boolean startsWith(byte[] stored, ByteBuffer start) {
        return stored.length >= start.limit()
                && Arrays.equals(stored, 0, start.limit(), start.array(), 0, start.limit());
    }

    @Override
    public List<HeldEvidence> evidence() {
        return List.copyOf(image().evidence.values());
    }

    @Override
    public EventPage events(EventCursor after, int limit) {
        List<StoredEvent> found = new ArrayList<>();
        EventCursor last = new EventCursor(Math.max(after.height(), tipHeight()), Integer.MAX_VALUE);
        for (Map.Entry<Long, List<LedgerEvent>> entry :
                image().events.tailMap(after.height(), true).entrySet()) {
            for (int i = 0; i < entry.getValue().size(); i++) {
                EventCursor cursor = new EventCursor(entry.getKey(), i);
                if (cursor.compareTo(after) > 0) {
                    if (found.size() == limit) {
                        return new EventPage(found, last);
                    }
                    found.add(new StoredEvent(cursor, entry.getValue().get(i)));
                    last = cursor;
                }
            }
        }
        return new EventPage(found, found.isEmpty() ? after : last);
    }
}
