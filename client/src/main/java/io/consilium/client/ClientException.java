package io.consilium.client;

/** A request that did not succeed: one line of cause, one of what to do next, and codes for programs. */
public class ClientException extends Exception {
    private static final long serialVersionUID = 1L;

    private final FailureClass kind;
    private final String code;
    private final String rule;
    private final String path;
    private final String hint;

    /** A failure that no rule of the ledger and no place in a document stands behind. */
    public ClientException(FailureClass kind, String code, String cause, String hint) {
        this(kind, code, "", "", cause, hint);
    }

    /**
     * @param code constant for programs, e.g. RECORD_PURGED
     * @param rule number of the rule that refused, e.g. CON-4, or empty
     * @param path place in the document or command line at fault, or empty
     */
    public ClientException(FailureClass kind, String code, String rule, String path, String cause, String hint) {
        super(cause);
        this.kind = kind;
        this.code = code;
        this.rule = rule;
        this.path = path;
        this.hint = hint;
    }

    /** Keeps the exception behind a failure, for --verbose. */
    public ClientException causedBy(Throwable cause) {
        initCause(cause);
        return this;
    }

    public FailureClass kind() {
        return kind;
    }

    public String code() {
        return code;
    }

    public String rule() {
        return rule;
    }

    public String path() {
        return path;
    }

    public String hint() {
        return hint;
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? code : message;
    }
}
