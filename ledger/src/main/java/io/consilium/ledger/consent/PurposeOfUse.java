package io.consilium.ledger.consent;

import java.util.List;
import java.util.Optional;

/**
 * The PurposeOfUse branch of the HL7 v3 ActReason code system, each code under the one that subsumes it (CON-3). BTG
 * and CLINTRL are never reached from above: a rule covers them only by naming them.
 *
 * <p>The order of the constants stands in the state ({@link #bit}): a new code goes to the end, none is moved.
 */
public enum PurposeOfUse {
    HMARKT,
    HOPERAT,
    CAREMGT(HOPERAT),
    DONAT(HOPERAT),
    FRAUD(HOPERAT),
    GOV(HOPERAT),
    HACCRED(HOPERAT),
    HCOMPL(HOPERAT),
    HDECD(HOPERAT),
    HDIRECT(HOPERAT),
    HDM(HOPERAT),
    HLEGAL(HOPERAT),
    HOUTCOMS(HOPERAT),
    HPRGRP(HOPERAT),
    HQUALIMP(HOPERAT),
    HSYSADMIN(HOPERAT),
    LABELING(HSYSADMIN),
    METAMGT(HSYSADMIN),
    MEMADMIN(HOPERAT),
    MILCDM(HOPERAT),
    PATADMIN(HOPERAT),
    PATSFTY(HOPERAT),
    PERFMSR(HOPERAT),
    RECORDMGT(HOPERAT),
    SYSDEV(HOPERAT),
    HTEST(SYSDEV),
    TRAIN(HOPERAT),
    HPAYMT,
    CLMATTCH(HPAYMT),
    COVAUTH(HPAYMT),
    COVERAGE(HPAYMT),
    ELIGDTRM(COVERAGE),
    ELIGVER(COVERAGE),
    ENROLLM(COVERAGE),
    MILDCRG(COVERAGE),
    REMITADV(HPAYMT),
    HRESCH,
    BIORCH(HRESCH),
    CLINTRCH(HRESCH),
    CLINTRCHNPC(CLINTRCH),
    CLINTRCHPC(CLINTRCH),
    PRECLINTRCH(CLINTRCH),
    DSRCH(HRESCH),
    POARCH(HRESCH),
    TRANSRCH(HRESCH),
    PATRQT,
    FAMRQT(PATRQT),
    PWATRNY(PATRQT),
    SUPNWK(PATRQT),
    PUBHLTH,
    DISASTER(PUBHLTH),
    THREAT(PUBHLTH),
    TREAT,
    CLINTRL(TREAT),
    COC(TREAT),
    ETREAT(TREAT),
    BTG(ETREAT),
    ERTREAT(ETREAT),
    POPHLTH(TREAT);

    /** The code system that the codes are of. */
    public static final String SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

    private final Optional<PurposeOfUse> parent;

    PurposeOfUse() {
        this.parent = Optional.empty();
    }

    PurposeOfUse(PurposeOfUse parent) {
        this.parent = Optional.of(parent);
    }

    public static Optional<PurposeOfUse> of(String code) {
        for (PurposeOfUse purpose : values()) {
            if (purpose.name().equals(code)) {
                return Optional.of(purpose);
            }
        }
        return Optional.empty();
    }

    /** The code's place in a mask of purposes; there are at most 64. */
    public long bit() {
        return 1L << ordinal();
    }

    public Optional<PurposeOfUse> parent() {
        return parent;
    }

    /** Whether a rule covers this purpose only by naming it. */
    public boolean mustBeNamed() {
        return this == BTG || this == CLINTRL;
    }

    /** Whether naming {@code named} covers this purpose. */
    public boolean isCoveredBy(PurposeOfUse named) {
        return this == named
                || !mustBeNamed()
                        && parent.map(above -> above.isCoveredBy(named)).orElse(false);
    }

    /** Whether a rule with these codes covers this purpose; a rule without codes covers what need not be named. */
    public boolean isCoveredByAny(List<String> codes) {
        if (codes.isEmpty()) {
            return !mustBeNamed();
        }
        for (String code : codes) {
            if (of(code).map(this::isCoveredBy).orElse(false)) {
                return true;
            }
        }
        return false;
    }
}
