package io.consilium.interop.fhir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Identifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** ACC-4: the audit trail leaves the house as FHIR R4 AuditEvents. */
class AuditEventsTest {
    private static final String ACCESS = "00112233445566778899aabbccddeeff";
    private static final String PATIENT = "a".repeat(32);
    private static final String RECORD = "b".repeat(32);
    private static final long TIME = 1_735_689_600_007L;

    @Test
    void acc4_aDisclosureNamesDiscloserRecipientPatientRecordAndPurpose() {
        String json = AuditEvents.event(line(AuditLine.Kind.DISCLOSURE, ACCESS, TIME));
        AuditEvent event = StrictFhir.parse(AuditEvent.class, json);
        assertThat(event.getIdElement().getIdPart()).isEqualTo(ACCESS);
        assertThat(event.getType().getCode()).isEqualTo("110106");
        assertThat(event.getSubtypeFirstRep().getCode()).isEqualTo("disclose");
        assertThat(event.getAction()).isEqualTo(AuditEvent.AuditEventAction.R);
        assertThat(event.getOutcome()).isEqualTo(AuditEvent.AuditEventOutcome._0);
        assertThat(event.getRecordedElement().getValueAsString()).isEqualTo("2025-01-01T00:00:00.007Z");
        assertThat(event.getPurposeOfEventFirstRep().getCodingFirstRep().getCode())
                .isEqualTo("HRESCH");
        assertThat(event.getAgent()).hasSize(2);
        assertThat(event.getAgent().get(0).getType().getCodingFirstRep().getCode())
                .isEqualTo("110153");
        assertIdentifier(event.getAgent().get(0).getWho().getIdentifier(), AuditEvents.INSTITUTION_IDS, "st-mary");
        assertThat(event.getAgent().get(1).getType().getCodingFirstRep().getCode())
                .isEqualTo("110152");
        assertIdentifier(
                event.getAgent().get(1).getWho().getIdentifier(), AuditEvents.MEMBER_IDS, "riverside/dr-brown");
        assertThat(event.getAgent().get(1).getRequestor()).isTrue();
        assertIdentifier(event.getSource().getObserver().getIdentifier(), AuditEvents.INSTITUTION_IDS, "st-mary");
        assertIdentifier(event.getEntity().get(0).getWhat().getIdentifier(), AuditEvents.PATIENT_IDS, PATIENT);
        assertThat(event.getEntity().get(0).getRole().getCode()).isEqualTo("1");
        assertIdentifier(event.getEntity().get(1).getWhat().getIdentifier(), AuditEvents.RECORD_IDS, RECORD);
        assertThat(event.getEntity().get(1).getDetail().stream()
                        .collect(Collectors.toMap(
                                AuditEvent.AuditEventEntityDetailComponent::getType,
                                detail -> detail.getValue().primitiveValue())))
                .containsEntry("version", "2")
                .containsEntry("accountable", "false")
                .containsEntry("exemption", "TREATMENT");
    }

    @ParameterizedTest
    @EnumSource(AuditLine.Kind.class)
    void acc4_everyKindIsAnAuditEventOfR4WithoutPersonalData(AuditLine.Kind kind) {
        String json = AuditEvents.event(line(kind, ACCESS, TIME));
        AuditEvent event = StrictFhir.parse(AuditEvent.class, json);
        assertThat(event.getOutcomeElement().getValueAsString()).isEqualTo(kind == AuditLine.Kind.DENIED ? "4" : "0");
        assertThat(event.getOutcomeDesc()).isNotBlank();
        assertThat(event.hasRecorded() && event.hasType() && event.hasAgent() && event.hasSource())
                .isTrue();
        assertThat(FhirLabels.read(json.getBytes(StandardCharsets.UTF_8))).isInstanceOf(FhirDocument.class);
    }

    @Test
    void acc4_aBundleHoldsTheEventsInOrderOfTimeWithUniqueUrls() {
        String other = "f".repeat(64);
        String json = AuditEvents.bundle(
                List.of(line(AuditLine.Kind.DISCLOSURE, other, TIME + 5), line(AuditLine.Kind.DENIED, ACCESS, TIME)),
                TIME + 10);
        Bundle bundle = StrictFhir.parse(Bundle.class, json);
        assertThat(bundle.getType()).isEqualTo(Bundle.BundleType.COLLECTION);
        assertThat(bundle.getTimestampElement().getValueAsString()).isEqualTo("2025-01-01T00:00:00.017Z");
        assertThat(bundle.getEntry())
                .extracting(Bundle.BundleEntryComponent::getFullUrl)
                .containsExactly(
                        "urn:uuid:00112233-4455-6677-8899-aabbccddeeff",
                        "urn:uuid:ffffffff-ffff-ffff-ffff-ffffffffffff");
        assertThat(bundle.getEntry())
                .extracting(entry -> entry.getResource().getIdElement().getIdPart())
                .containsExactly(ACCESS, other);
    }

    @Test
    void acc4_anEmptyLogIsABundleWithoutEntries() {
        assertThat(StrictFhir.parse(Bundle.class, AuditEvents.bundle(List.of(), TIME))
                        .hasEntry())
                .isFalse();
    }

    @Test
    void acc4_refusesTwoLinesWithOneIdAndIdsThatAreNone() {
        AuditLine line = line(AuditLine.Kind.USE, ACCESS, TIME);
        assertThatThrownBy(() -> AuditEvents.bundle(List.of(line, line), TIME))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> line(AuditLine.Kind.USE, "Jane Roe", TIME))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static AuditLine line(AuditLine.Kind kind, String id, long time) {
        boolean disclosure = kind == AuditLine.Kind.DISCLOSURE;
        return new AuditLine(
                id,
                time,
                kind,
                "st-mary",
                "riverside/dr-brown",
                PATIENT,
                RECORD,
                2,
                "HRESCH",
                "access",
                disclosure ? Optional.of(false) : Optional.empty(),
                disclosure ? Optional.of("TREATMENT") : Optional.empty());
    }

    private static void assertIdentifier(Identifier identifier, String system, String value) {
        assertThat(identifier.getSystem()).isEqualTo(system);
        assertThat(identifier.getValue()).isEqualTo(value);
    }
}
