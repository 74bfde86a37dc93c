package io.consilium.interop.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CON-5: a Consent is understood as its author meant it, or refused at the element that leaves a doubt. */
class ConsentReaderTest {
    private static final long NOW = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
    private static final String LOINC = "http://loinc.org";
    private static final String REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
    private static final String ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    // Base and style

    @ParameterizedTest
    @CsvSource({"OPTIN,true", "OPTINR,true", "OPTOUT,false", "OPTOUTE,false"})
    void con5_thePolicyRuleIsTheBase(String code, boolean permit) {
        ReadableTerms terms = terms(core(code, ""));
        assertThat(terms.basePermit()).isEqualTo(permit);
        assertThat(terms.rules()).isEmpty();
    }

    @Test
    void con5_anUntypedRootIsAnExceptionToTheBase() {
        ReadableTerms in = terms(core("OPTIN", "," + provision(purpose("HRESCH"))));
        assertThat(in.basePermit()).isTrue();
        assertThat(in.rules()).singleElement().satisfies(rule -> {
            assertThat(rule.permit()).isFalse();
            assertThat(rule.purposes()).containsExactly("HRESCH");
        });
        ReadableTerms out = terms(core("OPTOUT", "," + provision(purpose("TREAT"))));
        assertThat(out.basePermit()).isFalse();
        assertThat(out.rules()).singleElement().satisfies(rule -> assertThat(rule.permit())
                .isTrue());
    }

    @Test
    void con5_anUntypedRootWithoutCriteriaFramesTheRules() {
        ReadableTerms terms = terms(core(
                "OPTOUT",
                ",\"provision\":{\"period\":{\"start\":\"2020-01-01\",\"end\":\"2029-12-31\"},\"provision\":["
                        + "{\"type\":\"permit\"," + purpose("TREAT") + "},{\"type\":\"deny\"," + actor("Practitioner/x")
                        + "}]}"));
        assertThat(terms.basePermit()).isFalse();
        assertThat(terms.period()).hasValue(days("2020-01-01", "2030-01-01"));
        assertThat(terms.rules()).extracting(ReadableRule::permit).containsExactly(true, false);
    }

    @Test
    void con5_aTypedRootWithCriteriaIsARuleBesideWhichNothingIsPermitted() {
        ReadableTerms terms = terms(typed("permit", purpose("TREAT") + "," + level("N")));
        assertThat(terms.basePermit()).isFalse();
        ReadableRule rule = terms.rules().get(0);
        assertThat(rule.permit()).isTrue();
        assertThat(rule.labels())
                .extracting(ReadableRule.LabelGroup::codings)
                .containsExactly(List.of(new Coding(Confidentiality.SYSTEM, "N")));
    }

    @Test
    void con5_aTypedRootWithoutCriteriaIsTheBase() {
        ReadableTerms terms =
                terms(typed("permit", "\"provision\":[{\"type\":\"deny\"," + actor("Organization/a") + "}]"));
        assertThat(terms.basePermit()).isTrue();
        assertThat(terms.rules()).singleElement().satisfies(rule -> {
            assertThat(rule.permit()).isFalse();
            assertThat(rule.actors()).containsExactly("Organization/a");
        });
    }

    @Test
    void con5_aTypedDenialWithAPeriodIsTheBaseAndItsPeriodTheRules() {
        ReadableTerms terms = terms(typed(
                "deny",
                "\"period\":{\"start\":\"2020-01-01\",\"end\":\"2049-12-31\"},\"provision\":["
                        + "{\"type\":\"permit\"," + purpose("HRESCH") + "},"
                        + "{\"type\":\"permit\",\"period\":{\"start\":\"2020-01-01\",\"end\":\"2024-12-31\"},"
                        + code(LOINC, "1-8") + "}]"));
        assertThat(terms.basePermit()).isFalse();
        assertThat(terms.period()).hasValue(days("2020-01-01", "2050-01-01"));
        assertThat(terms.rules())
                .extracting(rule -> rule.period().orElseThrow())
                .containsExactly(days("2020-01-01", "2050-01-01"), days("2020-01-01", "2025-01-01"));
    }

