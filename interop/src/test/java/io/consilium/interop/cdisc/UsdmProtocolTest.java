package io.consilium.interop.cdisc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.consilium.interop.Conformance;
import io.consilium.ledger.tx.TrialFormat;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialRegistration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("TRI-1 a protocol in USDM imports as a registration")
class UsdmProtocolTest {
    private static final String PILOT = "cdisc-usdm/CDISC_Pilot_Study.json";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TrialRegistration DEFAULTS = TrialRegistration.newBuilder()
            .setTitle("Default")
            .setSponsor("helix")
            .addSites("st-mary")
            .setSampleSize(120)
            .setProtocolVersion("1.0")
            .setIcfVersion("1.0")
            .addOutcomes(TrialOutcome.newBuilder().setName("Default"))
            .build();

    private static final String SMALL = """
            {"study": {"name": "S", "versions": [{"versionIdentifier": "3", "titles": [],
              "studyDesigns": [{"objectives": [
                {"level": {"decode": "Primary Objective"}, "text": "To <b>show</b> it", "endpoints": [
                  {"text": "Score at Weeks 8 and 16", "level": {"decode": "Primary Endpoint"}},
                  {"text": "Score at Weeks 8 and 16", "name": "END2", "level": {"decode": "Secondary Endpoint"}}]}],
                "population": {"plannedEnrollmentNumber": {"maxValue": {"value": 40}},
                  "criteria": [{"category": {"decode": "Exclusion Criteria"}, "text": "Too <i>young</i>"}]}}]}]}}""";

    private static final List<String> NOTES = new ArrayList<>();

    @BeforeEach
    void forget() {
        NOTES.clear();
    }

    @Test
    @DisplayName("TRI-1 criteria keep their text as far as the form has room, and what is left out is told")
    void whatIsLeftOutIsTold() throws Exception {
        read(SMALL);
        assertThat(NOTES).isEmpty();
        assertThat(read(SMALL.replace("Too <i>young</i>", "y".repeat(1_500))).getExclusionCriteria(0))
                .hasSize(1_500);
        assertThat(NOTES).isEmpty();
        assertThat(read(SMALL.replace("Too <i>young</i>", "y".repeat(2_500))).getExclusionCriteria(0))
                .hasSize(TrialFormat.MAX_TEXT)
                .endsWith("…");
        assertThat(NOTES).singleElement().asString().contains("shortened to 2000");
        String criterion =
                "{\"category\": {\"decode\": \"Exclusion Criteria\"}, \"text\": \"%s\"},".formatted("z".repeat(1_500));
        NOTES.clear();
        TrialRegistration many = read(SMALL.replace("\"criteria\": [", "\"criteria\": [" + criterion.repeat(100)));
        assertThat(many.getExclusionCriteriaCount()).isEqualTo(TrialFormat.MAX_ENTRIES);
        assertThat(many.getSerializedSize()).isLessThan(TrialFormat.MAX_REGISTRATION_BYTES);
        assertThat(NOTES).anyMatch(note -> note.contains("first 100")).anyMatch(note -> note.contains("to 300"));
        NOTES.clear();
        read(SMALL.replace("}]}}]}]}}", "}]}}, {}]}]}}"));
        assertThat(NOTES).singleElement().asString().contains("study designs");
    }

    @Test
    @DisplayName("TRI-1 what a protocol does not say and the template does is told")
    void whatIsTakenFromTheTemplateIsTold() throws Exception {
        TrialRegistration gaps = read(SMALL.replace("\"name\": \"S\", ", "")
                .replace("\"versionIdentifier\": \"3\", ", "")
                .replace("\"plannedEnrollmentNumber\": {\"maxValue\": {\"value\": 40}},", ""));
        assertThat(gaps.getSampleSize()).isEqualTo(120);
        assertThat(NOTES)
                .hasSize(3)
                .anyMatch(note -> note.contains("120"))
                .anyMatch(note -> note.contains("version") && note.contains("1.0"))
                .anyMatch(note -> note.contains("title") && note.contains("Default"));
        NOTES.clear();
        read(SMALL.replace("\"versions\": [", "\"versions\": [{\"versionIdentifier\": \"2\"}, "));
        assertThat(NOTES).singleElement().asString().contains("versions", "3");
    }

