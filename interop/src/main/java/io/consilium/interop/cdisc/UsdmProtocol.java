package io.consilium.interop.cdisc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.consilium.ledger.tx.TrialFormat;
import io.consilium.proto.TrialArm;
import io.consilium.proto.TrialObjective;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialRegistration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A protocol in CDISC's Unified Study Definitions Model (USDM 3 and 4) as a registration: its newest version's titles,
 * objectives, endpoints, arms and criteria. What the model does not hold keeps the value of the registration that is
 * given, e.g. the parties. The document itself stays the protocol: its hash is registered.
 */
public final class UsdmProtocol {
    public static final int MAX_BYTES = 64 * 1024 * 1024;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(200)
                            .maxStringLength(8 * 1024 * 1024)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private UsdmProtocol() {}

    /**
     * @param defaults what a gap of the protocol keeps; its outcomes are not kept
     * @param notes is told what was left out or shortened
     */
    public static TrialRegistration read(byte[] json, TrialRegistration defaults, Consumer<String> notes)
            throws CdiscFault {
        JsonNode study = tree(json).path("study");
        if (!study.isObject()) {
            throw new CdiscFault("study", "a study of the USDM expected");
        }
        Place versions = new Place(study, "study").list("versions");
        Place version = versions.last();
        if (versions.node().size() > 1) {
            notes.accept("Of several versions the last is taken: "
                    + first(text(version.node(), "versionIdentifier"), "without a name"));
        }
        Place design = version.list("studyDesigns").first();
        if (version.node().path("studyDesigns").size() > 1) {
            notes.accept("Of several study designs the first is taken");
        }
        TrialRegistration.Builder out = defaults.toBuilder();
        titles(study, version.node(), out);
        put(version.node(), "versionIdentifier", TrialFormat.MAX_VERSION_NAME, out::setProtocolVersion);
        identifiers(version.node(), out);
        design(version.node(), design.node(), out);
        gaps(study, version.node(), design.node(), defaults, notes);
        arms(design.node(), out);
        objectives(design, out, notes);
        List<TrialCriterion> criteria = criteria(version.node(), design.node());
        keep(criteria, TrialFormat.MAX_TEXT, out, notes);
        if (out.build().getSerializedSize() > TrialFormat.MAX_REGISTRATION_BYTES) {
            keep(criteria, TrialFormat.MAX_SHORT_TEXT, out, notes);
        }
        return out.build();
    }

    private static JsonNode tree(byte[] json) throws CdiscFault {
        if (json.length > MAX_BYTES) {
            throw new CdiscFault("", "a protocol has at most " + MAX_BYTES + " bytes");
        }
        try {
            return JSON.readTree(new Utf8Reader(new ByteArrayInputStream(json)));
        } catch (Utf8Reader.NotUtf8 notUtf8) {
            throw notUtf8.fault();
        } catch (JsonProcessingException invalid) {
            String place = invalid.getLocation() == null
                    ? ""
                    : "line " + invalid.getLocation().getLineNr() + ", column "
                            + invalid.getLocation().getColumnNr();
            throw new CdiscFault(place, "not well-formed JSON");
        } catch (IOException impossible) {
            throw new UncheckedIOException("bytes in memory cannot be read", impossible);
        }
    }

    /** A node and where it stands. */
    private record Place(JsonNode node, String path) {
        Place list(String name) throws CdiscFault {
            JsonNode list = node.path(name);
            String at = path + "." + name;
            if (!list.isArray() || list.isEmpty()) {
                throw new CdiscFault(
                        at, list.isMissingNode() ? "this member is missing" : "a list with entries expected");
            }
            return new Place(list, at);
        }

        Place first() {
            return new Place(node.get(0), path + "[0]");
        }

        Place last() {
            return new Place(node.get(node.size() - 1), path + "[" + (node.size() - 1) + "]");
        }
    }

