package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.proto.AccessState;
import io.consilium.proto.BreakGlassState;
import io.consilium.proto.ConditionOutcome;
import io.consilium.proto.DecisionBasis;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.Disclosure;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AuditEntryTest {
    private static final long ASKED = 1_000;
    private static final long JUDGED = 2_000;
    private static final long DISCLOSED = 3_000;

    private static AccessState.Builder conditional(DecisionOutcome outcome) {
        return AccessState.newBuilder()
                .setId(id('a'))
                .setRecordId(id('r'))
                .setPatientId(id('p'))
                .setCustodian("st-mary")
                .setRequester("riverside/dr-brown")
                .setPurpose("TREAT")
                .setAction("access")
                .setTimeMillis(ASKED)
                .setTxId(id('1'))
                .setDecision(DecisionBasis.newBuilder().setOutcome(DecisionOutcome.PERMIT_CONDITIONAL))
                .setOutcome(ConditionOutcome.newBuilder()
                        .setOutcome(outcome)
                        .setReason("DATA_PERIOD")
                        .setTimeMillis(JUDGED)
                        .setTxId(id('2')));
    }

    @Test
    @DisplayName("ACC-4 ACC-3 a read under a break-glass that is not in the list is accounted for")
    void acc4_unknownBreakGlass() {
        AccessState glass = AccessState.newBuilder()
                .setId(id('g'))
                .setCustodian("")
                .setRequester("riverside/dr-brown")
                .setPurpose("BTG")
                .setBreakGlass(BreakGlassState.newBuilder().addCustodians("st-mary"))
                .build();
        AccessState read = conditional(DecisionOutcome.PERMIT)
                .setPurpose("BTG")
                .setBreakGlassId(id('g'))
                .setDisclosure(Disclosure.newBuilder().setTimeMillis(DISCLOSED))
                .build();
        assertThat(AuditEntry.of(List.of(glass, read)))
                .filteredOn(AuditEntry::accountable)
                .isEmpty();
        assertThat(AuditEntry.of(List.of(read)))
                .filteredOn(AuditEntry::accountable)
                .hasSize(1);
    }

    private static ByteString id(char fill) {
        return ByteString.copyFromUtf8(String.valueOf(fill).repeat(16));
    }

    @Test
    @DisplayName("PRV-5 ACC-5 the log says who judged sealed conditions, when, and with what outcome")
    void prv5_theLogHasTheJudgement() {
        List<AuditEntry> denied =
                AuditEntry.of(List.of(conditional(DecisionOutcome.DENY).build()));
        assertThat(denied)
                .extracting(AuditEntry::kind)
                .containsExactly(AuditEntry.Kind.CONDITIONAL, AuditEntry.Kind.JUDGED);
        assertThat(denied.get(1).actor()).isEqualTo("st-mary");
        assertThat(denied.get(1).timeMillis()).isEqualTo(JUDGED);
        assertThat(denied.get(1).meaning()).contains("denied");
        assertThat(denied.get(1).describe())
                .containsEntry("decision", "DENY")
                .containsEntry("reason", "DATA_PERIOD")
                .containsEntry("txId", Ids.text(id('2')));

        AccessState permitted = conditional(DecisionOutcome.PERMIT)
                .setDisclosure(Disclosure.newBuilder()
                        .setDiscloser("st-mary")
                        .setTimeMillis(DISCLOSED)
                        .setTxId(id('3')))
                .build();
        assertThat(AuditEntry.of(List.of(permitted)))
                .extracting(AuditEntry::meaning)
                .containsExactly(
                        "asked for access, which the custodian has to decide",
                        "judged the sealed conditions and permitted it",
                        "handed it over");
        assertThat(AuditFhir.bundle(AuditEntry.of(List.of(permitted)), DISCLOSED))
                .contains(Ids.text(id('a')), Ids.text(id('2')), Ids.text(id('3')));
    }

    @Test
    @DisplayName("ACC-4 a report about a time has what was asked, judged or disclosed in it")
    void acc4_times() {
        AccessState access = conditional(DecisionOutcome.DENY).build();
        assertThat(new AuditTime(0, 0).touches(access)).isTrue();
        assertThat(new AuditTime(ASKED, ASKED + 1).touches(access)).isTrue();
        assertThat(new AuditTime(ASKED + 1, JUDGED).touches(access)).isFalse();
        assertThat(new AuditTime(JUDGED, JUDGED + 1).touches(access)).isTrue();
        assertThat(new AuditTime(JUDGED + 1, 0).touches(access)).isFalse();
        assertThat(new AuditTime(0, ASKED).endsBefore(access)).isTrue();
        assertThat(new AuditTime(0, ASKED + 1).endsBefore(access)).isFalse();
    }
}
