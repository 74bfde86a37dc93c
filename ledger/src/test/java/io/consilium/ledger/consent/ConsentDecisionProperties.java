package io.consilium.ledger.consent;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.label;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.TestChain;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ConsentStatus;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.LabelGroup;
import io.consilium.proto.PatientState;
import io.consilium.proto.Period;
import io.consilium.proto.RecordContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import org.assertj.core.api.SoftAssertions;

/** The decision held against {@link ReferenceDecision} over random consents and questions. */
@Label("CON-2 the decision against a reference")
class ConsentDecisionProperties {
    private static final List<String> MEMBERS = List.of(ADAMS, BROWN, "helix/researcher", "riverside/admin");
    private static final List<String> ACTORS =
            List.of("riverside", BROWN, "role:CLINICIAN", "helix", "st-mary", "role:RESEARCHER", ADAMS);
    private static final List<String> PURPOSES =
            List.of("TREAT", "COC", "ETREAT", "ERTREAT", "BTG", "CLINTRL", "HRESCH", "CLINTRCH");
    private static final List<String> ACTIONS = List.of("access", "correct", "disclose");
    private static final List<String> LABELS = List.of("a", "b", "c");
    private static final List<String> AUTHORS = List.of("st-mary", ADAMS, "riverside", "st-mary/dr-evans");

    private static final TestChain CHAIN = new Story(Sensitivity.R, "a", "b").chain;

    private static ConsentRule.Builder rule(Random random, boolean conditions) {
        ConsentRule.Builder rule = ConsentRule.newBuilder().setPermit(random.nextBoolean());
        some(random, ACTORS, 2, rule::addActors);
        for (int i = random.nextInt(8) == 0 ? random.nextInt(10) : 0; i > 0; i--) {
            rule.addActors("riverside/absent-" + i);
        }
        some(random, PURPOSES, 3, rule::addPurposes);
        some(random, ACTIONS, 4, rule::addActions);
        some(random, AUTHORS, 4, rule::addAuthors);
        if (random.nextInt(4) == 0) {
            LabelGroup.Builder group = rule.addLabelsBuilder();
            group.addLabels(label(pick(random, LABELS)));
            some(random, LABELS, 2, name -> group.addLabels(label(name)));
        }
        if (random.nextInt(5) == 0) {
            Sensitivity level = Sensitivity.values()[random.nextInt(6)];
            level.denyCode().ifPresent(code -> rule.addLabelsBuilder().addLabels(TestChain.blinded(code)));
        }
        if (random.nextInt(6) == 0) {
            rule.addRecordIds(random.nextBoolean() ? RECORD : id("other"));
        }
        if (random.nextInt(5) == 0) {
            rule.setPeriod(period(random));
        }
        if (conditions && random.nextInt(3) == 0) {
            rule.setSealedConditions(ByteString.copyFromUtf8("condition " + random.nextInt(4)));
        }
        return rule;
    }

    private static Period period(Random random) {
        long start = random.nextInt(3) * 10L;
        return Period.newBuilder()
                .setStartMillis(start)
                .setEndMillis(random.nextBoolean() ? 0 : start + 1 + random.nextInt(20))
                .build();
    }

    private static void some(Random random, List<String> of, int rarity, java.util.function.Consumer<String> add) {
        if (random.nextInt(rarity) == 0) {
            for (int i = 1 + random.nextInt(2); i > 0; i--) {
                add.accept(pick(random, of));
            }
        }
    }

