package io.consilium.interop.fhir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.consilium.ledger.consent.PurposeOfUse;
import java.util.List;
import java.util.Optional;

/**
 * Writes a consent of the ledger as a FHIR R4 Consent in the core style (CON-5): the base as policy rule, the root
 * provision as the frame of the rules. {@link ConsentReader} makes the same terms of it. Needs nothing of HAPI.
 */
public final class ConsentWriter {
    public static final String CONSENT_IDS = "urn:consilium:consent";

    private static final String HL7 = "http://terminology.hl7.org/CodeSystem/";
    private static final String PARTICIPATION = HL7 + "v3-ParticipationType";

    private ConsentWriter() {}

    /**
     * What stands around the terms.
     *
     * @param consentId in hex
     * @param active whether it is in force; a revoked one is written as inactive
     * @param patientId in hex
     * @param grantor member or patient id
     * @param changedMillis when this version was granted
     * @param evidenceHash of the signed form in hex, empty without one
     */
    public record About(
            String consentId,
            long version,
            boolean active,
            String patientId,
            String grantor,
            long changedMillis,
            String evidenceHash) {}

    /** The resource as JSON. */
    public static String write(About about, ReadableTerms terms) {
        ObjectNode consent = object();
        consent.put("resourceType", "Consent");
        consent.put("id", about.consentId());
        consent.putObject("meta").put("versionId", Long.toString(about.version()));
        consent.putArray("identifier").add(identifier(CONSENT_IDS, about.consentId()));
        consent.put("status", about.active() ? "active" : "inactive");
        consent.set("scope", concept(HL7 + "consentscope", "patient-privacy"));
        consent.putArray("category").add(concept("http://loinc.org", "59284-0"));
        consent.set("patient", reference("Patient", AuditEvents.PATIENT_IDS, about.patientId()));
        consent.put("dateTime", TimeSpan.instant(about.changedMillis()));
        boolean member = about.grantor().contains("/");
        consent.putArray("performer")
                .add(
                        member
                                ? reference("Practitioner", AuditEvents.MEMBER_IDS, about.grantor())
                                : reference("Patient", AuditEvents.PATIENT_IDS, about.grantor()));
        if (!about.evidenceHash().isEmpty()) {
            consent.set(
                    "sourceReference", reference("DocumentReference", "urn:consilium:sha-256", about.evidenceHash()));
        }
        if (isPlainDenial(terms)) {
            consent.putArray("policy").addObject().put("uri", "urn:consilium:terms");
        } else {
            consent.set("policyRule", concept(HL7 + "v3-ActCode", terms.basePermit() ? "OPTIN" : "OPTOUT"));
        }
        provision(terms).ifPresent(provision -> consent.set("provision", provision));
        return consent.toPrettyString();
    }

    /** A denial for a time: beside a policy rule it would not be clear whether the time limits or lifts it. */
    private static boolean isPlainDenial(ReadableTerms terms) {
        return !terms.basePermit()
                && terms.period().isPresent()
                && terms.rules().isEmpty();
    }

    private static Optional<ObjectNode> provision(ReadableTerms terms) {
        if (terms.rules().isEmpty() && terms.period().isEmpty()) {
            return Optional.empty();
        }
        ObjectNode root = object();
        if (isPlainDenial(terms)) {
            root.put("type", "deny");
        }
        terms.period().ifPresent(period -> root.set("period", period(period)));
        rules(root, terms.rules());
        return Optional.of(root);
    }

    private static void rules(ObjectNode around, List<ReadableRule> rules) {
        if (!rules.isEmpty()) {
            ArrayNode provisions = around.putArray("provision");
            rules.forEach(rule -> provisions.add(rule(rule)));
        }
    }

