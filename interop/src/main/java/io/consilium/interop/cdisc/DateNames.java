package io.consilium.interop.cdisc;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a column's name says of the dates in it, as SDTM, ADaM and CDASH name them and others do. Names are compared in
 * capitals and without underscores.
 */
final class DateNames {
    /** Words that end so and are no dates. */
    private static final String END = "(?:DT|DTC|DTM|DTTM|DAT|(?<!UP|CANDI|MAN|VALI|^SE)DATE)";

    private static final Pattern DATES = Pattern.compile(".*" + END);

    /** Domains of what a trial does, at whose beginnings and ends it does so; an onset or a medication may be earlier. */
    private static final String ACTS = "(?:AG|DA|DD|DV|EC|EG|EX|FT|IE|LB|MB|PC|PE|PP|PR|QS|RS|SV|TR|TU|VS)";

    /** History, and the consent itself, which may be signed before it is registered. */
    private static final String NO_COLLECTION = "(?!MH|IC|DS)";

    private static final String WORDS =
            "(?:VIS|VISIT|TREATMENT|TREAT|DOSE|DOSING|INFUSION|INJECTION|EXAM|ASSESSMENT|SAMPLE"
                    + "|SAMPLING|SCAN|RAND|RANDOMI[SZ]ATION|FOLLOWUP)";

    private static final Pattern CONDUCT =
            Pattern.compile("RFX?(?:ST|EN)DTC?|TRT(?:\\d+)?[SE]DTM?|TR\\d\\d[SE]DTM?|VISIT\\d*"
                    + END + "|" + ACTS + "(?:ST|EN)(?:DTC|DAT)|" + NO_COLLECTION
                    + "[A-Z]{2}(?:DTC|DAT)|A(?:ST|EN)?DTM?|" + WORDS
                    + "(?:ST|START|EN|END)?" + END + "|DATEOF" + WORDS);

    private static final Pattern TIMING = Pattern.compile("(?!BRTH|BIRTH|DTH|DEATH).*" + END + "|DATEOF" + WORDS);

    private DateNames() {}

    /** Whether it holds dates, where its type does not say so. */
    static boolean holdsDates(String column) {
        return DATES.matcher(plain(column)).matches();
    }

    /** Dates of what a trial does to a subject; those of birth, onset or history may well be earlier. */
    static boolean isConduct(String column) {
        return CONDUCT.matcher(plain(column)).matches();
    }

    /** Any date of a subject's time in the trial: that of birth tells nothing of it, that of death may become known later. */
    static boolean isTiming(String column) {
        return TIMING.matcher(plain(column)).matches();
    }

    private static String plain(String column) {
        return column.toUpperCase(Locale.ROOT).replace("_", "");
    }
}
