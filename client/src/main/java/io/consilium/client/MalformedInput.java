package io.consilium.client;

/** A text, id or file given by the user that cannot be read as what it should be. */
public final class MalformedInput extends ClientException {
    private static final long serialVersionUID = 1L;

    /**
     * @param path place inside the document, e.g. {@code institutions[2].roles}, or the option at fault
     */
    public MalformedInput(String path, String cause, String hint) {
        super(FailureClass.USAGE, "MALFORMED_INPUT", "", path, cause, hint);
    }
}
