package io.consilium.ledger.block;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.consilium.ledger.state.StateKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What one transaction changes, gathered while its rules run: objects, index lines, events. */
public final class Writes {
    /** An event before the executor adds the transaction's id, height and time. */
    public record Notice(EventType type, List<String> parties, ByteString object) {}

    private final SortedMap<StateKey, MessageLite> objects = new TreeMap<>();
    private final List<IndexEntry> index = new ArrayList<>();
    private final List<Notice> notices = new ArrayList<>();

    public Writes put(StateKey key, MessageLite object) {
        objects.put(key, object);
        return this;
    }

    public Writes index(IndexEntry entry) {
        index.add(entry);
        return this;
    }

    /** The institutions concerned may come in any order and repeat. */
    public Writes notify(EventType type, Collection<String> parties, ByteString object) {
        notices.add(new Notice(type, List.copyOf(new TreeSet<>(parties)), object));
        return this;
    }

    public SortedMap<StateKey, MessageLite> objects() {
        return objects;
    }

    public List<IndexEntry> index() {
        return index;
    }

    public List<Notice> notices() {
        return notices;
    }
}
