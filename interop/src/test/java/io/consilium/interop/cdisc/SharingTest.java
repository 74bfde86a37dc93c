package io.consilium.interop.cdisc;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.interop.Conformance;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("TRI-7 what may be shared")
class SharingTest {
    private static Table csv(String... lines) throws CdiscFault {
        return Table.read(String.join("\n", lines).getBytes(StandardCharsets.UTF_8), "X", name -> true, Long.MAX_VALUE);
    }

    private static int smallest(Table table, String... names) {
        List<Integer> columns = new ArrayList<>();
        for (String name : names) {
            columns.add(table.column(name).orElseThrow());
        }
        return Anonymity.smallest(Anonymity.cells(table, columns, subject -> false));
    }

    @Test
    void theSmallestCellsOfThePublishedAdsl() throws Exception {
        Table adsl = Table.read(
                Files.readAllBytes(Conformance.require("cdisc-dataset-json/adam-adsl.json")),
                "ADSL",
                name -> true,
                Long.MAX_VALUE);
        assertThat(smallest(adsl, "AGEGR1", "SEX")).isEqualTo(14);
        assertThat(smallest(adsl, "AGEGR1", "SEX", "RACE")).isEqualTo(1);
        assertThat(smallest(adsl, "AGE", "SEX", "RACE", "ETHNIC")).isEqualTo(1);
        for (String name :
                List.of("USUBJID", "SUBJID", "SITEID", "SITEGR1", "TRTSDT", "RFSTDTC", "VISIT1DT", "DISONSDT")) {
            assertThat(SafeHarbor.refusal(adsl, adsl.column(name).orElseThrow()))
                    .as(name)
                    .isPresent();
        }
        for (String name :
                List.of("AGEGR1", "SEX", "RACE", "ETHNIC", "ARM", "BMIBL", "TRTDURD", "DCDECOD", "EOSSTT", "MMSETOT")) {
            assertThat(SafeHarbor.refusal(adsl, adsl.column(name).orElseThrow()))
                    .as(name)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "AGE; 90; true",
                "AGE; 89; false",
                "AGEGR1; >80; false",
                "AGEGR1; >=90; false",
                "AGEGR1; 90+; false",
                "AGEGR1; 90-95; true",
                "AGEGR1; >95; true",
                "ZIP; 12345; true",
                "PATCITY; Boston; true",
                "COUNTRY; USA; false",
                "EMAIL; none; true",
                "CONTACT; jane@example.org; true",
                "NOTE; 123-45-6789; true",
                "BRTHYR; 1950; false",
                "DIAGDTC; 2012; false",
                "DIAGDTC; 2012-05; true",
                "WHEN; 02JAN2014; true",
                "WHEN; 01/02/2014; true",
                "ARM; Placebo; false"
            })
    void columnsAreHeldToTheSafeHarborList(String name, String value, boolean refused) throws Exception {
        Table table = csv("USUBJID," + name, "1," + value, "2," + value, "3," + value, "4," + value);
        assertThat(SafeHarbor.refusal(table, 1).isPresent()).isEqualTo(refused);
    }

    @Test
    void aTextOfItsOwnForEverySubjectIsRefused() throws Exception {
        Table table = csv("USUBJID,NOTE", "1,alpha", "2,beta", "3,gamma", "4,delta");
        assertThat(SafeHarbor.refusal(table, 1)).isPresent();
    }

    @Test
    @DisplayName("TRI-7 of a dataset only the columns asked for are kept, and none that do not fit")
    void onlyWhatIsAskedForIsKept() throws Exception {
        byte[] data = "SEX,AGE,USUBJID,ARM\nF,30,1,A\nM,31,2,A\n".getBytes(StandardCharsets.UTF_8);
        Table table = Table.read(data, "X", "ARM"::equals, 10_000);
        assertThat(table.columns()).extracting(Column::name).containsExactly("USUBJID", "ARM");
        assertThat(table.rows()).containsExactly(new String[] {"1", "A"}, new String[] {"2", "A"});
        assertThat(table.subject(1)).isEqualTo("2");
        assertThat(table.rows().get(0)[1]).as("kept once").isSameAs(table.rows().get(1)[1]);
        assertThat(table.isTooLarge()).isFalse();
        Table large = Table.read(data, "X", name -> true, 100);
        assertThat(large.isTooLarge()).isTrue();
        assertThat(large.rows()).isEmpty();
    }

