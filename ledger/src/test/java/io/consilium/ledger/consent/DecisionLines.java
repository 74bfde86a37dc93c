package io.consilium.ledger.consent;

import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.consent.Story.rule;
import static io.consilium.ledger.consent.Story.terms;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.consilium.ledger.TestChain;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** How a case of a decision is written in one line, and those about purposes, periods, conditions and the custodian. */
final class DecisionLines {
    private static final String ADAMS = TestChain.ADAMS;
    private static final String RESEARCHER = "helix/researcher";

    private DecisionLines() {}

    /** One line: rule and intent, the record's level and labels, the question, the answer, the consents. */
    static Arguments line(String intent, String record, String question, String answer, ConsentTerms... terms) {
        return arguments(intent, record, question, answer, List.of(terms));
    }

    static ConsentRule.Builder permit(String text, ConsentRule.Builder... exceptions) {
        return rule(true, text, exceptions);
    }

    static ConsentRule.Builder deny(String text, ConsentRule.Builder... exceptions) {
        return rule(false, text, exceptions);
    }

    /** Consents whose base denies, which is what a grant means. */
    static ConsentTerms grant(ConsentRule.Builder... rules) {
        return terms(false, rules);
    }

    /** Consents whose base permits: the patient objects to something only. */
    static ConsentTerms open(ConsentRule.Builder... rules) {
        return terms(true, rules);
    }

