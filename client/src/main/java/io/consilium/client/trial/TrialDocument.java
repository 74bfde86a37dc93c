package io.consilium.client.trial;

import com.google.protobuf.ByteString;
import io.consilium.client.DocumentFault;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonReader;
import io.consilium.crypto.Hash;
import io.consilium.ledger.trials.DataUse;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.TrialFormat;
import io.consilium.proto.TrialArm;
import io.consilium.proto.TrialObjective;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.WithdrawalRule;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** A registration as the plain JSON form that people write (docs/TRIALS.md): strict, with the place of every fault. */
public final class TrialDocument {
    public static final int MAX_BYTES = 1024 * 1024;

    /** The threshold of a registration that names none (TRI-7). */
    public static final int DEFAULT_THRESHOLD = 11;

    private static final String KEEP = "keep-earlier-data";
    private static final String EXCLUDE = "exclude-earlier-data";
    private static final String PRIMARY = "primary";
    private static final String SECONDARY = "secondary";

    private TrialDocument() {}

    /** Without a protocolHash of its own the document is its protocol, and the hash is the file's. */
    public static TrialRegistration read(byte[] json) throws DocumentFault {
        return read(tree(json), Hash.sha256(json));
    }

    static Object tree(byte[] json) throws DocumentFault {
        try {
            return JsonReader.read(json);
        } catch (JsonException invalid) {
            throw DocumentReader.fault(invalid);
        }
    }

    /** @param fileHash of the file that the document came from */
    public static TrialRegistration read(Object tree, Hash fileHash) throws DocumentFault {
        DocumentReader in = DocumentReader.of(tree);
        TrialRegistration.Builder out = TrialRegistration.newBuilder()
                .setTitle(in.text("title", TrialFormat.MAX_TEXT))
                .setPublicTitle(in.optional("publicTitle", TrialFormat.MAX_TEXT))
                .setAcronym(in.optional("acronym", TrialFormat.MAX_SHORT_TEXT))
                .setSponsor(slug(in, "sponsor"))
                .addAllSecondarySponsors(slugs(in, "secondarySponsors"))
                .addAllFunders(in.texts("fundingSources", TrialFormat.MAX_ENTRIES, TrialFormat.MAX_SHORT_TEXT))
                .setEthicsCommittee(slug(in, "ethicsCommittee"))
                .addAllSites(slugs(in, "sites"))
                .addAllSecondaryIds(in.texts("secondaryIds", TrialFormat.MAX_ENTRIES, TrialFormat.MAX_SHORT_TEXT))
                .addAllCountries(in.texts("countries", TrialFormat.MAX_ENTRIES, TrialFormat.MAX_VERSION_NAME))
                .addAllConditions(in.texts("conditions", TrialFormat.MAX_ENTRIES, TrialFormat.MAX_SHORT_TEXT))
                .addAllInterventions(in.texts("interventions", TrialFormat.MAX_ENTRIES, TrialFormat.MAX_TEXT))
                .addAllInclusionCriteria(in.texts("inclusionCriteria", TrialFormat.MAX_ENTRIES, TrialFormat.MAX_TEXT))
                .addAllExclusionCriteria(in.texts("exclusionCriteria", TrialFormat.MAX_ENTRIES, TrialFormat.MAX_TEXT))
                .setStudyType(in.optional("studyType", TrialFormat.MAX_SHORT_TEXT))
                .setPhase(in.optional("phase", TrialFormat.MAX_SHORT_TEXT))
                .setSampleSize((int) in.whole("sampleSize", 1, TrialFormat.MAX_SAMPLE_SIZE))
                .setPlannedStart(date(in, "plannedStart"))
                .setPlannedCompletion(date(in, "plannedCompletion"))
                .setDataSharing(in.optional("dataSharing", TrialFormat.MAX_TEXT))
                .addAllDataUse(dataUse(in))
                .setProtocolVersion(in.text("protocolVersion", TrialFormat.MAX_VERSION_NAME))
                .setIcfVersion(in.text("icfVersion", TrialFormat.MAX_VERSION_NAME))
                .setProtocolHash(protocolHash(in, fileHash))
                .setAnonymityThreshold(
                        in.has("anonymityThreshold")
                                ? (int) in.whole(
                                        "anonymityThreshold", TrialFormat.MIN_THRESHOLD, TrialFormat.MAX_THRESHOLD)
                                : DEFAULT_THRESHOLD)
                .setPrivacyBudgetMicros(
                        in.has("privacyBudget") ? in.micros("privacyBudget", TrialFormat.MAX_BUDGET_MICROS) : 0)
                .setWithdrawalRule(withdrawal(in));
        if (out.getSitesCount() == 0) {
            throw in.at("sites", "at least one site is needed");
        }
        contacts(in, out);
        arms(in, out);
        out.addAllOutcomes(outcomes(in));
        in.end();
        if (out.getOutcomesList().stream().noneMatch(TrialOutcome::getPrimary)) {
            throw DocumentReader.fault("outcomes", "at least one is primary");
        }
        TrialRegistration registration = out.build();
        if (registration.getSerializedSize() > TrialFormat.MAX_REGISTRATION_BYTES) {
            throw DocumentReader.fault(
                    "", "a registration has at most " + TrialFormat.MAX_REGISTRATION_BYTES + " bytes on chain");
        }
        return registration;
    }