    @Test
    void cellsCountSubjectsAndNotRows() throws Exception {
        Table table = csv("USUBJID,SEX", "1,F", "1,F", "1,F", "2,M", "3,M");
        assertThat(smallest(table, "SEX")).isEqualTo(1);
    }

    @Test
    void twoVersionsThatDifferByFewSubjectsTellThem() throws Exception {
        Table before = csv("USUBJID,SEX", "1,F", "2,F", "3,F", "4,M", "5,M", "6,M");
        Table after = csv("USUBJID,SEX", "1,F", "2,F", "3,F", "4,M", "5,M", "6,M", "7,M");
        Map<List<String>, Integer> one = Anonymity.cells(before, Set.of(1), subject -> false);
        Map<List<String>, Integer> other = Anonymity.cells(after, Set.of(1), subject -> false);
        assertThat(Anonymity.differByFew(one, other, 3)).isTrue();
        assertThat(Anonymity.differByFew(one, one, 3)).isFalse();
        assertThat(Anonymity.differByFew(one, other, 1)).isFalse();
    }

    @Test
    void releasesThatAreSafeAloneMayNotBeTogether() throws Exception {
        Table table = csv("USUBJID,SEX,SMOKER", "1,F,Y", "2,F,Y", "3,F,N", "4,M,N", "5,M,N", "6,M,Y");
        assertThat(smallest(table, "SEX")).isEqualTo(3);
        assertThat(smallest(table, "SMOKER")).isEqualTo(3);
        assertThat(Anonymity.smallestAcross(table, Map.of(table, Set.of(1, 2)), subject -> false))
                .isEqualTo(1);
        Table other = csv("USUBJID,ARM", "1,A", "2,A", "3,A", "4,B", "5,B", "6,B");
        assertThat(Anonymity.smallestAcross(table, Map.of(table, Set.of(1), other, Set.of(1)), subject -> false))
                .isEqualTo(3);
    }

    private static AggregateQuery ask(AggregateQuery.Kind kind, String column, String... bins) {
        return new AggregateQuery(
                kind, column, new BigDecimal("0"), new BigDecimal("10"), List.of(bins), Optional.empty(), 100_000_000);
    }

    @Test
    @DisplayName("TRI-7 with much budget the answers are near the truth, of clamped values and one row a subject")
    void answers() throws Exception {
        Table table = csv("USUBJID,V", "1,2", "1,9", "2,4", "3,1000", "4,-50", "5,");
        assertThat(answer(ask(AggregateQuery.Kind.COUNT, ""), table)).containsExactly(new BigDecimal("5"));
        assertThat(answer(ask(AggregateQuery.Kind.SUM, "V"), table).get(0).doubleValue())
                .isBetween(14.0, 18.0);
        assertThat(answer(ask(AggregateQuery.Kind.MEAN, "V"), table).get(0).doubleValue())
                .isBetween(3.0, 5.0);
        assertThat(answer(ask(AggregateQuery.Kind.HISTOGRAM, "V", "0", "3", "10"), table))
                .containsExactly(new BigDecimal("1"), new BigDecimal("1"));
    }

    private static List<BigDecimal> answer(AggregateQuery query, Table table) {
        assertThat(query.fault(table)).isEmpty();
        return query.answer(table, subject -> false, DiscreteLaplaceTest.seeded(7));
    }

