package io.consilium.client;

import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import io.consilium.crypto.Commitment;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.PrivateFile;
import io.consilium.ledger.proof.ReceiptProof;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What its holder needs to prove a record's content later: the salt of the commitment, and the receipt (PRV-2).
 *
 * @param salt of 32 bytes
 */
public record Opening(byte[] salt, ReceiptProof receipt) {
    private static final String FORMAT = "consilium-opening-1";
    private static final int MAX_BYTES = ReceiptFile.MAX_BYTES + 1024;

    public Opening {
        if (salt.length != Commitment.SALT_BYTES) {
            throw new IllegalArgumentException("an opening's salt has 32 bytes, not " + salt.length);
        }
        salt = salt.clone();
    }

    @Override
    public byte[] salt() {
        return salt.clone();
    }

    /** Writes the file, mode 0600. */
    public void write(Path file) throws IOException {
        PrivateFile.replace(file, encode());
    }

    byte[] encode() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("format", FORMAT);
        object.put("salt", HexFormat.of().formatHex(salt));
        object.put("receipt", ReceiptFile.object(receipt));
        return (JsonWriter.compact(object) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    public static Opening read(Path file) throws ClientException {
        byte[] bytes;
        try {
            bytes = PrivateFile.read(file, MAX_BYTES);
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "OPENING_UNREADABLE",
                            "The opening " + file + " cannot be read: " + PrivateFile.reason(failed),
                            "Check --opening; openings are kept in the context's home under openings/")
                    .causedBy(failed);
        }
        return decode(bytes);
    }

    static Opening decode(byte[] bytes) throws VerificationFailed {
        try {
            JsonFields fields = JsonFields.of(JsonReader.read(bytes), "");
            if (!fields.text("format").equals(FORMAT)) {
                throw new JsonException("format", "not " + FORMAT);
            }
            Opening opening = new Opening(fields.hex("salt"), ReceiptFile.parse(fields.object("receipt")));
            fields.end();
            if (!Arrays.equals(opening.encode(), bytes)) {
                throw malformed("it is not spelled as openings are");
            }
            return opening;
        } catch (JsonException invalid) {
            throw malformed(invalid.getMessage() + " (" + invalid.path() + ")");
        } catch (MalformedException | IllegalArgumentException invalid) {
            throw malformed(String.valueOf(invalid.getMessage()));
        }
    }

    private static VerificationFailed malformed(String reason) {
        return new VerificationFailed(
                "OPENING_MALFORMED",
                "The opening cannot be read: " + reason,
                "Use the file that record add or record get wrote");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Opening opening && Arrays.equals(salt, opening.salt) && receipt.equals(opening.receipt);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(salt);
    }

    @Override
    public String toString() {
        return "Opening[" + receipt + "]";
    }
}
