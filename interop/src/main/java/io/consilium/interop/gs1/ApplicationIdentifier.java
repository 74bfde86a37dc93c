package io.consilium.interop.gs1;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One of GS1's application identifiers and the format of its data field.
 *
 * @param digits two to four digits
 * @param components the parts of the data field in their order
 * @param predefinedLength whether the next element follows without a separator (General Specifications 7.8.5)
 */
public record ApplicationIdentifier(String digits, List<Component> components, boolean predefinedLength) {
    private static final int MAX_DIGITS = 4;

    /** The formats and who has them: facts of the GS1 syntax dictionary. A star marks a predefined length. */
    private static final String[] TABLE = {
        "*N18c 00",
        "*N14c 01 02 03",
        "*N6d 11 12 13 15 16 17",
        "*N2 20",
        "*N6 3100-3105 3110-3115 3120-3125 3130-3135 3140-3145 3150-3155 3160-3165 3200-3205 3210-3215 3220-3225"
                + " 3230-3235 3240-3245 3250-3255 3260-3265 3270-3275 3280-3285 3290-3295 3300-3305 3310-3315 3320-3325"
                + " 3330-3335 3340-3345 3350-3355 3360-3365 3370-3375 3400-3405 3410-3415 3420-3425 3430-3435 3440-3445"
                + " 3450-3455 3460-3465 3470-3475 3480-3485 3490-3495 3500-3505 3510-3515 3520-3525 3530-3535 3540-3545"
                + " 3550-3555 3560-3565 3570-3575 3600-3605 3610-3615 3620-3625 3630-3635 3640-3645 3650-3655 3660-3665"
                + " 3670-3675 3680-3685 3690-3695",
        "*N13c 410-417",
        "X1-20 10 21 22 243 254 420 4318 7020-7022 710-717 7240 8002 8012",
        "X1-28 235",
        "X1-30 240 241 250 251 400 401 403 4308 4319 7002 7023 8004 90",
        "N1-6 242",
        "N13c,X0-17 253",
        "N13c,N0-12 255",
        "N1-8 30 37",
        "N1-15 3900-3909 3920-3929",
        "N3,N1-15 3910-3919 3930-3939",
        "N4 3940-3943 8111",
        "N6 3950-3955 8005",
        "N17c 402",
        "N3,X1-9 421",
        "N3 422 424 426",
        "N3,N0-12 423 425",
        "X1-3 427 7008",
        "X1-35 4300 4301 4310 4311 4320",
        "X1-70 4302-4306 4312-4316 7257 8110 8112 8200",
        "X2 4307 4317",
        "N10,N10 4309",
        "N1 4321-4323 7252",
        "N6d,N4 4324 4325",
        "N6e 4326 7006",
        "N6,X0-1 4330-4333",
        "N13 7001",
        "N6e,N4 7003",
        "N1-4 7004",
        "X1-12 7005",
        "N6e,N0-6 7007",
        "X1-10 7009 7255",
        "X1-2 7010",
        "N6e,N0-4 7011",
        "N3,X1-27 7030-7039",
        "N1,X3 7040",
        "X1-4 7041",
        "X2,X1-28 7230-7239",
        "N2 7241",
        "X1-25 7242 8013 8014 8020",
        "N8 7250",
        "N8,N4 7251",
        "X1-40 7253 7254 7259",
        "X1-90 7256 91-99",
        "X3 7258",
        "N14 8001",
        "N1,N13c,X0-16 8003",
        "N14c,N4 8006 8026",
        "X1-34 8007",
        "N6e,N2,N0-4 8008",
        "X1-50 8009",
        "Y1-30 8010",
        "N1-12 8011",
        "N18c 8017 8018",
        "N1-10 8019",
        "Z1-90 8030",
        "N15 8040 8041",
        "N32 8042",
        "N18,N0-2 8043",
    };

    private static final Map<String, ApplicationIdentifier> ALL = readTable();

