package io.consilium.crypto;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Keyed labels that validators can compare and nobody without the key can read (PRV-4). */
public final class Blinding {
    public static final int KEY_BYTES = 32;
    public static final int LABEL_BYTES = 16;
    public static final int MAX_FIELD_BYTES = 4096;

    private static final String LABEL_DOMAIN = "consilium/label/v1";

    private static final ThreadLocal<Mac> MAC = ThreadLocal.withInitial(Blinding::newMac);

    private Blinding() {}

    /** The label of one code in one epoch of a patient's scope key: the first 16 bytes of an HMAC-SHA-256. */
    public static byte[] label(byte[] scopeKey, long epoch, String system, String code) {
        byte[] fields = new CanonicalWriter()
                .writeLong(epoch)
                .writeText(system, MAX_FIELD_BYTES)
                .writeText(code, MAX_FIELD_BYTES)
                .toBytes();
        return Arrays.copyOf(hmac(scopeKey, Hash.domainPrefix(LABEL_DOMAIN), fields), LABEL_BYTES);
    }

    /** HMAC-SHA-256 over the domain and the fields, each after its length: for pseudonyms and blinded identifiers. */
    public static Hash tag(byte[] key, String domain, String... fields) {
        CanonicalWriter writer = new CanonicalWriter().writeInt(fields.length);
        for (String field : fields) {
            writer.writeText(field, MAX_FIELD_BYTES);
        }
        return Hash.of(hmac(key, Hash.domainPrefix(domain), writer.toBytes()));
    }

    private static byte[] hmac(byte[] key, byte[] prefix, byte[] fields) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("a blinding key has 32 bytes, not " + key.length);
        }
        return hmacSha256(key, prefix, fields);
    }

    static byte[] hmacSha256(byte[] key, byte[]... parts) {
        // The JDK refuses an empty key, which HMAC pads to zeros: RFC 2104, section 2.
        byte[] padded = key.length == 0 ? new byte[1] : key;
        Mac mac = MAC.get();
        try {
            mac.init(new SecretKeySpec(padded, "HmacSHA256"));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("HMAC takes a key of any length", impossible);
        }
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }

    private static Mac newMac() {
        try {
            return Mac.getInstance("HmacSHA256");
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java runtime has no HmacSHA256", missing);
        }
    }
}
