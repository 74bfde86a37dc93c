package io.consilium.crypto.certificate;

/** The four signed messages of consensus. */
public enum VoteType {
    PROPOSE(1),
    PREPARE(2),
    COMMIT(3),
    TIMEOUT(4);

    private final int code;

    VoteType(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** Throws {@link IllegalArgumentException} for a code that is none of the four. */
    public static VoteType fromCode(int code) {
        for (VoteType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new IllegalArgumentException("vote type " + code + " is unknown, 1 to 4 are known");
    }
}
