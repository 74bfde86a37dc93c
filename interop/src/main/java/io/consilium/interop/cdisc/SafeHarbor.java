package io.consilium.interop.cdisc;

import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The identifiers that HIPAA's Safe Harbor method removes (45 CFR 164.514(b)(2)), told by a column's name, label, type and
 * values (TRI-7). A column that may hold one is refused as a whole.
 */
public final class SafeHarbor {
    private static final Pattern IDENTIFIER = Pattern.compile(
            "USUBJID|SUBJID|PSEUDONYM|.*(INIT|INITIALS)|(SUB|PAT|FIRST|LAST|FULL|SUR|FORE)?NAME|SSN|MRN|.*(PHONE|FAX|EMAIL|MAIL"
                    + "|ADDR|ADDRESS|URL|IPADDR|PHOTO|ACCOUNT|LICEN[CS]E|PLATE|PASSPORT)|INVID|INVNAM|SPDEVID|DEVICE.*|VIN"
                    + "|.*REFID|.*SPID|.*LNKID|.*GRPID|NATID|INSURANCE.*");
    private static final Pattern IDENTIFIER_LABEL = Pattern.compile(
            ".*(subject identifier|patient identifier|initials|telephone|phone|e-?mail|street|social security|medical record"
                    + "|account number|licen[cs]e|serial number|device identifier|passport|date of birth).*");
    private static final Pattern GEOGRAPHY = Pattern.compile(
            "SITE.*|.*(ZIP|ZIPCODE|POSTAL|POSTCODE|CITY|TOWN|COUNTY|DISTRICT|PRECINCT|STREET|GEOCODE|LATITUDE"
                    + "|LONGITUDE|ADDRESS)|LAT|LON|CENTER|CENTRE");
    private static final Pattern GEOGRAPHY_LABEL =
            Pattern.compile(".*\\b(site identifier|site group|zip|postal|city|town|county|precinct)\\b.*");
    private static final Pattern AGE = Pattern.compile("AGE|AAGE|AGE[A-Z]?|AGEGR.*|AGECAT.*|.*_AGE|AGE_.*");
    private static final Pattern AGE_LABEL = Pattern.compile("(.*\\W)?age(\\W.*)?");
    private static final Pattern DEMOGRAPHIC = Pattern.compile(
            "AGE|AAGE|AGEGR\\d*N?|AGECAT.*|SEX|SEXN|GENDER|RACE|RACE\\d|RACEN|RACEGR.*|ARACE.*|ETHNIC|ETHNICN|COUNTRY|STATE|REGION\\d*|BRTHYR"
                    + "|BIRTHYR|MARISTAT|OCCUPATION|EDUCLVL|RELIGION|LANGUAGE|NATION.*");
    private static final Pattern PERSONAL_VALUE = Pattern.compile(
            ".*[^\\s@]+@[^\\s@]+\\.[a-zA-Z]{2,}.*|https?://.*|\\d{3}-\\d{2}-\\d{4}|\\+?[\\d() .-]{10,20}\\d|\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern DATE_VALUE = Pattern.compile(
            "\\d{4}-\\d{2}(-\\d{2}.*)?|\\d{1,2}[./-]\\d{1,2}[./-]\\d{2,4}|\\d{1,2}[- ]?[A-Za-z]{3}[- ]?\\d{2,4}.*"
                    + "|[A-Za-z]{3,9} \\d{1,2},? \\d{4}");
    private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?");
    private static final int OLDEST = 89;
    private static final int LONGEST = 200;

    private SafeHarbor() {}

    /** Demographic columns tell people apart, whatever they are asked for as. */
    public static boolean isDemographic(String name) {
        return DEMOGRAPHIC.matcher(name.toUpperCase(Locale.ROOT)).matches();
    }

    /** Why the column cannot be released, without a word of its values. */
    public static Optional<String> refusal(Table table, int index) {
        Column column = table.columns().get(index);
        String name = column.name().toUpperCase(Locale.ROOT);
        String label = column.label().toLowerCase(Locale.ROOT);
        if (IDENTIFIER.matcher(name).matches()
                || IDENTIFIER_LABEL.matcher(label).matches()) {
            return Optional.of("it identifies people");
        }
        if (GEOGRAPHY.matcher(name).matches() || GEOGRAPHY_LABEL.matcher(label).matches()) {
            return Optional.of("it is a place smaller than a state");
        }
        boolean age = AGE.matcher(name).matches() || AGE_LABEL.matcher(label).matches();
        boolean time = column.type().isDate() || column.type() == ColumnType.TIME;
        Set<String> different = new HashSet<>();
        Set<String> subjects = new HashSet<>();
        for (int row = 0; row < table.rows().size(); row++) {
            String value = table.rows().get(row)[index].strip();
            subjects.add(table.subject(row));
            if (value.isEmpty()) {
                continue;
            }
            if (value.length() > LONGEST) {
                return Optional.of("it holds free text");
            }
            different.add(value);
            if (time && value.length() > 4 || !column.type().isNumeric() && isDate(value)) {
                return Optional.of("its dates are finer than a year");
            }
            if (age && isOverOldest(value)) {
                return Optional.of("it tells ages over " + OLDEST + " apart");
            }
            if (!column.type().isNumeric() && PERSONAL_VALUE.matcher(value).matches()) {
                return Optional.of("its values look like identifiers");
            }
        }
        boolean text = column.type() == ColumnType.STRING || column.type() == ColumnType.URI;
        boolean numbers =
                different.stream().allMatch(value -> NUMBER.matcher(value).matches());
        return text && !numbers && subjects.size() > 2 && different.size() * 2 > subjects.size()
                ? Optional.of("nearly every subject has a value of its own")
                : Optional.empty();
    }

    private static boolean isDate(String value) {
        return DATE_VALUE.matcher(value).matches();
    }

    /** One open group "90 and over" is what the rule allows; a number or a group above it is not. */
    private static boolean isOverOldest(String value) {
        String plain = value.replace(" ", "");
        if (plain.matches("(>=90|>89|90\\+|≥90)(years|y)?")) {
            return false;
        }
        Matcher numbers = NUMBER.matcher(plain);
        while (numbers.find()) {
            if (new java.math.BigDecimal(numbers.group()).compareTo(java.math.BigDecimal.valueOf(OLDEST)) > 0) {
                return true;
            }
        }
        return false;
    }
}
