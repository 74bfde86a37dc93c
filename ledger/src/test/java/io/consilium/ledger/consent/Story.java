package io.consilium.ledger.consent;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.content;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.record;

import com.google.protobuf.ByteString;
import io.consilium.ledger.TestChain;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.Period;
import java.util.Arrays;
import java.util.List;

/** Consents of one patient on a chain, and questions to them. */
final class Story {
    static final String PERIOD_START = "start";

    final TestChain chain = new TestChain();
    private int consents;

    /** A patient with a record of this level and with these labels, written by dr-adams. */
    Story(Sensitivity level, String... labels) {
        chain.applied(ADAMS, body -> body.setPatientRegister(TestChain.patient(PATIENT, ST_MARY)));
        chain.applied(
                ADAMS,
                body -> body.setRecordRegister(
                        record(RECORD, PATIENT, ST_MARY).setContent(content(ST_MARY, level, labels))));
    }

    /** Every other one begins alike, so that a patient's list has several in one shard. */
    static ByteString consentId(int number) {
        ByteString alike = ByteString.copyFrom(new byte[] {(byte) (number & 1)});
        return alike.concat(id("consent " + number).substring(1));
    }

    Story grant(ConsentTerms terms) {
        ByteString id = consentId(consents++);
        chain.applied(
                TestChain.patientName(),
                body -> body.setConsentGrant(ConsentGrant.newBuilder()
                        .setConsentId(id)
                        .setPatientId(PATIENT)
                        .setTerms(terms)));
        return this;
    }

    Decision ask(String by, String purpose, String action, long timeMillis) {
        return ConsentDecision.decide(
                chain::get, new DecisionRequest(PATIENT, RECORD, 0, by, purpose, action, timeMillis));
    }

    static ConsentTerms terms(boolean basePermit, ConsentRule.Builder... rules) {
        ConsentTerms.Builder terms = ConsentTerms.newBuilder().setBasePermit(basePermit);
        for (ConsentRule.Builder rule : rules) {
            terms.addRules(rule);
        }
        return terms.build();
    }

    /**
     * A rule in short: {@code to=riverside for=TREAT,HRESCH do=access label=a|b label=c record by=st-mary level=R from=5
     * until=9 if}; {@code record} names the story's record and {@code other-record} another one, {@code if} seals a
     * condition, {@code level} is the deny's or permit's label.
     */
    static ConsentRule.Builder rule(boolean permit, String text, ConsentRule.Builder... exceptions) {
        ConsentRule.Builder rule = ConsentRule.newBuilder().setPermit(permit);
        Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).forEach(word -> criterion(rule, permit, word));
        for (ConsentRule.Builder exception : exceptions) {
            rule.addExceptions(exception);
        }
        return rule;
    }

    private static void criterion(ConsentRule.Builder rule, boolean permit, String word) {
        String value = word.substring(word.indexOf('=') + 1);
        switch (word.substring(0, Math.max(0, word.indexOf('=')))) {
            case "to" -> rule.addAllActors(List.of(value.split(",")));
            case "for" -> rule.addAllPurposes(List.of(value.split(",")));
            case "do" -> rule.addAllActions(List.of(value.split(",")));
            case "by" -> rule.addAllAuthors(List.of(value.split(",")));
            case "label" -> {
                var group = rule.addLabelsBuilder();
                Arrays.stream(value.split("\\|")).forEach(name -> group.addLabels(TestChain.label(name)));
            }
            case "level" -> {
                Sensitivity level = Sensitivity.of(value).orElseThrow();
                (permit ? level.permitCode() : level.denyCode())
                        .ifPresent(code -> rule.addLabelsBuilder().addLabels(TestChain.blinded(code)));
            }
            case "from" -> rule.setPeriod(period(rule).setStartMillis(TestChain.START + Long.parseLong(value)));
            case "until" -> rule.setPeriod(period(rule).setEndMillis(TestChain.START + Long.parseLong(value)));
            default -> {
                switch (word) {
                    case "record" -> rule.addRecordIds(RECORD);
                    case "other-record" -> rule.addRecordIds(id("other record"));
                    case "if" -> rule.setSealedConditions(ByteString.copyFromUtf8("sealed"));
                    default -> throw new IllegalArgumentException(word);
                }
            }
        }
    }

    private static Period.Builder period(ConsentRule.Builder rule) {
        return rule.getPeriod().toBuilder();
    }
}
