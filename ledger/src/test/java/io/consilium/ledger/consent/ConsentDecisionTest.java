package io.consilium.ledger.consent;

import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.START;
import static io.consilium.ledger.consent.DecisionLines.deny;
import static io.consilium.ledger.consent.DecisionLines.grant;
import static io.consilium.ledger.consent.DecisionLines.line;
import static io.consilium.ledger.consent.DecisionLines.open;
import static io.consilium.ledger.consent.DecisionLines.permit;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.ledger.TestChain;
import io.consilium.proto.ConsentTerms;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConsentDecisionTest {
    private static final String ADAMS = TestChain.ADAMS;
    private static final String RESEARCHER = "helix/researcher";

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

    @ParameterizedTest(name = "{0}")
    @MethodSource({
        "order",
        "criteria",
        "io.consilium.ledger.consent.DecisionLines#purposesPeriodsAndConditions",
        "io.consilium.ledger.consent.DecisionLines#custodian"
    })
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
}
