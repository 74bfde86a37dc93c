package io.consilium.interop.fhir;

import static io.consilium.proto.DecisionOutcome.DENY;
import static io.consilium.proto.DecisionOutcome.PERMIT;
import static io.consilium.proto.DecisionOutcome.PERMIT_CONDITIONAL;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.interop.Conformance;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.Period;
import io.consilium.proto.RecordFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * CON-5 on the consents that IHE publishes with Privacy Consent on FHIR: what each is described to do is what the ledger
 * decides, permit and deny, once it is granted.
 */
class PcfConsentsTest {
    private static final String PREFIX = "Consent-ex-consent-";
    private static final long NOW = LedgerWorld.START;
    private static final Coding PSY = new Coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "PSY");
    private static final String BROWN = "riverside/dr-brown";
    private static final String CLARK = "riverside/dr-clark";
    private static final String DAVIS = "summit/dr-davis";
    private static final String RESEARCHER = "helix/researcher";

    /** Whom the published examples speak of, as an importing hospital would say. */
    private static final ReferenceMap MAP = new ReferenceMap(
            Map.of(
                    "Practitioner/ex-practitioner", BROWN,
                    "Group/ex-privilegedUsers", "riverside",
                    "Organization/ex-org-researcher", "helix",
                    "Observation/ex-alcoholUse", LedgerWorld.recordHex("alcohol"),
                    "Observation/ex-bloodSugar", LedgerWorld.recordHex("sugar"),
                    "Observation/ex-bloodPressure", LedgerWorld.recordHex("pressure"),
                    "Observation/ex-weight", LedgerWorld.recordHex("weight"),
                    "Observation/ex-weight-2", LedgerWorld.recordHex("weight-2"),
                    "Encounter/ex-encounter", LedgerWorld.recordHex("encounter")),
            false);

    private LedgerWorld world;
    private ByteString low;
    private ByteString normal;
    private ByteString restricted;
    private ByteString veryRestricted;
    private ByteString mental;

    @BeforeEach
    void records() throws Exception {
        world = new LedgerWorld();
        low = world.record("low", Sensitivity.L);
        normal = world.record("normal", Sensitivity.N);
        restricted = world.record("restricted", Sensitivity.R);
        veryRestricted = world.record("very restricted", Sensitivity.V);
        mental = world.record("mental", Sensitivity.R, PSY);
    }

    @Test
    void con5_basicPermitsTreatmentPaymentAndOperationsAndNothingElse() throws Exception {
        grant("basic-ink");
        for (String purpose : List.of("TREAT", "ETREAT", "HPAYMT", "HOPERAT", "HQUALIMP")) {
            assertThat(world.ask(normal, BROWN, purpose)).as(purpose).isEqualTo(PERMIT);
        }
        assertThat(world.ask(veryRestricted, DAVIS, "TREAT")).isEqualTo(PERMIT);
        for (String purpose : List.of("HRESCH", "HMARKT", "BTG", "CLINTRL", "PUBHLTH")) {
            assertThat(world.ask(normal, BROWN, purpose)).as(purpose).isEqualTo(DENY);
        }
        assertThat(world.ask(normal, RESEARCHER, "CLINTRCH")).isEqualTo(DENY);
    }

    @Test
    void con5_expiredPermitsUntilTheEndOfItsLastDay() throws Exception {
        assertThat(world.grant(terms("expired-treat"))).isEqualTo("PERIOD_OVER CON-4");
        LedgerWorld then = new LedgerWorld(millis("2022-06-13T09:00:00Z"));
        ByteString record = then.record("normal", Sensitivity.N);
        assertThat(then.grant(terms("expired-treat"))).isEqualTo("OK");
        assertThat(then.ask(record, BROWN, "TREAT")).isEqualTo(PERMIT);
        assertThat(then.ask(record, BROWN, "TREAT", "access", millis("2022-12-31T23:59:59Z")))
                .isEqualTo(PERMIT);
        assertThat(then.ask(record, BROWN, "TREAT", "access", millis("2023-01-01T00:00:00Z")))
                .isEqualTo(DENY);
        assertThat(then.ask(record, BROWN, "HRESCH")).isEqualTo(DENY);
    }

    @Test
    void con5_normalAndRestrictedPermitsUpToRestricted() throws Exception {
        grant("advanced-normal-restricted");
        assertThat(world.ask(low, BROWN, "TREAT")).isEqualTo(PERMIT);
        assertThat(world.ask(normal, BROWN, "TREAT")).isEqualTo(PERMIT);
        assertThat(world.ask(restricted, BROWN, "HPAYMT")).isEqualTo(PERMIT);
        assertThat(world.ask(veryRestricted, BROWN, "TREAT")).isEqualTo(DENY);
        assertThat(world.ask(restricted, BROWN, "HRESCH")).isEqualTo(DENY);
    }

    @Test
    void con5_breakGlassAloneReachesRestrictedDataOfPrivilegedUsers() throws Exception {
        grant("advanced-normal-break-glass-restricted");
        assertThat(world.ask(normal, DAVIS, "TREAT")).isEqualTo(PERMIT);
        assertThat(world.ask(restricted, BROWN, "TREAT")).isEqualTo(DENY);
        assertThat(world.ask(restricted, BROWN, "BTG")).isEqualTo(PERMIT);
        assertThat(world.ask(normal, BROWN, "BTG")).isEqualTo(PERMIT);
        assertThat(world.ask(veryRestricted, BROWN, "BTG")).isEqualTo(DENY);
        assertThat(world.ask(restricted, DAVIS, "BTG")).as("not privileged").isEqualTo(DENY);
    }

    @Test
    void con5_onePractitionerAloneReachesMentalHealthData() throws Exception {
        grant("advanced-normal-focused-psy");
        assertThat(world.ask(normal, DAVIS, "TREAT")).isEqualTo(PERMIT);
        assertThat(world.ask(mental, BROWN, "TREAT")).isEqualTo(PERMIT);
        assertThat(world.ask(mental, BROWN, "HRESCH")).isEqualTo(DENY);
        assertThat(world.ask(mental, CLARK, "TREAT")).isEqualTo(DENY);
        assertThat(world.ask(restricted, BROWN, "TREAT"))
                .as("restricted for another reason")
                .isEqualTo(DENY);
    }

    @Test
    void con5_onePractitionerAloneReachesRestrictedData() throws Exception {
        grant("advanced-normal-focused-restricted");
        assertThat(world.ask(normal, CLARK, "HOPERAT")).isEqualTo(PERMIT);
        assertThat(world.ask(restricted, BROWN, "TREAT")).isEqualTo(PERMIT);
        assertThat(world.ask(restricted, CLARK, "TREAT")).isEqualTo(DENY);
        assertThat(world.ask(veryRestricted, BROWN, "TREAT")).isEqualTo(DENY);
    }

    @Test
    void con5_specificDataPermitsTheNamedRecordsAlone() throws Exception {
        ByteString alcohol = world.record("alcohol", Sensitivity.N);
        ByteString encounter = world.record("encounter", Sensitivity.N);
        grant("intermediate-data");
        assertThat(world.ask(alcohol, BROWN, "TREAT")).isEqualTo(PERMIT);
        assertThat(world.ask(encounter, DAVIS, "HPAYMT")).isEqualTo(PERMIT);
        assertThat(world.ask(normal, BROWN, "TREAT")).as("not itemised").isEqualTo(DENY);
        assertThat(world.ask(alcohol, BROWN, "HRESCH")).isEqualTo(DENY);
    }

    @Test
    void con5_notDataPermitsEverythingButTheNamedRecord() throws Exception {
        ByteString alcohol = world.record("alcohol", Sensitivity.N);
        grant("intermediate-not-data");
        assertThat(world.ask(alcohol, BROWN, "TREAT")).isEqualTo(DENY);
        assertThat(world.ask(normal, BROWN, "TREAT")).isEqualTo(PERMIT);
        assertThat(world.ask(normal, BROWN, "HRESCH")).isEqualTo(DENY);
    }

    @Test
    void con5_timeFramesAreForTheCustodianToJudge() throws Exception {
        ConsentDocument within = document("intermediate-timeframe");
        TimeSpan year = TimeSpan.span(millis("2022-01-01T00:00:00Z"), millis("2023-01-01T00:00:00Z"));
        assertThat(within.terms().rules().get(0).dataPeriod()).hasValue(year);
        assertThat(world.grant(within.terms())).isEqualTo("OK");
        assertThat(world.ask(normal, BROWN, "TREAT")).isEqualTo(PERMIT_CONDITIONAL);
        assertThat(world.ask(normal, BROWN, "HRESCH")).isEqualTo(DENY);
        assertThat(world.judge(normal, BROWN, "TREAT", of("2022-06-01T00:00:00Z")))
                .isEqualTo(PERMIT);
        assertThat(world.judge(normal, BROWN, "TREAT", of("2021-12-31T00:00:00Z")))
                .isEqualTo(DENY);
        assertThat(world.judge(normal, BROWN, "TREAT", RecordFacts.getDefaultInstance()))
                .as("no time told")
                .isEqualTo(DENY);
        assertThat(world.judge(normal, BROWN, "HRESCH", of("2022-06-01T00:00:00Z")))
                .isEqualTo(DENY);
    }

    private static RecordFacts of(String instant) {
        return RecordFacts.newBuilder()
                .setClinical(Period.newBuilder().setStartMillis(millis(instant)).setEndMillis(millis(instant) + 1))
                .build();
    }

    @Test
    void con5_exceptionsByTimeFrameAreForTheCustodianToJudge() throws Exception {
        ConsentDocument without = document("intermediate-not-timeframe");
        ReadableRule exception = without.terms().rules().get(0).rules().get(0);
        assertThat(exception.permit()).isFalse();
        assertThat(exception.dataPeriod())
                .hasValue(TimeSpan.span(millis("2022-01-01T00:00:00Z"), millis("2023-01-01T00:00:00Z")));
        assertThat(world.grant(without.terms())).isEqualTo("OK");
        assertThat(world.ask(normal, BROWN, "TREAT")).isEqualTo(PERMIT_CONDITIONAL);
        assertThat(world.ask(normal, BROWN, "HRESCH")).isEqualTo(DENY);
        assertThat(world.judge(normal, BROWN, "TREAT", of("2022-06-01T00:00:00Z")))
                .isEqualTo(DENY);
        assertThat(world.judge(normal, BROWN, "TREAT", of("2023-06-01T00:00:00Z")))
                .isEqualTo(PERMIT);
        assertThat(world.judge(normal, BROWN, "TREAT", RecordFacts.getDefaultInstance()))
                .as("no time told")
                .isEqualTo(DENY);
    }

    @Test
    void con5_aPurposeOfAPrivateCodeSystemNeedsAMeaning() throws Exception {
        assertThat(read("intermediate-purpose", MAP)).isInstanceOfSatisfying(FhirRefusal.class, refusal -> {
            assertThat(refusal.path()).isEqualTo("Consent.provision.purpose[0]");
            assertThat(refusal.reason()).contains("PurposeOfUse");
        });
        ReferenceMap meant = new ReferenceMap(
                Map.of(
                        "Organization/ex-org-researcher",
                        "helix",
                        "http://example.org/policies/purposeOfUse|FooBar",
                        "DSRCH"),
                false);
        assertThat(read("intermediate-purpose", meant)).isInstanceOfSatisfying(ConsentDocument.class, document -> {
            assertThat(world.grant(document.terms())).isEqualTo("OK");
            assertThat(world.ask(normal, RESEARCHER, "DSRCH")).isEqualTo(PERMIT);
            assertThat(world.ask(normal, RESEARCHER, "HRESCH")).isEqualTo(DENY);
            assertThat(world.ask(normal, RESEARCHER, "TREAT")).isEqualTo(DENY);
            assertThat(world.ask(normal, BROWN, "DSRCH")).isEqualTo(DENY);
        });
    }

    @Test
    void con5_theTreatingCustodianNeedsNoConsentAndIsBoundByDenials() throws Exception {
        ByteString alcohol = world.record("alcohol", Sensitivity.N);
        grant("intermediate-not-data");
        assertThat(world.ask(veryRestricted, "st-mary/dr-adams", "TREAT")).isEqualTo(PERMIT);
        assertThat(world.ask(alcohol, "st-mary/dr-adams", "TREAT")).isEqualTo(DENY);
    }

    @Test
    void con5_everyPublishedConsentHasATestOfItsEffect() throws IOException {
        assertThat(Conformance.files("ihe-pcf-consents/json", PREFIX))
                .extracting(file -> file.getFileName().toString())
                .allMatch(name -> List.of(
                                "basic-ink",
                                "expired-treat",
                                "advanced-normal-restricted",
                                "advanced-normal-break-glass-restricted",
                                "advanced-normal-focused-psy",
                                "advanced-normal-focused-restricted",
                                "intermediate-data",
                                "intermediate-not-data",
                                "intermediate-timeframe",
                                "intermediate-not-timeframe",
                                "intermediate-purpose")
                        .contains(name.substring(PREFIX.length(), name.length() - ".json".length())));
    }

    private void grant(String name) throws IOException {
        assertThat(world.grant(terms(name))).isEqualTo("OK");
    }

    private static ReadableTerms terms(String name) throws IOException {
        return document(name).terms();
    }

    private static ConsentDocument document(String name) throws IOException {
        ConsentReading reading = read(name, MAP);
        assertThat(reading).as("%s", reading).isInstanceOf(ConsentDocument.class);
        return (ConsentDocument) reading;
    }

    private static ConsentReading read(String name, ReferenceMap map) throws IOException {
        Path file = Conformance.require("ihe-pcf-consents/json").resolve(PREFIX + name + ".json");
        return ConsentReader.read(Files.readAllBytes(file), map, NOW);
    }

    private static long millis(String instant) {
        return Instant.parse(instant).toEpochMilli();
    }
}
