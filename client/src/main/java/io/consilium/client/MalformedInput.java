package io.consilium.client;

/**
 * A text, id or file given by the user that cannot be read as what it should be. An option or word is a matter of usage
 * (exit 2), the content of a document is refused by its validation (exit 6).
 */
public final class MalformedInput extends ClientException {
    private static final long serialVersionUID = 1L;

    /**
     * @param path place inside the document, e.g. {@code institutions[2].roles}, or the option at fault
     */
    public MalformedInput(String path, String cause, String hint) {
        this(FailureClass.USAGE, path, cause, hint);
    }

    private MalformedInput(FailureClass kind, String path, String cause, String hint) {
        super(kind, "MALFORMED_INPUT", "", path, cause, hint);
    }

    /** What stands in a document is not what should. */
    public static MalformedInput ofDocument(String path, String cause, String hint) {
        return new MalformedInput(FailureClass.REFUSED, path, cause, hint);
    }
}
