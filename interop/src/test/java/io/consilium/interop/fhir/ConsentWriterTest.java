package io.consilium.interop.fhir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.interop.Conformance;
import io.consilium.interop.fhir.ReadableRule.LabelGroup;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.Code;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.Period;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Consent;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** CON-5: what leaves the ledger as a Consent comes back as the same terms. */
class ConsentWriterTest {
    private static final long NOW = LedgerWorld.START;
    private static final ConsentWriter.About ABOUT = new ConsentWriter.About(
            "c".repeat(32), 3, true, "a".repeat(32), "st-mary/consent", NOW - 1_000, "e".repeat(64));

    private static final ReadableTerms TERMS = new ReadableTerms(
            false,
            Optional.of(TimeSpan.span(1_704_067_200_000L, 1_893_456_000_000L)),
            List.of(new ReadableRule(
                    true,
                    List.of("riverside", "summit/dr-davis", "role:CLINICIAN"),
                    List.of("TREAT", "BTG"),
                    List.of("access", "correct"),
                    List.of(
                            new LabelGroup(
                                    ReadableRule.Element.CLASS,
                                    List.of(new Coding(Coding.RESOURCE_TYPES, "Observation"))),
                            new LabelGroup(
                                    ReadableRule.Element.CODE,
                                    List.of(new Coding("http://loinc.org", "2339-0"), new Coding("urn:b", "x y"))),
                            new LabelGroup(
                                    ReadableRule.Element.SECURITY_LABEL,
                                    List.of(new Coding(Confidentiality.SYSTEM, "R")))),
                    List.of("b".repeat(32)),
                    List.of("st-mary/dr-adams"),
                    Optional.of(TimeSpan.span(1_704_067_200_123L, 1_798_761_599_500L)),
                    Optional.empty(),
                    List.of(new ReadableRule(
                            false,
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(new LabelGroup(
                                    ReadableRule.Element.SECURITY_LABEL,
                                    List.of(new Coding(Confidentiality.SYSTEM, "N")))),
                            List.of(),
                            List.of(),
                            Optional.empty(),
                            Optional.of(TimeSpan.span(1_640_995_200_000L, 1_672_531_200_000L)),
                            List.of())))));

    @Test
    void con5_aDenialWithAPeriodAloneComesBackTheSame() {
        for (TimeSpan span : List.of(
                TimeSpan.span(1_704_067_200_000L, 1_893_456_000_000L),
                new TimeSpan(Optional.of(1_704_067_200_000L), Optional.empty()),
                new TimeSpan(Optional.empty(), Optional.of(1_893_456_000_000L)))) {
            ReadableTerms terms = new ReadableTerms(false, Optional.of(span), List.of());
            String written = ConsentWriter.write(ABOUT, terms);
            StrictFhir.parse(Consent.class, written);
            assertThat(read(written, ReferenceMap.keepingAll())).isEqualTo(terms);
        }
    }

    @Test
    void con5_anExportIsAConsentOfR4ThatCarriesIdsStatusPeriodAndProvisions() {
        Consent consent = StrictFhir.parse(Consent.class, ConsentWriter.write(ABOUT, TERMS));
        assertThat(consent.getIdElement().getIdPart()).isEqualTo("c".repeat(32));
        assertThat(consent.getMeta().getVersionId()).isEqualTo("3");
        assertThat(consent.getStatus()).isEqualTo(Consent.ConsentState.ACTIVE);
        assertThat(consent.getPatient().getIdentifier().getValue()).isEqualTo("a".repeat(32));
        assertThat(consent.getPolicyRule().getCodingFirstRep().getCode()).isEqualTo("OPTOUT");
        assertThat(consent.getProvision().getPeriod().getStartElement().getValueAsString())
                .isEqualTo("2024-01-01");
        assertThat(consent.getProvision().getPeriod().getEndElement().getValueAsString())
                .isEqualTo("2029-12-31");
        assertThat(consent.getProvision().hasType()).isFalse();
        assertThat(consent.getProvision().getProvision()).singleElement().satisfies(rule -> {
            assertThat(rule.getType()).isEqualTo(Consent.ConsentProvisionType.PERMIT);
            assertThat(rule.getActor()).hasSize(4);
            assertThat(rule.getProvision()).hasSize(1);
        });
        String revoked = ConsentWriter.write(
                new ConsentWriter.About("c".repeat(32), 3, false, "a".repeat(32), "b".repeat(32), NOW, ""), TERMS);
        assertThat(StrictFhir.parse(Consent.class, revoked).getStatus()).isEqualTo(Consent.ConsentState.INACTIVE);
    }

