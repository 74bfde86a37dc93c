package io.consilium.interop.cdisc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.proto.TrialSubjectState;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("TRI-5 rows are held against the subjects who are enrolled")
class SubjectRowsTest {
    private static final String ENROLLED = "0a".repeat(16);
    private static final String LEFT = "0b".repeat(16);
    private static final long CONSENT = Instant.parse("2026-03-10T09:00:00Z").toEpochMilli();
    private static final long WITHDRAWAL = Instant.parse("2026-05-20T09:00:00Z").toEpochMilli();

    private static final long NOW = Instant.parse("2026-07-01T09:00:00Z").toEpochMilli();

    private static Enrolled subject(String status, long changed) {
        return Enrolled.of(TrialSubjectState.newBuilder()
                .setStatus(status)
                .setEnrolledMillis(CONSENT)
                .setChangedMillis(changed)
                .build());
    }

    private static SubjectRows rows(Optional<String> only, Optional<Long> corrected) {
        Map<String, Enrolled> enrolled = Map.of(
                ENROLLED, subject("on-study", CONSENT),
                LEFT, subject("withdrawn", WITHDRAWAL));
        return new SubjectRows(pseudonym -> Optional.ofNullable(enrolled.get(pseudonym)), only, corrected, NOW);
    }

    private static SubjectRows read(SubjectRows rows, String... lines) throws Exception {
        DatasetReader.read(
                new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)), "X", rows);
        return rows;
    }

    private static void refused(String path, SubjectRows rows, String... lines) {
        assertThatThrownBy(() -> read(rows, lines))
                .isInstanceOfSatisfying(
                        CdiscFault.class, fault -> assertThat(fault.path()).isEqualTo(path))
                .message()
                .doesNotContain(ENROLLED, LEFT);
    }

    private static SubjectRows fresh() {
        return rows(Optional.empty(), Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PHONE",
                "email",
                "NAME",
                "Address",
                "MRN",
                "SSN",
                "first_name",
                "PHONE_NUMBER",
                "FNAME",
                "LNAME",
                "PATNAM",
                "SUBJINIT",
                "INITIALS",
                "FAX"
            })
    @DisplayName("TRI-4 no column says who a subject is, and the refusal repeats no value")
    void tri4_noDirectIdentifiers(String column) {
        refused("columns." + column, fresh(), "USUBJID," + column, ENROLLED + ",secret");
        assertThatThrownBy(() -> read(fresh(), column, "secret")).isInstanceOf(CdiscFault.SaysWho.class);
    }

    @Test
    @DisplayName(
            "TRI-5 a dataset that has such a column already is corrected with it: a correction has the same columns")
    void aCorrectionKeepsItsColumns() throws Exception {
        SubjectRows rows = read(rows(Optional.empty(), Optional.of(NOW)), "USUBJID,NAME", ENROLLED + ",aspirin");
        assertThat(rows.rows()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PARAM",
                "TRTNAME",
                "SITEID",
                "AETERM",
                "DRUGNAME",
                "AGE",
                "VISIT",
                "MAILED",
                "LBNAM",
                "INIT",
                "BRTHDTC"
            })
    void otherColumnsAreTaken(String column) throws Exception {
        assertThat(read(fresh(), "USUBJID," + column, ENROLLED + ",").rows()).isEqualTo(1);
    }

    @Test
    void repeatedRowsAndRowsOfNobodyAreKnown() throws Exception {
        SubjectRows rows = read(fresh(), "TEST,RESULT", "a,1", "a,2", "a,1", "a,1");
        assertThat(rows.repeated()).isEqualTo(2);
        assertThat(rows.namesSubjects()).isFalse();
        SubjectRows alike = read(fresh(), "TEST,RESULT", "Aa,1", "BB,1", "AP,1", "B1,1", "a1,", "a,1", ",a1");
        assertThat(alike.repeated()).isZero();
        SubjectRows named = read(fresh(), "USUBJID,TEST", ENROLLED + ",a", ENROLLED + ",b");
        assertThat(named.repeated()).isZero();
        assertThat(named.namesSubjects()).isTrue();
    }

    @Test
    void whoIsNotEnrolledIsCounted() throws Exception {
        SubjectRows rows =
                read(fresh(), "USUBJID,VSDTC", ENROLLED + ",2026-03-11", "stranger,2020-01-01", "stranger,2020-01-02");
        assertThat(rows.rows()).isEqualTo(3);
        assertThat(rows.subjects()).isEqualTo(2);
        assertThat(rows.notEnrolled()).isEqualTo(1);
    }

    @Test
    @DisplayName("TRI-5 a subject is the same in whatever case and with whatever spaces around it")
    void aSubjectIsKnownInEverySpelling() throws Exception {
        String spelled = " " + ENROLLED.toUpperCase(Locale.ROOT) + " ";
        SubjectRows rows = read(fresh(), "USUBJID,VSDTC", spelled + ",2026-03-11", ENROLLED + ",2026-03-12");
        assertThat(rows.subjects()).isEqualTo(1);
        assertThat(rows.notEnrolled()).isZero();
        refused("rows[0].VSDTC", fresh(), "USUBJID,VSDTC", spelled + ",2026-03-08");
        refused("rows[0]", fresh(), "USUBJID,SEX", LEFT + " ,F");
        refused("rows[0].USUBJID", fresh(), "USUBJID,SEX", "  ,F");
        read(rows(Optional.of(ENROLLED), Optional.empty()), "USUBJID,SEX", spelled + ",F");
    }

    @Test
    @DisplayName("TRI-5 a column of numbers with a few other values is told, one that mixes them is not")
    void numbersWithSlipsAreTold() throws Exception {
        List<String> lines = new ArrayList<>(List.of("USUBJID,WEIGHT,RESULT,ARM"));
        for (int i = 0; i < 10; i++) {
            lines.add("s" + i + "," + (i == 3 ? "heavy" : "7" + i) + "," + (i < 5 ? "<1" : "5") + ",A");
        }
        assertThat(read(fresh(), lines.toArray(new String[0])).nearlyNumbers()).containsExactly("WEIGHT");
    }

    @Test
    void aVisitBeforeTheConsentIsRefused() {
        refused("rows[1].VSDTC", fresh(), "USUBJID,VSDTC", ENROLLED + ",2026-03-11", ENROLLED + ",2026-03-08");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TRDTC",
                "TUDTC",
                "RSDTC",
                "CVDTC",
                "FTDTC",
                "IEDTC",
                "MBDTC",
                "PPDTC",
                "DMDTC",
                "DVSTDTC",
                "VISITDTC",
                "VISITDATE",
                "VISIT_DATE",
                "VISDAT",
                "VSDAT",
                "EXSTDAT",
                "EXENDAT",
                "LBDAT",
                "ADTM",
                "ASTDTM",
                "DOSE_DATE",
                "RANDDT",
                "RANDDATE",
                "TRTSDT",
                "TR01SDTM",
                "VISIT1DT",
                "RFSTDTC",
                "EXSTDTC"
            })
    @DisplayName(
            "TRI-5 under whatever name a column has, its dates are none before the consent, and no impossible ones")
    void datesUnderWhateverName(String column) throws Exception {
        String header = "USUBJID," + column;
        refused("rows[0]." + column, fresh(), header, ENROLLED + ",2026-03-01");
        refused("rows[0]." + column, fresh(), header, ENROLLED + ",2026-02-30");
        refused("rows[0]." + column, fresh(), header, "stranger,2026-02-30");
        refused("rows[0]." + column, fresh(), header, ENROLLED + ",2999-01-01");
        refused("rows[0]." + column, fresh(), header, LEFT + ",2026-06-01");
        read(fresh(), header, ENROLLED + ",2026-04-01", LEFT + ",2026-04-01");
        String json = "{\"name\":\"X\",\"columns\":[{\"name\":\"USUBJID\",\"dataType\":\"string\"},{\"name\":\""
                + column + "\",\"dataType\":\"string\"}],\"rows\":[[\"stranger\",\"2026-02-30\"]]}";
        refused("rows[0]." + column, fresh(), json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UPDATE", "CANDIDATE", "MANDATE"})
    void wordsThatEndLikeDatesAreNone(String column) throws Exception {
        read(fresh(), "USUBJID," + column, ENROLLED + ",yes");
    }

    @Test
    @DisplayName("TRI-5 a visit is at most a year ahead, at the end of an interval too; one after today is told")
    void aVisitInTheFutureIsTold() throws Exception {
        refused("rows[0].VSDTC", fresh(), "USUBJID,VSDTC", ENROLLED + ",2999-01-01");
        refused("rows[0].VSDTC", fresh(), "USUBJID,VSDTC", ENROLLED + ",2027-07-03");
        refused("rows[0].VSDTC", fresh(), "USUBJID,VSDTC", ENROLLED + ",2026-06-01/2027-07-03");
        refused("rows[0].VSDTC", fresh(), "USUBJID,VSDTC", LEFT + ",2026-04-01/2026-06-01");
        assertThat(read(fresh(), "USUBJID,VSDTC,LBDTC", ENROLLED + ",2026-06-01,2026-06-01/2026-07-03")
                        .ahead())
                .containsExactly("LBDTC");
        assertThat(read(fresh(), "USUBJID,VSDTC", ENROLLED + ",2026-07-01", ENROLLED + ",2026-06-01/2026-06-03")
                        .ahead())
                .isEmpty();
        assertThat(read(fresh(), "USUBJID,CONTDTC", ENROLLED + ",2029-09-01").ahead())
                .isEmpty();
    }

    @Test
    void birthAndHistoryMayBeBeforeTheConsent() throws Exception {
        read(fresh(), "USUBJID,BRTHDTC,MHSTDTC", ENROLLED + ",1960-01-01,1999-05-05");
        for (String column : List.of(
                "BRTHDAT",
                "BIRTHDATE",
                "MHDTC",
                "MHSTDAT",
                "AESTDAT",
                "AESTDTC",
                "CMSTDTC",
                "CMSTDAT",
                "RFICDTC",
                "ICDAT",
                "DSSTDTC",
                "DIAGDATE")) {
            read(fresh(), "USUBJID," + column, ENROLLED + ",2026-03-01");
        }
    }

    @Test
    void afterAWithdrawalThereIsNothing() {
        refused("rows[0].AESTDTC", fresh(), "USUBJID,AESTDTC", LEFT + ",2026-05-22");
        refused("rows[0].VSDTC", fresh(), "USUBJID,VSDTC", LEFT + ",2026-06-01");
    }

    @Test
    void ofOneWhoWithdrewARowMustShowThatItIsFromBefore() throws Exception {
        read(fresh(), "USUBJID,VSDTC", LEFT + ",2026-04-01");
        refused("rows[0]", fresh(), "USUBJID,SEX", LEFT + ",F");
        refused("rows[0]", fresh(), "USUBJID,BRTHDTC", LEFT + ",1960-01-01");
        refused("rows[0]", fresh(), "USUBJID,VSDTC", LEFT + ",");
        refused("rows[0]", rows(Optional.of(LEFT), Optional.empty()), "SEX", "F");
    }

    @Test
    void whatWasSubmittedBeforeTheWithdrawalMayBeCorrected() throws Exception {
        read(rows(Optional.empty(), Optional.of(WITHDRAWAL - 1)), "USUBJID,SEX", LEFT + ",F");
        refused("rows[0]", rows(Optional.empty(), Optional.of(WITHDRAWAL + 1)), "USUBJID,SEX", LEFT + ",F");
    }

    @Test
    void aDatasetOfOneSubjectHoldsNobodyElse() {
        refused("rows[0].USUBJID", rows(Optional.of(ENROLLED), Optional.empty()), "USUBJID,SEX", "other,F");
        refused("rows[0].USUBJID", fresh(), "USUBJID,SEX", ",F");
    }

    @Test
    @DisplayName("TRI-5 a number in a column named as a date is no date, and no fault of the program")
    void aNumberIsNoDate() throws Exception {
        String json = "{\"datasetJSONVersion\":\"1.1.0\",\"itemGroupOID\":\"IG.X\",\"name\":\"X\",\"records\":1,"
                + "\"label\":\"x\",\"columns\":[{\"itemOID\":\"A\",\"name\":\"USUBJID\",\"label\":\"a\",\"dataType\":\"string\"},"
                + "{\"itemOID\":\"B\",\"name\":\"ADT\",\"label\":\"b\",\"dataType\":\"integer\"}],"
                + "\"rows\":[[\"" + ENROLLED + "\",1234567890]]}";
        assertThat(read(fresh(), json).rows()).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "TRI-5 a date of the trial's conduct that cannot be read is refused with its place and without its value")
    void anUnreadableDateIsRefusedWithoutItsValue() throws Exception {
        for (String value : List.of("15JAN2026:08:30", "2026-02-31T08:00", "15 January 2026", "2026/04/01")) {
            assertThatThrownBy(() -> read(fresh(), "USUBJID,TRTSDTM", ENROLLED + "," + value))
                    .isInstanceOfSatisfying(
                            CdiscFault.class, fault -> assertThat(fault.path()).isEqualTo("rows[0].TRTSDTM"))
                    .message()
                    .doesNotContain(value);
        }
        read(fresh(), "USUBJID,TRTSDTM", ENROLLED + ",2026-04-01T08:30", ENROLLED + ",2026-04", ENROLLED + ",");
    }

    @Test
    void theShapeIsThatOfTheColumns() throws Exception {
        ByteString shape = read(fresh(), "USUBJID,SEX", "x,F").shape();
        assertThat(read(fresh(), "sex,usubjid", "M,y").shape()).isEqualTo(shape);
        assertThat(read(fresh(), "USUBJID,SEX,AGE", "x,F,1").shape()).isNotEqualTo(shape);
    }
}
