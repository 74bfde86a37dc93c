package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentShard;
import io.consilium.proto.ConsentState;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Makes a shard of a patient's list, consent by consent: what {@link ListedConsent} reads. */
final class ConsentColumns {
    /** A consent with more actors is listed as one that may be for anybody. */
    static final int MAX_LISTED_ACTORS = 8;

    private final ConsentShard.Builder shard = ConsentShard.newBuilder();
    private final ByteArrayOutputStream ids = new ByteArrayOutputStream();
    private final ByteArrayOutputStream traits = new ByteArrayOutputStream();
    private final ByteArrayOutputStream actorCounts = new ByteArrayOutputStream();
    private final ByteArrayOutputStream dataFilters = new ByteArrayOutputStream();

    ConsentColumns add(ListedConsent known) {
        known.copyTo(this);
        return this;
    }

    /** What any of its rules and exceptions can reach together. */
    ConsentColumns add(ConsentState consent) {
        Reach reach = new Reach();
        for (ConsentRule rule : consent.getTerms().getRulesList()) {
            reach.add(rule, rule);
            rule.getExceptionsList().forEach(exception -> reach.add(exception, rule));
        }
        int base = consent.getTerms().getBasePermit() ? ListedConsent.BASE_PERMITS : 0;
        int deniedEpoch = reach.data.deniesByLabels() ? LabelSpace.of(consent).epoch() : 0;
        return identify(consent.getId(), consent.getNumber(), consent.getVersion())
                .period(
                        consent.getTerms().getPeriod().getStartMillis(),
                        consent.getTerms().getPeriod().getEndMillis())
                .reach(base | reach.traits, reach.purposes, deniedEpoch)
                .data(reach.data.encoded())
                .actors(reach.actors());
    }

    ConsentShard build(long version) {
        return shard.setConsentIds(ByteString.copyFrom(ids.toByteArray()))
                .setTraits(ByteString.copyFrom(traits.toByteArray()))
                .setActorCounts(ByteString.copyFrom(actorCounts.toByteArray()))
                .setDataFilters(ByteString.copyFrom(dataFilters.toByteArray()))
                .setVersion(version)
                .build();
    }

    ConsentColumns identify(ByteString id, long number, long version) {
        ids.writeBytes(id.toByteArray());
        shard.addNumbers(number).addConsentVersions(version);
        return this;
    }

    ConsentColumns period(long startMillis, long endMillis) {
        shard.addStarts(startMillis).addEnds(endMillis);
        return this;
    }

    ConsentColumns reach(int traitsOfOne, long purposes, int deniedEpoch) {
        traits.write(traitsOfOne);
        shard.addPurposes(purposes).addDeniedEpochs(deniedEpoch);
        return this;
    }

    ConsentColumns data(ByteString filter) {
        dataFilters.writeBytes(filter.toByteArray());
        return this;
    }

    ConsentColumns actors(List<Long> tags) {
        actorCounts.write(tags.size());
        shard.addAllActors(tags);
        return this;
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
        List<Long> actors() {
            if (anybody || actors.size() > MAX_LISTED_ACTORS) {
                return List.of();
            }
            List<Long> tags = new ArrayList<>();
            actors.forEach(actor -> tags.add(ActorTags.tag(actor)));
            return tags;
        }
    }
}
