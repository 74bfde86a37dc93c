package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CryptoException;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.Code;
import io.consilium.proto.Conditions;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LabelsTest {
    private static final Code DIABETES = code("http://hl7.org/fhir/sid/icd-10", "E11.91");

    private static Code code(String system, String code) {
        return Code.newBuilder().setSystem(system).setCode(code).build();
    }

    @Test
    @DisplayName("PRV-4 codes that spell out their hierarchy bring their ancestors")
    void prv4_addsAncestors() {
        assertThat(CodeAncestors.of(DIABETES)).map(Code::getCode).containsExactly("E11.9", "E11");
        assertThat(CodeAncestors.of(code("http://www.whocc.no/atc", "A10BA02")))
                .map(Code::getCode)
                .containsExactly("A10BA", "A10B", "A10", "A");
        String act = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
        for (String code : List.of("BH", "MH", "PSY", "PSYTHPN", "SUD")) {
            assertThat(CodeAncestors.of(code(act, code))).map(Code::getCode).containsExactly("SPI");
        }
        for (String code : List.of("COGN", "DVD", "EMOTDIS")) {
            assertThat(CodeAncestors.of(code(act, code))).map(Code::getCode).containsExactly("BH", "SPI");
        }
        for (String code : List.of("ETHUD", "OPIOIDUD")) {
            assertThat(CodeAncestors.of(code(act, code))).map(Code::getCode).containsExactly("SUD", "SPI");
        }
        assertThat(CodeAncestors.of(code(act, "HIV"))).isEmpty();
        assertThat(CodeAncestors.of(code("http://snomed.info/sct", "73211009"))).isEmpty();
        assertThat(CodeAncestors.of(code("http://hl7.org/fhir/sid/icd-9-cm", "45.13")))
                .map(Code::getCode)
                .containsExactly("45.1", "45");
        assertThat(CodeAncestors.of(code("http://hl7.org/fhir/sid/icd-10", "E11")))
                .isEmpty();
    }

    @Test
    @DisplayName("PRV-4 labels are sorted, distinct, and differ from patient to patient")
    void prv4_blindsByPatient() {
        ScopeKey one = new ScopeKey(new CustodianKeys().freshKey(), 1);
        ScopeKey other = new ScopeKey(new CustodianKeys().freshKey(), 1);
        List<ByteString> labels =
                one.labels(List.of(DIABETES, code("a", "b"), DIABETES, code("c", "d"), code("e", "f")));
        assertThat(labels).hasSize(4).isSortedAccordingTo(ByteString.unsignedLexicographicalComparator());
        assertThat(one.label(DIABETES)).isEqualTo(one.label(DIABETES)).isNotEqualTo(other.label(DIABETES));
        assertThat(one.label(DIABETES).size()).isEqualTo(16);
    }

    @Test
    @DisplayName("CON-5 the codes behind a consent's labels open with the patient's scope key alone, padded")
    void con5_sealsTheCodesBehindLabels() throws Exception {
        ScopeKey one = new ScopeKey(new CustodianKeys().freshKey(), 1);
        List<LabelCode> codes =
                List.of(new LabelCode("CODE", DIABETES), new LabelCode("CLASS", code("urn:a", "quoted \" and \u00e9")));
        ByteString sealed = one.sealCodes(codes);
        assertThat(one.openCodes(sealed)).isEqualTo(codes);
        assertThat(sealed.toStringUtf8()).doesNotContain("E11");
        assertThat(one.sealCodes(codes.subList(0, 1)).size()).as("padded").isEqualTo(sealed.size());
        ScopeKey other = new ScopeKey(new CustodianKeys().freshKey(), 1);
        assertThatThrownBy(() -> other.openCodes(sealed)).isInstanceOf(CryptoException.class);
        assertThatThrownBy(() -> one.openCodes(one.sealReason("a reason"))).isInstanceOf(CryptoException.class);
        List<LabelCode> many = Collections.nCopies(2_000, codes.get(0));
        assertThatThrownBy(() -> one.sealCodes(many)).isInstanceOf(MalformedInput.class);
    }

    @Test
    @DisplayName("PRV-4 every sensitivity has five labels, and a threshold separates lower from higher")
    void prv4_labelsSensitivity() {
        ScopeKey key = new ScopeKey(new CustodianKeys().freshKey(), 1);
        for (Sensitivity record : Sensitivity.values()) {
            List<ByteString> labels = key.sensitivityLabels(record);
            assertThat(new HashSet<>(labels)).hasSize(5);
            for (Sensitivity rule : Sensitivity.values()) {
                boolean denied =
                        rule.denyCode().map(key::label).map(labels::contains).orElse(true);
                boolean permitted =
                        rule.permitCode().map(key::label).map(labels::contains).orElse(true);
                assertThat(denied).as("deny %s, record %s", rule, record).isEqualTo(record.compareTo(rule) >= 0);
                assertThat(permitted).as("permit %s, record %s", rule, record).isEqualTo(record.compareTo(rule) <= 0);
            }
        }
    }

    @Test
    @DisplayName("PRV-5 the length of sealed conditions and facts does not tell how many codes they name")
    void prv5_padsConditions() throws Exception {
        ScopeKey key = new ScopeKey(new CustodianKeys().freshKey(), 1);
        Code code = Code.newBuilder()
                .setSystem("http://loinc.org")
                .setCode("2339-0")
                .build();
        Set<Integer> lengths = new HashSet<>();
        for (int codes = 1; codes <= 12; codes++) {
            Conditions conditions = Conditions.newBuilder()
                    .addAllCodes(Collections.nCopies(codes, code))
                    .build();
            ByteString sealed = key.sealConditions(conditions);
            assertThat(key.openConditions(sealed)).isEqualTo(conditions);
            lengths.add(sealed.size());
        }
        assertThat(lengths).hasSize(1);
        for (int bytes = 0; bytes <= 2_000; bytes++) {
            Conditions filled =
                    Conditions.newBuilder().setPadding(Padding.after(bytes)).build();
            assertThat((bytes + filled.getSerializedSize()) % Padding.STEP_BYTES)
                    .isZero();
        }
    }

    @Test
    @DisplayName("PRV-1 a sealed reason opens for the holders of the scope key alone")
    void prv1_sealsReasons() throws Exception {
        ScopeKey key = new ScopeKey(new CustodianKeys().freshKey(), 1);
        ByteString sealed = key.sealReason("wrong date");
        assertThat(sealed.toStringUtf8()).doesNotContain("wrong");
        assertThat(key.openReason(sealed)).isEqualTo("wrong date");
        ScopeKey other = new ScopeKey(new CustodianKeys().freshKey(), 1);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> other.openReason(sealed))
                .isInstanceOf(io.consilium.crypto.CryptoException.class);
    }
}
