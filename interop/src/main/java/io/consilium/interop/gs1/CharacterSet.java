package io.consilium.interop.gs1;

/** The characters that a GS1 data field may hold (General Specifications 7.11). */
public enum CharacterSet {
    /** Digits. */
    NUMERIC("0123456789", "digits"),
    /** The 82 characters of ISO/IEC 646 that serials and lots are made of. */
    SET_82(
            "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz",
            "the 82 characters that GS1 allows (letters, digits and !\"%&'()*+,-./:;<=>?_)"),
    /** The 39 characters of component and part identifiers. */
    SET_39("#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "capital letters, digits, #, - and /"),
    /** The 64 characters of base64url, and its padding. */
    BASE64URL("-0123456789=ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz", "base64url");

    private final String characters;
    private final String description;

    CharacterSet(String characters, String description) {
        this.characters = characters;
        this.description = description;
    }

    /** Whether every character belongs to the set; true of an empty text. */
    public boolean holds(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (characters.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** For messages. */
    public String description() {
        return description;
    }
}
