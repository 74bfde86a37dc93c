package io.consilium.interop.cdisc;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The identifiers that HIPAA's Safe Harbor method removes (45 CFR 164.514(b)(2)), told by a column's name, label, type and
 * values (TRI-7). A column that may hold one is refused as a whole.
 *
 * <p>Names are compared in capitals and without underscores.
 */
public final class SafeHarbor {
    private static final Pattern IDENTIFIER = Pattern.compile("USUBJID|SUBJID|PSEUDONYM|UUID|GUID"
            + "|(.*\\d)?(U?SUBJ(ECT)?|PAT(IENT)?|PT|PERSON|PARTICIPANT|CLIENT|VOLUNTEER|SCR(N|EEN(ING)?)?"
            + "|RAND(OM(I[SZ]ATION)?)?|ENR(OLL?(MENT)?)?|ALLOC(ATION)?|CASE|CHART|FILE|HOSP(ITAL)?|ADM(ISSION)?|KIT|SAMPLE"
            + "|SPECIMEN|BARCODE|HEALTH(PLAN)?|INSUR(ANCE)?|BENEFICIARY|CERT(IFICATE)?|NATIONAL|NHS|TAX|MED(ICAL)?REC(ORD)?"
            + "|RECORD|SERIAL)(ID|IDENT|IDENTIFIER|NO|NR|NUM|NUMB|NUMBER|CODE|KEY)"
            + "|.*(INIT|INITIALS)|(SUB|PAT|PATIENT|SUBJECT|FIRST|LAST|FULL|SUR|FORE|GIVEN|FAMILY|MAIDEN|MIDDLE)?NAME"
            + "|(SSN|MRN).*|.*(PHONE|FAX|MAIL|ADDR|ACCOUNT|LICEN[CS]E|PASSPORT|(?<!IM|AUTO)MOBILE).*|TEL(NO|NR|NUM)?"
            + "|.*(URL|PHOTO|PLATE)|INVID|INVNAM"
            + "|SPDEVID|DEVICE.*|VIN|.*REFID|.*SPID|.*LNKID|.*GRPID|NATID|INSURANCE.*|FINGERPRINT.*|BIOMETRIC.*");

    /** Any other column whose name has the word for itself, as in KIT_ID. */
    private static final Pattern IDENTIFIER_WORD =
            Pattern.compile("(?!(STUDY|TRIAL|ARM)_)(.*_)?(ID|IDENT|IDENTIFIER)(_.*)?");

    private static final Pattern IDENTIFIER_LABEL = Pattern.compile(
            ".*(subject id|patient id|initials|telephone|phone|e-?mail|street|social security|medical record"
                    + "|account number|licen[cs]e|serial number|device identifier|passport|date of birth"
                    + "|(screening|randomi[sz]ation|enrol?lment|patient|subject|case|kit) (number|no\\b|code)).*");
    /** Anywhere in a name, but not as a part of words such as ethnicity. */
    private static final Pattern GEOGRAPHY = Pattern.compile(".*((?<!COMPO|OPPO|PARA|REQUI)SITE|ZIP|POST(AL|CODE|CD)"
            + "|(?<!ETHNI|TOXI|CAPA|VELO|SPECIFI|MULTIPLI|ELASTI|SPASTI|CHRONI|PERIODI|OPA)CITY|TOWN|VILLAGE|SUBURB|BOROUGH"
            + "|MUNICIP|COUNTY|DISTRICT|PRECINCT|PARISH|STREET|CENSUS|FIPS|GEOCODE|LATITUDE|LONGITUDE|HOSPITAL(?!I[SZ])"
            + "|CLINIC(?!AL)|CENTER|CENTRE).*|(GEO|HOME|RES)?(LAT|LON|LNG)");

    private static final Pattern GEOGRAPHY_LABEL =
            Pattern.compile(".*\\b(site identifier|site group|zip|postal|city|town|county|precinct)\\b.*");

    /** Dosage, stage and the like end in the same letters and are none. */
    private static final Pattern AGE = Pattern.compile(
            "A?AGE\\d*|AGE(U|N|Y|YR|YRS|YEARS?|M|MO|MON|MONTHS?|W|WEEKS?|D|DAYS"
                    + "|GR.*|CAT.*|BAND.*|CLASS.*|BL|BASE.*|SCR.*|RAND.*|CONS.*|ENR.*|DX|DIAG.*|ONS.*|AT.*|IN.*)N?"
                    + "|(BL|B|SCR|SCREEN|RAND|CONS|CONSENT|ENR|ENROL|DX|DIAG|ONSET|SUBJ|SUBJECT|PAT|PATIENT|PT|DM|IC|CUR|CURRENT)AGE");