    @Test
    void con5_aTypedRootOfTheOtherDecisionIsAnExceptionToThePolicyRule() {
        ReadableTerms terms = terms(core("OPTIN", ",\"provision\":{\"type\":\"deny\"," + purpose("HMARKT") + "}"));
        assertThat(terms.basePermit()).isTrue();
        assertThat(terms.rules()).singleElement().satisfies(rule -> assertThat(rule.permit())
                .isFalse());
    }

    @Test
    void con5_refusesWhereTheBaseIsInDoubt() {
        refuses(core("OPTIN", ",\"provision\":{\"period\":{\"end\":\"2016-01-01\"}}"), "Consent.provision.period");
        refuses(
                core("OPTIN", ",\"provision\":{\"provision\":[{\"type\":\"permit\"," + purpose("TREAT") + "}]}"),
                "Consent.provision.provision[0].type");
        refuses(
                core("OPTIN", ",\"provision\":{\"type\":\"permit\"," + purpose("TREAT") + "}"),
                "Consent.provision.type");
        refuses(core("OPTIN", ",\"provision\":{\"type\":\"deny\"}"), "Consent.provision.type");
        refuses(head("\"policy\":[{\"uri\":\"urn:p\"}]," + provision(purpose("TREAT"))), "Consent.provision.type");
        refuses(head("\"policy\":[{\"uri\":\"urn:p\"}]"), "Consent.policyRule");
        refuses(
                core("OPTIN", ",\"provision\":{\"provision\":[{" + purpose("TREAT") + "}]}"),
                "Consent.provision.provision[0].type");
        refuses(head("\"policyRule\":{\"text\":\"opt in\"}"), "Consent.policyRule");
        refuses(
                head(
                        "\"policyRule\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/consentpolicycodes\","
                                + "\"code\":\"hipaa-auth\"}]}"),
                "Consent.policyRule");
        refuses(
                head("\"policyRule\":{\"coding\":[{\"system\":\"" + ACT_CODE + "\",\"code\":\"OPTIN\"},{\"system\":\""
                        + ACT_CODE + "\",\"code\":\"OPTOUT\"}]}"),
                "Consent.policyRule");
    }

    // Exceptions

    @Test
    void con1_nestedProvisionsAreExceptionsThatKeepWhatTheyOmit() {
        ReadableTerms terms = terms(typed(
                "permit",
                purpose("TREAT") + "," + level("N") + ",\"provision\":[{\"type\":\"permit\"," + clazz("Observation")
                        + "," + purpose("BTG") + "},{\"type\":\"deny\"," + clazz("Observation") + "}]"));
        ReadableRule permit = terms.rules().get(0).rules().get(0);
        assertThat(permit.labels())
                .as("never wider than meant")
                .extracting(group -> group.codings().get(0).code())
                .containsExactly("Observation", "N");
        ReadableRule deny = terms.rules().get(0).rules().get(1);
        assertThat(deny.labels())
                .as("never narrower than meant")
                .extracting(group -> group.codings().get(0).code())
                .containsExactly("Observation");
    }

    @Test
    void con1_drawsUpWhatIsNestedDeeperWhereNothingChanges() {
        String denyInPermit = "\"provision\":[{\"type\":\"permit\"," + purpose("BTG")
                + ",\"provision\":[{\"type\":\"deny\"," + actor("Practitioner/x")
                + ",\"provision\":[{\"type\":\"deny\"," + clazz("Condition") + "}]}]}]";
        List<ReadableRule> exceptions = terms(typed("permit", purpose("TREAT") + "," + denyInPermit))
                .rules()
                .get(0)
                .rules();
        assertThat(exceptions).extracting(ReadableRule::permit).containsExactly(true, false, false);
        assertThat(exceptions).extracting(ReadableRule::purposes).containsOnly(List.of("BTG"));
        assertThat(exceptions.get(2).actors()).containsExactly("Practitioner/x");
        String permitsOnly = "\"provision\":[{\"type\":\"permit\"," + purpose("BTG")
                + ",\"provision\":[{\"type\":\"permit\"," + purpose("CLINTRL") + "}]}]";
        assertThat(terms(typed("permit", purpose("TREAT") + "," + permitsOnly))
                        .rules()
                        .get(0)
                        .rules())
                .hasSize(2);
    }