    /**
     * What one subject can change is what the noise hides. Over many seeds the answers with and without a subject whose value
     * is far outside of the bounds are cut at every cell of a grid: no side is more than e^epsilon times as likely, but for
     * what chance leaves of so many draws.
     */
    @ParameterizedTest
    @DisplayName("TRI-7 one subject, however extreme, moves the distribution of answers by at most e^epsilon")
    @CsvSource({"COUNT, 0, 10", "SUM, 0, 10", "SUM, -4, 10", "SUM, -10, 4", "MEAN, 0, 10", "HISTOGRAM, 0, 10"})
    void oneSubjectMovesLittle(AggregateQuery.Kind kind, String low, String high) throws Exception {
        AggregateQuery query = new AggregateQuery(
                kind,
                "V",
                new BigDecimal(low),
                new BigDecimal(high),
                kind == AggregateQuery.Kind.HISTOGRAM ? List.of("0", "5", "1000000") : List.of(),
                Optional.empty(),
                1_000_000);
        List<Double> without = draws(query, csv("USUBJID,V", "1,3", "2,3"));
        for (String extreme : List.of("999999", "-999999")) {
            List<Double> with = draws(query, csv("USUBJID,V", "1,3", "2,3", "3," + extreme));
            assertThat(worst(with, without))
                    .as("%s %s", kind, extreme)
                    .isBetween(kind == AggregateQuery.Kind.MEAN ? 0.9 : 1.0, Math.E * 1.12);
            assertThat(worst(without, with))
                    .as("%s %s", kind, extreme)
                    .isBetween(kind == AggregateQuery.Kind.MEAN ? 0.9 : 1.0, Math.E * 1.12);
        }
    }

    /** Of the histogram the bin of large values. */
    private static List<Double> draws(AggregateQuery query, Table table) {
        assertThat(query.fault(table)).isEmpty();
        List<Double> answers = new ArrayList<>();
        for (int seed = 0; seed < 100; seed++) {
            DiscreteLaplace.Source source = DiscreteLaplaceTest.seeded(seed);
            for (int i = 0; i < 200; i++) {
                List<BigDecimal> answer = query.answer(table, subject -> false, source);
                answers.add(answer.get(answer.size() - 1).doubleValue());
            }
        }
        Collections.sort(answers);
        return answers;
    }

    /** The largest ratio of the shares beyond a cut, on either side of it, where both are large enough to be told. */
    private static double worst(List<Double> one, List<Double> other) {
        double worst = 0;
        for (int at = 0; at < other.size(); at += other.size() / 50) {
            double cut = other.get(at);
            for (boolean above : new boolean[] {true, false}) {
                long first = one.stream().filter(value -> above == value > cut).count();
                long second =
                        other.stream().filter(value -> above == value > cut).count();
                if (first >= 1_000 && second >= 1_000) {
                    worst = Math.max(worst, (double) first / second);
                }
            }
        }
        return worst;
    }

    @Test
    @DisplayName("TRI-7 a value outside of the bounds counts as the bound, on either side")
    void clamped() throws Exception {
        for (String[] pair : new String[][] {{"999999", "10"}, {"-999999", "0"}, {"10.0004", "10"}, {"1e9", "10"}}) {
            Table extreme = csv("USUBJID,V", "1,3", "2," + pair[0]);
            Table bound = csv("USUBJID,V", "1,3", "2," + pair[1]);
            for (AggregateQuery.Kind kind : List.of(AggregateQuery.Kind.SUM, AggregateQuery.Kind.MEAN)) {
                assertThat(answer(ask(kind, "V"), extreme)).isEqualTo(answer(ask(kind, "V"), bound));
            }
        }
    }

    @Test
    void aQuestionIsRefusedForWhatItSaysAlone() throws Exception {
        Table table = csv("USUBJID,V", "1,2");
        assertThat(ask(AggregateQuery.Kind.SUM, "W").fault(table)).isPresent();
        assertThat(ask(AggregateQuery.Kind.HISTOGRAM, "V", "5", "3").fault(table))
                .isPresent();
        assertThat(ask(AggregateQuery.Kind.HISTOGRAM, "V").fault(table)).isPresent();
        assertThat(new AggregateQuery(
                                AggregateQuery.Kind.MEAN,
                                "V",
                                BigDecimal.TEN,
                                BigDecimal.ZERO,
                                List.of(),
                                Optional.empty(),
                                1_000_000)
                        .fault(table))
                .isPresent();
    }
}