    @Test
    @DisplayName("TRI-1 an endpoint that does not say its level has that of its objective")
    void theObjectivesLevel() throws Exception {
        TrialRegistration small = read(SMALL.replace(", \"level\": {\"decode\": \"Primary Endpoint\"}", ""));
        assertThat(small.getOutcomesList()).extracting(TrialOutcome::getPrimary).containsExactly(true, false);
    }

    private static TrialOutcome outcome(String words) throws CdiscFault {
        NOTES.clear();
        return read(SMALL.replace(
                        "\"text\": \"Score at Weeks 8 and 16\", \"level\"", "\"text\": \"" + words + "\", \"level\""))
                .getOutcomes(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Change from baseline to Week 24 in ADAS-Cog | Week 24 | true",
                "Change from baseline in ADAS-Cog at Week 24 | Week 24 | true",
                "Score at Weeks 8, 16, and 24 | Weeks 8, 16, and 24 | true",
                "Score at Weeks 8, 16 and Month 9 | Weeks 8, 16 and Month 9 | true",
                "Mean from Week 4 to Week 24 | from Week 4 to Week 24 | true",
                "Deaths up to 24 months | up to 24 months | true",
                "Response during the 24-week period at Week 12 | Week 12 | false",
                "Response in patients aged 18 years at Week 12 | Week 12 | true",
                "Score at baseline and at Week 12 | Week 12 | false",
                "Score at Week 8 and the worst by Week 12 | Week 12 | false",
                "Survival after 12 months | 12 months | false",
                "Response in patients aged 18 years | As given in the protocol | false",
                "Change from baseline | As given in the protocol | false"
            })
    @DisplayName("TRI-1 the time point of an endpoint is the last that it names as one, and told where that is a guess")
    void timePoints(String words, String timePoint, boolean sure) throws Exception {
        assertThat(outcome(words).getTimePoint()).isEqualTo(timePoint);
        if (sure) {
            assertThat(NOTES).isEmpty();
        } else {
            assertThat(NOTES).singleElement().asString().contains("'" + words + "'", "'" + timePoint + "'");
        }
    }

    @Test
    @DisplayName("TRI-1 a secondary objective without endpoints is told with its path")
    void aSecondaryObjectiveWithoutEndpoints() throws Exception {
        read(SMALL.replace(
                "\"objectives\": [", "\"objectives\": [{\"level\": {\"decode\": \"Secondary\"}, \"endpoints\": []}, "));
        assertThat(NOTES)
                .singleElement()
                .asString()
                .contains("study.versions[0].studyDesigns[0].objectives[0].endpoints");
    }