    /** What is registered for good is not taken from a template unseen. */
    private static void gaps(
            JsonNode study, JsonNode version, JsonNode design, TrialRegistration defaults, Consumer<String> notes) {
        if (title(study, version).isEmpty()) {
            notes.accept("The protocol says no title; it is '" + defaults.getTitle() + "' now");
        }
        if (text(version, "versionIdentifier").isEmpty()) {
            notes.accept("The protocol does not name its version; it is " + defaults.getProtocolVersion() + " now");
        }
        if (plannedSize(design) == 0) {
            notes.accept("The protocol says no planned enrolment; it is " + defaults.getSampleSize() + " now");
        }
    }

    private static void titles(JsonNode study, JsonNode version, TrialRegistration.Builder out) {
        String title = title(study, version);
        if (!title.isEmpty()) {
            out.setTitle(cut(title, TrialFormat.MAX_TEXT));
        }
        out.setPublicTitle(cut(first(brief(version), title), TrialFormat.MAX_TEXT));
        out.setAcronym(cut(titled(version, "acronym"), TrialFormat.MAX_SHORT_TEXT));
    }

    private static String title(JsonNode study, JsonNode version) {
        return first(titled(version, "official"), brief(version), text(version, "studyTitle"), text(study, "name"));
    }

    private static String brief(JsonNode version) {
        return first(titled(version, "public"), titled(version, "brief"));
    }

    private static String titled(JsonNode version, String kind) {
        for (JsonNode title : version.path("titles")) {
            if (decode(title.path("type")).toLowerCase(Locale.ROOT).contains(kind)) {
                return text(title, "text");
            }
        }
        return "";
    }

    private static void identifiers(JsonNode version, TrialRegistration.Builder out) {
        out.clearSecondaryIds();
        TreeSet<String> ids = new TreeSet<>();
        for (JsonNode identifier : version.path("studyIdentifiers")) {
            ids.add(cut(
                    first(text(identifier, "text"), text(identifier, "studyIdentifier")), TrialFormat.MAX_SHORT_TEXT));
        }
        ids.remove("");
        out.addAllSecondaryIds(bounded(ids));
    }

    private static void design(JsonNode version, JsonNode design, TrialRegistration.Builder out) {
        String type = first(decode(design.path("studyType")), decode(version.path("studyType")));
        if (!type.isEmpty()) {
            out.setStudyType(cut(type, TrialFormat.MAX_SHORT_TEXT));
        }
        String phase = first(
                decode(design.path("studyPhase").path("standardCode")),
                decode(version.path("studyPhase").path("standardCode")));
        if (!phase.isEmpty()) {
            out.setPhase(cut(phase, TrialFormat.MAX_SHORT_TEXT));
        }
        List<String> conditions = new ArrayList<>();
        for (JsonNode indication : either(design, version, "indications")) {
            conditions.add(cut(
                    first(text(indication, "label"), text(indication, "description"), text(indication, "name")),
                    TrialFormat.MAX_SHORT_TEXT));
        }
        keep(conditions, out::clearConditions, out::addAllConditions);
        List<String> interventions = new ArrayList<>();
        for (JsonNode intervention : either(version, design, "studyInterventions")) {
            interventions.add(cut(
                    first(text(intervention, "label"), text(intervention, "description"), text(intervention, "name")),
                    TrialFormat.MAX_TEXT));
        }
        keep(interventions, out::clearInterventions, out::addAllInterventions);
        long size = plannedSize(design);
        if (size > 0) {
            out.setSampleSize((int) size);
        }
    }

    /** How many subjects are planned; 0 where it is not said. */
    private static long plannedSize(JsonNode design) {
        JsonNode planned = design.path("population").path("plannedEnrollmentNumber");
        long size = first(planned.path("value"), planned.path("maxValue").path("value"), planned.path("maxValue"));
        return size >= 1 && size <= TrialFormat.MAX_SAMPLE_SIZE ? size : 0;
    }