    @Test
    void con1_refusesWhatIsNestedDeeperWhereItWouldChange() {
        String permitInDeny = "\"provision\":[{\"type\":\"deny\"," + clazz("Condition")
                + ",\"provision\":[{\"type\":\"permit\"," + actor("Practitioner/x") + "}]}]";
        refuses(typed("permit", purpose("TREAT") + "," + permitInDeny), "Consent.provision.provision[0].provision[0]");
        String beside =
                "\"provision\":[{\"type\":\"permit\"," + purpose("BTG") + ",\"provision\":[{\"type\":\"permit\","
                        + purpose("CLINTRL") + "}]},{\"type\":\"deny\"," + clazz("Condition") + "}]";
        refuses(typed("permit", purpose("TREAT") + "," + beside), "Consent.provision.provision[0].provision[0]");
    }

    @Test
    void con5_refusesExceptionsThatSayNothingOrTakeBackEverything() {
        String around = purpose("TREAT") + "," + actor("Organization/a") + ",\"provision\":[{\"type\":";
        refuses(
                typed("permit", around + "\"deny\"," + actor("Organization/a") + "}]"),
                "Consent.provision.provision[0]");
        refuses(
                typed("permit", around + "\"permit\"," + clazz("Condition") + "}]"),
                "Consent.provision.provision[0].type");
        refuses(typed("permit", "\"provision\":[{\"type\":\"deny\"}]"), "Consent.provision.provision[0]");
        refuses(
                typed("deny", level("R") + ",\"provision\":[{\"type\":\"permit\"," + clazz("Condition") + "}]"),
                "Consent.provision.provision[0].securityLabel");
    }

    // Criteria

    @Test
    void con5_rolesTellRecipientsFromAuthors() {
        ReadableRule rule = rule("\"actor\":[" + actorOf("PRCP", "Organization/a") + ","
                + actorOf("IRCP", "Practitioner/b") + "," + actorOf("AUT", "Practitioner/c") + "]");
        assertThat(rule.actors()).containsExactly("Organization/a", "Practitioner/b");
        assertThat(rule.authors()).containsExactly("Practitioner/c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CST", "INF", "LOC"})
    void con5_refusesRolesThatTheLedgerHasNoWordFor(String role) {
        refusesRule("\"actor\":[" + actorOf(role, "Organization/a") + "]", "actor[0].role");
    }

    @Test
    void con5_refusesActorsThatAreNobodyHere() {
        for (String type : List.of("Patient", "RelatedPerson", "Device")) {
            refusesRule("\"actor\":[" + actorOf("IRCP", type + "/a") + "]", "actor[0].reference");
        }
        refusesRule(
                "\"actor\":[{\"role\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ParticipationType\","
                        + "\"code\":\"IRCP\"}]},\"reference\":{\"display\":\"Dr. Brown\"}}]",
                "actor[0].reference");
        refusesRule(
                "\"actor\":[{\"role\":{\"text\":\"reader\"},\"reference\":{\"reference\":\"Organization/a\"}}]",
                "actor[0].role");
        refusesRule("\"actor\":[{\"reference\":{\"reference\":\"Organization/a\"}}]", "actor[0].role");
    }