    private static void contacts(DocumentReader in, TrialRegistration.Builder out) throws DocumentFault {
        var contacts = in.object("contacts");
        out.setPublicContact(out.getSponsor()).setScientificContact(out.getSponsor());
        if (contacts.isPresent()) {
            DocumentReader reader = contacts.get();
            out.setPublicContact(slug(reader, "public")).setScientificContact(slug(reader, "scientific"));
            reader.end();
        }
    }

    private static void arms(DocumentReader in, TrialRegistration.Builder out) throws DocumentFault {
        for (DocumentReader arm : in.objects("arms", TrialFormat.MAX_ENTRIES)) {
            out.addArms(TrialArm.newBuilder()
                    .setName(arm.text("name", TrialFormat.MAX_SHORT_TEXT))
                    .setType(arm.optional("type", TrialFormat.MAX_SHORT_TEXT))
                    .setDescription(arm.optional("description", TrialFormat.MAX_TEXT)));
            arm.end();
        }
        for (DocumentReader objective : in.objects("objectives", TrialFormat.MAX_ENTRIES)) {
            out.addObjectives(TrialObjective.newBuilder()
                    .setText(objective.text("text", TrialFormat.MAX_TEXT))
                    .setPrimary(primary(objective, "level")));
            objective.end();
        }
    }

    private static List<TrialOutcome> outcomes(DocumentReader in) throws DocumentFault {
        List<DocumentReader> readers = in.objects("outcomes", TrialFormat.MAX_OUTCOMES);
        if (readers.isEmpty()) {
            throw in.at("outcomes", in.has("outcomes") ? "at least one outcome is needed" : "this field is missing");
        }
        List<TrialOutcome> outcomes = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>();
        for (DocumentReader reader : readers) {
            TrialOutcome outcome = outcome(reader);
            reader.end();
            distinct(reader, outcome, names);
            outcomes.add(outcome);
        }
        return outcomes;
    }

    static void distinct(DocumentReader reader, TrialOutcome outcome, TreeSet<String> names) throws DocumentFault {
        String name = outcome.getName().strip().replaceAll("\\s+", " ").toLowerCase(java.util.Locale.ROOT);
        if (!names.add(name)) {
            throw reader.at("name", "another outcome has this name");
        }
    }

    /** An outcome's own fields; there may be others beside them. */
    static TrialOutcome outcome(DocumentReader reader) throws DocumentFault {
        return TrialOutcome.newBuilder()
                .setName(reader.text("name", TrialFormat.MAX_SHORT_TEXT))
                .setMeasure(reader.text("measure", TrialFormat.MAX_TEXT))
                .setTimePoint(reader.text("timePoint", TrialFormat.MAX_SHORT_TEXT))
                .setPrimary(primary(reader, "kind"))
                .build();
    }

    private static boolean primary(DocumentReader reader, String name) throws DocumentFault {
        String kind = reader.text(name, TrialFormat.MAX_SHORT_TEXT);
        if (!kind.equals(PRIMARY) && !kind.equals(SECONDARY)) {
            throw reader.at(name, "\"primary\" or \"secondary\" expected, not '" + kind + "'");
        }
        return kind.equals(PRIMARY);
    }

    private static String slug(DocumentReader in, String name) throws DocumentFault {
        String text = in.text(name, TrialFormat.MAX_SHORT_TEXT);
        if (!ActorName.isSlug(text)) {
            throw in.at(name, "an institution of the chain expected, e.g. st-mary");
        }
        return text;
    }

    private static List<String> slugs(DocumentReader in, String name) throws DocumentFault {
        List<String> slugs = in.words(name, TrialFormat.MAX_SITES, TrialFormat.MAX_SHORT_TEXT);
        for (String slug : slugs) {
            if (!ActorName.isSlug(slug)) {
                throw in.at(name, "'" + slug + "' is no institution's name");
            }
        }
        return slugs;
    }

    private static List<String> dataUse(DocumentReader in) throws DocumentFault {
        TreeSet<String> codes = new TreeSet<>();
        for (String text : in.words("dataUse", TrialFormat.MAX_ENTRIES, TrialFormat.MAX_SHORT_TEXT)) {
            codes.add(DataUse.of(text)
                    .orElseThrow(() -> in.at("dataUse", "'" + text + "' is no code of the Data Use Ontology"))
                    .name());
        }
        return List.copyOf(codes);
    }