    private static void arms(JsonNode design, TrialRegistration.Builder out) {
        if (!design.path("arms").isArray() || design.path("arms").isEmpty()) {
            return;
        }
        out.clearArms();
        for (JsonNode arm : design.path("arms")) {
            String name = first(text(arm, "label"), text(arm, "name"));
            if (!name.isEmpty() && out.getArmsCount() < TrialFormat.MAX_ENTRIES) {
                out.addArms(TrialArm.newBuilder()
                        .setName(cut(name, TrialFormat.MAX_SHORT_TEXT))
                        .setType(cut(decode(arm.path("type")), TrialFormat.MAX_SHORT_TEXT))
                        .setDescription(cut(text(arm, "description"), TrialFormat.MAX_TEXT)));
            }
        }
    }

    private record TrialCriterion(String text, boolean excludes) {}

    /** USDM 4 keeps the texts of criteria beside the design; USDM 3 in the population. */
    private static List<TrialCriterion> criteria(JsonNode version, JsonNode design) {
        List<TrialCriterion> found = new ArrayList<>();
        JsonNode criteria = design.path("eligibilityCriteria");
        for (JsonNode criterion :
                criteria.isArray() ? criteria : design.path("population").path("criteria")) {
            String text = first(text(criterion, "text"), item(version, text(criterion, "criterionItemId")));
            boolean excludes =
                    decode(criterion.path("category")).toLowerCase(Locale.ROOT).contains("exclusion");
            found.add(new TrialCriterion(first(text, text(criterion, "label"), text(criterion, "name")), excludes));
        }
        return found;
    }

    private static void keep(
            List<TrialCriterion> criteria, int max, TrialRegistration.Builder out, Consumer<String> notes) {
        List<String> inclusion = new ArrayList<>();
        List<String> exclusion = new ArrayList<>();
        criteria.forEach(criterion -> (criterion.excludes() ? exclusion : inclusion).add(cut(criterion.text(), max)));
        keep(inclusion, out::clearInclusionCriteria, out::addAllInclusionCriteria);
        keep(exclusion, out::clearExclusionCriteria, out::addAllExclusionCriteria);
        if (inclusion.size() > TrialFormat.MAX_ENTRIES || exclusion.size() > TrialFormat.MAX_ENTRIES) {
            notes.accept("Of the criteria the first " + TrialFormat.MAX_ENTRIES + " of a kind are taken");
        }
        if (criteria.stream().anyMatch(criterion -> criterion.text().length() > max)) {
            notes.accept("Criteria are shortened to " + max + " characters; the protocol's hash stands for the whole");
        }
    }

    private static String item(JsonNode version, String id) {
        for (JsonNode item : version.path("eligibilityCriterionItems")) {
            if (!id.isEmpty() && item.path("id").asText("").equals(id)) {
                return text(item, "text");
            }
        }
        return "";
    }

    private static void objectives(Place design, TrialRegistration.Builder out, Consumer<String> notes)
            throws CdiscFault {
        Place objectives = design.list("objectives");
        out.clearObjectives().clearOutcomes();
        TreeSet<String> names = new TreeSet<>();
        for (int i = 0; i < objectives.node().size(); i++) {
            JsonNode objective = objectives.node().get(i);
            String at = objectives.path() + "[" + i + "]";
            boolean primary = isPrimary(objective);
            String text = first(text(objective, "text"), text(objective, "description"), text(objective, "name"));
            if (!text.isEmpty() && out.getObjectivesCount() < TrialFormat.MAX_ENTRIES) {
                out.addObjectives(TrialObjective.newBuilder()
                        .setText(cut(text, TrialFormat.MAX_TEXT))
                        .setPrimary(primary));
            }
            JsonNode endpoints = objective.path("endpoints");
            if (!endpoints.isArray() || primary && endpoints.isEmpty()) {
                throw new CdiscFault(at + ".endpoints", "the objective has no endpoints");
            }
            if (endpoints.isEmpty()) {
                notes.accept(
                        "An objective has no endpoints, so that no outcome is registered of it: " + at + ".endpoints");
            }
            for (int j = 0; j < endpoints.size(); j++) {
                if (out.getOutcomesCount() == TrialFormat.MAX_OUTCOMES) {
                    throw new CdiscFault(at + ".endpoints", "more than " + TrialFormat.MAX_OUTCOMES + " endpoints");
                }
                out.addOutcomes(outcome(endpoints.get(j), primary, at + ".endpoints[" + j + "]", names, notes));
            }
        }
        if (out.getOutcomesList().stream().noneMatch(TrialOutcome::getPrimary)) {
            throw new CdiscFault(objectives.path(), "no endpoint is primary");
        }
    }