    @Test
    void con5_namesOfTheLedgerNeedNoMeaningAndOthersDo() {
        ReferenceMap strict = new ReferenceMap(Map.of("Organization/a", "riverside"), false);
        String own =
                "{\"role\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ParticipationType\","
                        + "\"code\":\"IRCP\"}]},\"reference\":{\"identifier\":{\"system\":\"urn:consilium:role\",\"value\":\"CLINICIAN\"}}}";
        String json = typed("permit", "\"actor\":[" + actorOf("IRCP", "Organization/a") + "," + own + "]");
        assertThat(read(json, strict)).isInstanceOfSatisfying(ConsentDocument.class, document -> assertThat(
                        document.terms().rules().get(0).actors())
                .containsExactly("riverside", "role:CLINICIAN"));
        assertThat(read(typed("permit", actor("Organization/b")), strict))
                .isInstanceOfSatisfying(FhirRefusal.class, refusal -> assertThat(refusal.path())
                        .isEqualTo("Consent.provision.actor[0].reference"));
    }

    @Test
    void con3_purposesArePurposesOfUse() {
        assertThat(rule("\"purpose\":[{\"system\":\"" + REASON + "\",\"code\":\"TREAT\"},{\"system\":"
                                + "\"http://hl7.org/fhir/v3/ActReason\",\"code\":\"BTG\"}]")
                        .purposes())
                .containsExactly("TREAT", "BTG");
        refusesRule("\"purpose\":[{\"system\":\"" + REASON + "\",\"code\":\"MARKETING\"}]", "purpose[0]");
        refusesRule("\"purpose\":[{\"system\":\"urn:x\",\"code\":\"TREAT\"}]", "purpose[0]");
        refusesRule("\"purpose\":[{\"code\":\"TREAT\"}]", "purpose[0]");
    }

    @Test
    void con5_actionsAreThoseThatTheChainEnforces() {
        assertThat(rule(action("access") + "").actions()).containsExactly("access");
        refusesRule(action("collect"), "action[0]");
        refusesRule(action("use"), "action[0]");
        refusesRule("\"action\":[{\"text\":\"read\"}]", "action[0]");
    }

    @Test
    void con1_classCodeAndSecurityLabelAreJoinedByAndTheirValuesByOr() {
        ReadableRule rule = rule(clazz("Observation", "Condition") + "," + code(LOINC, "1-8", "2-6") + ","
                + "\"securityLabel\":[{\"system\":\"" + ACT_CODE + "\",\"code\":\"PSY\"},{\"system\":\""
                + Confidentiality.SYSTEM + "\",\"code\":\"R\"}]");
        assertThat(rule.labels())
                .extracting(ReadableRule.LabelGroup::element)
                .containsExactly(
                        ReadableRule.Element.CLASS, ReadableRule.Element.CODE, ReadableRule.Element.SECURITY_LABEL);
        assertThat(rule.labels()).extracting(group -> group.codings().size()).containsExactly(2, 2, 2);
    }

    @Test
    void con5_refusesCategoriesThatRecordsCannotBeComparedBy() {
        refusesRule(
                "\"class\":[{\"system\":\"urn:ietf:rfc:3986\",\"code\":\"http://hl7.org/fhir/StructureDefinition/lipidprofile\"}]",
                "class[0]");
        refusesRule("\"code\":[{\"text\":\"alcohol\"}]", "code[0]");
        refusesRule("\"code\":[{\"coding\":[{\"code\":\"1-8\"}]}]", "code[0].coding[0]");
        refusesRule("\"code\":[{\"coding\":[{\"system\":\"loinc\",\"code\":\"1-8\"}]}]", "code[0].coding[0]");
        refusesRule(
                "\"securityLabel\":[{\"system\":\"" + Confidentiality.SYSTEM + "\",\"code\":\"X\"}]",
                "securityLabel[0]");
        refusesRule("\"securityLabel\":[{\"code\":\"R\"}]", "securityLabel[0]");
    }

