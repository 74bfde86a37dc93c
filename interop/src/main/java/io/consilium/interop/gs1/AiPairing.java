package io.consilium.interop.gs1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which application identifiers stand together in one barcode (General Specifications 4.13 and 4.14): what some need beside
 * them, and what others exclude. A lot without its product, say, is a code that was cut off.
 */
final class AiPairing {
    /**
     * Identifiers, and what they need: one of the alternatives, each of which may be several identifiers; n is any digit.
     * Facts of the GS1 syntax dictionary.
     */
    private static final String[] NEEDS = {
        "02 8026 : 37",
        "10 11 13 15 16 20 240 241 422 : 01,02,03,8006,8026",
        "12 3910-3919 415 : 8020",
        "17 : 01,02,03,255,8006,8026",
        "21 251 7021 8012 : 01,03,8006",
        "22 235 3370-3375 710 711 712 713 714 715 716 717 8001 8014 8200 : 01",
        "242 7001 : 01,02,8006,8026",
        "243 : 01,03",
        "250 : 01+21,03+21,8006+21",
        "254 : 414",
        "30 3100-3105 3110-3115 3120-3125 3130-3135 3140-3145 3150-3155 3160-3165 3200-3205 3210-3215 "
                + "3220-3225 3230-3235 3240-3245 3250-3255 3260-3265 3270-3275 3280-3285 3290-3295 3500-3505 "
                + "3510-3515 3520-3525 3560-3565 3570-3575 3600-3605 3610-3615 3640-3645 3650-3655 3660-3665 7002 "
                + "7005-7009 7030-7039 8005 : 01,02",
        "3300-3305 3310-3315 3320-3325 3330-3335 3340-3345 3350-3355 3360-3365 3400-3405 3410-3415 "
                + "3420-3425 3430-3435 3440-3445 3450-3455 3460-3465 3470-3475 3480-3485 3490-3495 3530-3535 "
                + "3540-3545 3550-3555 3620-3625 3630-3635 3670-3675 3680-3685 3690-3695 : 00,01",
        "37 : 00+02,00+8026",
        "3900-3909 : 255,8020",
        "3920-3929 : 01+30,01+31nn,01+32nn,01+35nn,01+36nn",
        "3930-3939 3950-3955 : 30,31nn,32nn,35nn,36nn",
        "3940-3943 8111 : 255",
        "403 4300-4302 4304-4312 4314-4326 4330-4333 7041 : 00",
        "423 424 425 426 7003 7010-7011 8008 : 01,02,03",
        "427 : 01+422,02+422,03+422",
        "4303 : 4302",
        "4313 : 4312",
        "7004 : 01+10,03+10",
        "7020 : 01+416,03+416,8006+416",
        "7022 : 01+7021,03+7021,8006+7021",
        "7230-7239 : 01,8004",
        "7240 : 01,8006",
        "7241-7242 7253-7256 8019 : 8017,8018",
        "7250-7252 7257 7259 : 8018",
        "7258 : 8018+7259",
        "8007 8020 : 415",
        "8009 : 00,01,03",
        "8011 : 8010",
        "8030 : 00,01+21,03+21,253,255,8003,8004,8006+21,8010+8011,8017,8018",
        "8040 : 01+21",
        "8041-8043 : 01+21+8040",
    };

    /** Identifiers, and those that cannot stand beside them. */
    private static final String[] EXCLUDES = {
        "01 : 255,37",
        "02 : 01,03",
        "03 : 01,02,37,235",
        "21 : 235",
        "255 : 01,02,415,8006,8020,8026",
        "3900-3909 : 390n,391n,394n,8111",
        "3910-3919 : 391n",
        "3920-3929 : 392n,393n",
        "3930-3939 : 393n",
        "3940-3943 : 394n,8111",
        "3950-3955 : 392n,393n,395n,8005",
        "420 : 421",
        "421 : 4307",
        "422 423 424 425 : 426",
        "4330 : 4331",
        "4331 : 4330",
        "4332 : 4333",
        "4333 : 4332",
        "7240 : 03",
        "7250 : 7251",
        "7251 : 7250",
        "7253-7255 : 7256,7259",
        "7259 : 7256",
        "8006 : 01,03,37",
        "8017 : 8018",
        "8018 : 8017",
        "8026 : 02,03,8006",
    };

    private static final Map<String, List<String>> NEEDED = read(NEEDS);
    private static final Map<String, List<String>> EXCLUDED = read(EXCLUDES);

    /** Measures: of one kind a barcode has one, whatever its number of decimals. */
    private static final int FIRST_MEASURE = 3100;

    private static final int LAST_MEASURE = 3699;
    private static final int AI_OF_MEASURE = 4;
    private static final int KIND_OF_MEASURE = 3;

    private AiPairing() {}

    /** Why a barcode cannot hold these identifiers. */
    static Optional<String> fault(Set<String> identifiers) {
        for (String ai : identifiers) {
            Optional<String> excluded = identifiers.stream()
                    .filter(other -> !other.equals(ai) && excludes(ai, other))
                    .findFirst();
            if (excluded.isPresent()) {
                return Optional.of("(" + ai + ") and (" + excluded.get() + ") do not stand in one code");
            }
            List<String> needed = NEEDED.getOrDefault(ai, List.of());
            if (!needed.isEmpty() && needed.stream().noneMatch(group -> hasAll(identifiers, group))) {
                return Optional.of("(" + ai + ") needs " + words(needed) + " beside it");
            }
        }
        return Optional.empty();
    }

    private static boolean excludes(String ai, String other) {
        boolean twoOfOneMeasure = isMeasure(ai)
                && isMeasure(other)
                && ai.substring(0, KIND_OF_MEASURE).equals(other.substring(0, KIND_OF_MEASURE));
        return twoOfOneMeasure
                || EXCLUDED.getOrDefault(ai, List.of()).stream().anyMatch(pattern -> matches(other, pattern));
    }

    private static boolean isMeasure(String ai) {
        if (ai.length() != AI_OF_MEASURE) {
            return false;
        }
        int number = Integer.parseInt(ai);
        return number >= FIRST_MEASURE && number <= LAST_MEASURE;
    }

    private static boolean hasAll(Set<String> identifiers, String group) {
        return Arrays.stream(group.split("\\+", -1))
                .allMatch(pattern -> identifiers.stream().anyMatch(ai -> matches(ai, pattern)));
    }

    private static boolean matches(String ai, String pattern) {
        if (ai.length() != pattern.length()) {
            return false;
        }
        for (int i = 0; i < ai.length(); i++) {
            if (pattern.charAt(i) != 'n' && pattern.charAt(i) != ai.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static String words(List<String> groups) {
        return "(" + String.join(") or (", groups).replace("+", ")(") + ")";
    }

    private static Map<String, List<String>> read(String[] table) {
        Map<String, List<String>> read = new LinkedHashMap<>();
        for (String line : table) {
            int colon = line.indexOf(" : ");
            List<String> patterns = List.of(line.substring(colon + 3).split(",", -1));
            for (String range : line.substring(0, colon).split(" ", -1)) {
                identifiers(range).forEach(ai -> read.put(ai, patterns));
            }
        }
        return read;
    }

    private static List<String> identifiers(String range) {
        int dash = range.indexOf('-');
        if (dash < 0) {
            return List.of(range);
        }
        List<String> identifiers = new ArrayList<>();
        for (int ai = Integer.parseInt(range.substring(0, dash));
                ai <= Integer.parseInt(range.substring(dash + 1));
                ai++) {
            identifiers.add(Integer.toString(ai));
        }
        return identifiers;
    }
}