    private static final Pattern AGE_WORD = Pattern.compile("(.*_)?A?AGE(_.*)?");
    private static final Pattern AGE_LABEL = Pattern.compile("(.*\\W)?age(\\W.*)?");
    private static final Pattern BIRTH = Pattern.compile("(?!.*(WT|WEIGHT|LEN)).*(BRTH|BIRTH).*|DOB.*|YOB.*");
    private static final Pattern BIRTH_LABEL = Pattern.compile(".*\\b(birth|born)\\b.*");
    private static final Pattern DEMOGRAPHIC = Pattern.compile(
            "(?!.*SEXUAL).*SEX.*|.*(GENDER|ETHN|HISPANIC|MARI(STAT|TAL)|OCCUPATION|RELIGION|NATIONALITY).*"
                    + "|(A|B|BL|C|D|DM|M|O|P|PAT|SUBJ)?RACE(?!MI).*|COUNTRY.*|STATE(CD|CODE|N|NAME)?|REGION.*|EDU(CATION|CLVL).*"
                    + "|LANGUAGE.*|NATION.*");
    private static final Pattern DEMOGRAPHIC_LABEL = Pattern.compile(
            ".*\\b(sex(?! hormone)|gender|race|ethnic\\w*|country|nationality|marital|religion|occupation)\\b.*");
    private static final Pattern PERSONAL_VALUE = Pattern.compile(
            ".*[^\\s@]+@[^\\s@]+\\.[a-zA-Z]{2,}.*|.*(https?://|www\\.).*|\\d{3}-\\d{2}-\\d{4}|\\+?[\\d() .-]{10,20}\\d"
                    + "|\\d{1,3}(\\.\\d{1,3}){3}");

    private static final String YEAR = "(?:18|19|20)\\d\\d";
    private static final String MONTH = "(?:0?[1-9]|1[0-2])";
    private static final String DAY = "(?:0[1-9]|[12]\\d|3[01])";
    private static final String MONTH_NAME = "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
            + "|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";

    private static final String COMPACT_DATE = YEAR + "(?:0[1-9]|1[0-2])" + DAY + "(?:[T ]?\\d{2}(?:\\d{2}){0,2})?";