    /** @param primary what it is where it does not say so itself */
    private static TrialOutcome outcome(
            JsonNode endpoint, boolean primary, String path, TreeSet<String> names, Consumer<String> notes)
            throws CdiscFault {
        String text = first(text(endpoint, "text"), text(endpoint, "description"), text(endpoint, "label"));
        if (text.isEmpty()) {
            throw new CdiscFault(path + ".text", "the endpoint says nothing");
        }
        String name = cut(first(text(endpoint, "label"), text), TrialFormat.MAX_SHORT_TEXT - 40);
        String own = text(endpoint, "name");
        String distinct = name;
        for (int i = 2; !names.add(distinct.toLowerCase(Locale.ROOT)); i++) {
            distinct = name + " (" + (own.isEmpty() || i > 2 ? String.valueOf(i) : cut(own, 30)) + ")";
        }
        String measure = cut(text, TrialFormat.MAX_TEXT);
        UsdmTimePoint time = UsdmTimePoint.in(measure);
        if (!time.sure()) {
            notes.accept("The time point of '" + distinct + "' is '" + time.text() + "' now; check it");
        }
        return TrialOutcome.newBuilder()
                .setName(distinct)
                .setMeasure(measure)
                .setTimePoint(cut(time.text(), TrialFormat.MAX_SHORT_TEXT))
                .setPrimary(decode(endpoint.path("level")).isEmpty() ? primary : isPrimary(endpoint))
                .build();
    }

    private static boolean isPrimary(JsonNode objectiveOrEndpoint) {
        return decode(objectiveOrEndpoint.path("level"))
                .toLowerCase(Locale.ROOT)
                .contains("primary");
    }

    private static String decode(JsonNode code) {
        return UsdmText.plain(code.path("decode").asText(""));
    }

    private static String text(JsonNode node, String name) {
        return UsdmText.plain(node.path(name).asText(""));
    }

    private static JsonNode either(JsonNode one, JsonNode other, String name) {
        return one.path(name).isArray() ? one.path(name) : other.path(name);
    }

    private static void put(JsonNode node, String name, int max, Consumer<String> set) {
        String text = cut(text(node, name), max);
        if (!text.isEmpty()) {
            set.accept(text);
        }
    }

    private static void keep(List<String> texts, Runnable clear, Consumer<Iterable<String>> add) {
        List<String> said =
                bounded(texts.stream().filter(text -> !text.isEmpty()).toList());
        if (!said.isEmpty()) {
            clear.run();
            add.accept(said);
        }
    }

    private static List<String> bounded(java.util.Collection<String> texts) {
        return texts.stream().limit(TrialFormat.MAX_ENTRIES).toList();
    }

    private static String first(String... texts) {
        for (String text : texts) {
            if (!text.isEmpty()) {
                return text;
            }
        }
        return "";
    }

    private static long first(JsonNode... numbers) {
        for (JsonNode number : numbers) {
            if (number.isNumber()) {
                return number.asLong();
            }
        }
        return 0;
    }

    private static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max - 1).strip() + "…";
    }
}
