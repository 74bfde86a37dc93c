package io.consilium.ledger.consent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.ledger.state.BrokenStateException;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentShard;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.LabelGroup;
import io.consilium.proto.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a patient's list tells of each consent, wherever it stands in a shard (ADR 25). */
class ListedConsentTest {
    private static final byte[] NO_TOKENS = {};

    private static ByteString id(int number) {
        byte[] id = new byte[16];
        id[15] = (byte) number;
        return ByteString.copyFrom(id);
    }

    /** With so many actors, and the number in everything else. */
    private static ConsentState consent(int number, int actors) {
        ConsentRule.Builder rule = ConsentRule.newBuilder()
                .setPermit(number % 2 == 0)
                .addPurposes(number % 3 == 0 ? "TREAT" : "CLINTRL")
                .addRecordIds(ByteString.copyFrom(new byte[] {(byte) (10 * number)}));
        for (int i = 0; i < actors; i++) {
            rule.addActors(actor(number, i));
        }
        if (number % 7 == 0) {
            rule.setSealedConditions(ByteString.copyFromUtf8("sealed"));
        }
        if (deniesByLabels(number)) {
            rule.clearRecordIds()
                    .addLabels(
                            LabelGroup.newBuilder().addLabels(ByteString.copyFrom(new byte[] {(byte) (10 * number)})));
        }
        return ConsentState.newBuilder()
                .setId(id(number))
                .setNumber(number)
                .setVersion(100 + number)
                .setTerms(ConsentTerms.newBuilder()
                        .setBasePermit(number % 5 == 0)
                        .setLabelEpoch(number)
                        .setPeriod(Period.newBuilder().setStartMillis(number).setEndMillis(number + 10L))
                        .addRules(rule))
                .build();
    }

    private static boolean deniesByLabels(int number) {
        return number % 2 != 0 && number % 3 == 0;
    }

    private static String actor(int number, int i) {
        return "riverside/c" + number + "-" + i;
    }

    private static List<ListedConsent> listed(ConsentEntries entries) {
        return ListedConsent.of(entries.build(1));
    }

    private static void assertTellsAll(ListedConsent listed, ConsentState consent) {
        int number = (int) consent.getNumber();
        int actors = consent.getTerms().getRules(0).getActorsCount();
        assertThat(listed.id()).isEqualTo(consent.getId());
        assertThat(listed.number()).isEqualTo(number);
        assertThat(listed.version()).isEqualTo(100 + number);
        assertThat(IntStream.rangeClosed(0, 40).filter(listed::covers))
                .containsExactlyElementsOf(
                        IntStream.range(number, number + 10).boxed().toList());
        assertThat(listed.basePermits()).isEqualTo(number % 5 == 0);
        assertThat(listed.permits()).isEqualTo(number % 2 == 0);
        assertThat(listed.denies()).isEqualTo(number % 2 != 0);
        assertThat(listed.isConditional()).isEqualTo(number % 7 == 0);
        assertThat(listed.deniedEpoch()).isEqualTo(deniesByLabels(number) ? number : 0);
        assertThat(listed.mayBeFor(PurposeOfUse.TREAT)).isEqualTo(number % 3 == 0);
        assertThat(listed.mayBeFor(PurposeOfUse.CLINTRL)).isEqualTo(number % 3 != 0);
        assertThat(listed.mayReach(new byte[] {(byte) (10 * number), (byte) (10 * number)}))
                .isTrue();
        assertThat(listed.mayReach(new byte[] {(byte) (10 * number), (byte) (10 * number + 1)}))
                .isFalse();
        assertThat(listed.mayReach(NO_TOKENS)).isFalse();
        boolean anybody = actors == 0 || actors > ConsentEntries.MAX_LISTED_ACTORS;
        assertThat(listed.mayName(ActorTags.of(List.of("riverside/nobody")))).isEqualTo(anybody);
        for (int i = 0; i < actors; i++) {
            assertThat(listed.mayName(ActorTags.of(List.of("riverside/nobody", actor(number, i)))))
                    .isTrue();
        }
    }

