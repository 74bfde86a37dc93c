package io.consilium.crypto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/**
 * One encrypted file of private keys: Argon2id (RFC 9106) from the password, AES-256-GCM over the entries.
 *
 * <p>The file is a flat JSON object. Everything beside the ciphertext (cost, salt, public keys) is additional data of
 * the encryption. A checksum over all of it tells a damaged file from a wrong password: with a right checksum, only the
 * password can be wrong, or the file was altered on purpose.
 */
public final class Keystore {
    public static final int MAX_FILE_BYTES = 64 * 1024;

    private static final String FORMAT = "consilium-keystore";
    private static final long VERSION = 1;
    private static final int SALT_BYTES = 16;
    private static final String PUBLIC_PREFIX = "public.";
    private static final String DOMAIN = "consilium/keystore/v1";

    private Keystore() {}

    /**
     * The cost of one guess of the password, named in the file.
     *
     * @param memoryKib memory of Argon2id in KiB
     */
    public record Cost(int memoryKib, int iterations, int parallelism) {
        /** 64 MiB, three passes. */
        public static final Cost STANDARD = new Cost(64 * 1024, 3, 1);

        /** For throw-away networks on one machine, where start-up time matters and secrecy does not. */
        public static final Cost DEVNET = new Cost(256, 1, 1);

        private static final int MAX_MEMORY_KIB = 1024 * 1024;
        private static final int MAX_ITERATIONS = 16;
        private static final int MAX_PARALLELISM = 8;

        public Cost {
            if (parallelism < 1
                    || parallelism > MAX_PARALLELISM
                    || iterations < 1
                    || iterations > MAX_ITERATIONS
                    || memoryKib < 8 * parallelism
                    || memoryKib > MAX_MEMORY_KIB) {
                throw new IllegalArgumentException("Argon2id takes 8 KiB a lane to 1 GiB, 1 to 16 iterations, 1 to 8"
                        + " lanes; not " + memoryKib + " KiB, " + iterations + ", " + parallelism);
            }
        }

        /** Less than the standard: worth a warning outside a devnet. */
        public boolean isLow() {
            return (long) memoryKib * iterations < (long) STANDARD.memoryKib * STANDARD.iterations;
        }
    }

    /** Private keys by name: {@value #SIGNING} is an Ed25519 seed, {@value #ENCRYPTION} an X25519 private key. */
    public record Secrets(Map<String, byte[]> entries) {
        public static final String SIGNING = "signing";
        public static final String ENCRYPTION = "encryption";
        public static final int MAX_ENTRIES = 16;
        public static final int MAX_NAME_CHARACTERS = 32;
        public static final int MAX_SECRET_BYTES = 1024;

        public Secrets {
            if (entries.isEmpty() || entries.size() > MAX_ENTRIES) {
                throw new IllegalArgumentException("a keystore has 1 to 16 entries, not " + entries.size());
            }
            SortedMap<String, byte[]> copy = new TreeMap<>();
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                requireName(entry.getKey());
                if (entry.getValue().length > MAX_SECRET_BYTES) {
                    throw new IllegalArgumentException("a keystore entry has at most 1024 bytes");
                }
                copy.put(entry.getKey(), entry.getValue().clone());
            }
            entries = Collections.unmodifiableSortedMap(copy);
        }

        /** The texts of the public keys that follow from the entries of well-known names. */
        SortedMap<String, String> publicKeys() {
            SortedMap<String, String> keys = new TreeMap<>();
            byte[] signing = entries.get(SIGNING);
            if (signing != null) {
                keys.put(SIGNING, KeyPair.fromSeed(signing).publicKey().text());
            }
            byte[] encryption = entries.get(ENCRYPTION);
            if (encryption != null) {
                keys.put(ENCRYPTION, X25519.text(X25519.fromPrivate(encryption).publicKey()));
            }
            return keys;
        }

        /** Overwrites every secret with zeros. */
        public void clear() {
            entries.values().forEach(secret -> Arrays.fill(secret, (byte) 0));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Secrets secrets && Arrays.equals(encode(this), encode(secrets));
        }

        @Override
        public int hashCode() {
            return entries.keySet().hashCode();
        }

