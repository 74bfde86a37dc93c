package io.consilium.node.process;

/** The node cannot be made, started or run on: one line of cause, one of what to do next, and the command's exit code. */
public final class NodeStartException extends Exception {
    private static final long serialVersionUID = 1;

    /** A fault of this program, or a halt because validators disagree. */
    public static final int INTERNAL = 1;

    /** Wrong usage, a missing file, a wrong password, another chain's genesis. */
    public static final int USAGE = 2;

    /** A port or directory in use, or of another chain. */
    public static final int CONFLICT = 8;

    /** A store that cannot be trusted. */
    public static final int CORRUPT = 9;

    private final int exitCode;
    private final String code;
    private final String hint;

    public NodeStartException(int exitCode, String code, String error, String hint) {
        super(error);
        this.exitCode = exitCode;
        this.code = code;
        this.hint = hint;
    }

    NodeStartException causedBy(Throwable cause) {
        initCause(cause);
        return this;
    }

    public int exitCode() {
        return exitCode;
    }

    public String code() {
        return code;
    }

    public String hint() {
        return hint;
    }

    /** One line of cause. */
    public String error() {
        return String.valueOf(getMessage());
    }
}
