package io.consilium.interop.cdisc;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Columns whose names or values look like identifiers of the Safe Harbor list and are none: terms of dictionaries, parts of
 * the body, results of measurements. Names are in capitals and without underscores.
 */
final class KnownColumns {
    /** As SDTM and ADaM name what stands in MedDRA, WHODrug and the like; not what somebody reported. */
    private static final Pattern DICTIONARY = Pattern.compile(
            "[A-Z]{2}(DECOD|BODSYS|BDSYCD|SOC|SOCCD|HLT|HLGT|LLT|PT|CLAS|CLASCD)|[A-Z]{2}(TEST|TESTCD)|PARAM(CD)?|ATC[1-5]?");

    private static final Pattern RESULT = Pattern.compile(
            "[A-Z]{2}(ORRES|STRES[CN]|DOSE|DOSTOT|(OR|ST)NR(LO|HI))|AVALC?|BASEC?|DOSE|STEPS|.*COUNTS?");

    private static final Set<String> PLACE_OR_BODY = Set.of("LOCATION", "AREA", "TRACT");
    private static final Set<String> BODY = Set.of(
            ("LEFT RIGHT UPPER LOWER INNER OUTER ANTERIOR POSTERIOR MEDIAL LATERAL BILATERAL PROXIMAL DISTAL OF THE AND"
                            + " ARM FOREARM LEG HAND FOOT FINGER TOE LIMB EXTREMITY SHOULDER ELBOW WRIST HIP KNEE ANKLE THIGH CALF"
                            + " BUTTOCK DELTOID GLUTEAL BRACHIAL AXILLA HEAD FACE NECK EYE EAR NOSE MOUTH TONGUE THROAT ORAL RECTAL"
                            + " CHEST BREAST ABDOMEN TRUNK BACK PELVIS SPINE SKIN BONE MUSCLE LYMPH NODE ARTERY VEIN BLOOD BRAIN"
                            + " HEART LUNG LIVER KIDNEY SPLEEN PANCREAS STOMACH BOWEL INTESTINE COLON RECTUM BLADDER PROSTATE UTERUS"
                            + " OVARY THYROID RESPIRATORY URINARY GASTROINTESTINAL DIGESTIVE REPRODUCTIVE GENITOURINARY TRACT")
                    .split(" "));

    private KnownColumns() {}

    static boolean isOfDictionary(String name) {
        return DICTIONARY.matcher(name).matches();
    }

    static boolean isResult(String name) {
        return RESULT.matcher(name).matches();
    }

    /** A place of the body where each word of each value is one, and an area where all are measures. */
    static boolean isOfBody(String name, Set<String> values, boolean measures) {
        return PLACE_OR_BODY.contains(name)
                && !values.isEmpty()
                && (name.equals("AREA") && measures || values.stream().allMatch(KnownColumns::isBody));
    }

    private static boolean isBody(String value) {
        return BODY.containsAll(
                Set.copyOf(List.of(value.toUpperCase(Locale.ROOT).split("[\\s,/-]+"))));
    }
}
