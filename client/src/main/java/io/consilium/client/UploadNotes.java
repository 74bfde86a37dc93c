package io.consilium.client;

import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.PrivateFile;
import io.consilium.crypto.X25519;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a broken upload needs to go on in another run: which ciphertext was made of which file, with the data key sealed to
 * whoever made it. A file that changed since, or another title or type, is another upload.
 */
public final class UploadNotes {
    /** Smaller payloads are sealed anew. */
    public static final long MIN_BYTES = 4L * 1024 * 1024;

    private static final String FORMAT = "consilium-upload-1";
    private static final int MAX_NOTE_BYTES = 64 * 1024;
    private static final long KEPT_MILLIS = 7L * 24 * 60 * 60 * 1000;
    private static final int NAME_DIGITS = 32;

    private final Identity identity;
    private final Path directory;

    /** @param directory where ciphertexts wait, and the notes beside them */
    public UploadNotes(Identity identity, Path directory) {
        this.identity = identity;
        this.directory = directory;
    }

    /** Names an upload by everything that makes its ciphertext; the words are hashed and stand in no file. */
    public static Hash upload(Path file, List<String> words) throws IOException {
        StringBuilder text = new StringBuilder();
        text.append(file.toAbsolutePath()).append('\0').append(Files.size(file)).append('\0');
        text.append(Files.getLastModifiedTime(file).toMillis());
        for (String word : words) {
            text.append('\0').append(word);
        }
        return Hash.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The payload of an upload that broke, with its ciphertext. */
    public Optional<SealedPayload> find(Hash upload) throws ClientException {
        Path note = note(upload);
        if (!Files.exists(note)) {
            return Optional.empty();
        }
        try {
            JsonFields fields = JsonFields.of(JsonReader.read(PrivateFile.read(note, MAX_NOTE_BYTES)), "");
            Path ciphertext = directory.resolve(fields.text("ciphertext"));
            long size = fields.number("size");
            boolean whole = fields.text("format").equals(FORMAT)
                    && directory.equals(ciphertext.getParent())
                    && Files.isRegularFile(ciphertext)
                    && Files.size(ciphertext) == size;
            if (!whole) {
                return forget(note);
            }
            byte[] dataKey = KeyEnvelope.open(
                    KeyEnvelope.Use.DATA_KEY, upload.toBytes(), identity.encryptionKey(), fields.base64("dataKey"));
            byte[] metadata = fields.base64("metadata");
            SealedPayload payload = new SealedPayload(
                    ciphertext,
                    size,
                    Hash.of(fields.hex("ciphertextHash")),
                    Hash.of(fields.hex("commitment")),
                    RecordMetadata.open(dataKey, metadata).salt(),
                    dataKey,
                    metadata);
            payload.keptBy(note);
            return Optional.of(payload);
        } catch (IOException | JsonException | CryptoException | IllegalArgumentException useless) {
            return forget(note);
        }
    }

    private static Optional<SealedPayload> forget(Path note) throws ClientException {
        try {
            Files.deleteIfExists(note);
            return Optional.empty();
        } catch (IOException failed) {
            throw unwritable(failed);
        }
    }

    /** Remembers the payload until it is settled. */
    public void keep(Hash upload, SealedPayload payload) throws ClientException {
        byte[] publicKey = X25519.fromPrivate(identity.encryptionKey()).publicKey();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("format", FORMAT);
        object.put("ciphertext", String.valueOf(payload.ciphertext().getFileName()));
        object.put("size", payload.size());
        object.put("ciphertextHash", payload.ciphertextHash().hex());
        object.put("commitment", payload.commitment().hex());
        object.put(
                "dataKey",
                base64(KeyEnvelope.seal(
                        KeyEnvelope.Use.DATA_KEY, upload.toBytes(), publicKey, payload.dataKey(), new SecureRandom())));
        object.put("metadata", base64(payload.sealedMetadata()));
        Path note = note(upload);
        try {
            PrivateFile.replace(note, (JsonWriter.compact(object) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw unwritable(failed);
        }
        payload.keptBy(note);
    }

    /** Removes what nobody went on with for a week. */
    public void tidy(long nowMillis) throws ClientException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "{payload-*.sealed,upload-*.json}")) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toMillis() < nowMillis - KEPT_MILLIS) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException failed) {
            throw unwritable(failed);
        }
    }

    private Path note(Hash upload) {
        return directory.resolve("upload-" + upload.hex().substring(0, NAME_DIGITS) + ".json");
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static ClientException unwritable(IOException failed) {
        return new ClientException(
                        FailureClass.USAGE,
                        "WORK_UNWRITABLE",
                        "The upload cannot be remembered: " + PrivateFile.reason(failed),
                        "Check the rights and the free space under the context's home")
                .causedBy(failed);
    }
}
