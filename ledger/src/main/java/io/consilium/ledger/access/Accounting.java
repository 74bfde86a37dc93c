package io.consilium.ledger.access;

import io.consilium.ledger.consent.Decision.Reason;
import io.consilium.ledger.consent.PurposeOfUse;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.AccessState;
import io.consilium.proto.DecisionBasis;
import io.consilium.proto.Review;
import java.util.List;
import java.util.Optional;

/**
 * Whether a disclosure belongs into the accounting that a patient may demand (ACC-4, 45 CFR 164.528), and why not.
 *
 * <p>A purpose that the statute leaves out is exempt: treatment, payment, health care operations, and what goes to the
 * patient, its representative, directory or family. Research, marketing and requests of the patient are exempt where the
 * patient authorised them, that is where a rule of a consent permits them by name; a base permit authorises nothing.
 * Whatever is allowed by law alone, for public health, courts, government or the dead, is accounted for, whatever
 * consents say: reporting too much is no breach, too little is.
 */
public final class Accounting {
    /** Years that a patient may look back (164.528(a)(1)). */
    public static final int YEARS = 6;

    private static final List<PurposeOfUse> BY_LAW = List.of(
            PurposeOfUse.DONAT,
            PurposeOfUse.GOV,
            PurposeOfUse.HDECD,
            PurposeOfUse.HLEGAL,
            PurposeOfUse.MILCDM,
            PurposeOfUse.MILDCRG,
            PurposeOfUse.PUBHLTH,
            PurposeOfUse.DISASTER,
            PurposeOfUse.THREAT);

    /** What the patient, or who stands for it, was given: for whatever purpose. */
    private static final List<String> TO_INDIVIDUAL =
            List.of(Reason.OWN_RECORD.name(), Reason.GUARDIAN_OF_PATIENT.name());

    /** Why a disclosure need not be accounted for, with the place that says so. */
    public enum Exemption {
        TREATMENT("164.528(a)(1)(i), 164.506"),
        PAYMENT("164.528(a)(1)(i), 164.506"),
        OPERATIONS("164.528(a)(1)(i), 164.506"),
        INDIVIDUAL("164.528(a)(1)(ii), 164.502(g)"),
        AUTHORISATION("164.528(a)(1)(iv), 164.508"),
        DIRECTORY("164.528(a)(1)(v), 164.510(a)"),
        INVOLVED_IN_CARE("164.528(a)(1)(v), 164.510(b)"),
        /** It never left the custodian: a use, not a disclosure (160.103). */
        WITHIN_CUSTODIAN("160.103");

        private final String citation;

        Exemption(String citation) {
            this.citation = "45 CFR " + citation;
        }

        public String citation() {
            return citation;
        }
    }

    private Accounting() {}

    /**
     * The exemption of a disclosure, empty if it is accountable.
     *
     * @param review of the break-glass that permitted it, if there was one and it is reviewed: an emergency that was none
     *     was no treatment
     */
    public static Optional<Exemption> exemption(AccessState disclosed, Optional<Review> review) {
        if (ActorName.institutionOf(disclosed.getRequester()).equals(disclosed.getCustodian())) {
            return Optional.of(Exemption.WITHIN_CUSTODIAN);
        }
        if (review.map(verdict -> !verdict.getJustified()).orElse(false)) {
            return Optional.empty();
        }
        if (TO_INDIVIDUAL.contains(disclosed.getDecision().getReason())) {
            return Optional.of(Exemption.INDIVIDUAL);
        }
        Optional<PurposeOfUse> purpose = PurposeOfUse.of(disclosed.getPurpose());
        return purpose.isEmpty() ? Optional.empty() : exemption(purpose.get(), disclosed.getDecision());
    }

    private static Optional<Exemption> exemption(PurposeOfUse purpose, DecisionBasis basis) {
        if (BY_LAW.contains(purpose)) {
            return Optional.empty();
        }
        return switch (purpose) {
            case HDIRECT -> Optional.of(Exemption.DIRECTORY);
            case FAMRQT, SUPNWK -> Optional.of(Exemption.INVOLVED_IN_CARE);
            case PWATRNY -> Optional.of(Exemption.INDIVIDUAL);
            case PATRQT, HMARKT, CLINTRL -> authorised(basis);
            default ->
                switch (root(purpose)) {
                    case TREAT -> Optional.of(Exemption.TREATMENT);
                    case HPAYMT -> Optional.of(Exemption.PAYMENT);
                    case HOPERAT -> Optional.of(Exemption.OPERATIONS);
                    case HRESCH -> authorised(basis);
                    default -> Optional.empty();
                };
        };
    }

    /** An authorisation says what for, so a rule of whatever purpose is none. */
    private static Optional<Exemption> authorised(DecisionBasis basis) {
        boolean permitted = basis.getReason().equals(Reason.EXPLICIT_PERMIT.name())
                || basis.getReason().equals(Reason.CONDITIONAL_PERMIT.name());
        return permitted && basis.getPurposeNamed() ? Optional.of(Exemption.AUTHORISATION) : Optional.empty();
    }

    private static PurposeOfUse root(PurposeOfUse purpose) {
        PurposeOfUse root = purpose;
        while (root.parent().isPresent()) {
            root = root.parent().get();
        }
        return root;
    }
}
