package io.consilium.interop.fhir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.consilium.ledger.consent.PurposeOfUse;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Lines of the audit trail as FHIR R4 AuditEvents (ACC-4), shaped as IHE's Basic Audit Log Patterns shape a privacy
 * disclosure: DICOM event, the source and the destination as agents, patient and record as entities.
 *
 * <p>Names, places and content stay out; parties, patient and record are identifiers of this ledger. Needs nothing of
 * HAPI, so that an export starts at once.
 */
public final class AuditEvents {
    /** Identifiers of the ledger in FHIR documents: institutions by slug, members by name, the rest in hex. */
    public static final String INSTITUTION_IDS = "urn:consilium:institution";

    public static final String MEMBER_IDS = "urn:consilium:member";
    public static final String PATIENT_IDS = "urn:consilium:patient";
    public static final String RECORD_IDS = "urn:consilium:record";

    /** What one Bundle holds at most; a longer log is exported in parts. */
    public static final int MAX_LINES = 100_000;

    private static final String DCM = "http://dicom.nema.org/resources/ontology/DCM";
    private static final String LIFECYCLE = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";
    private static final String ENTITY_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
    private static final String OBJECT_ROLE = "http://terminology.hl7.org/CodeSystem/object-role";
    private static final String SOURCE_TYPE = "http://terminology.hl7.org/CodeSystem/security-source-type";
    private static final int UUID_DIGITS = 32;

    private AuditEvents() {}

    /** One AuditEvent as JSON. */
    public static String event(AuditLine line) {
        return tree(line).toPrettyString();
    }

    /**
     * A collection of AuditEvents in order of time, as JSON.
     *
     * @param madeMillis when the export was made, milliseconds since 1970
     * @throws IllegalArgumentException for more than {@link #MAX_LINES}, or two lines with one id
     */
    public static String bundle(List<AuditLine> lines, long madeMillis) {
        if (lines.size() > MAX_LINES) {
            throw new IllegalArgumentException("a Bundle takes at most " + MAX_LINES + " lines, not " + lines.size());
        }
        ObjectNode bundle = object();
        bundle.put("resourceType", "Bundle");
        bundle.put("type", "collection");
        bundle.put("timestamp", TimeSpan.instant(madeMillis));
        // FHIR knows no empty arrays.
        ArrayNode entries = lines.isEmpty() ? JsonNodeFactory.instance.arrayNode() : bundle.putArray("entry");
        Set<String> urls = new LinkedHashSet<>();
        lines.stream().sorted(Comparator.comparingLong(AuditLine::timeMillis)).forEach(line -> {
            String url = fullUrl(line);
            if (!urls.add(url)) {
                throw new IllegalArgumentException("two lines have the id " + line.id());
            }
            ObjectNode entry = entries.addObject();
            entry.put("fullUrl", url);
            entry.set("resource", tree(line));
        });
        return bundle.toPrettyString();
    }

    private static ObjectNode tree(AuditLine line) {
        ObjectNode event = object();
        event.put("resourceType", "AuditEvent");
        event.put("id", line.id());
        boolean disclosure = line.kind() == AuditLine.Kind.DISCLOSURE;
        event.set("type", disclosure ? coding(DCM, "110106", "Export") : coding(DCM, "110110", "Patient Record"));
        event.putArray("subtype")
                .add(
                        disclosure
                                ? coding(LIFECYCLE, "disclose", "Disclose Record Lifecycle Event")
                                : coding(LIFECYCLE, "access", "Access/View Record Lifecycle Event"));
        event.put("action", line.action().equals("correct") ? "U" : "R");
        event.put("recorded", TimeSpan.instant(line.timeMillis()));
        outcome(event, line.kind());
        event.putArray("purposeOfEvent").add(purpose(line.purpose()));
        ArrayNode agents = event.putArray("agent");
        agents.add(agent("110153", "Source Role ID", INSTITUTION_IDS, line.custodian(), false));
        ObjectNode recipient = agent("110152", "Destination Role ID", MEMBER_IDS, line.recipient(), true);
        recipient.putArray("purposeOfUse").add(purpose(line.purpose()));
        agents.add(recipient);
        ObjectNode source = event.putObject("source");
        source.set("observer", reference(INSTITUTION_IDS, line.custodian()));
        source.putArray("type").add(coding(SOURCE_TYPE, "4", "Application Server"));
        ArrayNode entities = event.putArray("entity");
        entities.add(entity(PATIENT_IDS, line.patientId(), "1", "Person", "1", "Patient"));
        if (!line.recordId().isEmpty()) {
            entities.add(record(line));
        }
        return event;
    }

    /** Codes of audit-event-outcome; a denial is the intended work of the system, hence no more than minor. */
    private static void outcome(ObjectNode event, AuditLine.Kind kind) {
        event.put("outcome", kind == AuditLine.Kind.DENIED ? "4" : "0");
        event.put(
                "outcomeDesc",
                switch (kind) {
                    case USE -> "Used by the custodian's own staff";
                    case PERMITTED -> "Access permitted";
                    case DENIED -> "Access denied";
                    case DISCLOSURE -> "Disclosed";
                    case BREAK_GLASS -> "Broke the glass";
                    case REVIEW -> "Break-glass reviewed";
                });
    }

    private static ObjectNode record(AuditLine line) {
        ObjectNode entity = entity(RECORD_IDS, line.recordId(), "2", "System Object", "4", "Domain Resource");
        ArrayNode details = JsonNodeFactory.instance.arrayNode();
        if (line.recordVersion() > 0) {
            details.add(detail("version", Long.toString(line.recordVersion())));
        }
        details.add(detail("action", line.action()));
        line.accountable().ifPresent(value -> details.add(detail("accountable", value.toString())));
        line.exemption().ifPresent(code -> details.add(detail("exemption", code)));
        entity.set("detail", details);
        return entity;
    }

    private static ObjectNode detail(String type, String value) {
        return object().put("type", type).put("valueString", value);
    }

    private static ObjectNode agent(String role, String display, String system, String value, boolean requestor) {
        ObjectNode agent = object();
        agent.set("type", concept(coding(DCM, role, display)));
        agent.set("who", reference(system, value));
        agent.put("requestor", requestor);
        return agent;
    }

    private static ObjectNode entity(
            String system, String value, String type, String typeDisplay, String role, String roleDisplay) {
        ObjectNode entity = object();
        entity.set("what", reference(system, value));
        entity.set("type", coding(ENTITY_TYPE, type, typeDisplay));
        entity.set("role", coding(OBJECT_ROLE, role, roleDisplay));
        return entity;
    }

    private static ObjectNode purpose(String code) {
        return concept(object().put("system", PurposeOfUse.SYSTEM).put("code", code));
    }

    private static ObjectNode concept(JsonNode coding) {
        ObjectNode concept = object();
        concept.putArray("coding").add(coding);
        return concept;
    }

    private static ObjectNode coding(String system, String code, String display) {
        return object().put("system", system).put("code", code).put("display", display);
    }

    private static ObjectNode reference(String system, String value) {
        ObjectNode reference = object();
        reference.putObject("identifier").put("system", system).put("value", value);
        return reference;
    }

    private static String fullUrl(AuditLine line) {
        String hex = line.id().substring(0, UUID_DIGITS);
        return "urn:uuid:" + hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-" + hex.substring(12, 16) + "-"
                + hex.substring(16, 20) + "-" + hex.substring(20);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