    private static ObjectNode rule(ReadableRule rule) {
        ObjectNode provision = object();
        provision.put("type", rule.permit() ? "permit" : "deny");
        rule.period().ifPresent(period -> provision.set("period", period(period)));
        ArrayNode actors = JsonNodeFactory.instance.arrayNode();
        rule.actors().forEach(actor -> actors.add(actor("IRCP", actor)));
        rule.authors().forEach(author -> actors.add(actor("AUT", author)));
        put(provision, "actor", actors);
        ArrayNode actions = JsonNodeFactory.instance.arrayNode();
        rule.actions().forEach(action -> actions.add(concept(HL7 + "consentaction", action)));
        put(provision, "action", actions);
        labels(provision, "securityLabel", rule, ReadableRule.Element.SECURITY_LABEL);
        ArrayNode purposes = JsonNodeFactory.instance.arrayNode();
        rule.purposes().forEach(purpose -> purposes.add(coding(PurposeOfUse.SYSTEM, purpose)));
        put(provision, "purpose", purposes);
        labels(provision, "class", rule, ReadableRule.Element.CLASS);
        labels(provision, "code", rule, ReadableRule.Element.CODE);
        rule.dataPeriod().ifPresent(period -> provision.set("dataPeriod", period(period)));
        ArrayNode data = JsonNodeFactory.instance.arrayNode();
        for (String record : rule.records()) {
            ObjectNode instance = data.addObject().put("meaning", "instance");
            boolean id = record.matches("[0-9a-f]{32}");
            instance.set(
                    "reference",
                    id ? object().set("identifier", identifier(AuditEvents.RECORD_IDS, record)) : foreign(record));
        }
        put(provision, "data", data);
        rules(provision, rule.rules());
        return provision;
    }

    private static void labels(ObjectNode provision, String name, ReadableRule rule, ReadableRule.Element element) {
        ArrayNode values = JsonNodeFactory.instance.arrayNode();
        for (ReadableRule.LabelGroup group : rule.labels()) {
            if (group.element() == element) {
                for (Coding coding : group.codings()) {
                    values.add(
                            element == ReadableRule.Element.CODE
                                    ? concept(coding.system(), coding.code())
                                    : coding(coding.system(), coding.code()));
                }
            }
        }
        put(provision, name, values);
    }

    private static ObjectNode actor(String role, String actor) {
        ObjectNode node = object();
        node.set("role", concept(PARTICIPATION, role));
        node.set("reference", actorReference(actor));
        return node;
    }

    private static ObjectNode actorReference(String actor) {
        if (actor.startsWith(References.ROLE_PREFIX)) {
            return reference("PractitionerRole", References.ROLE_IDS, actor.substring(References.ROLE_PREFIX.length()));
        }
        if (actor.matches("[a-z0-9-]+/[a-z0-9._-]+")) {
            return reference("Practitioner", AuditEvents.MEMBER_IDS, actor);
        }
        return actor.matches("[a-z0-9-]+")
                ? reference("Organization", AuditEvents.INSTITUTION_IDS, actor)
                : foreign(actor);
    }

    /** A reference that nobody gave a meaning, as the document wrote it. */
    private static ObjectNode foreign(String text) {
        int bar = text.indexOf('|');
        ObjectNode node = object();
        if (bar > 0) {
            node.set("identifier", identifier(text.substring(0, bar), text.substring(bar + 1)));
            return node;
        }
        return node.put("reference", text);
    }

    private static ObjectNode reference(String type, String system, String value) {
        ObjectNode node = object().put("type", type);
        node.set("identifier", identifier(system, value));
        return node;
    }

    private static ObjectNode identifier(String system, String value) {
        return object().put("system", system).put("value", value);
    }

    private static ObjectNode period(TimeSpan span) {
        ObjectNode period = object();
        span.startText().ifPresent(start -> period.put("start", start));
        span.endText().ifPresent(end -> period.put("end", end));
        return period;
    }

    private static ObjectNode concept(String system, String code) {
        ObjectNode concept = object();
        concept.putArray("coding").add(coding(system, code));
        return concept;
    }

    private static ObjectNode coding(String system, String code) {
        return object().put("system", system).put("code", code);
    }

    private static void put(ObjectNode node, String name, JsonNode values) {
        if (!values.isEmpty()) {
            node.set(name, values);
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