    private static String date(DocumentReader in, String name) throws DocumentFault {
        String text = in.optional(name, TrialFormat.MAX_SHORT_TEXT);
        try {
            return text.isEmpty() ? text : LocalDate.parse(text).toString();
        } catch (DateTimeException invalid) {
            throw in.at(name, "a date such as 2026-01-31 expected");
        }
    }

    private static ByteString protocolHash(DocumentReader in, Hash fileHash) throws DocumentFault {
        String text = in.optional("protocolHash", TrialFormat.MAX_SHORT_TEXT);
        if (text.isEmpty()) {
            return ByteString.copyFrom(fileHash.toBytes());
        }
        if (!text.matches("[0-9a-f]{64}")) {
            throw in.at("protocolHash", "a SHA-256 in 64 lowercase hexadecimal digits expected");
        }
        return ByteString.copyFrom(HexFormat.of().parseHex(text));
    }

    private static WithdrawalRule withdrawal(DocumentReader in) throws DocumentFault {
        String rule = in.optional("withdrawalRule", TrialFormat.MAX_SHORT_TEXT);
        return switch (rule) {
            case "", KEEP -> WithdrawalRule.KEEP_EARLIER_DATA;
            case EXCLUDE -> WithdrawalRule.EXCLUDE_EARLIER_DATA;
            default -> throw in.at("withdrawalRule", "\"" + KEEP + "\" or \"" + EXCLUDE + "\" expected");
        };
    }

    /** The document that reads as this registration. */
    public static Map<String, Object> write(TrialRegistration registration) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("title", registration.getTitle());
        out.put("publicTitle", registration.getPublicTitle());
        out.put("acronym", registration.getAcronym());
        out.put("sponsor", registration.getSponsor());
        out.put("secondarySponsors", List.copyOf(registration.getSecondarySponsorsList()));
        out.put("fundingSources", List.copyOf(registration.getFundersList()));
        Map<String, Object> contacts = new LinkedHashMap<>();
        contacts.put("public", registration.getPublicContact());
        contacts.put("scientific", registration.getScientificContact());
        out.put("contacts", contacts);
        out.put("secondaryIds", List.copyOf(registration.getSecondaryIdsList()));
        out.put("countries", List.copyOf(registration.getCountriesList()));
        out.put("conditions", List.copyOf(registration.getConditionsList()));
        out.put("interventions", List.copyOf(registration.getInterventionsList()));
        out.put(
                "arms",
                registration.getArmsList().stream().map(TrialDocument::arm).toList());
        out.put(
                "objectives",
                registration.getObjectivesList().stream()
                        .map(TrialDocument::objective)
                        .toList());
        out.put("inclusionCriteria", List.copyOf(registration.getInclusionCriteriaList()));
        out.put("exclusionCriteria", List.copyOf(registration.getExclusionCriteriaList()));
        out.put("studyType", registration.getStudyType());
        out.put("phase", registration.getPhase());
        out.put("sampleSize", (long) registration.getSampleSize());
        out.put("plannedStart", registration.getPlannedStart());
        out.put("plannedCompletion", registration.getPlannedCompletion());
        out.put("sites", List.copyOf(registration.getSitesList()));
        out.put("ethicsCommittee", registration.getEthicsCommittee());
        out.put("anonymityThreshold", (long) registration.getAnonymityThreshold());
        out.put("privacyBudget", Micros.number(registration.getPrivacyBudgetMicros()));
        out.put("protocolVersion", registration.getProtocolVersion());
        out.put("icfVersion", registration.getIcfVersion());
        out.put(
                "protocolHash",
                HexFormat.of().formatHex(registration.getProtocolHash().toByteArray()));
        out.put(
                "withdrawalRule",
                registration.getWithdrawalRule() == WithdrawalRule.EXCLUDE_EARLIER_DATA ? EXCLUDE : KEEP);
        out.put("dataSharing", registration.getDataSharing());
        out.put("dataUse", List.copyOf(registration.getDataUseList()));
        out.put(
                "outcomes",
                registration.getOutcomesList().stream()
                        .map(TrialDocument::write)
                        .toList());
        return out;
    }

    private static Map<String, Object> arm(TrialArm arm) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("name", arm.getName());
        out.put("type", arm.getType());
        out.put("description", arm.getDescription());
        return out;
    }

    private static Map<String, Object> objective(TrialObjective objective) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("text", objective.getText());
        out.put("level", objective.getPrimary() ? PRIMARY : SECONDARY);
        return out;
    }

    static Map<String, Object> write(TrialOutcome outcome) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("name", outcome.getName());
        out.put("measure", outcome.getMeasure());
        out.put("timePoint", outcome.getTimePoint());
        out.put("kind", outcome.getPrimary() ? PRIMARY : SECONDARY);
        return out;
    }
}
