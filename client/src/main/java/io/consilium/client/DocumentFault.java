package io.consilium.client;

/** A document that is not what a rule asks for, with the place at fault; nothing of it was submitted (exit 6). */
public final class DocumentFault extends ClientException {
    private static final long serialVersionUID = 1L;

    /**
     * @param rule that asks for it, e.g. TRI-1
     * @param path place inside the document, e.g. {@code outcomes[2].measure}, or a line
     */
    public DocumentFault(String code, String rule, String path, String cause, String hint) {
        super(FailureClass.REFUSED, code, rule, path, (path.isEmpty() ? "" : path + ": ") + cause, hint);
    }
}
