package io.consilium.crypto.certificate;

import io.consilium.crypto.CanonicalReader;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.PublicKey;

/** One voting institution, by its slug (lowercase letters, digits, inner hyphens), and its signing key. */
public record Validator(String institution, PublicKey key) {
    public static final int MAX_INSTITUTION_CHARACTERS = 63;

    public Validator {
        if (!isSlug(institution)) {
            throw new IllegalArgumentException(
                    "an institution has 1 to 63 lowercase letters, digits and inner hyphens as its id");
        }
    }

    private static boolean isSlug(String text) {
        if (text.isEmpty() || text.length() > MAX_INSTITUTION_CHARACTERS) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean inner = i > 0 && i < text.length() - 1;
            if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !(c == '-' && inner)) {
                return false;
            }
        }
        return true;
    }

    void write(CanonicalWriter writer) {
        writer.writeText(institution, MAX_INSTITUTION_CHARACTERS).writeKey(key);
    }

    static Validator read(CanonicalReader reader) throws MalformedException {
        return new Validator(reader.readText(MAX_INSTITUTION_CHARACTERS), reader.readKey());
    }
}
