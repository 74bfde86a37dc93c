package io.consilium.interop.cdisc;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Names of columns that say who somebody is. A trial knows its subjects by pseudonyms (TRI-4), so no new dataset has
 * such a column; {@link SafeHarbor} looks closer, at what is released.
 */
final class DirectIdentifiers {
    private static final String WHO = "(PATIENT|PAT|PT|SUBJECT|SUBJ|PERSON|PARTICIPANT)";

    private static final String PERSON =
            WHO + "?(FIRST|F|LAST|L|FULL|GIVEN|FAMILY|SUR|MAIDEN)?NAME|" + WHO + "(NAM|NM|INIT)|" + WHO + "?INITIALS";

    private static final Pattern NAMES = Pattern.compile(
            PERSON
                    + "|(HOME|WORK|CELL|MOBILE|PATIENT|CONTACT)?(TELE)?(PHONE|FAX)(NO|NR|NUM|NUMBER)?|(HOME|WORK|PATIENT)?E?MAIL(ADDR(ESS)?)?"
                    + "|(HOME|STREET|POSTAL|MAILING|PATIENT)?ADDR(ESS)?\\d?|MRN|MEDICALRECORD(NO|NUM|NUMBER)|SSN|SOCIALSECURITY(NO|NUM|NUMBER)?");

    private DirectIdentifiers() {}

    static boolean named(String column) {
        return NAMES.matcher(column.toUpperCase(Locale.ROOT).replaceAll("[_ .-]", ""))
                .matches();
    }
}
