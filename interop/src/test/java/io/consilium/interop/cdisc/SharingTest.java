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
import java.util.Arrays;
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
                "ARM; Placebo; false",
                "WHEN; 2024/01/15; true",
                "WHEN; 2024.01.15; true",
                "WHEN; 2024-1-5; true",
                "WHEN; 15 January 2024; true",
                "WHEN; January 2024; true",
                "WHEN; 20240115; true",
                "WHEN; 20240115T0830; true",
                "WHEN; 2024-W03; true",
                "WHEN; seen on 15.01.2024; true",
                "WHEN; 15JAN2024:08:30; true",
                "WHEN; 2024; false",
                "DOSE; 1500.25; false",
                "RANGE; 10-20; false",
                "DAYS; 12 weeks; false",
                "PATID; 7; true",
                "PTID; 7; true",
                "PATIENT_ID; 7; true",
                "SCRNUM; 7; true",
                "RANDNUM; 7; true",
                "ENROLLMENT_NO; 7; true",
                "KITNO; 7; true",
                "CASE_NUMBER; 7; true",
                "VISITNUM; 7; false",
                "AVISITN; 7; false",
                "RANDFL; Y; false",
                "DOSAGE; 95; false",
                "STAGE; 95; false",
                "AGE_YEARS; 95; true",
                "BL_AGE; 95; true",
                "AGEY; 95; true",
                "AGEBL; 95; true",
                "BRTHYR; 1920; true",
                "YEAR_OF_BIRTH; 1920; true",
                "BRTHDTC; 1920; true",
                "DIAGDTC; 1920; false",
                "ZIP3; 7; true",
                "ZIPCD; 7; true",
                "CITYNAME; 7; true",
                "CITY_NAME; 7; true",
                "POSTCD; 7; true",
                "COUNTYFIPS; 7; true",
                "HOSPITAL; 7; true",
                "CLINIC; 7; true",
                "CENTERID; 7; true",
                "CENTRENO; 7; true",
                "STUDYSITEID; 7; true",
                "STUDY_SITE_ID; 7; true",
                "STUDYSITE; 7; true",
                "INVSITE; 7; true",
                "PHONENO; 7; true",
                "PHONENUM; 7; true",
                "MOBILE; 7; true",
                "MRNO; 7; true",
                "SSN4; 7; true",
                "ETHNICITY; 7; false",
                "TOXICITY; 7; false",
                "CAPACITY; 7; false",
                "COMPOSITE; 7; false",
                "CLINICAL_RESPONSE; 7; false",
                "HOSPITALIZED; 7; false",
                "IMMOBILE; 7; false",
                "WHEN; 2014-Jan-02; true",
                "WHEN; 2014 Jan 02; true",
                "WHEN; 2014JAN02; true",
                "WHEN; 02/JAN/14; true",
                "WHEN; 2014Q1; true",
                "WHEN; 2014-Q1; true",
                "WHEN; Q1 2014; true",
                "WHEN; 2014W05; true",
                "WHEN; 2014032; true",
                "WHEN; 201401; true",
                "WHEN; Spring 2014; true",
                "WHEN; Jan-14; true",
                "WHEN; Jan '14; true",
                "WHEN; 2014.01; true",
                "WHEN; seen Jan 02; true",
                "WHEN; first quarter of 2014; true",
                "WHEN; week 5 2014; true",
                "VISDATEN; 19725; true",
                "TRTSDTN; 19725; true",
                "DTHDTN; 19725; true",
                "DIAGDAT; 2012; false",
                "AVISIT; Week 12; false",
                "CAUSE; Q wave; false",
                "AGEDTH; 93; true",
                "DTHAGE; 93; true",
                "AGEDEATH; 93; true",
                "AGETRT; 93; true",
                "AGEFIRST; 93; true",
                "STUDYAGE; 93; true",
                "BASELINEAGE; 93; true",
                "AGEU; DECADES; true",
                "AGEU; YEARS; false",
                "AGECAT; 9 decades; true",
                "AGENT; 95; false",
                "AGEUSIA; 95; false",
                "CSTAGE; 95; false",
                "PERCENTAGE; 95; false",
                "TRIAGE; 95; false",
                "LAVAGE; 95; false",
                "PLZ; 7; true",
                "LOCATION; 7; true",
                "LOCALITY; 7; true",
                "PLACE; 7; true",
                "RESIDENCE; 7; true",
                "NEIGHBOURHOOD; 7; true",
                "NEIGHBORHOOD; 7; true",
                "WARD; 7; true",
                "TRACT; 7; true",
                "CBSA; 7; true",
                "MSA; 7; true",
                "PREFECTURE; 7; true",
                "KOMMUNE; 7; true",
                "AREA; 7; true",
                "ADMIN2; 7; true",
                "INST; 7; true",
                "INSTITUTION; 7; true",
                "PLACEBO; 7; false",
                "ALLOCATION; 7; false",
                "BODYAREA; 7; false",
                "EXTRACT; 7; false",
                "REPLACED; 7; false",
                "HOMECODE; 02139; true",
                "HOMECODE; 12345-6789; true",
                "HOMECODE; 10115; true",
                "STEPS; 9999; false",
                "NOTE; call 555-123-4567 at noon; true",
                "NOTE; from 10.0.0.1 by mail; true",
                "NOTE; no. 123-45-6789 there; true",
                "NOTE; seen by Dr Keller; true",
                "COVAL; x; true",
                "AETERM; x; true",
                "AEACNOTH_SPECIFY; x; true",
                "COMMENTS; x; true",
                "AEDECOD; HEADACHE; false",
                "COMPLETE; Y; false",
                "COUNTRY; 7; false"
            },
            quoteCharacter = '`')
    void columnsAreHeldToTheSafeHarborList(String name, String value, boolean refused) throws Exception {
        Table table = csv("USUBJID," + name, "1," + value, "2," + value, "3," + value, "4," + value);
        assertThat(SafeHarbor.refusal(table, 1, YEAR).isPresent()).isEqualTo(refused);
    }

    @Test
    void aTextOfItsOwnForEverySubjectIsRefused() throws Exception {
        Table table = csv("USUBJID,NOTE", "1,alpha", "2,beta", "3,gamma", "4,delta");
        assertThat(SafeHarbor.refusal(table, 1, YEAR)).isPresent();
    }

    @Test
    @DisplayName("TRI-7 texts that few subjects have, each of its own or of several words, are refused; codes are not")
    void sparseTextsAreRefused() throws Exception {
        String[] some = new String[30];
        Arrays.fill(some, "");
        for (int i = 0; i < 12; i++) {
            some[i] = "said " + (char) ('a' + i);
        }
        assertThat(refused("NARRATED", some)).as("a third of the subjects").isTrue();
        String[] repeated = new String[30];
        Arrays.fill(repeated, "PHYSICIAN DECISION");
        assertThat(refused("DCREAS", repeated)).isFalse();
        repeated[7] = "his wife called us at noon";
        assertThat(refused("DCREAS", repeated)).isTrue();
        String[] one = new String[30];
        Arrays.fill(one, "");
        one[3] = "Y";
        assertThat(refused("DTHFL", one)).as("a flag of one").isFalse();
    }

    @Test
    @DisplayName("TRI-7 geography, comments and dates are told by a column's label as by its name")
    void labelsAreLookedAt() throws Exception {
        for (String label : List.of(
                "Hospital name",
                "Clinic",
                "Village",
                "District",
                "Neighbourhood of the subject",
                "Center number",
                "Place of residence",
                "Comment",
                "Reason, other, specify",
                "Date of visit")) {
            assertThat(labelled(label)).as(label).isTrue();
        }
        for (String label : List.of("Systolic blood pressure in clinic", "Days since date of visit", "Velocity")) {
            assertThat(labelled(label)).as(label).isFalse();
        }
    }

    private static boolean labelled(String label) throws Exception {
        String json = "{\"name\":\"X\",\"columns\":[{\"name\":\"USUBJID\",\"label\":\"a\",\"dataType\":\"string\"},"
                + "{\"name\":\"V7\",\"label\":\"" + label + "\",\"dataType\":\"integer\"}],"
                + "\"rows\":[[\"1\",19725],[\"2\",19725],[\"3\",19725]]}";
        return SafeHarbor.refusal(Table.read(json.getBytes(StandardCharsets.UTF_8), "X"), 1, YEAR)
                .isPresent();
    }

    @Test
    @DisplayName("TRI-7 an age that is counted in decades is over 89 from nine on")
    void agesInDecades() throws Exception {
        Table table = csv("USUBJID,AGE,AGEU", "1,9,DECADES", "2,9,DECADES", "3,9,DECADES");
        assertThat(SafeHarbor.refusal(table, 1, YEAR)).isPresent();
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
    @DisplayName("TRI-7 numbers of their own are names too, measures with fractions and repeated numbers are not")
    void wholeNumbersOfTheirOwnAreRefused() throws Exception {
        assertThat(refused("CODE", "1001", "1002", "1003", "1004")).isTrue();
        assertThat(refused("AVAL", "1001", "1002", "1003", "1004")).isTrue();
        assertThat(refused("DOSE", "1001", "1001", "1002", "1002")).isFalse();
        assertThat(refused("WEIGHT", "71.5", "80", "64.25", "90.5")).isFalse();
    }

    private static boolean refused(String name, String... values) throws Exception {
        List<String> lines = new ArrayList<>(List.of("USUBJID," + name));
        for (int i = 0; i < values.length; i++) {
            lines.add(i + "," + values[i]);
        }
        return SafeHarbor.refusal(csv(lines.toArray(new String[0])), 1, YEAR).isPresent();
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

    @Test
    @DisplayName("TRI-7 what tells how old somebody is counts as a quasi-identifier under whatever name")
    void agesAreDemographic() {
        for (String name : List.of(
                "AGE",
                "AGE_YEARS",
                "BL_AGE",
                "AGEY",
                "AGEGR1N",
                "BRTHYR",
                "SEX",
                "Race",
                "DOB_YEAR",
                "SEXC",
                "ASEX",
                "RACEC",
                "RACECAT",
                "RACEALL",
                "CRACE",
                "BL_RACE",
                "GENDERN",
                "AGEDTH",
                "STUDYAGE",
                "ETHNICN",
                "AETHNIC")) {
            assertThat(SafeHarbor.isDemographic(new Column(name, "", ColumnType.STRING, 0)))
                    .as(name)
                    .isTrue();
        }
        for (String name : List.of(
                "STAGE",
                "DOSAGE",
                "ARM",
                "BIRTH_WEIGHT",
                "LINKAGE",
                "MMSETOT",
                "TRACE",
                "GRACE_SCORE",
                "SEXUAL_ACT",
                "STATEMENT")) {
            assertThat(SafeHarbor.isDemographic(new Column(name, "", ColumnType.STRING, 0)))
                    .as(name)
                    .isFalse();
        }
        for (String label : List.of("Age at consent", "Sex", "Race (coded)", "Ethnicity", "Country of origin")) {
            assertThat(SafeHarbor.isDemographic(new Column("V7", label, ColumnType.INTEGER, 0)))
                    .as(label)
                    .isTrue();
        }
        assertThat(SafeHarbor.isDemographic(new Column("SHBG", "Sex hormone binding globulin", ColumnType.FLOAT, 0)))
                .isFalse();
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
        assertThat(tell(new Linkage(3), table, 1, 2)).isFalse();
        Table other = csv("USUBJID,ARM", "1,A", "2,A", "3,A", "4,B", "5,B", "6,B");
        Linkage three = new Linkage(3);
        assertThat(tell(three, other, 1)).isTrue();
        assertThat(tell(three, table, 1)).isTrue();
        assertThat(tell(three, table, 2)).isFalse();
        assertThat(tell(new Linkage(4), other, 1)).isFalse();
    }

    private static boolean tell(Linkage linkage, Table table, Integer... columns) throws CdiscFault {
        return linkage.tell(table, List.of(columns), subject -> false);
    }

    @Test
    @DisplayName("TRI-7 what several releases leave over between them is told, whatever the columns are called")
    void whoIsLeftOutIsTold() throws Exception {
        Table all = csv("USUBJID,SEX", "1,F", "2,F", "3,F", "4,M", "5,M", "6,M", "7,F", "8,F", "9,F", "0,M");
        Table one = csv("USUBJID,GENDER", "1,w", "2,w", "3,w");
        Table other = csv("USUBJID,SEX", "4,M", "5,M", "6,M");
        Linkage left = new Linkage(1);
        assertThat(tell(left, all, 1) && tell(left, one, 1) && tell(left, other, 1))
                .isTrue();
        for (List<Table> order : List.of(List.of(all, one, other), List.of(one, other, all))) {
            Linkage three = new Linkage(3);
            assertThat(tell(three, order.get(0), 1) && tell(three, order.get(1), 1) && tell(three, order.get(2), 1))
                    .isFalse();
        }
        Linkage withdrawn = new Linkage(3);
        assertThat(tell(withdrawn, one, 1)).isTrue();
        assertThat(withdrawn.tell(one, List.of(1), "1"::equals))
                .as("two of three are left, and the one is known")
                .isFalse();
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
