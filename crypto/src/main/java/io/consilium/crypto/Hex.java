package io.consilium.crypto;

import java.util.HexFormat;

/** Lowercase hexadecimal text of a fixed number of bytes. */
final class Hex {
    private Hex() {}

    static byte[] parse(String text, int bytes, String what) {
        if (text.length() != 2 * bytes) {
            throw new IllegalArgumentException(
                    what + " has " + 2 * bytes + " hexadecimal digits, not " + text.length());
        }
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (!(digit >= '0' && digit <= '9') && !(digit >= 'a' && digit <= 'f')) {
                throw new IllegalArgumentException(
                        what + " has lowercase hexadecimal digits only, character " + (i + 1) + " is none");
            }
        }
        return HexFormat.of().parseHex(text);
    }
}