    /** A date finer than a year anywhere in a text, but not as a part of a longer word or number. */
    private static final Pattern DATE_VALUE = Pattern.compile(
            "(?<![\\p{L}\\d.,-])(?:"
                    + String.join(
                            "|",
                            YEAR + "[-/]" + MONTH + "(?:[-/]\\d{1,2}(?:T.*)?)?",
                            YEAR + "-(?:W\\d{2}(?:-\\d)?|\\d{3})",
                            YEAR + "(?<a>[. ])" + MONTH + "\\k<a>\\d{1,2}(?:T.*)?",
                            COMPACT_DATE,
                            "\\d{1,2}(?<b>[./-])\\d{1,2}\\k<b>\\d{2,4}",
                            "\\d{1,2} \\d{1,2} " + YEAR,
                            MONTH + "[/-]" + YEAR,
                            "(?:0[1-9]|1[0-2])\\." + YEAR,
                            "\\d{1,2}-?[a-z]{3}-?\\d{2,4}",
                            "\\d{1,2}[- ]?" + MONTH_NAME + "[- ]?\\d{2,4}",
                            "\\d{1,2}(?:st|nd|rd|th|\\.)?[-/ ]?(?:of )?\\p{L}{3,10}\\.?,?[-/ ]?" + YEAR,
                            "\\p{L}{3,10}\\.? \\d{1,2}(?:st|nd|rd|th)?,? " + YEAR,
                            MONTH_NAME + "\\.?[-/, ]*" + YEAR)
                    + ")(?![\\p{L}\\d])",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    private static final Pattern DATE_NUMBER = Pattern.compile(COMPACT_DATE);
    private static final Pattern DATE_NAME = Pattern.compile(".*(DT|DTC|DTM|DTTM|DATE|DATETIME|TIMESTAMP)");
    private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?");
    private static final Pattern FRACTION = Pattern.compile("[+-]?\\d*\\.\\d*[1-9]\\d*");
    private static final Pattern WHOLE_YEAR = Pattern.compile("(?<!\\d)" + YEAR + "(?!\\d)");
    private static final String SEVERAL = "";
    private static final int OLDEST = 89;
    private static final int LONGEST = 200;

    private SafeHarbor() {}

    /** Demographic columns tell people apart, whatever they are asked for as. */
    public static boolean isDemographic(Column column) {
        return isAge(column)
                || isBirth(column)
                || DEMOGRAPHIC.matcher(plain(column.name())).matches()
                || DEMOGRAPHIC_LABEL
                        .matcher(column.label().toLowerCase(Locale.ROOT))
                        .matches();
    }

    /**
     * Why the column cannot be released, without a word of its values.
     *
     * @param year of today, which tells how old somebody is who was born in another
     */
    public static Optional<String> refusal(Table table, int index, int year) {
        Column column = table.columns().get(index);
        String name = plain(column.name());
        String label = column.label().toLowerCase(Locale.ROOT);
        if (IDENTIFIER.matcher(name).matches()
                || IDENTIFIER_WORD
                        .matcher(column.name().toUpperCase(Locale.ROOT))
                        .matches()
                || IDENTIFIER_LABEL.matcher(label).matches()) {
            return Optional.of("it identifies people");
        }
        if (GEOGRAPHY.matcher(name).matches() || GEOGRAPHY_LABEL.matcher(label).matches()) {
            return Optional.of("it is a place smaller than a state");
        }
        Set<String> different = new HashSet<>();
        for (String[] row : table.rows()) {
            if (!row[index].isEmpty() && different.add(row[index])) {
                Optional<String> refused = value(column, row[index], year);
                if (refused.isPresent()) {
                    return refused;
                }
            }
        }
        // Measures have fractions; whole numbers may be numbers of people.
        boolean measures = different.stream().allMatch(CheckedRows::isNumber)
                && different.stream().anyMatch(value -> FRACTION.matcher(value).matches());
        return !measures && nearlyAllDiffer(table, index)
                ? Optional.of("nearly every subject has a value of its own")
                : Optional.empty();
    }

    private static Optional<String> value(Column column, String value, int year) {
        if (value.length() > LONGEST) {
            return Optional.of("it holds free text");
        }
        if (isFinerThanYear(column, value)) {
            return Optional.of("its dates are finer than a year");
        }
        if (isAge(column) && isOverOldest(value) || isBirth(column) && isBornBefore(value, year - OLDEST)) {
            return Optional.of("it tells ages over " + OLDEST + " apart");
        }
        return !column.type().isNumeric() && PERSONAL_VALUE.matcher(value).matches()
                ? Optional.of("its values look like identifiers")
                : Optional.empty();
    }

    private static boolean isFinerThanYear(Column column, String value) {
        if (column.type().isDate() || column.type() == ColumnType.TIME) {
            return value.length() > 4;
        }
        if (column.type().isNumeric()) {
            // Days or seconds since a day that the standard fixes.
            boolean named = DATE_NAME.matcher(plain(column.name())).matches();
            return named && !WHOLE_YEAR.matcher(value).matches()
                    || DATE_NUMBER.matcher(value).matches();
        }
        return DATE_VALUE.matcher(value).find();
    }

    /** Whether more than half of the subjects have a value that nobody else has. */
    private static boolean nearlyAllDiffer(Table table, int index) {
        Map<String, String> owners = new HashMap<>();
        Set<String> subjects = new HashSet<>();
        for (int row = 0; row < table.rows().size(); row++) {
            String subject = table.subject(row);
            subjects.add(subject);
            String value = table.rows().get(row)[index];
            if (!value.isEmpty()) {
                owners.merge(value, subject, (one, other) -> one.equals(other) ? one : SEVERAL);
            }
        }
        Set<String> alone = new HashSet<>(owners.values());
        alone.remove(SEVERAL);
        return subjects.size() > 2 && alone.size() * 2 > subjects.size();
    }

    private static String plain(String name) {
        return name.toUpperCase(Locale.ROOT).replace("_", "");
    }

    private static boolean isAge(Column column) {
        return AGE.matcher(plain(column.name())).matches()
                || AGE_WORD.matcher(column.name().toUpperCase(Locale.ROOT)).matches()
                || AGE_LABEL.matcher(column.label().toLowerCase(Locale.ROOT)).matches();
    }

    private static boolean isBirth(Column column) {
        return BIRTH.matcher(plain(column.name())).matches()
                || BIRTH_LABEL.matcher(column.label().toLowerCase(Locale.ROOT)).matches();
    }

    /** One open group "90 and over" is what the rule allows; a number or a group above it is not. */
    private static boolean isOverOldest(String value) {
        String plain = value.replace(" ", "");
        if (plain.matches("(>=90|>89|90\\+|≥90)(years|y)?")) {
            return false;
        }
        Matcher numbers = NUMBER.matcher(plain);
        while (numbers.find()) {
            if (new BigDecimal(numbers.group()).compareTo(BigDecimal.valueOf(OLDEST)) > 0) {
                return true;
            }
        }
        return false;
    }

    /** Whoever becomes 90 in the year of today may be so already. */
    private static boolean isBornBefore(String value, int year) {
        Matcher years = WHOLE_YEAR.matcher(value);
        while (years.find()) {
            if (Integer.parseInt(years.group()) < year) {
                return true;
            }
        }
        return false;
    }
}
