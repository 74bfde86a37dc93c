package io.consilium.client;

import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import io.consilium.crypto.Commitment;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.SealedBytes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What only those who may read a record know about it; sealed under its data key (PRV-1).
 *
 * @param mediaType such as {@code application/fhir+json}
 * @param salt of the commitment, so that whoever may read the content can prove it too
 */
public record RecordMetadata(String mediaType, Optional<String> title, Optional<String> fileName, byte[] salt) {
    public RecordMetadata {
        if (salt.length != Commitment.SALT_BYTES) {
            throw new IllegalArgumentException("a salt has 32 bytes, not " + salt.length);
        }
        salt = salt.clone();
    }

    @Override
    public byte[] salt() {
        return salt.clone();
    }

    byte[] seal(byte[] dataKey, SecureRandom random) throws ClientException {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("mediaType", mediaType);
        title.ifPresent(text -> object.put("title", text));
        fileName.ifPresent(text -> object.put("fileName", text));
        object.put("salt", HexFormat.of().formatHex(salt));
        String text = JsonWriter.compact(object);
        byte[] sealed =
                SealedBytes.seal(SealedBytes.Use.METADATA, dataKey, text.getBytes(StandardCharsets.UTF_8), random);
        return SealedText.requireFits(sealed, text, SealedText.MAX_SEALED_BYTES);
    }

    static RecordMetadata open(byte[] dataKey, byte[] sealed) throws CryptoException {
        try {
            JsonFields fields =
                    JsonFields.of(JsonReader.read(SealedBytes.open(SealedBytes.Use.METADATA, dataKey, sealed)), "");
            RecordMetadata metadata = new RecordMetadata(
                    fields.text("mediaType"),
                    fields.optionalText("title"),
                    fields.optionalText("fileName"),
                    fields.hex("salt"));
            fields.end();
            return metadata;
        } catch (JsonException | IllegalArgumentException invalid) {
            throw new CryptoException("the record's metadata opens and is malformed: " + invalid.getMessage(), invalid);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecordMetadata metadata
                && mediaType.equals(metadata.mediaType)
                && title.equals(metadata.title)
                && fileName.equals(metadata.fileName)
                && java.util.Arrays.equals(salt, metadata.salt);
    }

    @Override
    public int hashCode() {
        return mediaType.hashCode();
    }

    @Override
    public String toString() {
        return "RecordMetadata[" + mediaType + "]";
    }
}
