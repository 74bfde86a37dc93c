package io.consilium.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** JSON Web Tokens (RFC 7519) signed with EdDSA (RFC 8037): one algorithm, one header shape, strings and integers. */
public final class JwtEdDsa {
    public static final int MAX_CHARACTERS = 2048;
    public static final int MAX_KEY_ID_CHARACTERS = 256;

    private static final String ALGORITHM = "EdDSA";
    private static final String TYPE = "JWT";

    private JwtEdDsa() {}

    /**
     * The compact form. Claims are {@link String}s or {@link Long}s, in the order of the map; throws
     * {@link IllegalArgumentException} for other values and for a token of more than {@value #MAX_CHARACTERS} characters.
     */
    public static String sign(Map<String, ?> claims, String keyId, Signer signer) {
        if (keyId.isEmpty() || keyId.length() > MAX_KEY_ID_CHARACTERS) {
            throw new IllegalArgumentException("a key id has 1 to 256 characters, not " + keyId.length());
        }
        Map<String, String> header = new LinkedHashMap<>();
        header.put("alg", ALGORITHM);
        header.put("typ", TYPE);
        header.put("kid", keyId);
        String signed = encode(FlatJson.write(header).getBytes(StandardCharsets.UTF_8)) + "."
                + encode(FlatJson.write(claims).getBytes(StandardCharsets.UTF_8));
        String token = signed + "." + encode(signer.sign(signed.getBytes(StandardCharsets.US_ASCII)));
        if (token.length() > MAX_CHARACTERS) {
            throw new IllegalArgumentException("a token has at most " + MAX_CHARACTERS + " characters, not "
                    + token.length() + ": it needs fewer claims");
        }
        return token;
    }

    /** Reads a token strictly; nothing in it may be believed before {@link Jwt#verify}. */
    public static Jwt parse(String compact) throws CryptoException {
        if (compact.length() > MAX_CHARACTERS) {
            throw new MalformedException("the token has more than " + MAX_CHARACTERS + " characters");
        }
        int first = compact.indexOf('.');
        int last = compact.lastIndexOf('.');
        if (first < 0 || first == last || compact.indexOf('.', first + 1) != last) {
            throw new MalformedException("a token has three parts separated by dots");
        }
        Map<String, Object> header = FlatJson.parse(text(compact.substring(0, first)));
        boolean known = header.size() == 3 && ALGORITHM.equals(header.get("alg")) && TYPE.equals(header.get("typ"));
        if (!known || !(header.get("kid") instanceof String keyId)) {
            throw new CryptoException("the token's header must be alg EdDSA, typ JWT and a kid, and nothing else");
        }
        if (keyId.isEmpty() || keyId.length() > MAX_KEY_ID_CHARACTERS) {
            throw new CryptoException("the token's kid has 1 to 256 characters, not " + keyId.length());
        }
        Map<String, Object> claims = FlatJson.parse(text(compact.substring(first + 1, last)));
        return new Jwt(keyId, claims, compact.substring(0, last), decode(compact.substring(last + 1)));
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] decode(String part) throws MalformedException {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException invalid) {
            throw new MalformedException("a part of the token is not base64url", invalid);
        }
        // Java forgives padding and stray last bits, which would give one token two spellings.
        if (!encode(bytes).equals(part)) {
            throw new MalformedException("a part of the token is not canonical base64url without padding");
        }
        return bytes;
    }

    private static String text(String part) throws MalformedException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decode(part)))
                    .toString();
        } catch (CharacterCodingException invalid) {
            throw new MalformedException("a part of the token is not UTF-8", invalid);
        }
    }

    /** A parsed token whose claims are not yet proven. */
    public static final class Jwt {
        private final String keyId;
        private final Map<String, Object> claims;
        private final String signed;
        private final byte[] signature;

        private Jwt(String keyId, Map<String, Object> claims, String signed, byte[] signature) {
            this.keyId = keyId;
            this.claims = Collections.unmodifiableMap(claims);
            this.signed = signed;
            this.signature = signature;
        }

        /** The header's {@code kid}, by which the verifier finds the key. */
        public String keyId() {
            return keyId;
        }

        /** Every claim, a {@link String} or a {@link Long}, in the order of the token. */
        public Map<String, Object> claims() {
            return claims;
        }

        /** A claim that is a string. */
        public Optional<String> text(String claim) {
            return claims.get(claim) instanceof String string ? Optional.of(string) : Optional.empty();
        }

        /** A claim that is an integer. */
        public OptionalLong number(String claim) {
            return claims.get(claim) instanceof Long number ? OptionalLong.of(number) : OptionalLong.empty();
        }

        public boolean verify(Verifier verifier, PublicKey key) {
            return verifier.verify(key, signed.getBytes(StandardCharsets.US_ASCII), signature);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Jwt jwt && signed.equals(jwt.signed) && Arrays.equals(signature, jwt.signature);
        }

        @Override
        public int hashCode() {
            return signed.hashCode();
        }

        @Override
        public String toString() {
            return "Jwt[kid=" + keyId + "]";
        }
    }
}