    @Test
    @DisplayName("CON-2 each consent of a shard is told by itself, with none, some, eight and more actors before it")
    void con2_eachByItself() {
        List<ConsentState> consents = new ArrayList<>();
        ConsentEntries entries = new ConsentEntries();
        for (int number = 1; number < 20; number++) {
            ConsentState consent = consent(number, number % 11);
            consents.add(consent);
            entries.add(consent);
        }
        List<ListedConsent> listed = listed(entries);
        assertThat(listed).hasSameSizeAs(consents);
        for (int i = 0; i < listed.size(); i++) {
            assertTellsAll(listed.get(i), consents.get(i));
        }
    }

    @Test
    @DisplayName("CON-2 a shard made anew without one and with another in its place tells the others as before")
    void con2_madeAnew() {
        ConsentEntries before = new ConsentEntries();
        for (int number = 1; number < 12; number++) {
            before.add(consent(number, number % 11));
        }
        ConsentEntries after = new ConsentEntries();
        for (ListedConsent known : listed(before)) {
            switch ((int) known.number()) {
                case 3 -> {} // gone
                case 7 -> after.add(consent(7, 9));
                default -> after.add(known);
            }
        }
        List<ListedConsent> listed = listed(after);
        assertThat(listed.stream().map(ListedConsent::number))
                .containsExactly(1L, 2L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
        for (ListedConsent each : listed) {
            int number = (int) each.number();
            assertTellsAll(each, consent(number, number == 7 ? 9 : number % 11));
        }
        assertThat(ListedConsent.of(ConsentShard.getDefaultInstance())).isEmpty();
    }

    @Test
    @DisplayName("CON-4 a side of a period that is 0 is open")
    void con4_openPeriods() {
        ConsentState.Builder consent = consent(5, 0).toBuilder();
        consent.getTermsBuilder().getPeriodBuilder().setStartMillis(0);
        assertThat(listed(new ConsentEntries().add(consent.build())).get(0).covers(Long.MIN_VALUE))
                .isTrue();
        consent.getTermsBuilder().clearPeriod();
        ListedConsent always = listed(new ConsentEntries().add(consent.build())).get(0);
        assertThat(always.covers(0)).isTrue();
        assertThat(always.covers(Long.MAX_VALUE)).isTrue();
    }

    @Test
    @DisplayName("PRV-5 sealed conditions of a rule or an exception are told")
    void prv5_conditions() {
        ConsentState.Builder consent = consent(4, 1).toBuilder();
        consent.getTermsBuilder()
                .getRulesBuilder(0)
                .addExceptions(ConsentRule.newBuilder().setSealedConditions(ByteString.copyFromUtf8("sealed")));
        ListedConsent listed = listed(new ConsentEntries().add(consent.build())).get(0);
        assertThat(listed.isConditional()).isTrue();
        assertThat(listed.permits() && listed.denies()).isTrue();
    }

    @Test
    @DisplayName("CON-2 a shard of which a part is missing is no list: a deny could be in it")
    void con2_partOfAList() {
        ConsentShard whole =
                new ConsentEntries().add(consent(1, 2)).add(consent(2, 0)).build(1);
        assertThat(ListedConsent.of(whole)).hasSize(2);
        ByteString entries = whole.getEntries();
        List<ConsentShard.Builder> broken = List.of(
                whole.toBuilder().setEntries(entries.substring(1)),
                whole.toBuilder().setEntries(entries.substring(0, entries.size() - 1)),
                whole.toBuilder().setEntries(entries.substring(entries.size() / 2)),
                whole.toBuilder().setEntries(entries.concat(entries)),
                whole.toBuilder().setActors(whole.getActors().substring(1)),
                whole.toBuilder().clearActors());
        for (ConsentShard.Builder each : broken) {
            assertThatThrownBy(() -> ListedConsent.of(each.build()))
                    .isInstanceOf(BrokenStateException.class)
                    .hasMessageContaining("restore a backup");
        }
    }
}