    private static String pick(Random random, List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static List<ConsentTerms> consents(Random random, boolean conditions) {
        List<ConsentTerms> consents = new ArrayList<>();
        for (int i = random.nextInt(random.nextInt(4) == 0 ? 12 : 4); i > 0; i--) {
            ConsentTerms.Builder terms = ConsentTerms.newBuilder().setBasePermit(random.nextBoolean());
            if (random.nextInt(4) == 0) {
                terms.setPeriod(period(random));
            }
            for (int j = random.nextInt(4); j > 0; j--) {
                ConsentRule.Builder rule = rule(random, conditions);
                for (int k = random.nextInt(3); k > 0; k--) {
                    rule.addExceptions(rule(random, conditions));
                }
                terms.addRules(rule);
            }
            terms.setLabelEpoch(random.nextInt(4)); // the record's is 1, and 0 stands for that
            consents.add(terms.build());
        }
        return consents;
    }

    private static Decision decide(List<ConsentTerms> consents, DecisionRequest request) {
        return ConsentDecision.decide(state(consents), request);
    }

    private static io.consilium.ledger.state.StateReader state(List<ConsentTerms> consents) {
        TreeMap<StateKey, byte[]> state = new TreeMap<>(CHAIN.state);
        TreeMap<Integer, ConsentEntries> shards = new TreeMap<>();
        PatientState.Builder patient = CHAIN.objects().patient(PATIENT).orElseThrow().toBuilder();
        for (int i = 0; i < consents.size(); i++) {
            ByteString id = Story.consentId(i);
            ConsentState consent = ConsentState.newBuilder()
                    .setId(id)
                    .setPatientId(PATIENT)
                    .setVersion(1)
                    .setStatus(ConsentStatus.CONSENT_ACTIVE)
                    .setTerms(consents.get(i))
                    .setNumber(i + 1)
                    .build();
            state.put(StateKeys.consent(id), consent.toByteArray());
            int shard = PatientConsents.shardOf(id);
            patient.setConsentShards(patient.getConsentShards() | 1 << shard).setConsents(i + 1);
            shards.computeIfAbsent(shard, none -> new ConsentEntries()).add(consent);
        }
        shards.forEach((shard, columns) -> {
            // as a later grant, amendment or revocation writes them
            ConsentEntries again = new ConsentEntries();
            ListedConsent.of(columns.build(1)).forEach(again::add);
            state.put(StateKeys.consentShard(PATIENT, shard), again.build(2).toByteArray());
        });
        state.put(StateKeys.patient(PATIENT), patient.build().toByteArray());
        return key -> java.util.Optional.ofNullable(state.get(key));
    }

    private static DecisionRequest request(Random random) {
        return new DecisionRequest(
                PATIENT,
                RECORD,
                0,
                pick(random, MEMBERS),
                pick(random, PURPOSES),
                pick(random, ACTIONS),
                random.nextInt(50));
    }

    private static ReferenceDecision reference(
            DecisionRequest request, java.util.function.Predicate<ByteString> conditionHolds) {
        RecordContent content =
                CHAIN.objects().record(RECORD).orElseThrow().getVersions(0).getContent();
        List<ByteString> labels = new ArrayList<>(content.getLabelsList());
        labels.addAll(content.getSensitivityLabelsList());
        List<String> roles =
                CHAIN.objects().member(request.requester()).orElseThrow().getRolesList();
        boolean treats = request.requester().equals(ADAMS)
                && List.of("TREAT", "COC", "ETREAT", "ERTREAT").contains(request.purpose())
                && request.action().equals("access");
        return new ReferenceDecision(
                request.requester(),
                roles,
                request.purpose(),
                request.action(),
                RECORD,
                ADAMS,
                labels,
                request.timeMillis(),
                treats,
                conditionHolds);
    }

    @Property(tries = 20_000)
    void con2_agreesWithTheReference(@ForAll long seed) {
        Random random = new Random(seed);
        List<ConsentTerms> consents = consents(random, false);
        DecisionRequest request = request(random);
        boolean permits = reference(request, condition -> false).permits(consents);
        assertThat(decide(consents, request).outcome())
                .as("%s%n%s", request, consents)
                .isEqualTo(permits ? DecisionOutcome.PERMIT : DecisionOutcome.DENY);
    }

    /** Two hundred ways for the sealed conditions to fall: none turns a plain answer over. */
    @Property(tries = 5_000)
    @Label("PRV-5 PERMIT and DENY hold whatever the conditions say")
    void prv5_plainAnswersHoldWhateverTheConditionsSay(@ForAll long seed) {
        Random random = new Random(seed);
        List<ConsentTerms> consents = distinctConditions(consents(random, true));
        DecisionRequest request = request(random);
        DecisionOutcome outcome = decide(consents, request).outcome();
        boolean canPermit = false;
        boolean canDeny = false;
        for (int truth = 0; truth < 200; truth++) {
            Random coin = new Random(truth);
            TreeMap<String, Boolean> truths = new TreeMap<>();
            boolean permits = reference(
                            request,
                            condition -> truths.computeIfAbsent(
                                    condition.toStringUtf8(), name -> coin.nextInt(4) != 0 == coin.nextBoolean()))
                    .permits(consents);
            canPermit |= permits;
            canDeny |= !permits;
        }
        SoftAssertions softly = new SoftAssertions();
        if (outcome == DecisionOutcome.PERMIT) {
            softly.assertThat(canDeny).as("%s%n%s", request, consents).isFalse();
        } else if (outcome == DecisionOutcome.DENY) {
            softly.assertThat(canPermit).as("%s%n%s", request, consents).isFalse();
        }
        softly.assertAll();
    }

    /** The custodian's node decides with the conditions as it found them: no answer is left open. */
    @Property(tries = 10_000)
    @Label("PRV-5 with opened conditions the decision agrees with the reference")
    void prv5_openedConditionsAgreeWithTheReference(@ForAll long seed) {
        Random random = new Random(seed);
        List<ConsentTerms> consents = distinctConditions(consents(random, true));
        DecisionRequest request = request(random);
        TreeMap<String, Boolean> truths = new TreeMap<>();
        java.util.function.Predicate<ByteString> holds =
                condition -> truths.computeIfAbsent(condition.toStringUtf8(), name -> random.nextBoolean());
        boolean permits = reference(request, holds).permits(consents);
        Decision decided = ConsentDecision.decide(
                new io.consilium.ledger.state.LedgerState(state(consents)),
                request,
                (permit, condition) -> holds.test(condition));
        assertThat(decided.outcome())
                .as("%s%n%s%n%s", request, consents, truths)
                .isEqualTo(permits ? DecisionOutcome.PERMIT : DecisionOutcome.DENY);
    }

    /** Every rule its own condition, as sealing gives: the same terms sealed twice differ. */
    private static List<ConsentTerms> distinctConditions(List<ConsentTerms> consents) {
        int[] next = {0};
        List<ConsentTerms> distinct = new ArrayList<>();
        for (ConsentTerms terms : consents) {
            ConsentTerms.Builder changed = terms.toBuilder();
            changed.getRulesBuilderList().forEach(rule -> {
                number(rule, next);
                rule.getExceptionsBuilderList().forEach(exception -> number(exception, next));
            });
            distinct.add(changed.build());
        }
        return distinct;
    }

    private static void number(ConsentRule.Builder rule, int[] next) {
        if (!rule.getSealedConditions().isEmpty()) {
            rule.setSealedConditions(ByteString.copyFromUtf8("condition " + next[0]++));
        }
    }
}
