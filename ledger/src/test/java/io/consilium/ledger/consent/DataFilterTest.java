package io.consilium.ledger.consent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.LabelGroup;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DataFilterTest {
    private static ByteString token(int first, int rest) {
        byte[] bytes = new byte[16];
        bytes[0] = (byte) first;
        bytes[1] = (byte) (first + rest);
        bytes[15] = (byte) rest;
        return ByteString.copyFrom(bytes);
    }

    private static byte[] filter(ConsentRule... rules) {
        return of(rules).encoded();
    }

    private static DataFilter of(ConsentRule... rules) {
        DataFilter filter = new DataFilter();
        for (ConsentRule rule : rules) {
            filter.add(rule, rule);
            rule.getExceptionsList().forEach(exception -> filter.add(exception, rule));
        }
        return filter;
    }

    /** Of a filter that stands behind another one. */
    private static boolean mayMatch(byte[] filter, ByteString record, Set<ByteString> labels) {
        ByteBuffer behind = ByteBuffer.allocate(2 * filter.length).put(filter.length, filter);
        return DataFilter.mayMatch(behind, filter.length, DataFilter.tokens(record, labels));
    }

    private static ConsentRule.Builder permit() {
        return ConsentRule.newBuilder().setPermit(true);
    }

    private static LabelGroup group(ByteString... labels) {
        return LabelGroup.newBuilder().addAllLabels(List.of(labels)).build();
    }

    @Test
    @DisplayName("CON-2 of consents for other records or categories the entry tells it, whatever the first bytes are")
    void con2_tellsOthersApart() {
        for (int first : new int[] {0, 7, 8, 127, 128, 255}) {
            byte[] records = filter(permit().addRecordIds(token(first, 1)).build());
            byte[] denied = filter(
                    ConsentRule.newBuilder().addRecordIds(token(first, 1)).build());
            byte[] labels = filter(permit().addLabels(group(token(first, 1))).build());
            byte[] deniedLabels = filter(
                    ConsentRule.newBuilder().addLabels(group(token(first, 1))).build());
            int other = first ^ 0x55;
            for (byte[] filter : List.of(records, denied, labels, deniedLabels)) {
                assertThat(mayMatch(filter, token(other, 1), Set.of())).isFalse();
                assertThat(mayMatch(filter, token(other, 1), Set.of(token(other, 2))))
                        .isFalse();
            }
            assertThat(mayMatch(records, token(first, 1), Set.of())).isTrue();
            assertThat(mayMatch(denied, token(first, 1), Set.of())).isTrue();
            assertThat(mayMatch(labels, token(other, 1), Set.of(token(first, 1))))
                    .isTrue();
        }
    }

    @Test
    @DisplayName("CON-2 a rule of every record is read for any record")
    void con2_anyRecord() {
        byte[] every = filter(permit().build());
        assertThat(filter(ConsentRule.newBuilder().build())).isEqualTo(every);
        assertThat(filter(permit().addRecordIds(token(1, 1)).build(), permit().build()))
                .isEqualTo(every);
        assertThat(filter(permit().addRecordIds(token(1, 1))
                        .addExceptions(ConsentRule.newBuilder().addLabels(group(token(2, 2))))
                        .build()))
                .as("an exception has its rule's records")
                .isNotEqualTo(every);
        for (int first : new int[] {0, 7, 8, 127, 128, 255}) {
            assertThat(mayMatch(every, token(first, 1), Set.of())).isTrue();
        }
    }

    @Test
    @DisplayName("PRV-7 whether a rule denies by labels is told, since those that cannot be compared hold for a deny")
    void prv7_deniesByLabels() {
        ConsentRule byLabel =
                ConsentRule.newBuilder().addLabels(group(token(1, 1))).build();
        assertThat(of(byLabel).deniesByLabels()).isTrue();
        assertThat(of(permit().addLabels(group(token(1, 1)))
                                .addExceptions(ConsentRule.newBuilder().addActors("riverside"))
                                .build())
                        .deniesByLabels())
                .as("an exception that denies by its rule's labels")
                .isTrue();
        assertThat(of(permit().addLabels(group(token(1, 1))).build()).deniesByLabels())
                .isFalse();
        assertThat(of(byLabel.toBuilder().addRecordIds(token(2, 2)).build()).deniesByLabels())
                .as("its records tell it apart, whatever their labels")
                .isFalse();
    }

    @Test
    @DisplayName("CON-1 the filter never says no where records and labels of some rule fit")
    void con1_neverHidesAMatch() {
        Random random = new Random(42);
        int told = 0;
        for (int round = 0; round < 20_000; round++) {
            ConsentRule.Builder rule = criteria(random);
            for (int i = random.nextInt(3); i > 0; i--) {
                rule.addExceptions(criteria(random));
            }
            ByteString record = token(random.nextInt(40), 1);
            Set<ByteString> labels = new TreeSet<>(ByteString.unsignedLexicographicalComparator());
            for (int i = random.nextInt(4); i > 0; i--) {
                labels.add(token(random.nextInt(40), 2));
            }
            boolean fits = fits(rule.build(), rule.build(), record, labels)
                    || rule.getExceptionsList().stream().anyMatch(each -> fits(each, rule.build(), record, labels));
            boolean may = mayMatch(filter(rule.build()), record, labels);
            assertThat(may || !fits).as("round %s", round).isTrue();
            told += may ? 0 : 1;
        }
        assertThat(told).as("and it does say no").isGreaterThan(1_000);
    }

    private static ConsentRule.Builder criteria(Random random) {
        ConsentRule.Builder rule = ConsentRule.newBuilder().setPermit(random.nextBoolean());
        for (int i = random.nextInt(3); i > 0; i--) {
            rule.addRecordIds(token(random.nextInt(40), 1));
        }
        for (int groups = random.nextInt(3); groups > 0; groups--) {
            List<ByteString> labels = new ArrayList<>();
            for (int i = 1 + random.nextInt(2); i > 0; i--) {
                labels.add(token(random.nextInt(40), 2));
            }
            rule.addLabels(group(labels.toArray(new ByteString[0])));
        }
        return rule;
    }

    /** Criteria of data alone, in the fewest words, of labels that can be compared. */
    private static boolean fits(ConsentRule own, ConsentRule outer, ByteString record, Set<ByteString> labels) {
        List<ByteString> records = own.getRecordIdsCount() > 0 ? own.getRecordIdsList() : outer.getRecordIdsList();
        List<LabelGroup> groups = own.getLabelsCount() > 0 ? own.getLabelsList() : outer.getLabelsList();
        boolean labelled =
                groups.stream().allMatch(each -> each.getLabelsList().stream().anyMatch(labels::contains));
        return labelled && (records.isEmpty() || records.contains(record));
    }
}