    @Test
    void con5_dataNamesInstancesOrWhoWroteThem() {
        assertThat(rule(data("instance", "Observation/a", "instance", "Observation/b"))
                        .records())
                .containsExactly("Observation/a", "Observation/b");
        assertThat(rule(data("authoredby", "Practitioner/a")).authors()).containsExactly("Practitioner/a");
        refusesRule(data("related", "Task/a"), "data[0].meaning");
        refusesRule(data("dependents", "Encounter/a"), "data[0].meaning");
        refusesRule(data("instance", "Observation/a", "authoredby", "Practitioner/a"), "data[1]");
        refusesRule(
                "\"actor\":[" + actorOf("AUT", "Practitioner/a") + "]," + data("authoredby", "Practitioner/b"),
                "data[0]");
    }

    @Test
    void con4_periodsIncludeWhatTheirEndsName() {
        assertThat(rule("\"period\":{\"start\":\"2022\",\"end\":\"2022-06\"}").period())
                .hasValue(days("2022-01-01", "2022-07-01"));
        assertThat(rule("\"period\":{\"end\":\"2022-12-31T23:59:59+01:00\"}").period())
                .hasValue(new TimeSpan(
                        java.util.Optional.empty(),
                        java.util.Optional.of(
                                Instant.parse("2022-12-31T23:00:00Z").toEpochMilli())));
        assertThat(rule("\"dataPeriod\":{\"start\":\"1950-05-01\"}")
                        .dataPeriod()
                        .orElseThrow()
                        .startText())
                .hasValue("1950-05-01");
        refusesRule("\"period\":{\"start\":\"2022-02-01\",\"end\":\"2022-01-01\"}", "period");
        refusesRule("\"dataPeriod\":{\"id\":\"x\"}", "dataPeriod");
    }

    // The document around

    @ParameterizedTest
    @ValueSource(strings = {"draft", "proposed", "rejected", "inactive", "entered-in-error"})
    void con5_refusesWhatIsNotActive(String status) {
        String json = core("OPTIN", "").replace("\"status\":\"active\"", "\"status\":\"" + status + "\"");
        refuses(json, "Consent.status");
    }

    @Test
    void con5_refusesWhatIsNoConsentToSharing() {
        refuses(core("OPTIN", "").replace("patient-privacy", "adr"), "Consent.scope");
        refuses(core("OPTIN", "").replace("patient-privacy", "treatment"), "Consent.scope");
        refuses(core("OPTIN", "").replace("\"patient\":{\"reference\":\"Patient/p\"},", ""), "Consent.patient");
        refuses(core("OPTIN", "").replace("\"status\":\"active\",", ""), "Consent.status");
        refuses(head(provision(purpose("TREAT"))), "Consent.policy");
        refuses("{\"resourceType\":\"Patient\"}", "resourceType");
    }

    @Test
    void con5_refusesConsentsOfTheFuture() {
        refuses(core("OPTIN", ",\"dateTime\":\"2026-03-03\""), "Consent.dateTime");
        refuses(core("OPTIN", ",\"dateTime\":\"2027\""), "Consent.dateTime");
        refuses(core("OPTIN", ",\"dateTime\":\"2026-03-01T12:00:01Z\""), "Consent.dateTime");
        assertThat(terms(core("OPTIN", ",\"dateTime\":\"2026-03-02\"")).basePermit())
                .as("tomorrow has begun in Auckland")
                .isTrue();
    }

    @Test
    void con5_refusesWhatMayChangeTheMeaning() {
        String modifier = "\"modifierExtension\":[{\"url\":\"urn:m\",\"valueBoolean\":true}]";
        refuses(core("OPTIN", "," + modifier), "Consent.modifierExtension");
        refusesRule(modifier, "modifierExtension");
        refuses(
                typed("permit", "\"provision\":[{\"type\":\"deny\"," + modifier + "," + purpose("TREAT") + "}]"),
                "Consent.provision.provision[0].modifierExtension");
        refuses(core("OPTIN", ",\"implicitRules\":\"urn:r\""), "Consent.implicitRules");
        assertThat(terms(core("OPTIN", ",\"extension\":[{\"url\":\"urn:e\",\"valueString\":\"x\"}]"))
                        .basePermit())
                .isTrue();
    }

