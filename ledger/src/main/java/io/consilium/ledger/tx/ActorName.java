package io.consilium.ledger.tx;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.Optional;

/**
 * How a party is written: an institution by its slug ({@code st-mary}), a member as {@code st-mary/dr-adams}, a patient
 * by the 32 hexadecimal digits of its id. A slug has at most 30 characters, so it is never taken for a patient.
 */
public sealed interface ActorName {
    int MAX_SLUG = 30;
    int MAX_HANDLE = 40;
    int ID_BYTES = 16;

    String text();

    record Institution(String slug) implements ActorName {
        @Override
        public String text() {
            return slug;
        }
    }

    record Member(String institution, String handle) implements ActorName {
        @Override
        public String text() {
            return institution + "/" + handle;
        }
    }

    record Patient(ByteString id) implements ActorName {
        @Override
        public String text() {
            return hex(id);
        }
    }

    static Optional<ActorName> parse(String text) {
        if (text.length() == 2 * ID_BYTES && isHex(text)) {
            return Optional.of(new Patient(ByteString.copyFrom(HexFormat.of().parseHex(text))));
        }
        int slash = text.indexOf('/');
        if (slash < 0) {
            return isSlug(text) ? Optional.of(new Institution(text)) : Optional.empty();
        }
        String institution = text.substring(0, slash);
        String handle = text.substring(slash + 1);
        return isSlug(institution) && isHandle(handle)
                ? Optional.of(new Member(institution, handle))
                : Optional.empty();
    }

    /** The part of a member's or institution's name before the slash. */
    static String institutionOf(String memberOrInstitution) {
        int slash = memberOrInstitution.indexOf('/');
        return slash < 0 ? memberOrInstitution : memberOrInstitution.substring(0, slash);
    }

    static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    /** Lowercase letters, digits and inner hyphens, 1 to 30. */
    static boolean isSlug(String text) {
        return isWord(text, MAX_SLUG, "-");
    }

    /** Lowercase letters, digits, and inner hyphens, dots and underscores, 1 to 40. */
    static boolean isHandle(String text) {
        return isWord(text, MAX_HANDLE, "-._");
    }

    private static boolean isWord(String text, int max, String inner) {
        if (text.isEmpty() || text.length() > max) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
            boolean separator = inner.indexOf(c) >= 0 && i > 0 && i < text.length() - 1;
            if (!letterOrDigit && !separator) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }
}
