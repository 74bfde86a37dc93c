package io.consilium.interop.gs1;

/** A text that is no GS1 identifier; the message says why and repeats none of the text. */
public final class MalformedIdentifier extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedIdentifier(String reason) {
        super(reason);
    }

    /** One line for a person. */
    public String reason() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