        @Override
        public String toString() {
            return "Secrets" + entries.keySet();
        }
    }

    /** What a keystore says without its password; unproven until the password opened it. */
    public record Header(Cost cost, SortedMap<String, String> publicKeys) {
        public Header {
            publicKeys = Collections.unmodifiableSortedMap(new TreeMap<>(publicKeys));
        }
    }

    /** Writes or replaces the file, mode 0600, all or nothing; public keys of well-known entries are listed. */
    public static void write(Path file, char[] password, Cost cost, Secrets secrets) throws KeystoreException {
        write(file, password, cost, secrets, Map.of());
    }

    /** The same, listing further public keys in clear. */
    public static void write(
            Path file, char[] password, Cost cost, Secrets secrets, Map<String, String> furtherPublicKeys)
            throws KeystoreException {
        SecureRandom random = new SecureRandom();
        byte[] salt = new byte[SALT_BYTES];
        byte[] nonce = new byte[AesGcm.NONCE_BYTES];
        random.nextBytes(salt);
        random.nextBytes(nonce);
        SortedMap<String, String> publicKeys = secrets.publicKeys();
        publicKeys.putAll(furtherPublicKeys);
        Map<String, Object> fields = fields(cost, salt, nonce, publicKeys);
        byte[] key = derive(password, salt, cost);
        byte[] plaintext = encode(secrets);
        byte[] ciphertext = new AesGcm(key).seal(nonce, additionalData(fields), plaintext, plaintext.length);
        Arrays.fill(key, (byte) 0);
        Arrays.fill(plaintext, (byte) 0);
        fields.put("ciphertext", HexFormat.of().formatHex(ciphertext));
        fields.put("checksum", checksum(fields));
        byte[] content = FlatJson.writeLines(fields).getBytes(StandardCharsets.UTF_8);
        if (content.length > MAX_FILE_BYTES) {
            throw new KeystoreException("a keystore has at most 64 KiB, this one would have " + content.length);
        }
        try {
            PrivateFile.replace(file, content);
        } catch (IOException failed) {
            throw new KeystoreException(
                    "keystore " + file + " cannot be written (" + PrivateFile.reason(failed)
                            + "): check that its directory exists and is yours",
                    failed);
        }
    }

    /** Decrypts the entries; the result holds secrets in clear, {@link Secrets#clear} them after use. */
    public static Secrets read(Path file, char[] password) throws WrongPasswordException, KeystoreException {
        Map<String, Object> fields = load(file);
        Header header = header(file, fields);
        byte[] salt = bytes(file, fields, "salt", SALT_BYTES);
        byte[] nonce = bytes(file, fields, "nonce", AesGcm.NONCE_BYTES);
        byte[] ciphertext = bytes(file, fields, "ciphertext", -1);
        fields.remove("ciphertext");
        fields.remove("checksum");
        byte[] key = derive(password, salt, header.cost());
        byte[] plaintext;
        try {
            plaintext = new AesGcm(key).open(nonce, additionalData(fields), ciphertext, ciphertext.length);
        } catch (AEADBadTagException refused) {
            throw new WrongPasswordException("the password does not open keystore " + file);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
        try {
            Secrets secrets = CanonicalReader.decode(plaintext, MAX_FILE_BYTES, "keystore entries", Keystore::decode);
            requireListed(file, header, secrets);
            return secrets;
        } catch (MalformedException invalid) {
            throw new KeystoreException(
                    "keystore " + file + " opens and its entries are malformed: " + invalid.getMessage(), invalid);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    /** Cost and public keys, without the password. */
    public static Header describe(Path file) throws KeystoreException {
        return header(file, load(file));
    }

    private static void requireListed(Path file, Header header, Secrets secrets) throws KeystoreException {
        for (Map.Entry<String, String> key : secrets.publicKeys().entrySet()) {
            if (!key.getValue().equals(header.publicKeys().get(key.getKey()))) {
                throw new KeystoreException("keystore " + file + " lists another public key for " + key.getKey()
                        + " than its private key has: do not use it");
            }
        }
    }

    private static Map<String, Object> fields(
            Cost cost, byte[] salt, byte[] nonce, SortedMap<String, String> publicKeys) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("version", VERSION);
        fields.put("kdf", "argon2id");
        fields.put("memoryKib", (long) cost.memoryKib());
        fields.put("iterations", (long) cost.iterations());
        fields.put("parallelism", (long) cost.parallelism());
        fields.put("salt", HexFormat.of().formatHex(salt));
        fields.put("cipher", "aes-256-gcm");
        fields.put("nonce", HexFormat.of().formatHex(nonce));
        publicKeys.forEach((name, text) -> {
            requireName(name);
            fields.put(PUBLIC_PREFIX + name, text);
        });
        return fields;
    }

    private static Map<String, Object> load(Path file) throws KeystoreException {
        String text;
        try {
            text = PrivateFile.readText(file, MAX_FILE_BYTES);
        } catch (CharacterCodingException notText) {
            throw damaged(file, "it is not UTF-8 text", notText);
        } catch (IOException failed) {
            throw new KeystoreException(
                    "keystore " + file + " cannot be read (" + PrivateFile.reason(failed) + "): check the path",
                    failed);
        }
        Map<String, Object> fields;
        try {
            fields = FlatJson.parse(text);
        } catch (MalformedException invalid) {
            throw damaged(file, String.valueOf(invalid.getMessage()), invalid);
        }
        if (!FORMAT.equals(fields.get("format"))) {
            throw new KeystoreException(file + " is no keystore of Consilium");
        }
        Object claimed = fields.remove("checksum");
        if (!checksum(fields).equals(claimed)) {
            throw damaged(file, "its checksum does not fit its content", null);
        }
        boolean known = Objects.equals(VERSION, fields.get("version"))
                && "argon2id".equals(fields.get("kdf"))
                && "aes-256-gcm".equals(fields.get("cipher"));
        if (!known) {
            throw new KeystoreException("keystore " + file + " is of a version that this program does not know");
        }
        return fields;
    }

    private static Header header(Path file, Map<String, Object> fields) throws KeystoreException {
        SortedMap<String, String> publicKeys = new TreeMap<>();
        for (Map.Entry<String, Object> field : fields.entrySet()) {
            if (field.getKey().startsWith(PUBLIC_PREFIX) && field.getValue() instanceof String text) {
                publicKeys.put(field.getKey().substring(PUBLIC_PREFIX.length()), text);
            }
        }
        try {
            Cost cost = new Cost(
                    number(file, fields, "memoryKib"),
                    number(file, fields, "iterations"),
                    number(file, fields, "parallelism"));
            return new Header(cost, publicKeys);
        } catch (IllegalArgumentException outOfBounds) {
            throw damaged(file, String.valueOf(outOfBounds.getMessage()), outOfBounds);
        }
    }

    private static int number(Path file, Map<String, Object> fields, String name) throws KeystoreException {
        if (fields.get(name) instanceof Long number && number >= 0 && number <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        throw damaged(file, "its field " + name + " is missing or no number", null);
    }

    private static byte[] bytes(Path file, Map<String, Object> fields, String name, int length)
            throws KeystoreException {
        if (fields.get(name) instanceof String text && (length < 0 || text.length() == 2 * length)) {
            try {
                return Hex.parse(text, text.length() / 2, "field " + name);
            } catch (IllegalArgumentException invalid) {
                throw damaged(file, String.valueOf(invalid.getMessage()), invalid);
            }
        }
        throw damaged(file, "its field " + name + " is missing or of the wrong length", null);
    }

    private static KeystoreException damaged(Path file, String reason, @Nullable Throwable cause) {
        String message = "keystore " + file + " is damaged: " + reason + "; restore it from a backup";
        return cause == null ? new KeystoreException(message) : new KeystoreException(message, cause);
    }

    private static byte[] additionalData(Map<String, Object> fields) {
        return FlatJson.write(fields).getBytes(StandardCharsets.UTF_8);
    }

    private static String checksum(Map<String, Object> fields) {
        return Hash.tagged(DOMAIN, additionalData(fields)).hex();
    }

    private static byte[] encode(Secrets secrets) {
        CanonicalWriter writer =
                new CanonicalWriter().writeInt(secrets.entries().size());
        secrets.entries().forEach((name, secret) -> writer.writeText(name, Secrets.MAX_NAME_CHARACTERS)
                .writeBytes(secret, Secrets.MAX_SECRET_BYTES));
        return writer.toBytes();
    }

    private static Secrets decode(CanonicalReader reader) throws MalformedException {
        int count = reader.readCount(Secrets.MAX_ENTRIES);
        Map<String, byte[]> entries = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            entries.put(reader.readText(Secrets.MAX_NAME_CHARACTERS), reader.readBytes(Secrets.MAX_SECRET_BYTES));
        }
        return new Secrets(entries);
    }

    private static void requireName(String name) {
        boolean plain = !name.isEmpty() && name.length() <= Secrets.MAX_NAME_CHARACTERS;
        for (int i = 0; plain && i < name.length(); i++) {
            char c = name.charAt(i);
            plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        }
        if (!plain) {
            throw new IllegalArgumentException("a key's name has 1 to 32 lowercase letters, digits and hyphens");
        }
    }

    private static byte[] derive(char[] password, byte[] salt, Cost cost) {
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
        byte[] bytes = Arrays.copyOf(encoded.array(), encoded.limit());
        Arrays.fill(encoded.array(), (byte) 0);
        Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
        argon2.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(cost.memoryKib())
                .withIterations(cost.iterations())
                .withParallelism(cost.parallelism())
                .withSalt(salt)
                .build());
        byte[] key = new byte[AesGcm.KEY_BYTES];
        argon2.generateBytes(bytes, key);
        Arrays.fill(bytes, (byte) 0);
        return key;
    }
}
