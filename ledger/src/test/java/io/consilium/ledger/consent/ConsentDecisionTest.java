package io.consilium.ledger.consent;

import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.START;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.consent.Story.rule;
import static io.consilium.ledger.consent.Story.terms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.consilium.ledger.TestChain;
import io.consilium.ledger.consent.Decision.Reason;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.MemberSuspend;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConsentDecisionTest {
    private static final String ADAMS = TestChain.ADAMS;
    private static final String RESEARCHER = "helix/researcher";

    /** One line: rule and intent, the record's level and labels, the question, the answer, the consents. */
    private static Arguments line(String intent, String record, String question, String answer, ConsentTerms... terms) {
        return arguments(intent, record, question, answer, List.of(terms));
    }

    private static ConsentRule.Builder permit(String text, ConsentRule.Builder... exceptions) {
        return rule(true, text, exceptions);
    }

    private static ConsentRule.Builder deny(String text, ConsentRule.Builder... exceptions) {
        return rule(false, text, exceptions);
    }

    /** Consents whose base denies, which is what a grant means. */
    private static ConsentTerms grant(ConsentRule.Builder... rules) {
        return terms(false, rules);
    }

    /** Consents whose base permits: the patient objects to something only. */
    private static ConsentTerms open(ConsentRule.Builder... rules) {
        return terms(true, rules);
    }

    static Stream<Arguments> order() {
        String brown = BROWN + " TREAT";
        return Stream.of(
                line("CON-2 nobody said anything", "N", brown, "DENY NO_CONSENT"),
                line("CON-2 base deny", "N", brown, "DENY BASE_DENY 0:-1:-1", grant()),
                line("CON-2 base permit", "N", brown, "PERMIT BASE_PERMIT 0:-1:-1", open()),
                line(
                        "CON-2 matching permit",
                        "N",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("to=riverside"))),
                line("CON-2 matching deny", "N", brown, "DENY EXPLICIT_DENY 0:0:-1", open(deny("to=riverside"))),
                line(
                        "CON-2 permit for another falls to base",
                        "N",
                        brown,
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("to=helix"))),
                line(
                        "CON-2 deny for another falls to base",
                        "N",
                        brown,
                        "PERMIT BASE_PERMIT 0:-1:-1",
                        open(deny("to=helix"))),
                line(
                        "CON-2 deny before permit in one consent",
                        "N",
                        brown,
                        "DENY EXPLICIT_DENY 0:1:-1",
                        grant(permit("to=riverside"), deny("to=" + BROWN))),
                line(
                        "CON-2 second rule answers",
                        "N",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:1:-1",
                        grant(permit("to=helix"), permit("to=riverside"))),
                line(
                        "CON-2 first of two permits is named",
                        "N",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("to=riverside"), permit("to=" + BROWN))),
                line(
                        "CON-2 inner deny beats its outer permit",
                        "N",
                        brown,
                        "DENY EXPLICIT_DENY 0:0:0",
                        grant(permit("to=riverside", deny("to=" + BROWN)))),
                line(
                        "CON-2 inner permit beats its outer deny",
                        "N",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:0",
                        open(deny("to=riverside", permit("to=" + BROWN)))),
                line(
                        "CON-2 inner permit beats another outer deny",
                        "N",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:0",
                        grant(deny("to=riverside", permit("to=" + BROWN)), deny("to=role:CLINICIAN"))),
                line(
                        "CON-2 inner deny beats inner permit",
                        "N",
                        brown,
                        "DENY EXPLICIT_DENY 0:1:0",
                        grant(permit("", permit("to=" + BROWN)), permit("", deny("to=riverside")))),
                line(
                        "CON-2 inner that does not match leaves the outer",
                        "N",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("to=riverside", deny("to=helix")))),
                line(
                        "CON-1 inner inherits the actors it omits",
                        "N",
                        RESEARCHER + " TREAT",
                        "DENY BASE_DENY 0:-1:-1",
                        grant(deny("to=riverside", permit("for=TREAT")))),
                line(
                        "CON-1 inner inherits the purposes it omits",
                        "N",
                        BROWN + " HRESCH",
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("to=riverside for=TREAT", permit("to=" + BROWN)))),
                line(
                        "CON-1 inner matches on its own criteria where its outer does not",
                        "N",
                        BROWN + " HRESCH",
                        "PERMIT EXPLICIT_PERMIT 0:0:0",
                        grant(permit("to=riverside for=TREAT", permit("for=HRESCH")))),
                line(
                        "CON-1 inner's own actors replace the outer's",
                        "N",
                        RESEARCHER + " TREAT",
                        "PERMIT EXPLICIT_PERMIT 0:0:0",
                        grant(permit("to=riverside for=TREAT", permit("to=helix")))),
                line(
                        "CON-1 inner inherits labels",
                        "N a",
                        brown,
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("to=helix label=b", permit("to=riverside")))),
                line(
                        "CON-1 inner inherits the period",
                        "N",
                        brown,
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("to=helix until=1", permit("to=riverside")))),
                line(
                        "CON-2 explicit deny beats explicit permit across consents",
                        "N",
                        brown,
                        "DENY EXPLICIT_DENY 1:0:-1",
                        grant(permit("to=riverside")),
                        grant(deny("to=" + BROWN))),
                line(
                        "CON-2 the order of grants does not matter",
                        "N",
                        brown,
                        "DENY EXPLICIT_DENY 0:0:-1",
                        grant(deny("to=" + BROWN)),
                        grant(permit("to=riverside"))),
                line(
                        "CON-2 explicit permit beats base deny",
                        "N",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 1:0:-1",
                        grant(),
                        grant(permit("to=riverside"))),
                line("CON-2 base deny beats base permit", "N", brown, "DENY BASE_DENY 1:-1:-1", open(), grant()),
                line(
                        "CON-2 explicit deny beats base permit",
                        "N",
                        brown,
                        "DENY EXPLICIT_DENY 1:0:-1",
                        open(),
                        open(deny("to=riverside"))),
                line(
                        "CON-2 inner permit of one consent does not beat the deny of another",
                        "N",
                        brown,
                        "DENY EXPLICIT_DENY 1:0:-1",
                        grant(deny("to=riverside", permit("to=" + BROWN))),
                        open(deny("for=TREAT"))),
                line(
                        "CON-2 the oldest of equal consents is named",
                        "N",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("to=riverside")),
                        grant(permit("to=riverside"))));
    }

    static Stream<Arguments> criteria() {
        String brown = BROWN + " TREAT";
        return Stream.of(
                line(
                        "CON-1 actor institution",
                        "N",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("to=riverside"))),
                line("CON-1 actor member", "N", brown, "PERMIT EXPLICIT_PERMIT 0:0:-1", grant(permit("to=" + BROWN))),
                line(
                        "CON-1 actor another member",
                        "N",
                        brown,
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("to=riverside/admin"))),
                line(
                        "CON-1 actor role",
                        "N",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("to=role:CLINICIAN"))),
                line(
                        "CON-1 actor role that the requester lacks",
                        "N",
                        brown,
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("to=role:RESEARCHER"))),
                line(
                        "CON-1 one of several actors",
                        "N",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("to=helix,role:RESEARCHER,riverside"))),
                line(
                        "CON-1 no actor means anybody",
                        "N",
                        RESEARCHER + " HRESCH",
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("for=HRESCH"))),
                line(
                        "CON-1 action named",
                        "N",
                        BROWN + " TREAT correct",
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("do=access,correct"))),
                line(
                        "CON-1 action not named",
                        "N",
                        BROWN + " TREAT disclose",
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("do=access,correct"))),
                line(
                        "CON-1 no action means any",
                        "N",
                        BROWN + " TREAT disclose",
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit(""))),
                line("CON-1 record named", "N", brown, "PERMIT EXPLICIT_PERMIT 0:0:-1", grant(permit("record"))),
                line("CON-1 another record named", "N", brown, "DENY BASE_DENY 0:-1:-1", grant(permit("other-record"))),
                line(
                        "CON-1 author named by institution",
                        "N",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("by=st-mary"))),
                line("CON-1 author named", "N", brown, "PERMIT EXPLICIT_PERMIT 0:0:-1", grant(permit("by=" + ADAMS))),
                line(
                        "CON-1 another author named",
                        "N",
                        brown,
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("by=st-mary/dr-evans"))),
                line(
                        "CON-1 label of the record",
                        "N a",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("label=a"))),
                line(
                        "CON-1 label that the record lacks",
                        "N b",
                        brown,
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("label=a"))),
                line(
                        "CON-1 one label of a group suffices",
                        "N b",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("label=a|b|c"))),
                line(
                        "CON-1 every group must match",
                        "N b",
                        brown,
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("label=a|b label=c"))),
                line(
                        "CON-1 two groups match",
                        "N b c",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("label=a|b label=c"))),
                line(
                        "PRV-4 a deny of a category reaches a record labelled with it",
                        "N child parent",
                        brown,
                        "DENY EXPLICIT_DENY 0:0:-1",
                        open(deny("label=parent"))),
                line("CON-2 deny of R reaches V", "V", brown, "DENY EXPLICIT_DENY 0:0:-1", open(deny("level=R"))),
                line("CON-2 deny of R reaches R", "R", brown, "DENY EXPLICIT_DENY 0:0:-1", open(deny("level=R"))),
                line("CON-2 deny of R leaves N", "N", brown, "PERMIT BASE_PERMIT 0:-1:-1", open(deny("level=R"))),
                line(
                        "CON-2 permit of N reaches L",
                        "L",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("level=N"))),
                line(
                        "CON-2 permit of N reaches N",
                        "N",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("level=N"))),
                line(
                        "CON-2 permit of N does not reach R",
                        "R",
                        brown,
                        "DENY BASE_DENY 0:-1:-1",
                        grant(permit("level=N"))),
                line(
                        "CON-2 permit of V is a permit of all",
                        "V",
                        brown,
                        "PERMIT EXPLICIT_PERMIT 0:0:-1",
                        grant(permit("level=V"))),
                line(
                        "CON-2 deny of U is a deny of all",
                        "U",
                        brown,
                        "DENY EXPLICIT_DENY 0:0:-1",
                        open(deny("level=U"))));
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

    @ParameterizedTest(name = "{0}")
    @MethodSource({"order", "criteria", "purposesPeriodsAndConditions", "custodian"})
    @DisplayName("CON-1 CON-2 CON-3 CON-4 ACC-1 the decision")
    void con2_decides(String intent, String record, String question, String answer, List<ConsentTerms> consents) {
        String[] levelAndLabels = record.split(" ");
        String[] labels = java.util.Arrays.copyOfRange(levelAndLabels, 1, levelAndLabels.length);
        Story story = new Story(Sensitivity.of(levelAndLabels[0]).orElseThrow(), labels);
        consents.forEach(story::grant);
        String[] asked = question.split(" ");
        Decision decision = story.ask(asked[0], asked[1], asked.length > 2 ? asked[2] : "", START + 3_600_000);
        assertThat(text(decision, consents.size())).as(intent).isEqualTo(answer);
    }

    /** Outcome, reason, and consent:rule:exception if a consent decided. */
    private static String text(Decision decision, int consents) {
        String text = decision.outcome() + " " + decision.reason();
        for (int i = 0; i < consents; i++) {
            if (decision.consentId().equals(Story.consentId(i))) {
                assertThat(decision.consentVersion()).isEqualTo(1);
                return text + " " + i + ":" + decision.rule() + ":" + decision.exception();
            }
        }
        return text;
    }

    @Test
    @DisplayName("CON-2 a record of another patient is unknown")
    void con2_recordOfAnotherPatient() {
        Story story = new Story(Sensitivity.N).grant(open());
        assertThat(decide(story, new DecisionRequest(id("other"), RECORD, 0, BROWN, "TREAT", "", START)))
                .isEqualTo(Decision.deny(Reason.RECORD_UNKNOWN));
        assertThat(decide(story, new DecisionRequest(PATIENT, id("other"), 0, BROWN, "TREAT", "", START)))
                .isEqualTo(Decision.deny(Reason.RECORD_UNKNOWN));
    }

    @Test
    @DisplayName("CON-2 a suspended requester is denied whatever the consents say")
    void con2_suspendedRequester() {
        Story story = new Story(Sensitivity.N).grant(open(permit("")));
        assertThat(story.ask(BROWN, "TREAT", "", START).outcome()).isEqualTo(DecisionOutcome.PERMIT);
        story.chain.applied(
                "riverside/admin",
                body -> body.setMemberSuspend(MemberSuspend.newBuilder().setMember(BROWN)));
        assertThat(story.ask(BROWN, "TREAT", "", START)).isEqualTo(Decision.deny(Reason.REQUESTER_INACTIVE));
    }

    @Test
    @DisplayName("REC-1 CON-2 labels of permits and the author are those of the version asked for")
    void con2_versionsHaveTheirOwnLabels() {
        Story story = new Story(Sensitivity.V, "a").grant(grant(permit("label=a")));
        story.chain.applied(
                ADAMS,
                body -> body.setRecordAmend(io.consilium.proto.RecordAmend.newBuilder()
                        .setRecordId(RECORD)
                        .setPredecessor(1)
                        .setContent(TestChain.content(TestChain.ST_MARY, Sensitivity.N, "b"))));
        assertThat(decide(story, new DecisionRequest(PATIENT, RECORD, 1, BROWN, "TREAT", "", START))
                        .outcome())
                .isEqualTo(DecisionOutcome.PERMIT);
        assertThat(decide(story, new DecisionRequest(PATIENT, RECORD, 2, BROWN, "TREAT", "", START))
                        .outcome())
                .isEqualTo(DecisionOutcome.DENY);
        assertThat(decide(story, new DecisionRequest(PATIENT, RECORD, 0, BROWN, "TREAT", "", START))
                        .outcome())
                .isEqualTo(DecisionOutcome.DENY);
    }

    @Test
    @DisplayName("PRV-4 CON-2 a deny of what the newest version is labelled with reaches the versions before it")
    void prv4_versionsMislabelledBefore() {
        for (ConsentRule.Builder deny : List.of(deny("level=R"), deny("label=psy"))) {
            Story story = new Story(Sensitivity.N, "a").grant(terms(false, permit(""), deny));
            DecisionRequest first = new DecisionRequest(PATIENT, RECORD, 1, BROWN, "TREAT", "", START);
            assertThat(decide(story, first).outcome()).isEqualTo(DecisionOutcome.PERMIT);
            amend(story, Sensitivity.V, "psy");
            assertThat(decide(story, first).reason()).isEqualTo(Reason.EXPLICIT_DENY);
        }
    }

    @Test
    @DisplayName(
            "PRV-4 a permit of a level needs it of the newest version too, one of a category of the version asked for")
    void prv4_permitsOfLevels() {
        for (String criterion : List.of("level=N", "label=a")) {
            Story story = new Story(Sensitivity.N, "a").grant(terms(false, permit(criterion)));
            DecisionRequest first = new DecisionRequest(PATIENT, RECORD, 1, BROWN, "TREAT", "", START);
            assertThat(decide(story, first).outcome()).isEqualTo(DecisionOutcome.PERMIT);
            amend(story, Sensitivity.V, "b");
            boolean byLevel = criterion.equals("level=N");
            assertThat(decide(story, first).outcome())
                    .isEqualTo(byLevel ? DecisionOutcome.DENY : DecisionOutcome.PERMIT);
        }
        Story lowered = new Story(Sensitivity.V).grant(terms(false, permit("level=N")));
        amend(lowered, Sensitivity.N);
        assertThat(decide(lowered, new DecisionRequest(PATIENT, RECORD, 1, BROWN, "TREAT", "", START))
                        .outcome())
                .as("what was V stays so in the version that says it")
                .isEqualTo(DecisionOutcome.DENY);
        assertThat(decide(lowered, new DecisionRequest(PATIENT, RECORD, 2, BROWN, "TREAT", "", START))
                        .outcome())
                .isEqualTo(DecisionOutcome.PERMIT);
    }

    @Test
    @DisplayName("ACC-4 CON-3 a decision says whether its rule names the purpose, itself or by the rule around it")
    void acc4_purposeNamed() {
        for (String criterion : List.of("for=HMARKT", "for=TREAT,HMARKT", "")) {
            Story story = new Story(Sensitivity.N).grant(terms(false, permit(criterion)));
            Decision decision = story.ask(BROWN, "HMARKT", "access", START);
            assertThat(decision.reason()).isEqualTo(Reason.EXPLICIT_PERMIT);
            assertThat(decision.toBasis().getPurposeNamed()).isEqualTo(!criterion.isEmpty());
        }
        Story inherited =
                new Story(Sensitivity.N).grant(terms(false, deny("for=HMARKT").addExceptions(permit("to=riverside"))));
        assertThat(inherited.ask(BROWN, "HMARKT", "access", START).toBasis().getPurposeNamed())
                .isTrue();
    }

    private static void amend(Story story, Sensitivity level, String... labels) {
        story.chain.applied(
                ADAMS,
                body -> body.setRecordAmend(io.consilium.proto.RecordAmend.newBuilder()
                        .setRecordId(RECORD)
                        .setPredecessor(1)
                        .setContent(TestChain.content(TestChain.ST_MARY, level, labels))));
    }

    private static Decision decide(Story story, DecisionRequest request) {
        return ConsentDecision.decide(story.chain::get, request);
    }
}