    @Test
    @DisplayName("TRI-1 mark-up goes, a sign that is none stays, and a text made to take long does not")
    void markUp() throws Exception {
        assertThat(outcome("Share with <b>VAS</b> < 5 or > 7 at Week 2").getMeasure())
                .isEqualTo("Share with VAS < 5 or > 7 at Week 2");
        assertThat(outcome("<usdm:tag name=\\\"drug\\\"/> at Week 1").getMeasure())
                .isEqualTo("[drug] at Week 1");
        for (String hostile : List.of("<", "<usdm:tag ", "<a", "Week 1, ", "1-1-", " ")) {
            String text = hostile.repeat(4_000_000 / hostile.length()) + "end";
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> outcome(text));
        }
    }

    private static TrialRegistration read(String text) throws CdiscFault {
        return UsdmProtocol.read(text.getBytes(StandardCharsets.UTF_8), DEFAULTS, NOTES::add);
    }

    @Test
    void importsThePublishedPilot() throws Exception {
        TrialRegistration pilot =
                UsdmProtocol.read(Files.readAllBytes(Conformance.require(PILOT)), DEFAULTS, NOTES::add);
        assertThat(pilot.getTitle()).startsWith("Safety and Efficacy of the Xanomeline");
        assertThat(pilot.getAcronym()).isEqualTo("LZZT");
        assertThat(pilot.getProtocolVersion()).isEqualTo("2");
        assertThat(pilot.getSampleSize()).isEqualTo(300);
        assertThat(pilot.getSecondaryIdsList()).contains("H2Q-MC-LZZT", "NCT12345678");
        assertThat(pilot.getArmsList())
                .extracting(arm -> arm.getName())
                .contains("Placebo")
                .hasSize(3);
        assertThat(pilot.getObjectivesList()).hasSize(6);
        assertThat(pilot.getOutcomesList()).hasSize(11);
        assertThat(pilot.getOutcomesList()).filteredOn(TrialOutcome::getPrimary).hasSize(5);
        assertThat(pilot.getOutcomes(0).getTimePoint()).isEqualTo("Week 24");
        assertThat(pilot.getOutcomesList()).extracting(TrialOutcome::getName).doesNotHaveDuplicates();
        assertThat(pilot.getInclusionCriteriaCount() + pilot.getExclusionCriteriaCount())
                .isEqualTo(31);
        assertThat(pilot.getInclusionCriteriaList()).noneMatch(text -> text.contains("<"));
        assertThat(pilot.getSponsor()).isEqualTo("helix");
        assertThat(pilot.getSerializedSize()).isLessThan(TrialFormat.MAX_REGISTRATION_BYTES);
        System.out.println("conformance: 1 USDM protocol imported");
    }

    @Test
    void readsTheFormOfTheThirdVersionToo() throws Exception {
        TrialRegistration small = read(SMALL);
        assertThat(small.getTitle()).isEqualTo("S");
        assertThat(small.getSampleSize()).isEqualTo(40);
        assertThat(small.getExclusionCriteriaList()).containsExactly("Too young");
        assertThat(small.getObjectives(0).getText()).isEqualTo("To show it");
        assertThat(small.getOutcomesList())
                .extracting(TrialOutcome::getName)
                .containsExactly("Score at Weeks 8 and 16", "Score at Weeks 8 and 16 (END2)");
        assertThat(small.getOutcomes(0).getTimePoint()).isEqualTo("Weeks 8 and 16");
        assertThat(small.getIcfVersion()).isEqualTo("1.0");
    }

    @Test
    void missingEndpointsAreRefusedWithTheirPath() throws Exception {
        ObjectNode pilot = (ObjectNode) JSON.readTree(Files.readAllBytes(Conformance.require(PILOT)));
        ObjectNode design = (ObjectNode) pilot.at("/study/versions/0/studyDesigns/0");
        String path = "study.versions[0].studyDesigns[0].objectives";
        ((ObjectNode) design.path("objectives").get(2)).remove("endpoints");
        assertRefused(pilot, path + "[2].endpoints");
        ((ArrayNode) design.path("objectives").get(0).path("endpoints")).removeAll();
        assertRefused(pilot, path + "[0].endpoints");
        design.remove("objectives");
        assertRefused(pilot, path);
        ((ObjectNode) pilot.at("/study/versions/0")).remove("studyDesigns");
        assertRefused(pilot, "study.versions[0].studyDesigns");
    }

    @Test
    void whatIsNoProtocolIsRefused() {
        for (String text :
                new String[] {"{}", "[]", "{\"study\": 7}", "{\"study\": ", "{\"study\": {}, \"study\": {}}"}) {
            assertThatThrownBy(() -> read(text)).isInstanceOf(CdiscFault.class);
        }
        assertThatThrownBy(() -> read(SMALL.replace("Primary Endpoint", "Secondary Endpoint")))
                .hasMessageContaining("primary");
    }

    private static void assertRefused(ObjectNode document, String path) throws Exception {
        byte[] bytes = JSON.writeValueAsBytes(document);
        assertThatThrownBy(() -> UsdmProtocol.read(bytes, DEFAULTS, NOTES::add))
                .asInstanceOf(type(CdiscFault.class))
                .satisfies(fault -> assertThat(fault.path()).isEqualTo(path));
    }
}