    @Test
    void con5_refusesMalformedDocumentsBeforeReadingThem() {
        refuses(core("OPTIN", ",\"provisoin\":{}"), "Consent.provisoin");
        refuses(core("OPTIN", ",\"status\":\"active\""), "status");
        refuses(core("OPTIN", ",\"organization\":{}"), "Consent.organization");
        byte[] utf16 = core("OPTIN", "").getBytes(StandardCharsets.UTF_16);
        assertThat(ConsentReader.read(utf16, ReferenceMap.keepingAll(), NOW))
                .isInstanceOfSatisfying(FhirRefusal.class, refusal -> assertThat(refusal.reason())
                        .contains("UTF-16"));
        byte[] marked = ("\uFEFF" + core("OPTIN", "")).getBytes(StandardCharsets.UTF_8);
        assertThat(ConsentReader.read(marked, ReferenceMap.keepingAll(), NOW))
                .isInstanceOfSatisfying(FhirRefusal.class, refusal -> assertThat(refusal.reason())
                        .contains("byte order mark"));
    }

    @Test
    void con5_boundsTheNumberOfProvisionsAndValues() {
        String one = "{\"type\":\"deny\"," + purpose("HMARKT") + "}";
        refuses(
                core("OPTIN", ",\"provision\":{\"provision\":[" + (one + ",").repeat(200) + one + "]}"),
                "Consent.provision.provision[127]");
        refuses(
                core("OPTIN", ",\"provision\":{\"provision\":[" + (one + ",").repeat(40) + one + "]}"),
                "Consent.provision.provision[32]");
        refusesRule(
                "\"actor\":[" + (actorOf("IRCP", "Organization/a") + ",").repeat(70) + actorOf("IRCP", "Organization/b")
                        + "]",
                "actor");
        String deep = "{\"type\":\"deny\",\"provision\":[".repeat(60) + one + "]}".repeat(60);
        assertThat(read(core("OPTIN", ",\"provision\":{\"provision\":[" + deep + "]}"), ReferenceMap.keepingAll()))
                .isInstanceOf(FhirRefusal.class);
    }

    @Test
    void con5_showsNoContentInARefusal() {
        String secret = typed("permit", "\"purpose\":[{\"system\":\"urn:secret\",\"code\":\"Jane Roe\"}]");
        assertThat(((FhirRefusal) read(secret, ReferenceMap.keepingAll())).message())
                .doesNotContain("Jane", "secret");
    }

    private static ReadableRule rule(String criteria) {
        return terms(typed("permit", criteria)).rules().get(0);
    }

    @Test
    @DisplayName("CON-5 every place at fault is told at once")
    void con5_tellsEveryFault() {
        String json = typed(
                        "permit",
                        "\"purpose\":[{\"system\":\"" + REASON + "\",\"code\":\"X\"},{\"system\":\"" + REASON
                                + "\",\"code\":\"TREAT\"},{\"code\":\"Y\"}],\"period\":{\"start\":\"2026-02-01\",\"end\":\"2026-01-01\"},"
                                + "\"provision\":[{\"type\":\"deny\",\"class\":[{\"system\":\"s\",\"code\":\"c\"}]}]")
                .replace("\"active\"", "\"draft\"");
        assertThat(read(json, ReferenceMap.keepingAll())).isInstanceOfSatisfying(FhirRefusal.class, refusal -> {
            assertThat(refusal.faults())
                    .extracting(FhirFault::path)
                    .containsExactly(
                            "Consent.status",
                            "Consent.provision.period",
                            "Consent.provision.purpose[0]",
                            "Consent.provision.purpose[2]",
                            "Consent.provision.provision[0].class[0]");
            assertThat(refusal.more()).isZero();
        });
    }

