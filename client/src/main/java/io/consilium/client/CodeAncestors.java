package io.consilium.client;

import io.consilium.proto.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The broader categories of a code in classifications whose codes spell out their hierarchy: E11.9 lies in E11, A10BA02
 * in A10BA, A10B, A10 and A. Of HL7 v3 ActCode those of InformationSensitivityPolicy that have a hierarchy: an opioid
 * use disorder lies in substance use disorders, these in specially protected information; psychiatry lies there beside
 * mental and behavioral health, not under them.
 *
 * <p>They are added when a record is labelled, so that a consent which denies a category reaches what is under it
 * (PRV-4). Terminologies with a separate hierarchy, as SNOMED CT, need a terminology server and are labelled as given.
 */
public final class CodeAncestors {
    private static final Set<String> ICD = Set.of(
            "http://hl7.org/fhir/sid/icd-10",
            "http://hl7.org/fhir/sid/icd-10-cm",
            "http://hl7.org/fhir/sid/icd-10-nl",
            "http://fhir.de/CodeSystem/bfarm/icd-10-gm",
            "http://hl7.org/fhir/sid/icd-9-cm");
    private static final String ATC = "http://www.whocc.no/atc";
    private static final String ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    /** Each under the next broader one, as HL7 publishes the code system. */
    private static final Map<String, String> SENSITIVITY = Map.ofEntries(
            Map.entry("COGN", "BH"),
            Map.entry("DVD", "BH"),
            Map.entry("EMOTDIS", "BH"),
            Map.entry("ETHUD", "SUD"),
            Map.entry("OPIOIDUD", "SUD"),
            Map.entry("BH", "SPI"),
            Map.entry("MH", "SPI"),
            Map.entry("PSY", "SPI"),
            Map.entry("PSYTHPN", "SPI"),
            Map.entry("SUD", "SPI"));

    private static final int ICD_CATEGORY = 3;
    private static final int[] ATC_LEVELS = {1, 3, 4, 5};

    private CodeAncestors() {}

    /** Nearest first; empty for other systems. */
    public static List<Code> of(Code code) {
        List<Code> ancestors = new ArrayList<>();
        String text = code.getCode();
        if (ICD.contains(code.getSystem())) {
            int dot = text.indexOf('.');
            int category = dot < 0 ? ICD_CATEGORY : Math.min(dot, ICD_CATEGORY); // a procedure's has two digits
            for (int length = text.length() - 1; length >= category; length--) {
                // The dot after the category is no level of its own.
                if (text.charAt(length - 1) != '.') {
                    ancestors.add(
                            code.toBuilder().setCode(text.substring(0, length)).build());
                }
            }
        } else if (code.getSystem().equals(ATC)) {
            for (int i = ATC_LEVELS.length - 1; i >= 0; i--) {
                if (text.length() > ATC_LEVELS[i]) {
                    ancestors.add(code.toBuilder()
                            .setCode(text.substring(0, ATC_LEVELS[i]))
                            .build());
                }
            }
        }
        if (code.getSystem().equals(ACT_CODE)) {
            Optional<String> above = Optional.ofNullable(SENSITIVITY.get(text));
            while (above.isPresent()) {
                ancestors.add(code.toBuilder().setCode(above.get()).build());
                above = above.map(SENSITIVITY::get);
            }
        }
        return ancestors;
    }
}
