package io.consilium.ledger.tx;

import com.google.protobuf.ByteString;
import io.consilium.proto.ConsentAmend;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.LabelGroup;
import io.consilium.proto.Period;
import java.util.List;

/** The shape of consent terms: bounded lists, one level of exceptions, codes and ids of the right length. */
final class ConsentFormat {
    static final int MAX_RULES = 32;
    static final int MAX_EXCEPTIONS = 16;
    static final int MAX_RULES_AND_EXCEPTIONS = 128;
    static final int MAX_ACTORS = 64;
    static final int MAX_PURPOSES = 32;
    static final int MAX_ACTIONS = 8;
    static final int MAX_GROUPS = 16;
    static final int MAX_IDS = 64;
    static final int MAX_AUTHORS = 16;
    static final int MAX_EXPRESSION_CHARACTERS = 80;
    static final int MAX_CONDITION_BYTES = 4 * 1024;
    static final int MAX_CODES_BYTES = 32 * 1024;

    private static final String ROLE_PREFIX = "role:";

    private ConsentFormat() {}

    static void grant(ConsentGrant grant) throws MalformedTransaction {
        Shape.id(grant.getConsentId(), "consent_grant.consent_id");
        Shape.id(grant.getPatientId(), "consent_grant.patient_id");
        terms(grant.hasTerms(), grant.getTerms(), "consent_grant.terms");
        Shape.hashOrNothing(grant.getEvidenceHash(), "consent_grant.evidence_hash");
    }

    static void amend(ConsentAmend amend) throws MalformedTransaction {
        Shape.id(amend.getConsentId(), "consent_amend.consent_id");
        Shape.nonNegative(amend.getPredecessor(), "consent_amend.predecessor");
        terms(amend.hasTerms(), amend.getTerms(), "consent_amend.terms");
        Shape.hashOrNothing(amend.getEvidenceHash(), "consent_amend.evidence_hash");
        PayloadFormat.reason(amend.getSealedReason(), "consent_amend");
    }

    private static void terms(boolean present, ConsentTerms terms, String path) throws MalformedTransaction {
        if (!present) {
            throw MalformedTransaction.at(path, "is missing");
        }
        Shape.count(terms.getRulesCount(), 0, MAX_RULES, path + ".rules");
        int rules = 0;
        int actors = 0;
        for (int i = 0; i < terms.getRulesCount(); i++) {
            ConsentRule rule = terms.getRules(i);
            String at = path + ".rules[" + i + "]";
            rule(rule, at);
            Shape.count(rule.getExceptionsCount(), 0, MAX_EXCEPTIONS, at + ".exceptions");
            rules += 1 + rule.getExceptionsCount();
            actors += rule.getActorsCount();
            for (int j = 0; j < rule.getExceptionsCount(); j++) {
                ConsentRule exception = rule.getExceptions(j);
                String inner = at + ".exceptions[" + j + "]";
                rule(exception, inner);
                Shape.count(exception.getExceptionsCount(), 0, 0, inner + ".exceptions");
                actors += exception.getActorsCount();
            }
        }
        Shape.count(rules, 0, MAX_RULES_AND_EXCEPTIONS, path + ".rules with their exceptions");
        Shape.count(actors, 0, MAX_ACTORS, path + ".rules with their actors");
        period(terms.getPeriod(), path);
        Shape.atMost(terms.getSealedCodes(), MAX_CODES_BYTES, path + ".sealed_codes");
        if (terms.getExpression().length() > MAX_EXPRESSION_CHARACTERS) {
            throw MalformedTransaction.at(
                    path + ".expression", "names a rule in at most " + MAX_EXPRESSION_CHARACTERS + " characters");
        }
    }

    private static void rule(ConsentRule rule, String path) throws MalformedTransaction {
        Shape.count(rule.getActorsCount(), 0, MAX_ACTORS, path + ".actors");
        for (int i = 0; i < rule.getActorsCount(); i++) {
            actor(rule.getActors(i), path + ".actors[" + i + "]");
        }
        codes(rule.getPurposesList(), MAX_PURPOSES, path + ".purposes");
        codes(rule.getActionsList(), MAX_ACTIONS, path + ".actions");
        Shape.count(rule.getLabelsCount(), 0, MAX_GROUPS, path + ".labels");
        for (int i = 0; i < rule.getLabelsCount(); i++) {
            group(rule.getLabels(i), path + ".labels[" + i + "].labels");
        }
        Shape.count(rule.getRecordIdsCount(), 0, MAX_IDS, path + ".record_ids");
        for (int i = 0; i < rule.getRecordIdsCount(); i++) {
            Shape.id(rule.getRecordIds(i), path + ".record_ids[" + i + "]");
        }
        Shape.count(rule.getAuthorsCount(), 0, MAX_AUTHORS, path + ".authors");
        for (int i = 0; i < rule.getAuthorsCount(); i++) {
            party(rule.getAuthors(i), path + ".authors[" + i + "]");
        }
        period(rule.getPeriod(), path);
        Shape.atMost(rule.getSealedConditions(), MAX_CONDITION_BYTES, path + ".sealed_conditions");
    }

    /** An empty group could never match, which nobody means. */
    static void group(LabelGroup group, String path) throws MalformedTransaction {
        Shape.count(group.getLabelsCount(), 1, PayloadFormat.MAX_LABELS, path);
        for (int i = 0; i < group.getLabelsCount(); i++) {
            ByteString label = group.getLabels(i);
            Shape.exactly(label, PayloadFormat.LABEL_BYTES, path + "[" + i + "]");
        }
    }

    private static void actor(String text, String path) throws MalformedTransaction {
        if (text.startsWith(ROLE_PREFIX)) {
            Shape.code(text.substring(ROLE_PREFIX.length()), path);
        } else {
            party(text, path);
        }
    }

    private static void party(String text, String path) throws MalformedTransaction {
        ActorName name = ActorName.parse(text)
                .orElseThrow(() -> MalformedTransaction.at(path, "is an institution, institution/handle or role:ROLE"));
        if (name instanceof ActorName.Patient) {
            throw MalformedTransaction.at(path, "is an institution, institution/handle or role:ROLE, not a patient");
        }
    }

    private static void codes(List<String> codes, int max, String path) throws MalformedTransaction {
        Shape.count(codes.size(), 0, max, path);
        for (int i = 0; i < codes.size(); i++) {
            Shape.code(codes.get(i), path + "[" + i + "]");
        }
    }

    private static void period(Period period, String path) throws MalformedTransaction {
        Shape.nonNegative(period.getStartMillis(), path + ".period.start_millis");
        Shape.nonNegative(period.getEndMillis(), path + ".period.end_millis");
    }
}