    private static void refusesRule(String criteria, String path) {
        refuses(typed("permit", criteria), "Consent.provision." + path);
    }

    private static ReadableTerms terms(String json) {
        ConsentReading reading = read(json, ReferenceMap.keepingAll());
        assertThat(reading).as("%s", reading).isInstanceOf(ConsentDocument.class);
        return ((ConsentDocument) reading).terms();
    }

    private static void refuses(String json, String path) {
        ConsentReading reading = read(json, ReferenceMap.keepingAll());
        assertThat(reading).isInstanceOf(FhirRefusal.class);
        FhirRefusal refusal = (FhirRefusal) reading;
        assertThat(refusal.path()).as(refusal.reason()).isEqualTo(path);
        assertThat(refusal.reason()).isNotBlank();
    }

    private static ConsentReading read(String json, ReferenceMap map) {
        return ConsentReader.read(json.getBytes(StandardCharsets.UTF_8), map, NOW);
    }

    private static String head(String rest) {
        return "{\"resourceType\":\"Consent\",\"status\":\"active\",\"patient\":{\"reference\":\"Patient/p\"},\"scope\":{\"coding\":"
                + "[{\"system\":\"http://terminology.hl7.org/CodeSystem/consentscope\",\"code\":\"patient-privacy\"}]},"
                + "\"category\":[{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"59284-0\"}]}]," + rest + "}";
    }

    private static String core(String policy, String rest) {
        return head(
                "\"policyRule\":{\"coding\":[{\"system\":\"" + ACT_CODE + "\",\"code\":\"" + policy + "\"}]}" + rest);
    }

    private static String typed(String type, String criteria) {
        return head("\"policy\":[{\"uri\":\"urn:p\"}],\"provision\":{\"type\":\"" + type + "\"," + criteria + "}");
    }

    private static String provision(String criteria) {
        return "\"provision\":{" + criteria + "}";
    }

    private static String purpose(String code) {
        return "\"purpose\":[{\"system\":\"" + REASON + "\",\"code\":\"" + code + "\"}]";
    }

    private static String level(String code) {
        return "\"securityLabel\":[{\"system\":\"" + Confidentiality.SYSTEM + "\",\"code\":\"" + code + "\"}]";
    }

    private static String clazz(String... types) {
        return "\"class\":[" + codings("http://hl7.org/fhir/resource-types", types) + "]";
    }

    private static String code(String system, String... codes) {
        return "\"code\":[{\"coding\":[" + codings(system, codes) + "]}]";
    }

    private static String codings(String system, String... codes) {
        return java.util.Arrays.stream(codes)
                .map(code -> "{\"system\":\"" + system + "\",\"code\":\"" + code + "\"}")
                .collect(java.util.stream.Collectors.joining(","));
    }

    private static String action(String code) {
        return "\"action\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/consentaction\",\"code\":\""
                + code + "\"}]}]";
    }

    private static String actor(String reference) {
        return "\"actor\":[" + actorOf("IRCP", reference) + "]";
    }

    private static String actorOf(String role, String reference) {
        return "{\"role\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ParticipationType\",\"code\":\""
                + role + "\"}]},\"reference\":{\"reference\":\"" + reference + "\"}}";
    }

    private static String data(String... meaningsAndReferences) {
        StringBuilder data = new StringBuilder("\"data\":[");
        for (int i = 0; i < meaningsAndReferences.length; i += 2) {
            data.append(i == 0 ? "" : ",")
                    .append("{\"meaning\":\"")
                    .append(meaningsAndReferences[i])
                    .append("\",\"reference\":{\"reference\":\"")
                    .append(meaningsAndReferences[i + 1])
                    .append("\"}}");
        }
        return data.append(']').toString();
    }

    private static TimeSpan days(String first, String after) {
        return TimeSpan.span(
                Instant.parse(first + "T00:00:00Z").toEpochMilli(),
                Instant.parse(after + "T00:00:00Z").toEpochMilli());
    }
}
