package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentShard;
import io.consilium.proto.ConsentState;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeSet;

/** Makes a shard of a patient's list, consent by consent: what {@link ListedConsent} reads. */
final class ConsentEntries {
    /** A consent with more actors is listed as one that may be for anybody. */
    static final int MAX_LISTED_ACTORS = 8;

    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private final ByteArrayOutputStream actors = new ByteArrayOutputStream();

    ConsentEntries add(ListedConsent known) {
        entries.writeBytes(known.entry().toByteArray());
        actors.writeBytes(known.actors().toByteArray());
        return this;
    }

    /** What any of its rules and exceptions can reach together. */
    ConsentEntries add(ConsentState consent) {
        Reach reach = new Reach();
        for (ConsentRule rule : consent.getTerms().getRulesList()) {
            reach.add(rule, rule);
            rule.getExceptionsList().forEach(exception -> reach.add(exception, rule));
        }
        long[] tags = reach.actors();
        int base = consent.getTerms().getBasePermit() ? ListedConsent.BASE_PERMITS : 0;
        ByteBuffer entry = ByteBuffer.allocate(ListedConsent.ENTRY_BYTES);
        consent.getId().copyTo(entry);
        entry.putLong(consent.getNumber())
                .putLong(consent.getVersion())
                .putLong(consent.getTerms().getPeriod().getStartMillis())
                .putLong(consent.getTerms().getPeriod().getEndMillis())
                .putLong(reach.purposes)
                .putInt(reach.data.deniesByLabels() ? LabelSpace.of(consent).epoch() : 0)
                .put((byte) (base | reach.traits))
                .put((byte) tags.length)
                .put(reach.data.encoded());
        entries.writeBytes(entry.array());
        ByteBuffer named = ByteBuffer.allocate(tags.length * Long.BYTES);
        for (long tag : tags) {
            named.putLong(tag);
        }
        actors.writeBytes(named.array());
        return this;
    }

    ConsentShard build(long version) {
        return ConsentShard.newBuilder()
                .setEntries(ByteString.copyFrom(entries.toByteArray()))
                .setActors(ByteString.copyFrom(actors.toByteArray()))
                .setVersion(version)
                .build();
    }

    private static final class Reach {
        private final TreeSet<String> actors = new TreeSet<>();
        private final DataFilter data = new DataFilter();
        private boolean anybody;
        private long purposes;
        private int traits;

        void add(ConsentRule own, ConsentRule outer) {
            List<String> named = own.getActorsCount() > 0 ? own.getActorsList() : outer.getActorsList();
            anybody |= named.isEmpty();
            actors.addAll(named);
            List<String> codes = own.getPurposesCount() > 0 ? own.getPurposesList() : outer.getPurposesList();
            for (PurposeOfUse purpose : PurposeOfUse.values()) {
                if (purpose.isCoveredByAny(codes)) {
                    purposes |= purpose.bit();
                }
            }
            traits |= own.getPermit() ? ListedConsent.PERMITS : ListedConsent.DENIES;
            traits |= ConsentEvaluation.isConditional(own, outer) ? ListedConsent.CONDITIONAL : 0;
            data.add(own, outer);
        }

        /** Their tags in the order of their names; none for anybody. */
        long[] actors() {
            if (anybody || actors.size() > MAX_LISTED_ACTORS) {
                return new long[0];
            }
            return actors.stream().mapToLong(ActorTags::tag).toArray();
        }
    }
}
