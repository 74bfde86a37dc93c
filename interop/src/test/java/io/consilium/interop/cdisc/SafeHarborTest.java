package io.consilium.interop.cdisc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("TRI-7 columns are held to the Safe Harbor list")
class SafeHarborTest {
    private static final int YEAR = 2026;

    private static Table csv(String... lines) throws CdiscFault {
        return Table.read(String.join("\n", lines).getBytes(StandardCharsets.UTF_8), "X");
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
    @DisplayName("TRI-7 names of relatives are refused, under their name and beside a filler that most subjects have")
    void namesBesideAFiller() throws Exception {
        String[] values = new String[100];
        Arrays.fill(values, "None");
        for (int i = 0; i < 40; i++) {
            values[i] = "Jane M" + "iller".repeat(i % 5 + 1) + (char) ('a' + i % 26) + "x".repeat(i / 26);
        }
        for (String name : List.of("COMPANION", "CAREGIVER", "PTNAME", "SPOUSE_NAME", "EMPLOYER", "PETNAME")) {
            assertThat(refused(name, values)).as(name).isTrue();
        }
        for (String name : List.of("CAREGIVERNAME", "CONTACT_NAME", "NEXT_OF_KIN", "PHARMNAME", "PTNM")) {
            assertThat(refused(name, "Y", "Y", "N", "N")).as(name).isTrue();
        }
        for (String name : List.of("DRUGNAME", "TRTNAME", "TEST_NAME", "PARENTERAL", "RELATIVE_DOSE", "CONTACT_LENS")) {
            assertThat(refused(name, "Y", "Y", "N", "N")).as(name).isFalse();
        }
    }

    @Test
    @DisplayName("TRI-7 a term of a dictionary is no free text, however many words it has and however rare it is")
    void termsOfDictionaries() throws Exception {
        String[] values = new String[30];
        Arrays.fill(values, "Cardiac disorders");
        values[3] = "Blood and lymphatic system disorders";
        for (int i = 10; i < 16; i++) {
            values[i] = "Disorder " + (char) ('A' + i);
        }
        for (String name : List.of("AEBODSYS", "AESOC", "AEDECOD", "CMCLAS")) {
            assertThat(refused(name, values)).as(name).isFalse();
        }
        assertThat(refused("AETEXT", values)).isTrue();
        assertThat(refused("AEDECOD", "a b", "c d", "e f", "g h"))
                .as("all of their own")
                .isTrue();
    }

    @Test
    @DisplayName("TRI-7 a place of the body and an area that is measured are no places")
    void placesOfTheBody() throws Exception {
        assertThat(refused("LOCATION", "LEFT ARM", "LEFT ARM", "Right arm", "Right arm"))
                .isFalse();
        assertThat(refused("TRACT", "GASTROINTESTINAL TRACT", "GASTROINTESTINAL TRACT", "URINARY", "URINARY"))
                .isFalse();
        assertThat(refused("AREA", "1.25", "1.25", "3", "3")).isFalse();
        assertThat(refused("AREA", "40", "40", "41", "41")).isTrue();
        assertThat(refused("TRACT", "4021.02", "4021.02", "4022.01", "4022.01")).isTrue();
        assertThat(refused("LOCATION", "LEFT ARM", "LEFT ARM", "Boston", "Boston"))
                .isTrue();
        assertThat(refused("HOME_LOCATION", "LEFT ARM", "LEFT ARM")).isTrue();
        assertThat(refused("LOCATION", "", "")).isTrue();
    }

    @Test
    @DisplayName("TRI-7 numbers of five digits are no codes of the post where the column holds results or fractions")
    void fiveDigits() throws Exception {
        for (String name : List.of("LBORRES", "LBSTRESC", "AVALC", "PLATELET_COUNT", "STEPS")) {
            assertThat(refused(name, "15000", "15000", "25000", "25000"))
                    .as(name)
                    .isFalse();
        }
        assertThat(refused("BURDEN", "15000", "15000", "25000", "25000", "99.5", "99.5"))
                .isFalse();
        assertThat(refused("BURDEN", "15000", "15000", "25000", "25000", "995", "995"))
                .isTrue();
    }
}
