package io.consilium.client.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.consilium.client.DocumentFault;
import io.consilium.client.FailureClass;
import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import io.consilium.crypto.Hash;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.WithdrawalRule;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("TRI-1 the plain JSON form of a registration")
class TrialDocumentTest {
    private static final String MINIMAL = """
            {"title": "A trial", "sponsor": "helix", "ethicsCommittee": "ethics", "sites": ["st-mary", "riverside"],
             "sampleSize": 100, "protocolVersion": "1.0", "icfVersion": "1.0",
             "outcomes": [{"name": "Pain", "measure": "VAS", "timePoint": "week 12", "kind": "primary"},
                          {"name": "Sleep", "measure": "PSQI", "timePoint": "week 12", "kind": "secondary"}]}""";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void missingFieldsTakeTheirDefaults() throws Exception {
        TrialRegistration registration = TrialDocument.read(bytes(MINIMAL));
        assertThat(registration.getSitesList()).containsExactly("riverside", "st-mary");
        assertThat(registration.getAnonymityThreshold()).isEqualTo(11);
        assertThat(registration.getPrivacyBudgetMicros()).isZero();
        assertThat(registration.getPublicContact()).isEqualTo("helix");
        assertThat(registration.getWithdrawalRule()).isEqualTo(WithdrawalRule.KEEP_EARLIER_DATA);
        assertThat(registration.getProtocolHash().toByteArray())
                .isEqualTo(Hash.sha256(bytes(MINIMAL)).toBytes());
    }

    @Test
    void whatIsWrittenReadsAsTheSame() throws Exception {
        TrialRegistration registration = TrialDocument.read(bytes(MINIMAL)).toBuilder()
                .setPrivacyBudgetMicros(2_500_001)
                .addDataUse("GRU")
                .setWithdrawalRule(WithdrawalRule.EXCLUDE_EARLIER_DATA)
                .setPlannedStart("2027-01-31")
                .build();
        String written = JsonWriter.indented(TrialDocument.write(registration));
        assertThat(written).contains("\"privacyBudget\": 2.500001");
        assertThat(TrialDocument.read(bytes(written))).isEqualTo(registration);
        assertThat(TrialDocument.read(TrialDocument.write(registration), Hash.ZERO))
                .as("without a way through text")
                .isEqualTo(registration);
    }

    @ParameterizedTest(name = "{0} = {1} at {2}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "title; \"\"; title",
                "title; 7; title",
                "title; \"a\\u0007b\"; title",
                "sponsor; \"Helix Ltd\"; sponsor",
                "sites; []; sites",
                "sites; [\"st-mary\", \"st-mary\"]; sites[1]",
                "sites; \"st-mary\"; sites",
                "sampleSize; 0; sampleSize",
                "sampleSize; 1.5; sampleSize",
                "anonymityThreshold; 2; anonymityThreshold",
                "privacyBudget; -1; privacyBudget",
                "privacyBudget; 0.0000001; privacyBudget",
                "privacyBudget; \"3\"; privacyBudget",
                "plannedStart; \"2027-02-30\"; plannedStart",
                "protocolHash; \"abc\"; protocolHash",
                "dataUse; [\"NONSENSE\"]; dataUse",
                "withdrawalRule; \"burn\"; withdrawalRule",
                "contacts; {\"public\": \"helix\", \"scientific\": \"helix\", \"phone\": \"1\"}; contacts.phone",
                "colour; \"red\"; colour",
                "outcomes; []; outcomes",
                "outcomes; [7]; outcomes[0]",
                "outcomes; [{\"name\": \"A\", \"measure\": \"m\", \"timePoint\": \"t\", \"kind\": \"secondary\"}]; outcomes",
                "outcomes; [{\"name\": \"A\", \"measure\": \"m\", \"kind\": \"primary\"}]; outcomes[0].timePoint",
                "outcomes; [{\"name\": \"A\", \"measure\": \"m\", \"timePoint\": \"t\", \"kind\": \"main\"}]; outcomes[0].kind"
            })
    void aFaultNamesItsPlace(String field, String value, String path) throws Exception {
        Map<String, Object> document = new LinkedHashMap<>();
        ((Map<?, ?>) JsonReader.read(MINIMAL)).forEach((name, old) -> document.put(String.valueOf(name), old));
        document.put(field, JsonReader.read(value));
        assertThatThrownBy(() -> TrialDocument.read(bytes(JsonWriter.compact(document))))
                .asInstanceOf(type(DocumentFault.class))
                .satisfies(fault -> {
                    assertThat(fault.path()).isEqualTo(path);
                    assertThat(fault.kind()).isEqualTo(FailureClass.REFUSED);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "title",
        "sponsor",
        "ethicsCommittee",
        "sites",
        "sampleSize",
        "protocolVersion",
        "icfVersion",
        "outcomes"
    })
    void aRequiredFieldThatIsMissingIsNamed(String field) throws Exception {
        Map<?, ?> document = new LinkedHashMap<>((Map<?, ?>) JsonReader.read(MINIMAL));
        document.remove(field);
        assertThatThrownBy(() -> TrialDocument.read(bytes(JsonWriter.compact(document))))
                .asInstanceOf(type(DocumentFault.class))
                .satisfies(fault -> assertThat(fault.path()).isEqualTo(field));
    }

    @Test
    void namesThatDifferOnlyInCaseAndSpacesAreOne() {
        String document = MINIMAL.replace("\"Sleep\"", "\" pain \"");
        assertThatThrownBy(() -> TrialDocument.read(bytes(document)))
                .asInstanceOf(type(DocumentFault.class))
                .satisfies(fault -> assertThat(fault.path()).isEqualTo("outcomes[1].name"));
    }

    @Test
    void whatIsNoJsonIsRefusedWithItsLine() {
        assertThatThrownBy(() -> TrialDocument.read(bytes("{\n  title: 1}")))
                .asInstanceOf(type(DocumentFault.class))
                .satisfies(fault -> assertThat(fault.path()).isEqualTo("line 2, column 3"));
        assertThatThrownBy(() -> TrialDocument.read(new byte[] {(byte) 0xff, '{'}))
                .hasMessageContaining("UTF-8");
    }

    @Test
    @DisplayName("TRI-6 a template of results reports every registered outcome as registered")
    void templateOfResults() throws Exception {
        TrialRegistration registration = TrialDocument.read(bytes(MINIMAL));
        byte[] template = bytes(JsonWriter.compact(ResultsDocument.template(registration)));
        assertThat(ResultsDocument.read(template).getResultsList())
                .extracting(result -> result.getOutcome())
                .isEqualTo(registration.getOutcomesList());
        assertThatThrownBy(() -> ResultsDocument.read(bytes("{\"outcomes\": []}")))
                .asInstanceOf(type(DocumentFault.class))
                .satisfies(fault -> assertThat(fault.path()).isEqualTo("outcomes"));
    }

    @Test
    @DisplayName("TRI-7 amounts are exact: whole numbers as such, others without trailing zeros")
    void amounts() {
        assertThat(List.of(Micros.number(3_000_000), String.valueOf(Micros.number(2_900_000))))
                .containsExactly(3L, "2.9");
    }
}
