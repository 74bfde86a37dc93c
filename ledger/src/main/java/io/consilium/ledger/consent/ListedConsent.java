package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.ledger.state.BrokenStateException;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.ConsentShard;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A consent in its patient's list: as much of it as tells whether it can have a say in a decision. Most consents are never
 * read for one (ADR 25). It never says less than some rule or exception of the consent can match.
 */
public final class ListedConsent {
    static final int BASE_PERMITS = 1;
    static final int PERMITS = 1 << 1;
    static final int DENIES = 1 << 2;
    static final int CONDITIONAL = 1 << 3;

    /** Where the parts of an entry begin; it begins with the consent's id. */
    private static final int NUMBER = ActorName.ID_BYTES;

    private static final int VERSION = NUMBER + Long.BYTES;
    private static final int START = VERSION + Long.BYTES;
    private static final int END = START + Long.BYTES;
    private static final int PURPOSES = END + Long.BYTES;
    private static final int DENIED_EPOCH = PURPOSES + Long.BYTES;
    private static final int TRAITS = DENIED_EPOCH + Integer.BYTES;
    private static final int ACTORS = TRAITS + 1;
    private static final int DATA_FILTER = ACTORS + 1;
    static final int ENTRY_BYTES = DATA_FILTER + DataFilter.BYTES;

    private final ConsentShard shard;
    private final ByteBuffer entries;
    private final int at;
    private final ByteBuffer tags;
    private final int firstTag;
    private final long number;

    private ListedConsent(ConsentShard shard, ByteBuffer entries, int at, ByteBuffer tags, int firstTag) {
        this.shard = shard;
        this.entries = entries;
        this.at = at;
        this.tags = tags;
        this.firstTag = firstTag;
        this.number = entries.getLong(at + NUMBER);
    }

    /** All of a shard, in the order of their grants. */
    static List<ListedConsent> of(ConsentShard shard) {
        ByteBuffer entries = shard.getEntries().asReadOnlyByteBuffer().slice();
        ByteBuffer tags = shard.getActors().asReadOnlyByteBuffer().slice();
        List<ListedConsent> listed = new ArrayList<>(entries.capacity() / ENTRY_BYTES);
        int at = 0;
        int firstTag = 0;
        while (at + ENTRY_BYTES <= entries.capacity()) {
            listed.add(new ListedConsent(shard, entries, at, tags, firstTag));
            firstTag += entries.get(at + ACTORS) * Long.BYTES;
            at += ENTRY_BYTES;
        }
        if (at != entries.capacity() || firstTag != tags.capacity()) {
            // Part of a list must never pass for the whole: a deny would be missing.
            throw new BrokenStateException("a part of a patient's list of consents is missing: restore a backup");
        }
        return listed;
    }

    public ByteString id() {
        return shard.getEntries().substring(at, at + ActorName.ID_BYTES);
    }

    /** Of the grant, among the patient's. */
    long number() {
        return number;
    }

    long version() {
        return entries.getLong(at + VERSION);
    }

    /** Whether it speaks at this time (CON-4). */
    boolean covers(long timeMillis) {
        long start = entries.getLong(at + START);
        long end = entries.getLong(at + END);
        return (start == 0 || start <= timeMillis) && (end == 0 || timeMillis < end);
    }

    public boolean basePermits() {
        return has(BASE_PERMITS);
    }

    /** Whether some rule or exception permits. */
    public boolean permits() {
        return has(PERMITS);
    }

    /** Whether some rule or exception denies. */
    boolean denies() {
        return has(DENIES);
    }

    /** Whether some rule or exception has sealed conditions. */
    boolean isConditional() {
        return has(CONDITIONAL);
    }

    private boolean has(int trait) {
        return (entries.get(at + TRAITS) & trait) != 0;
    }

    boolean mayBeFor(PurposeOfUse purpose) {
        return (entries.getLong(at + PURPOSES) & purpose.bit()) != 0;
    }

    /** Whether some rule or exception can name one of these actors, of whom each stands here as its tag. */
    public boolean mayName(ActorTags actors) {
        int end = firstTag + entries.get(at + ACTORS) * Long.BYTES;
        for (int tag = firstTag; tag < end; tag += Long.BYTES) {
            if (actors.has(tags.getLong(tag))) {
                return true;
            }
        }
        return end == firstTag;
    }

    /** Whether some rule or exception can match a record with these {@link DataFilter#tokens}. */
    boolean mayReach(byte[] tokens) {
        return DataFilter.mayMatch(entries, at + DATA_FILTER, tokens);
    }

    /** Of the labels by which some rule or exception denies; 0 where none does. */
    int deniedEpoch() {
        return entries.getInt(at + DENIED_EPOCH);
    }

    /** As it stands in its shard. */
    ByteString entry() {
        return shard.getEntries().substring(at, at + ENTRY_BYTES);
    }

    /** The tags of its actors, as they stand in its shard. */
    ByteString actors() {
        return shard.getActors().substring(firstTag, firstTag + entries.get(at + ACTORS) * Long.BYTES);
    }
}
