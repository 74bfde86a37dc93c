package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.crypto.Hash;
import java.util.HexFormat;
import java.util.Locale;

/** Ids of objects on the command line; one that is malformed names nothing, as one that is unknown does (exit 3). */
final class Ids {
    private static final int OBJECT_DIGITS = 32;
    private static final int HASH_DIGITS = 64;

    private Ids() {}

    /** 16 bytes in hexadecimal digits: a patient, record, consent or access. */
    static ByteString object(String what, String text) throws ClientException {
        if (!isHex(text, OBJECT_DIGITS)) {
            throw nothing(what, text, OBJECT_DIGITS);
        }
        return ByteString.copyFrom(HexFormat.of().parseHex(text));
    }

    /** 32 bytes in hexadecimal digits. */
    static Hash transaction(String text) throws ClientException {
        return hash("transaction", text);
    }

    /** 32 bytes in hexadecimal digits. */
    static Hash hash(String what, String text) throws ClientException {
        if (!isHex(text, HASH_DIGITS)) {
            throw nothing(what, text, HASH_DIGITS);
        }
        return Hash.fromHex(text.toLowerCase(Locale.ROOT));
    }

    static String text(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    /** {@code institution/handle}; anything else names nobody. */
    static String member(String text) throws ClientException {
        if (!text.matches("[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?/[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")) {
            throw new ClientException(
                    FailureClass.NOT_FOUND,
                    "MEMBER_UNKNOWN",
                    "'" + shortened(text) + "' names no member",
                    "A member is written institution/handle, e.g. st-mary/dr-adams");
        }
        return text;
    }

    /** A slug; anything else names no institution. */
    static String institution(String text) throws ClientException {
        if (!text.matches("[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?")) {
            throw new ClientException(
                    FailureClass.NOT_FOUND,
                    "INSTITUTION_UNKNOWN",
                    "'" + shortened(text) + "' names no institution",
                    "See consilium institution list");
        }
        return text;
    }

    private static boolean isHex(String text, int digits) {
        return text.length() == digits && text.matches("[0-9a-fA-F]+");
    }

    private static ClientException nothing(String what, String text, int digits) {
        return new ClientException(
                FailureClass.NOT_FOUND,
                "NOT_FOUND",
                "'" + shortened(text) + "' names no " + what,
                "Such an id has " + digits + " hexadecimal digits");
    }

    private static String shortened(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "..." : text;
    }
}
