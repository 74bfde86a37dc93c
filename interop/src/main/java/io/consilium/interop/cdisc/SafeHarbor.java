package io.consilium.interop.cdisc;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
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
    private static final String PERSON =
            "(PT|PAT(IENT)?|SUBJ(ECT)?)NM|(CAREGIVER|CARER|SPOUSE|HUSBAND|WIFE|PARENT|MOTHER|FATHER"
                    + "|PARTNER|SIBLING|RELATIVE|GUARDIAN|NEXTOFKIN|NOK|INFORMANT|EMPLOYER|CONTACT)S?(NM|PERSON|FULL|FIRST|LAST)*\\d*";

    /** What has a name and is no person. */
    private static final String THING =
            "DRUG|^TRT|TREATMENT|^ARM|^TEST|PARAM|PARAMETER|STUDY|TRIAL|VISIT|DOMAIN|MEDICATION"
                    + "|PROCEDURE|SCALE|QUESTIONNAIRE|INSTRUMENT|ANALYTE|COMPOUND|PRODUCT|BRAND|GENERIC|TRADE|VARIABLE|DATASET|EVENT"
                    + "|DISEASE|DIAGNOSIS|ORGANISM|SPECIES|VACCINE|GENE|PATHOGEN|METHOD|UNIT|STATE|COUNTRY|REGION|CATEGORY|GROUP"
                    + "|PHASE|EPOCH|FORM|PANEL|BIOMARKER|SUBSTANCE|INGREDIENT";

    private static final Pattern IDENTIFIER = Pattern.compile("USUBJID|SUBJID|PSEUDONYM|UUID|GUID"
            + "|(.*\\d)?(U?SUBJ(ECT)?|PAT(IENT)?|PT|PERSON|PARTICIPANT|CLIENT|VOLUNTEER|SCR(N|EEN(ING)?)?"
            + "|RAND(OM(I[SZ]ATION)?)?|ENR(OLL?(MENT)?)?|ALLOC(ATION)?|CASE|CHART|FILE|HOSP(ITAL)?|ADM(ISSION)?|KIT|SAMPLE"
            + "|SPECIMEN|BARCODE|HEALTH(PLAN)?|INSUR(ANCE)?|BENEFICIARY|CERT(IFICATE)?|NATIONAL|NHS|TAX|MED(ICAL)?REC(ORD)?"
            + "|RECORD|SERIAL)(ID|IDENT|IDENTIFIER|NO|NR|NUM|NUMB|NUMBER|CODE|KEY)"
            + "|.*(INIT|INITIALS)|" + PERSON + "|.*(?<!" + THING + ")NAME"
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
            + "|MUNICIP|COUNTY|DISTRICT|PRECINCT|PARISH|PREFECT|KOMMUNE|STREET|CENSUS|FIPS|GEOCODE|LATITUDE|LONGITUDE"
            + "|HOSPITAL(?!I[SZ])|CLINIC(?!AL)|CENTER|CENTRE|LOCALITY|RESIDENCE|RESIDENCY|NEIGHBO|(?<!RE|DIS|MIS)PLACE(?!BO|D|M)"
            + "|(?<!TO|FOR|BACK|A|RE|UP|STE)WARD(?!S)).*|(GEO|HOME|RES)?(LAT|LON|LNG)|(C|M)BSA|MSA|PLZ|ADMIN\\d"
            + "|(HOME|RES|GEO|PAT(IENT)?|SUBJ|STUDY|BIRTH|LIVING|SERVICE|CATCHMENT)?(LOCATION|AREA|TRACT|INST(ITUTION)?)"
            + "(ID|NO|CODE|CD|NAME|NM)?");

    /** Words for what stands anywhere in a name, and for a place of care where it is named, not where it is spoken of. */
    private static final Pattern GEOGRAPHY_LABEL =
            Pattern.compile(".*\\b(site identifier|site group|zip|postal|postcode|city|town|village|suburb|borough"
                    + "|municipality|county|district|precinct|parish|prefecture|census|neighbou?rhood|locality|latitude|longitude"
                    + "|residence|place of (birth|living))\\b.*"
                    + "|((name|id|identifier|number|code) of (the )?)?(study )?(hospital|clinic|cent(er|re)|ward|institution|location)"
                    + "( (name|id|identifier|number|no|code))?");

    /** A code of the post, which a number is not where it begins with 0 or goes on after a hyphen. */
    private static final Pattern ZIP = Pattern.compile("0\\d{4}|\\d{5}-\\d{4}");

    private static final Pattern FIVE_DIGITS = Pattern.compile("\\d{5}");

    /** Any name that begins or ends with the word; agents, stages, averages and the like do so and are none. */
    private static final Pattern AGE = Pattern.compile("AGE(?!N[TCDE]|USIA).*"
            + "|.*(?<!(?<!FIR|LA|TE|HO)ST|DOS|LINK|PERCENT|AVER|COVER|BEVER|DAM|LANGU|RRI|MESS|IM|^P|CRFP|PACK|STOR|US|RRH"
            + "|DRAIN|LAV|BAND|CARTIL|(?<!BASE)LINE|VANT|VINT|MASS|PASS|VOLT|LEAK|SHRINK|CLEAV|MILE|TRI|CURETT)AGE"
            + "\\d*(U|N|C|Y|YR|YRS|YEARS?|M|MO|MON|MONTHS?|W|WEEKS?|D|DAYS|GR.*|CAT.*|BAND.*|CLASS.*|BL)?");

    private static final Pattern AGE_WORD = Pattern.compile("(.*_)?A?AGE(_.*)?");
    private static final Pattern AGE_LABEL = Pattern.compile("(.*\\W)?age(\\W.*)?");
    private static final String DECADES = "(?i).*decade.*";

    /** What people wrote in their own words, as CDISC and others name it. */
    private static final Pattern FREE_TEXT =
            Pattern.compile("COVAL\\d*|.*COMMENTS?|[A-Z]{2,4}COM|.*VERBATIM.*|.*SPECIFY"
                    + "|.*NARRATIVE.*|.*REMARKS?|.*FREETEXT.*|(AE|MH|CE|DS|DV|PR|FA|SAE)TERM");

    private static final Pattern FREE_TEXT_LABEL =
            Pattern.compile(".*\\b(comments?|verbatim|specify|narrative|remarks?|free text|reported term)\\b.*");

    private static final Pattern WORD = Pattern.compile("\\p{L}{2,}");

    /** From so many words on it is a sentence; terms of dictionaries have fewer. */
    private static final int SENTENCE_WORDS = 5;

    /** Fewer texts of one subject each may be chance, as in a list of choices. */
    private static final int SEVERAL_TEXTS = 5;

    private static final Pattern BIRTH = Pattern.compile("(?!.*(WT|WEIGHT|LEN)).*(BRTH|BIRTH).*|DOB.*|YOB.*");
    private static final Pattern BIRTH_LABEL = Pattern.compile(".*\\b(birth|born)\\b.*");
    private static final Pattern DEMOGRAPHIC = Pattern.compile(
            "(?!.*SEXUAL).*SEX.*|.*(GENDER|ETHN|HISPANIC|MARI(STAT|TAL)|OCCUPATION|RELIGION|NATIONALITY).*"
                    + "|(A|B|BL|C|D|DM|M|O|P|PAT|SUBJ)?RACE(?!MI).*|COUNTRY.*|STATE(CD|CODE|N|NAME)?|REGION.*|EDU(CATION|CLVL).*"
                    + "|LANGUAGE.*|NATION.*");
    private static final Pattern DEMOGRAPHIC_LABEL = Pattern.compile(
            ".*\\b(sex(?! hormone)|gender|race|ethnic\\w*|country|nationality|marital|religion|occupation)\\b.*");
    /** Anywhere in a text. */
    private static final Pattern PERSONAL_VALUE = Pattern.compile("[^\\s@]+@[^\\s@]+\\.[a-zA-Z]{2,}|https?://|www\\."
            + "|(?<![\\d-])\\d{3}-\\d{2}-\\d{4}(?![\\d-])|^\\+?[\\d() .-]{10,20}\\d$"
            + "|(?<![\\w.-])(?:\\+\\d[\\d() .-]{6,18}\\d|\\(?\\d{3}\\)?[ .-]\\d{3}[ .-]\\d{4})(?![\\w-])"
            + "|(?<![\\d.])\\d{1,3}(?:\\.\\d{1,3}){3}(?![\\d.])|\\b(?:Dr|Mr|Mrs|Ms|Prof)\\.? \\p{Lu}");

    private static final String YEAR = "(?:18|19|20)\\d\\d";
    private static final String MONTH = "(?:0?[1-9]|1[0-2])";
    private static final String DAY = "(?:0[1-9]|[12]\\d|3[01])";
    private static final String MONTH_NAME = "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
            + "|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";

    private static final String SEASON = "(?:spring|summer|autumn|fall|winter)";
    private static final String SHORT_YEAR = "(?:" + YEAR + "|'?\\d\\d)";
    private static final String COMPACT_DATE = YEAR + "(?:0[1-9]|1[0-2])" + DAY + "(?:[T ]?\\d{2}(?:\\d{2}){0,2})?";

    /** A date finer than a year anywhere in a text, but not as a part of a longer word or number. */
    private static final Pattern DATE_VALUE = Pattern.compile(
            "(?<![\\p{L}\\d.,-])(?:"
                    + String.join(
                            "|",
                            YEAR + "[-/]" + MONTH + "(?:[-/]\\d{1,2}(?:T.*)?)?",
                            YEAR + "-?W\\d{2}(?:-?\\d)?",
                            YEAR + "-?(?:00[1-9]|0[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-6])",
                            YEAR + "[-/ .,]*" + MONTH_NAME + "(?:[-/ .,]*\\d{1,2})?",
                            YEAR + "[-/ ]?(?:[QH][1-4]|" + SEASON + ")",
                            "(?:[QH][1-4]|quarter|" + SEASON + ")[-/, ]*(?:of )?" + SHORT_YEAR,
                            "(?:week|wk|W)[- ]?\\d{1,2}[-/, ]*(?:of )?" + YEAR,
                            "\\d{1,2}[-/ .]" + MONTH_NAME + "(?:[-/ .]*" + SHORT_YEAR + ")?",
                            MONTH_NAME + "\\.?[-/, ]*'?\\d{2}",
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
    private static final Pattern DATE_NAME = Pattern.compile(".*(DT|DTC|DTM|DTTM|DAT|DATE|DATETIME|TIMESTAMP)N?");
    private static final Pattern DATE_LABEL = Pattern.compile("(?!.*\\bdays?\\b).*\\bdate\\b.*");

    /** A year and a month without a hyphen: a column of nothing else, since one such number may be anything. */
    private static final Pattern YEAR_AND_MONTH = Pattern.compile(YEAR + "\\.?(?:0[1-9]|1[0-2])");

    private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?");
    private static final Pattern FRACTION = Pattern.compile("[+-]?\\d*\\.\\d*[1-9]\\d*");
    private static final Pattern WHOLE_YEAR = Pattern.compile("(?<!\\d)" + YEAR + "(?!\\d)");
    private static final String SEVERAL = "";
    private static final int OLDEST = 89;
    private static final String PLACE = "it is a place smaller than a state";
    private static final String WORDS = "it holds free text";
    private static final String DATES = "its dates are finer than a year";
    private static final String OLD = "it tells ages over " + OLDEST + " apart";

    /** The variable that says in which unit ages are: to be read beside them. */
    public static final String AGE_UNIT = "AGEU";

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
        Set<String> different = different(table, index);
        // Measures have fractions; whole numbers may be numbers of people.
        boolean measures = different.stream().allMatch(CheckedRows::isNumber)
                && different.stream().anyMatch(value -> FRACTION.matcher(value).matches());
        if (GEOGRAPHY.matcher(name).matches() && !KnownColumns.isOfBody(name, different, measures)
                || GEOGRAPHY_LABEL.matcher(label).matches()) {
            return Optional.of(PLACE);
        }
        if (FREE_TEXT.matcher(name).matches() || FREE_TEXT_LABEL.matcher(label).matches()) {
            return Optional.of(WORDS);
        }
        if (isAge(column) && inDecades(table)) {
            return Optional.of(OLD);
        }
        for (String value : different) {
            Optional<String> refused = value(column, value, year);
            if (refused.isPresent()) {
                return refused;
            }
        }
        if (!different.isEmpty()
                && different.stream()
                        .allMatch(value -> YEAR_AND_MONTH.matcher(value).matches())) {
            return Optional.of(DATES);
        }
        if (!column.type().isNumeric() && !measures && !KnownColumns.isResult(name) && mostHaveFiveDigits(different)) {
            return Optional.of(PLACE);
        }
        Map<String, String> owners = owners(table, index);
        if (!isDemographic(column) && !KnownColumns.isOfDictionary(name)) {
            if (isSentenceOfOne(owners)) {
                return Optional.of(WORDS);
            }
            if (areTextsOfOneEach(owners)) {
                return Optional.of("most texts there are of one subject each");
            }
        }
        return !measures && nearlyAllDiffer(table, index, owners)
                ? Optional.of("most who have a value there have one of their own")
                : Optional.empty();
    }

    /** In the order of the rows. */
    private static Set<String> different(Table table, int index) {
        Set<String> different = new LinkedHashSet<>();
        for (String[] row : table.rows()) {
            if (!row[index].isEmpty()) {
                different.add(row[index]);
            }
        }
        return different;
    }

    private static boolean mostHaveFiveDigits(Set<String> different) {
        long fiveDigits = different.stream()
                .filter(value -> FIVE_DIGITS.matcher(value).matches())
                .count();
        return fiveDigits * 2 > different.size();
    }

    private static boolean isSentenceOfOne(Map<String, String> owners) {
        return owners.entrySet().stream()
                .anyMatch(owned -> !owned.getValue().equals(SEVERAL)
                        && WORD.matcher(owned.getKey()).results().count() >= SENTENCE_WORDS);
    }

    /** As names are, beside a filler that the others have. */
    private static boolean areTextsOfOneEach(Map<String, String> owners) {
        List<String> texts = owners.keySet().stream()
                .filter(value -> !CheckedRows.isNumber(value))
                .toList();
        long ofOne = texts.stream()
                .filter(value -> !SEVERAL.equals(owners.get(value)))
                .count();
        return ofOne >= SEVERAL_TEXTS && ofOne * 2 > texts.size();
    }

    private static Optional<String> value(Column column, String value, int year) {
        if (value.length() > LONGEST) {
            return Optional.of(WORDS);
        }
        if (isFinerThanYear(column, value)) {
            return Optional.of(DATES);
        }
        if (isAge(column) && isOverOldest(value) || isBirth(column) && isBornBefore(value, year - OLDEST)) {
            return Optional.of(OLD);
        }
        if (!column.type().isNumeric() && ZIP.matcher(value).matches()) {
            return Optional.of(PLACE);
        }
        return !column.type().isNumeric() && PERSONAL_VALUE.matcher(value).find()
                ? Optional.of("its values look like identifiers")
                : Optional.empty();
    }

    private static boolean isFinerThanYear(Column column, String value) {
        if (column.type().isDate() || column.type() == ColumnType.TIME) {
            return value.length() > 4;
        }
        boolean number = column.type().isNumeric() || CheckedRows.isNumber(value);
        // Days or seconds since a day that the standard fixes.
        boolean named = DATE_NAME.matcher(plain(column.name())).matches()
                || DATE_LABEL.matcher(column.label().toLowerCase(Locale.ROOT)).matches();
        if (number && named) {
            return !WHOLE_YEAR.matcher(value).matches();
        }
        return column.type().isNumeric()
                ? DATE_NUMBER.matcher(value).matches()
                : DATE_VALUE.matcher(value).find();
    }

    /** Whose each value is: one subject's, or that of several. */
    private static Map<String, String> owners(Table table, int index) {
        Map<String, String> owners = new HashMap<>();
        for (int row = 0; row < table.rows().size(); row++) {
            String value = table.rows().get(row)[index];
            if (!value.isEmpty()) {
                owners.merge(value, table.subject(row), (one, other) -> one.equals(other) ? one : SEVERAL);
            }
        }
        return owners;
    }

    /** Whether of the subjects who have a value there more than half have one that nobody else has. */
    private static boolean nearlyAllDiffer(Table table, int index, Map<String, String> owners) {
        Set<String> subjects = new HashSet<>();
        for (int row = 0; row < table.rows().size(); row++) {
            if (!table.rows().get(row)[index].isEmpty()) {
                subjects.add(table.subject(row));
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

    private static boolean inDecades(Table table) {
        Optional<Integer> unit = table.column(AGE_UNIT);
        return unit.isPresent() && table.rows().stream().anyMatch(row -> row[unit.get()].matches(DECADES));
    }

    private static boolean isBirth(Column column) {
        return BIRTH.matcher(plain(column.name())).matches()
                || BIRTH_LABEL.matcher(column.label().toLowerCase(Locale.ROOT)).matches();
    }

    /** One open group "90 and over" is what the rule allows; a number or a group above it is not. */
    private static boolean isOverOldest(String value) {
        if (value.matches(DECADES)) {
            return true;
        }
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
