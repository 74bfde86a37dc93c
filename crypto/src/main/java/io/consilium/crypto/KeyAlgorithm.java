package io.consilium.crypto;

/** The signature algorithm of a key; records outlive algorithms, so every key names its own (TX-1). */
public enum KeyAlgorithm {
    ED25519((byte) 1, "ed25519", 32, 64);

    private final byte code;
    private final String text;
    private final int keyBytes;
    private final int signatureBytes;

    KeyAlgorithm(byte code, String text, int keyBytes, int signatureBytes) {
        this.code = code;
        this.text = text;
        this.keyBytes = keyBytes;
        this.signatureBytes = signatureBytes;
    }

    public byte code() {
        return code;
    }

    /** The name before the colon in the text form of a key. */
    public String text() {
        return text;
    }

    public int keyBytes() {
        return keyBytes;
    }

    public int signatureBytes() {
        return signatureBytes;
    }

    /** Throws {@link IllegalArgumentException} for a code that this version does not know. */
    public static KeyAlgorithm fromCode(int code) {
        for (KeyAlgorithm algorithm : values()) {
            if (algorithm.code == code) {
                return algorithm;
            }
        }
        throw new IllegalArgumentException("key algorithm " + code + " is unknown, 1 (ed25519) is known");
    }
}