    static Stream<Arguments> purposesPeriodsAndConditions() {
        String brown = BROWN + " TREAT";
        return Stream.of(
                line("CON-3 purpose named", "N", brown, "PERMIT EXPLICIT_PERMIT 0:0:-1", grant(permit("for=TREAT"))),
                line(
                        "CON-3 purpose subsumed",
                        "N",
                        BROWN + " ERTREAT",
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("for=TREAT"))),
                line(
                        "CON-3 purpose above is not covered",
                        "N",
                        brown,
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("for=ETREAT"))),
                line(
                        "CON-3 another purpose",
                        "N",
                        BROWN + " HMARKT",
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("for=TREAT,HRESCH"))),
                line(
                        "CON-3 BTG is not under TREAT",
                        "N",
                        BROWN + " BTG",
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("for=TREAT"))),
                line(
                        "CON-3 BTG is not in a permit of any purpose",
                        "N",
                        BROWN + " BTG",
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit(""))),
                line(
                        "CON-3 BTG by name",
                        "N",
                        BROWN + " BTG",
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("for=BTG"))),
                line(
                        "CON-3 a deny of any purpose is none of BTG",
                        "N",
                        BROWN + " BTG",
                        "PERMIT EXPLICIT_PERMIT 0:1:-1",
                        grant(deny("to=riverside"), permit("for=BTG"))),
                line("CON-3 a base permit is none of CLINTRL", "N", RESEARCHER + " CLINTRL", "DENY NO_CONSENT", open()),
                line(
                        "CON-3 CLINTRL by name",
                        "N",
                        RESEARCHER + " CLINTRL",
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("for=CLINTRL"))),
                line(
                        "CON-3 CLINTRL is not under TREAT",
                        "N",
                        RESEARCHER + " CLINTRL",
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("for=TREAT"))),
                line("CON-3 an unknown purpose is denied", "N", BROWN + " GOSSIP", "DENY PURPOSE_UNKNOWN", open()),
                line("CON-1 an unknown action is denied", "N", BROWN + " TREAT burn", "DENY ACTION_UNKNOWN", open()),
                line("CON-4 rule period over", "N", brown, "DENY BASE_DENY 0:-1:-1", grant(permit("until=3600000"))),
                line(
                        "CON-4 rule period not begun",
                        "N",
                        brown,
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("from=3600001"))),
                line(
                        "CON-4 rule period running",
                        "N",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("from=3600000 until=3600001"))),
                line(
                        "PRV-5 a permit with a condition",
                        "N",
                        brown,
                        "PERMIT_CONDITIONAL CONDITIONAL_PERMIT 0:0:-1",
                        grant(permit("if"))),
                line(
                        "PRV-5 a deny with a condition under a permit",
                        "N",
                        brown,
                        "PERMIT_CONDITIONAL CONDITIONAL_DENY 0:0:0",
                        grant(permit("", deny("if")))),
                line(
                        "PRV-5 a deny with a condition over a base deny",
                        "N",
                        brown,
                        "DENY BASE_DENY 0:-1:-1",
                        grant(deny("if"))),
                line(
                        "PRV-5 a condition that cannot matter beside a plain permit",
                        "N",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 1:0:-1",
                        grant(permit("if")),
                        grant(permit(""))),
                line(
                        "PRV-5 a conditional permit over an outer deny hides no deny",
                        "N",
                        brown,
                        "PERMIT_CONDITIONAL CONDITIONAL_DENY 0:0:-1",
                        grant(deny("", permit("if"))),
                        grant(permit(""))),
                line(
                        "PRV-5 an inherited condition counts",
                        "N",
                        brown,
                        "PERMIT_CONDITIONAL CONDITIONAL_PERMIT 0:0:0",
                        grant(permit("if to=helix", permit("to=riverside")))),
                line(
                        "PRV-5 a plain deny beats every condition",
                        "N",
                        brown,
                        "DENY EXPLICIT_DENY 1:0:-1",
                        grant(permit("if")),
                        grant(deny(""))));
    }

    static Stream<Arguments> custodian() {
        return Stream.of(
                line("ACC-1 the custodian's clinician treats", "N", ADAMS + " TREAT", "PERMIT CUSTODIAN_TREATMENT"),
                line("ACC-1 so does its pharmacist", "V", "st-mary/apothecary COC", "PERMIT CUSTODIAN_TREATMENT"),
                line("ACC-1 not its consent officer", "N", "st-mary/consent TREAT", "DENY NO_CONSENT"),
                line("ACC-1 not its admin", "N", "st-mary/admin TREAT", "DENY NO_CONSENT"),
                line("ACC-1 not for research", "N", ADAMS + " HRESCH", "DENY NO_CONSENT"),
                line("ACC-1 not for break-glass", "N", ADAMS + " BTG", "DENY NO_CONSENT"),
                line("ACC-1 not for a clinical trial", "N", ADAMS + " CLINTRL", "DENY NO_CONSENT"),
                line("ACC-1 not to correct", "N", ADAMS + " TREAT correct", "DENY NO_CONSENT"),
                line("ACC-1 not another institution's clinician", "N", BROWN + " TREAT", "DENY NO_CONSENT"),
                line(
                        "ACC-1 not another institution's pharmacist",
                        "N",
                        "northside/pharmacist TREAT",
                        "DENY NO_CONSENT"),
                line(
                        "ACC-1 a base deny does not stop it",
                        "N",
                        ADAMS + " TREAT",
                        "PERMIT CUSTODIAN_TREATMENT",
                        grant()),
                line(
                        "ACC-1 an explicit deny does",
                        "N",
                        ADAMS + " TREAT",
                        "DENY EXPLICIT_DENY 0:0:-1",
                        open(deny("to=st-mary"))),
                line(
                        "ACC-1 a deny of sensitivity does",
                        "V",
                        ADAMS + " TREAT",
                        "DENY EXPLICIT_DENY 0:0:-1",
                        open(deny("level=R"))),
                line(
                        "ACC-1 an explicit permit is named first",
                        "N",
                        ADAMS + " TREAT",
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("to=st-mary"))),
                line(
                        "ACC-1 a conditional deny leaves it conditional",
                        "N",
                        ADAMS + " TREAT",
                        "PERMIT_CONDITIONAL CONDITIONAL_DENY 0:0:-1",
                        grant(deny("if"))),
                line(
                        "CON-2 an unknown requester is denied",
                        "N",
                        "st-mary/nobody TREAT",
                        "DENY REQUESTER_UNKNOWN",
                        open()),
                line("CON-2 an institution is no requester", "N", "riverside TREAT", "DENY REQUESTER_UNKNOWN", open()));
    }
}
