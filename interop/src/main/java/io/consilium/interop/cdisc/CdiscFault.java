package io.consilium.interop.cdisc;

/** A document that is not what CDISC's standards or the limits here allow; it names the place, never a value. */
public class CdiscFault extends Exception {
    private static final long serialVersionUID = 1L;

    private final String path;

    public CdiscFault(String path, String message) {
        super(message);
        this.path = path;
    }

    /** A dataset whose rows nobody can be told by. */
    public static final class NoSubjects extends CdiscFault {
        private static final long serialVersionUID = 1L;

        NoSubjects() {
            super("columns", "no column names the subjects");
        }
    }

    /** A column that says by its name who somebody is; a trial knows its subjects by pseudonyms (TRI-4). */
    public static final class SaysWho extends CdiscFault {
        private static final long serialVersionUID = 1L;

        SaysWho(String column) {
            super("columns." + column, "a column that says who somebody is; a trial knows its subjects by pseudonyms");
        }
    }

    /** A dataset of which more is asked for than can be held. */
    public static final class TooLarge extends CdiscFault {
        private static final long serialVersionUID = 1L;

        TooLarge(String path) {
            super(path, "the columns hold more than can be worked on at once");
        }
    }

    /** Such as {@code rows[12].AGE} or {@code study.versions[0].studyDesigns[0].objectives}. */
    public String path() {
        return path;
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? path : message;
    }
}
