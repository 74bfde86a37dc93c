package io.consilium.ledger.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.ledger.access.Accounting.Exemption;
import io.consilium.ledger.consent.PurposeOfUse;
import io.consilium.proto.AccessState;
import io.consilium.proto.DecisionBasis;
import io.consilium.proto.Review;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccountingTest {
    private static AccessState disclosed(String purpose, String reason) {
        return AccessState.newBuilder()
                .setCustodian("st-mary")
                .setRequester("riverside/dr-brown")
                .setPurpose(purpose)
                .setDecision(
                        DecisionBasis.newBuilder().setReason(reason).setPurposeNamed(reason.equals("EXPLICIT_PERMIT")))
                .build();
    }

    private static String answer(String purpose, String reason) {
        return Accounting.exemption(disclosed(purpose, reason), Optional.empty())
                .map(Exemption::name)
                .orElse("ACCOUNTABLE");
    }

    /** Each purpose: by a rule of a consent that names it, by a base permit, and without any reason shown. */
    private static final String TABLE = """
            HMARKT AUTHORISATION ACCOUNTABLE
            HOPERAT OPERATIONS OPERATIONS
            CAREMGT OPERATIONS OPERATIONS
            DONAT ACCOUNTABLE ACCOUNTABLE
            FRAUD OPERATIONS OPERATIONS
            GOV ACCOUNTABLE ACCOUNTABLE
            HACCRED OPERATIONS OPERATIONS
            HCOMPL OPERATIONS OPERATIONS
            HDECD ACCOUNTABLE ACCOUNTABLE
            HDIRECT DIRECTORY DIRECTORY
            HDM OPERATIONS OPERATIONS
            HLEGAL ACCOUNTABLE ACCOUNTABLE
            HOUTCOMS OPERATIONS OPERATIONS
            HPRGRP OPERATIONS OPERATIONS
            HQUALIMP OPERATIONS OPERATIONS
            HSYSADMIN OPERATIONS OPERATIONS
            LABELING OPERATIONS OPERATIONS
            METAMGT OPERATIONS OPERATIONS
            MEMADMIN OPERATIONS OPERATIONS
            MILCDM ACCOUNTABLE ACCOUNTABLE
            PATADMIN OPERATIONS OPERATIONS
            PATSFTY OPERATIONS OPERATIONS
            PERFMSR OPERATIONS OPERATIONS
            RECORDMGT OPERATIONS OPERATIONS
            SYSDEV OPERATIONS OPERATIONS
            HTEST OPERATIONS OPERATIONS
            TRAIN OPERATIONS OPERATIONS
            HPAYMT PAYMENT PAYMENT
            CLMATTCH PAYMENT PAYMENT
            COVAUTH PAYMENT PAYMENT
            COVERAGE PAYMENT PAYMENT
            ELIGDTRM PAYMENT PAYMENT
            ELIGVER PAYMENT PAYMENT
            ENROLLM PAYMENT PAYMENT
            MILDCRG ACCOUNTABLE ACCOUNTABLE
            REMITADV PAYMENT PAYMENT
            HRESCH AUTHORISATION ACCOUNTABLE
            BIORCH AUTHORISATION ACCOUNTABLE
            CLINTRCH AUTHORISATION ACCOUNTABLE
            CLINTRCHNPC AUTHORISATION ACCOUNTABLE
            CLINTRCHPC AUTHORISATION ACCOUNTABLE
            PRECLINTRCH AUTHORISATION ACCOUNTABLE
            DSRCH AUTHORISATION ACCOUNTABLE
            POARCH AUTHORISATION ACCOUNTABLE
            TRANSRCH AUTHORISATION ACCOUNTABLE
            PATRQT AUTHORISATION ACCOUNTABLE
            FAMRQT INVOLVED_IN_CARE INVOLVED_IN_CARE
            PWATRNY INDIVIDUAL INDIVIDUAL
            SUPNWK INVOLVED_IN_CARE INVOLVED_IN_CARE
            PUBHLTH ACCOUNTABLE ACCOUNTABLE
            DISASTER ACCOUNTABLE ACCOUNTABLE
            THREAT ACCOUNTABLE ACCOUNTABLE
            TREAT TREATMENT TREATMENT
            CLINTRL AUTHORISATION ACCOUNTABLE
            COC TREATMENT TREATMENT
            ETREAT TREATMENT TREATMENT
            BTG TREATMENT TREATMENT
            ERTREAT TREATMENT TREATMENT
            POPHLTH TREATMENT TREATMENT
            """;

    @ParameterizedTest
    @ValueSource(strings = {"HMARKT", "PATRQT", "HRESCH", "CLINTRL"})
    @DisplayName("ACC-4 a consent that names no purpose authorises none that 164.508 asks an authorisation for")
    void acc4_authorisationByName(String purpose) {
        for (String reason : new String[] {"EXPLICIT_PERMIT", "CONDITIONAL_PERMIT"}) {
            for (boolean named : new boolean[] {true, false}) {
                AccessState access = disclosed(purpose, reason).toBuilder()
                        .setDecision(
                                DecisionBasis.newBuilder().setReason(reason).setPurposeNamed(named))
                        .build();
                assertThat(Accounting.exemption(access, Optional.empty()).isPresent())
                        .isEqualTo(named);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PATRQT", "TREAT", "HLEGAL", "FAMRQT", "HRESCH"})
    @DisplayName(
            "ACC-4 what the patient itself or its guardian read is no disclosure to account for (164.528(a)(1)(ii))")
    void acc4_toTheIndividual(String purpose) {
        assertThat(answer(purpose, "OWN_RECORD")).isEqualTo("INDIVIDUAL");
        assertThat(answer(purpose, "GUARDIAN_OF_PATIENT")).isEqualTo("INDIVIDUAL");
    }

    @Test
    @DisplayName("ACC-4 every purpose of use is classified as 45 CFR 164.528 says")
    void acc4_everyPurpose() {
        TreeSet<String> told = new TreeSet<>();
        for (String line : TABLE.strip().split("\n")) {
            String[] words = line.strip().split(" ");
            told.add(words[0]);
            assertThat(answer(words[0], "EXPLICIT_PERMIT")).as(line).isEqualTo(words[1]);
            assertThat(answer(words[0], "BASE_PERMIT")).as(line).isEqualTo(words[2]);
            assertThat(answer(words[0], "")).as(line).isEqualTo(words[2]);
        }
        assertThat(told)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(PurposeOfUse.values()).map(Enum::name).toList());
    }

    @ParameterizedTest
    @DisplayName("ACC-4 ACC-3 a break-glass is treatment unless its review found that it was none")
    @CsvSource({"true, TREATMENT", "false, ACCOUNTABLE"})
    void acc4_breakGlass(boolean justified, String expected) {
        Optional<Exemption> exemption = Accounting.exemption(
                disclosed("BTG", "BREAK_GLASS"),
                Optional.of(Review.newBuilder().setJustified(justified).build()));
        assertThat(exemption.map(Exemption::name).orElse("ACCOUNTABLE")).isEqualTo(expected);
    }

    @Test
    @DisplayName(
            "ACC-4 what stays with the custodian's own people is a use; a purpose of a later version is accountable")
    void acc4_edges() {
        AccessState own = disclosed("HRESCH", "BASE_PERMIT").toBuilder()
                .setRequester("st-mary/researcher")
                .build();
        assertThat(Accounting.exemption(own, Optional.empty())).contains(Exemption.WITHIN_CUSTODIAN);
        assertThat(answer("SOMETHING", "EXPLICIT_PERMIT")).isEqualTo("ACCOUNTABLE");
        for (Exemption exemption : Exemption.values()) {
            assertThat(exemption.citation()).startsWith("45 CFR 16");
        }
    }
}
