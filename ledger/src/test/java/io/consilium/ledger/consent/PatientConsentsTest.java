package io.consilium.ledger.consent;

import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.PATIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.ledger.TestChain;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.state.BrokenStateException;
import io.consilium.proto.ConsentAmend;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRevoke;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentShard;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.LabelGroup;
import io.consilium.proto.PatientState;
import io.consilium.proto.TransactionBody;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A shard with many consents, as grants, amendments and revocations leave it (CON-6, ADR 25). */
class PatientConsentsTest {
    private static final int SHARD = 5;

    private static final List<String> ACTORS = Stream.concat(
                    Stream.of("st-mary", "riverside", "st-mary/dr-adams", "riverside/dr-brown", "st-mary/consent"),
                    Stream.of(MemberRole.values()).map(role -> ConsentTermsCheck.ROLE_PREFIX + role))
            .toList();

    private final TestChain chain = TestChain.withRecord();

    /** All stand in one shard. */
    private static ByteString consentId(int number) {
        byte[] id = new byte[16];
        id[0] = SHARD;
        id[15] = (byte) number;
        return ByteString.copyFrom(id);
    }

    /** Of each kind some: for anybody, for some, for too many to list; denies by label; conditions; single records. */
    private static ConsentTerms terms(int number) {
        ConsentRule.Builder rule =
                ConsentRule.newBuilder().setPermit(number % 3 != 0).addPurposes("TREAT");
        IntStream.range(0, number % 10).forEach(i -> rule.addActors(ACTORS.get((number + i) % ACTORS.size())));
        if (number % 3 == 0) {
            rule.addLabels(LabelGroup.newBuilder().addLabels(TestChain.label("category " + number)));
        } else if (number % 4 == 0) {
            rule.addRecordIds(TestChain.id("record " + number));
        }
        return ConsentTerms.newBuilder()
                .setBasePermit(number % 2 == 0)
                .setLabelEpoch(1)
                .addRules(rule)
                .build();
    }

    private void signed(Consumer<TransactionBody.Builder> payload) {
        chain.applied(TestChain.patientName(), payload);
    }

    private void grant(int number, ConsentTerms terms) {
        signed(body -> body.setConsentGrant(ConsentGrant.newBuilder()
                .setConsentId(consentId(number))
                .setPatientId(PATIENT)
                .setTerms(terms)));
    }

    private void amend(int number, ConsentTerms terms) {
        signed(body -> body.setConsentAmend(ConsentAmend.newBuilder()
                .setConsentId(consentId(number))
                .setPredecessor(1)
                .setTerms(terms)));
    }

    private void revoke(int number) {
        signed(body -> body.setConsentRevoke(ConsentRevoke.newBuilder().setConsentId(consentId(number))));
    }

    private ConsentShard shard() {
        return chain.objects().consentShard(PATIENT, SHARD).orElseThrow();
    }

    private ConsentState consent(ByteString id) {
        return chain.objects().consent(id).orElseThrow();
    }

    private List<ByteString> listed() {
        return ListedConsent.of(shard()).stream().map(ListedConsent::id).toList();
    }

    /** The shard says what one made of nothing but the consents themselves would. */
    private void assertListTrue() {
        ConsentEntries fresh = new ConsentEntries();
        listed().forEach(id -> fresh.add(consent(id)));
        assertThat(shard()).isEqualTo(fresh.build(shard().getVersion()));
    }

    private static List<ByteString> ids(int... numbers) {
        return IntStream.of(numbers).mapToObj(PatientConsentsTest::consentId).toList();
    }

    @BeforeEach
    void grantMany() {
        for (int number = 1; number <= 12; number++) {
            grant(number, terms(number));
        }
    }

    @Test
    @DisplayName("CON-6 after amending, revoking and granting the list says what the consents say, in their order")
    void con6_theListFollows() {
        assertListTrue();
        amend(5, terms(29));
        revoke(8);
        grant(13, terms(13));
        revoke(1);
        assertThat(listed()).isEqualTo(ids(2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13));
        assertThat(consent(consentId(5)).getVersion()).isEqualTo(2);
        assertListTrue();
    }

    @Test
    @DisplayName("CON-2 a list from which whole entries are gone is no list: a deny could be among them")
    void con2_fewerThanThePatientHas() {
        PatientState patient = chain.objects().patient(PATIENT).orElseThrow();
        assertThat(PatientConsents.all(chain.objects(), patient)).hasSize(12);
        PatientState more =
                patient.toBuilder().setConsents(patient.getConsents() + 1).build();
        PatientState noShard = patient.toBuilder().setConsentShards(0).build();
        for (PatientState each : List.of(more, noShard)) {
            assertThatThrownBy(() -> PatientConsents.all(chain.objects(), each))
                    .isInstanceOf(BrokenStateException.class)
                    .hasMessageContaining("restore a backup");
        }
    }

    @Test
    @DisplayName("CON-2 a deny among many in one shard is found, also when it came by an amendment, and goes with it")
    void con2_aDenyAmongMany() {
        revoke(11);
        amend(
                7,
                ConsentTerms.newBuilder()
                        .addRules(ConsentRule.newBuilder().addActors(BROWN).addPurposes("TREAT"))
                        .build());
        Decision decision = ConsentDecision.decide(
                chain::get, new DecisionRequest(PATIENT, TestChain.RECORD, 0, BROWN, "TREAT", "", chain.now));
        assertThat(decision.reason()).isEqualTo(Decision.Reason.EXPLICIT_DENY);
        assertThat(decision.consentId()).isEqualTo(consentId(7));
        revoke(7);
        assertThat(ConsentDecision.decide(
                                chain::get,
                                new DecisionRequest(PATIENT, TestChain.RECORD, 0, BROWN, "TREAT", "", chain.now))
                        .reason())
                .isNotEqualTo(Decision.Reason.EXPLICIT_DENY);
    }
}
