package io.consilium.interop.cdisc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.interop.Conformance;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
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
    private static final int YEAR = 2026;

    private static Table csv(String... lines) throws CdiscFault {
        return Table.read(String.join("\n", lines).getBytes(StandardCharsets.UTF_8), "X");
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
        Table adsl = Table.read(Files.readAllBytes(Conformance.require("cdisc-dataset-json/adam-adsl.json")), "ADSL");
        assertThat(smallest(adsl, "AGEGR1", "SEX")).isEqualTo(14);
        assertThat(smallest(adsl, "AGEGR1", "SEX", "RACE")).isEqualTo(1);
        assertThat(smallest(adsl, "AGE", "SEX", "RACE", "ETHNIC")).isEqualTo(1);
        for (String name :
                List.of("USUBJID", "SUBJID", "SITEID", "SITEGR1", "TRTSDT", "RFSTDTC", "VISIT1DT", "DISONSDT")) {
            assertThat(SafeHarbor.refusal(adsl, adsl.column(name).orElseThrow(), YEAR))
                    .as(name)
                    .isPresent();
        }
        for (String name :
                List.of("AGEGR1", "SEX", "RACE", "ETHNIC", "ARM", "BMIBL", "TRTDURD", "DCDECOD", "EOSSTT", "MMSETOT")) {
            assertThat(SafeHarbor.refusal(adsl, adsl.column(name).orElseThrow(), YEAR))
                    .as(name)
                    .isEmpty();
        }
    }

    @Test
    @DisplayName("TRI-7 the mean of a column of words is refused, and so costs nothing")
    void aMeanOfWordsIsRefused() throws Exception {
        assertThat(ask(AggregateQuery.Kind.MEAN, "SEX").fault(csv("USUBJID,SEX", "1,F", "2,M", "3,F")))
                .get()
                .extracting(CdiscFault::path)
                .isEqualTo("--mean");
        assertThat(ask(AggregateQuery.Kind.MEAN, "SEX").fault(csv("USUBJID,SEX", "1,1", "2,x", "3,")))
                .isEmpty();
    }

    @Test
    void cellsCountSubjectsAndNotRows() throws Exception {
        Table table = csv("USUBJID,SEX", "1,F", "1,F", "1,F", "2,M", "3,M");
        assertThat(smallest(table, "SEX")).isEqualTo(1);
    }

    private static final String[] VISITS = {"VISIT,SEX", "1,F", "2,F", "3,F", "4,F"};

    private static Table read(Optional<String> pseudonym, Set<String> wanted, String... lines) throws Exception {
        byte[] data = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        return Table.read(new ByteArrayInputStream(data), "VS", pseudonym, wanted::contains, Table.MAX_WEIGHT);
    }

    @Test
    @DisplayName("TRI-7 the rows of a dataset of one subject are of one, and rows of nobody are not counted")
    void rowsArePeopleOnlyWhereTheyAreNamed() throws Exception {
        Table visits = read(Optional.of("AB12"), Set.of("SEX"), VISITS);
        assertThat(Anonymity.smallest(Anonymity.cells(visits, Set.of(0), subject -> false)))
                .isEqualTo(1);
        assertThat(Anonymity.cells(visits, Set.of(0), "ab12"::equals)).isEmpty();
        assertThat(ask(AggregateQuery.Kind.COUNT, "").exact(visits, subject -> false))
                .containsExactly(BigInteger.ONE);
        assertThatThrownBy(() -> read(Optional.empty(), Set.of("SEX"), VISITS))
                .isInstanceOf(CdiscFault.NoSubjects.class);
    }

    @Test
    @DisplayName("TRI-7 subjects are the same without regard to case and the spaces around, values without the spaces")
    void namesAreNormalised() throws Exception {
        Table table = csv("USUBJID,SEX", "ab,F", " AB ,F ", "Ab, F");
        assertThat(Anonymity.cells(table, Set.of(1), subject -> false)).isEqualTo(Map.of(List.of("F"), 1));
        assertThat(Anonymity.cells(table, Set.of(1), "ab"::equals)).isEmpty();
        assertThat(table.rows()).allSatisfy(row -> assertThat(row[1]).isEqualTo("F"));
    }

    @Test
    @DisplayName("TRI-7 a table keeps the columns that were asked for, within its bound")
    void tablesAreBounded() throws Exception {
        Table table = read(Optional.empty(), Set.of("SEX", "NONE"), "USUBJID,sex,NOTE", "1,F,x", "2,M,y");
        assertThat(table.columns()).extracting(Column::name).containsExactly("sex");
        assertThat(table.column("Sex")).contains(0);
        assertThat(table.subject(1)).isEqualTo("2");
        String[] lines = new String[2_000];
        lines[0] = "USUBJID,NOTE";
        for (int i = 1; i < lines.length; i++) {
            lines[i] = i + "," + i + "x".repeat(30_000);
        }
        assertThat(read(Optional.empty(), Set.of("USUBJID"), lines).rows()).hasSize(1_999);
        assertThatThrownBy(() -> read(Optional.empty(), Set.of("NOTE"), lines)).isInstanceOf(CdiscFault.TooLarge.class);
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
        return query.noised(query.exact(table, subject -> false), DiscreteLaplaceTest.seeded(7));
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
                List<BigDecimal> answer = query.noised(query.exact(table, subject -> false), source);
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
