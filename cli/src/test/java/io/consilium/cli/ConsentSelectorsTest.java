package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.client.ClientException;
import io.consilium.client.MalformedInput;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.ConsentRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsentSelectorsTest {
    private static final ConsentSelectors.KeySource NO_KEY = () -> {
        throw new AssertionError("no label, so no scope key is needed");
    };

    @Test
    void readsNamesWithValuesThatGoOnAfterCommas() throws Exception {
        ConsentSelectors selectors = ConsentSelectors.parse(
                "--deny", "label=http://loinc.org|8867-4,http://loinc.org|1-8,to=riverside, CLINICIAN,purpose=TREAT");
        assertThat(selectors.labels()).containsExactly("http://loinc.org|8867-4", "http://loinc.org|1-8");
        assertThat(selectors.actors()).containsExactly("riverside", "CLINICIAN");
        assertThat(selectors.purposes()).containsExactly("TREAT");
        assertThat(selectors.records()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "riverside", "who=x", "label=", "to=a,,b", "=x"})
    void refusesWhatIsNoSelector(String text) {
        assertThatThrownBy(() -> ConsentSelectors.parse("--deny", text)).isInstanceOf(MalformedInput.class);
    }

    @Test
    void tellsInstitutionMemberAndRoleApart() throws Exception {
        assertThat(ConsentSelectors.actor("riverside")).isEqualTo("riverside");
        assertThat(ConsentSelectors.actor("riverside/dr-brown")).isEqualTo("riverside/dr-brown");
        assertThat(ConsentSelectors.actor("CLINICIAN")).isEqualTo("role:CLINICIAN");
        assertThat(ConsentSelectors.actor("role:clinician")).isEqualTo("role:CLINICIAN");
        assertThat(ConsentSelectors.grantee("CLINICIAN")).isEqualTo("role/CLINICIAN");
        assertThat(ConsentSelectors.grantee("riverside")).isEqualTo("institution/riverside");
        assertThat(ConsentSelectors.grantee("riverside/dr-brown")).isEqualTo("member/riverside/dr-brown");
        assertThatThrownBy(() -> ConsentSelectors.actor("River Side")).isInstanceOf(ClientException.class);
    }

    @Test
    void needsNoScopeKeyWithoutLabels() throws Exception {
        ConsentRule rule = new ConsentSelectors(
                        List.of("riverside"), List.of("treat"), List.of("access"), List.of(), List.of(), List.of())
                .rule(true, NO_KEY)
                .build();
        assertThat(rule.getPermit()).isTrue();
        assertThat(rule.getPurposesList()).containsExactly("TREAT");
        assertThat(rule.getLabelsCount()).isZero();
    }

    @Test
    void theWidestLevelNeedsNoLabelAtAll() throws Exception {
        ConsentRule permitAll = levels("V").rule(true, NO_KEY).build();
        ConsentRule denyAll = levels("U").rule(false, NO_KEY).build();
        assertThat(permitAll.getLabelsCount()).isZero();
        assertThat(denyAll.getLabelsCount()).isZero();
    }

    private static ConsentSelectors levels(String level) {
        return new ConsentSelectors(
                List.of(), List.of(), List.of(), List.of(Sensitivity.SYSTEM + "|" + level), List.of(), List.of());
    }
}
