package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.ledger.state.BrokenStateException;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.ConsentShard;
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

    private final ConsentShard shard;
    private final int place;
    private final int firstActor;
    private final long number;

    private ListedConsent(ConsentShard shard, int place, int firstActor) {
        this.shard = shard;
        this.place = place;
        this.firstActor = firstActor;
        this.number = shard.getNumbers(place);
    }

    /** All of a shard, in the order of their grants. */
    static List<ListedConsent> of(ConsentShard shard) {
        int count = shard.getNumbersCount();
        if (!isWhole(shard, count)) {
            throw new BrokenStateException(
                    "a patient's list of consents has columns of unequal length: restore a backup");
        }
        List<ListedConsent> listed = new ArrayList<>(count);
        int firstActor = 0;
        for (int place = 0; place < count; place++) {
            listed.add(new ListedConsent(shard, place, firstActor));
            firstActor += shard.getActorCounts().byteAt(place);
        }
        return listed;
    }

    /** Part of a list must never pass for the whole: a deny would be missing. */
    private static boolean isWhole(ConsentShard shard, int count) {
        int actors = 0;
        for (byte each : shard.getActorCounts()) {
            actors += each;
        }
        return shard.getConsentIds().size() == count * ActorName.ID_BYTES
                && shard.getConsentVersionsCount() == count
                && shard.getStartsCount() == count
                && shard.getEndsCount() == count
                && shard.getTraits().size() == count
                && shard.getPurposesCount() == count
                && shard.getActorCounts().size() == count
                && shard.getActorsCount() == actors
                && shard.getDataFilters().size() == count * DataFilter.BYTES
                && shard.getDeniedEpochsCount() == count;
    }

    public ByteString id() {
        int start = place * ActorName.ID_BYTES;
        return shard.getConsentIds().substring(start, start + ActorName.ID_BYTES);
    }

    /** Of the grant, among the patient's. */
    long number() {
        return number;
    }

    long version() {
        return shard.getConsentVersions(place);
    }

    /** Whether it speaks at this time (CON-4). */
    boolean covers(long timeMillis) {
        long start = shard.getStarts(place);
        long end = shard.getEnds(place);
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
        return (shard.getTraits().byteAt(place) & trait) != 0;
    }

    boolean mayBeFor(PurposeOfUse purpose) {
        return (shard.getPurposes(place) & purpose.bit()) != 0;
    }

    /** Whether some rule or exception can name one of these actors, of whom each stands here as its tag. */
    public boolean mayName(ActorTags actors) {
        int count = shard.getActorCounts().byteAt(place);
        for (int i = 0; i < count; i++) {
            if (actors.has(shard.getActors(firstActor + i))) {
                return true;
            }
        }
        return count == 0;
    }

    /** Whether some rule or exception can match a record with these {@link DataFilter#tokens}. */
    boolean mayReach(byte[] tokens) {
        return DataFilter.mayMatch(shard.getDataFilters(), place, tokens);
    }

    /** Of the labels by which some rule or exception denies; 0 where none does. */
    int deniedEpoch() {
        return shard.getDeniedEpochs(place);
    }

    /** As it stands in its shard, for the columns of a shard that is made anew. */
    void copyTo(ConsentColumns columns) {
        columns.identify(id(), number, version())
                .period(shard.getStarts(place), shard.getEnds(place))
                .reach(shard.getTraits().byteAt(place), shard.getPurposes(place), deniedEpoch())
                .data(DataFilter.at(shard.getDataFilters(), place))
                .actors(shard.getActorsList()
                        .subList(firstActor, firstActor + shard.getActorCounts().byteAt(place)));
    }
}