    public ApplicationIdentifier {
        components = List.copyOf(components);
    }

    /** What a component's content must be beyond its characters. */
    enum Check {
        NONE,
        CHECK_DIGIT,
        /** Year, month and day, the day perhaps 00 for the end of the month. */
        DATE_OR_MONTH,
        DATE
    }

    /** A part of a data field; only the last may vary in length. */
    record Component(CharacterSet characters, int min, int max, Check check) {}

    /** The identifier with these digits. */
    public static Optional<ApplicationIdentifier> of(String digits) {
        return Optional.ofNullable(ALL.get(digits));
    }

    /** The identifier that the text begins with; no identifier is the beginning of another. */
    static Optional<ApplicationIdentifier> at(String text, int start) {
        for (int length = 2; length <= MAX_DIGITS && start + length <= text.length(); length++) {
            Optional<ApplicationIdentifier> found = of(text.substring(start, start + length));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** The greatest length of the data field. */
    int maxLength() {
        return components.stream().mapToInt(Component::max).sum();
    }

    /** Why a value is none of this identifier's. */
    Optional<String> fault(String value) {
        int at = 0;
        for (Component component : components) {
            int end = Math.min(value.length(), at + component.max());
            if (end - at < component.min()) {
                return Optional.of("the value of (" + digits + ") is too short");
            }
            String part = value.substring(at, end);
            if (!component.characters().holds(part)) {
                return Optional.of("the value of (" + digits + ") holds a character other than "
                        + component.characters().description());
            }
            if (component.check() == Check.CHECK_DIGIT && !CheckDigit.isRight(part)) {
                return Optional.of("the check digit in (" + digits + ") is wrong");
            }
            if (component.check() == Check.DATE_OR_MONTH && !Gs1Date.isValid(part, true)
                    || component.check() == Check.DATE && !Gs1Date.isValid(part, false)) {
                return Optional.of("the value of (" + digits + ") is no date YYMMDD");
            }
            at = end;
        }
        return at < value.length() ? Optional.of("the value of (" + digits + ") is too long") : Optional.empty();
    }

    private static Map<String, ApplicationIdentifier> readTable() {
        Map<String, ApplicationIdentifier> all = new LinkedHashMap<>();
        for (String line : TABLE) {
            boolean predefined = line.startsWith("*");
            List<String> words = List.of(line.substring(predefined ? 1 : 0).split(" ", -1));
            List<Component> components = new ArrayList<>();
            for (String component : words.get(0).split(",", -1)) {
                components.add(component(component));
            }
            for (String range : words.subList(1, words.size())) {
                int dash = range.indexOf('-');
                int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
                int last = Integer.parseInt(range.substring(dash + 1));
                int width = dash < 0 ? range.length() : dash;
                for (int ai = first; ai <= last; ai++) {
                    String digits = Integer.toString(ai);
                    digits = "0".repeat(width - digits.length()) + digits;
                    all.put(digits, new ApplicationIdentifier(digits, components, predefined));
                }
            }
        }
        return all;
    }

    private static Component component(String format) {
        CharacterSet characters =
                switch (format.charAt(0)) {
                    case 'N' -> CharacterSet.NUMERIC;
                    case 'Y' -> CharacterSet.SET_39;
                    case 'Z' -> CharacterSet.BASE64URL;
                    default -> CharacterSet.SET_82;
                };
        char mark = format.charAt(format.length() - 1);
        Check check =
                switch (mark) {
                    case 'c' -> Check.CHECK_DIGIT;
                    case 'd' -> Check.DATE_OR_MONTH;
                    case 'e' -> Check.DATE;
                    default -> Check.NONE;
                };
        String length = format.substring(1, check == Check.NONE ? format.length() : format.length() - 1);
        int dash = length.indexOf('-');
        int min = Integer.parseInt(dash < 0 ? length : length.substring(0, dash));
        return new Component(characters, min, Integer.parseInt(length.substring(dash + 1)), check);
    }
}
