package io.consilium.interop.cdisc;

/** A document that is not what CDISC's standards or the limits here allow; it names the place, never a value. */
public final class CdiscFault extends Exception {
    private static final long serialVersionUID = 1L;

    private final String path;

    public CdiscFault(String path, String message) {
        super(message);
        this.path = path;
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