    @Test
    void con5_exportAndImportGiveTheSameTerms() {
        assertThat(read(ConsentWriter.write(ABOUT, TERMS), new ReferenceMap(java.util.Map.of(), false)))
                .isEqualTo(TERMS);
    }

    @Test
    void con5_theChainsTermsAreReadBackByWhoKnowsTheCodes() throws Exception {
        ConsentTerms chain = LedgerTerms.of(TERMS, VEIL);
        assertThat(TermsReading.read(chain, known(), bytes -> Period.parseFrom(bytes)))
                .isEqualTo(TERMS);
        assertThatThrownBy(() -> TermsReading.read(chain, List.of(), bytes -> Period.getDefaultInstance()))
                .isInstanceOf(TermsReading.Unreadable.class);
    }

    @TestFactory
    Stream<DynamicTest> con5_everyPublishedConsentThatImportsComesBackTheSame() throws IOException {
        return Conformance.files("ihe-pcf-consents/json", "Consent-").stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    ConsentReading first = ConsentReader.read(Files.readAllBytes(file), ReferenceMap.keepingAll(), NOW);
                    if (first instanceof ConsentDocument document) {
                        String exported = ConsentWriter.write(ABOUT, document.terms());
                        StrictFhir.parse(Consent.class, exported);
                        assertThat(read(exported, ReferenceMap.keepingAll())).isEqualTo(document.terms());
                    } else {
                        assertThat(((FhirRefusal) first).path()).isEqualTo("Consent.provision.purpose[0]");
                    }
                }));
    }

    private static ReadableTerms read(String json, ReferenceMap map) {
        ConsentReading reading = ConsentReader.read(json.getBytes(StandardCharsets.UTF_8), map, NOW);
        assertThat(reading).as("%s", reading).isInstanceOf(ConsentDocument.class);
        return ((ConsentDocument) reading).terms();
    }

    private static final LedgerTerms.Veil<RuntimeException> VEIL = new LedgerTerms.Veil<>() {
        @Override
        public List<ByteString> labels(List<Code> codes) {
            return codes.stream().map(ConsentWriterTest::label).toList();
        }

        @Override
        public ByteString dataPeriod(Period period) {
            return period.toByteString();
        }
    };

    private static ByteString label(Code code) {
        return ByteString.copyFromUtf8(code.getSystem() + "|" + code.getCode());
    }

    private static List<TermsReading.KnownLabel> known() {
        List<TermsReading.KnownLabel> known = new ArrayList<>();
        for (ReadableRule rule :
                List.of(TERMS.rules().get(0), TERMS.rules().get(0).rules().get(0))) {
            for (LabelGroup group : rule.labels()) {
                for (Coding coding : group.codings()) {
                    Optional<Sensitivity> level = coding.system().equals(Sensitivity.SYSTEM)
                            ? Sensitivity.of(coding.code())
                            : Optional.empty();
                    Code code = Code.newBuilder()
                            .setSystem(coding.system())
                            .setCode(coding.code())
                            .build();
                    List<Code> made = level.isEmpty()
                            ? List.of(code)
                            : Stream.of(level.get().permitCode(), level.get().denyCode())
                                    .flatMap(Optional::stream)
                                    .toList();
                    made.forEach(each -> known.add(new TermsReading.KnownLabel(group.element(), coding, label(each))));
                }
            }
        }
        return known;
    }
}
