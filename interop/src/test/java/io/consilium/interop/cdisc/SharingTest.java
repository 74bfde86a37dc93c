package io.consilium.interop.cdisc;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.interop.Conformance;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
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

    /** What one subject can change is what the noise hides: the answers of neighbours are hard to tell apart. */
    @Test
    @DisplayName("TRI-7 one subject, however extreme, moves the distribution of answers by at most e^epsilon")
    void oneSubjectMovesLittle() throws Exception {
        Table with = csv("USUBJID,V", "1,5", "2,5", "3,99999");
        Table without = csv("USUBJID,V", "1,5", "2,5");
        AggregateQuery query = new AggregateQuery(
                AggregateQuery.Kind.SUM, "V", BigDecimal.ZERO, BigDecimal.TEN, List.of(), Optional.empty(), 1_000_000);
        int above = 0;
        int aboveWithout = 0;
        DiscreteLaplace.Source source = DiscreteLaplaceTest.seeded(11);
        for (int i = 0; i < 20_000; i++) {
            above += query.answer(with, subject -> false, source).get(0).compareTo(BigDecimal.valueOf(15)) > 0 ? 1 : 0;
            aboveWithout +=
                    query.answer(without, subject -> false, source).get(0).compareTo(BigDecimal.valueOf(15)) > 0
                            ? 1
                            : 0;
        }
        assertThat((double) above / aboveWithout).isBetween(1.5, Math.E * 1.1);
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
