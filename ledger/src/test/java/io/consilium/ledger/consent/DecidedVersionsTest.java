package io.consilium.ledger.consent;

import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.START;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.consent.DecisionLines.deny;
import static io.consilium.ledger.consent.DecisionLines.grant;
import static io.consilium.ledger.consent.DecisionLines.open;
import static io.consilium.ledger.consent.DecisionLines.permit;
import static io.consilium.ledger.consent.Story.terms;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.TestChain;
import io.consilium.ledger.consent.Decision.Reason;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.MemberSuspend;
import io.consilium.proto.RecordAmend;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which version of a record, and which state of its requester, a decision is about. */
class DecidedVersionsTest {
    private static final String ADAMS = TestChain.ADAMS;

    @Test
    @DisplayName("CON-2 a record of another patient is unknown")
    void con2_recordOfAnotherPatient() {
        Story story = new Story(Sensitivity.N).grant(open());
        assertThat(decide(story, id("other"), RECORD, 0)).isEqualTo(Decision.deny(Reason.RECORD_UNKNOWN));
        assertThat(decide(story, PATIENT, id("other"), 0)).isEqualTo(Decision.deny(Reason.RECORD_UNKNOWN));
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
        amend(story, Sensitivity.N, "b");
        assertThat(version(story, 1).outcome()).isEqualTo(DecisionOutcome.PERMIT);
        assertThat(version(story, 2).outcome()).isEqualTo(DecisionOutcome.DENY);
        assertThat(version(story, 0).outcome()).isEqualTo(DecisionOutcome.DENY);
    }

    @Test
    @DisplayName("PRV-4 CON-2 a deny of what the newest version is labelled with reaches the versions before it")
    void prv4_versionsMislabelledBefore() {
        for (ConsentRule.Builder deny : List.of(deny("level=R"), deny("label=psy"))) {
            Story story = new Story(Sensitivity.N, "a").grant(terms(false, permit(""), deny));
            assertThat(version(story, 1).outcome()).isEqualTo(DecisionOutcome.PERMIT);
            amend(story, Sensitivity.V, "psy");
            assertThat(version(story, 1).reason()).isEqualTo(Reason.EXPLICIT_DENY);
        }
    }

    @Test
    @DisplayName(
            "PRV-4 a permit of a level needs it of the newest version too, one of a category of the version asked for")
    void prv4_permitsOfLevels() {
        for (String criterion : List.of("level=N", "label=a")) {
            Story story = new Story(Sensitivity.N, "a").grant(terms(false, permit(criterion)));
            assertThat(version(story, 1).outcome()).isEqualTo(DecisionOutcome.PERMIT);
            amend(story, Sensitivity.V, "b");
            boolean byLevel = criterion.equals("level=N");
            assertThat(version(story, 1).outcome()).isEqualTo(byLevel ? DecisionOutcome.DENY : DecisionOutcome.PERMIT);
        }
        Story lowered = new Story(Sensitivity.V).grant(terms(false, permit("level=N")));
        amend(lowered, Sensitivity.N);
        assertThat(version(lowered, 1).outcome())
                .as("what was V stays so in the version that says it")
                .isEqualTo(DecisionOutcome.DENY);
        assertThat(version(lowered, 2).outcome()).isEqualTo(DecisionOutcome.PERMIT);
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
                body -> body.setRecordAmend(RecordAmend.newBuilder()
                        .setRecordId(RECORD)
                        .setPredecessor(1)
                        .setContent(TestChain.content(TestChain.ST_MARY, level, labels))));
    }

    private static Decision version(Story story, int version) {
        return decide(story, PATIENT, RECORD, version);
    }

    private static Decision decide(Story story, ByteString patient, ByteString record, int version) {
        return ConsentDecision.decide(
                story.chain::get, new DecisionRequest(patient, record, version, BROWN, "TREAT", "", START));
    }
}
