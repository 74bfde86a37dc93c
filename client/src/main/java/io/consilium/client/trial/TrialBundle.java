package io.consilium.client.trial;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.VerificationFailed;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that proves a trial, as one file: the proven state of the trial, of each version, publication, dataset and
 * subject, and the receipt of each transaction that made them, but for those of subjects. Whoever has the genesis file
 * verifies it without a network.
 *
 * @param trial canonical state proof of the trial
 * @param documents canonical state proofs of versions, publications, datasets and subjects
 * @param receipts canonical receipt proofs
 */
public record TrialBundle(ByteString trial, List<ByteString> documents, List<ByteString> receipts) {
    /** A bundle is read several times over in the memory of one command. */
    public static final int MAX_BYTES = 64 * 1024 * 1024;

    private static final String FORMAT = "consilium-trial-bundle-1";
    private static final int MAX_PARTS = 65_536;
    private static final int MAX_SUBJECTS = 10_000;

    public TrialBundle {
        documents = List.copyOf(documents);
        receipts = List.copyOf(receipts);
    }

    /** A bundle is read in the memory of one command. */
    static void requireRoom(long subjects) throws ClientException {
        if (subjects > MAX_SUBJECTS) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "TRIAL_LIMIT",
                    "A bundle holds at most " + MAX_SUBJECTS + " subjects, and " + subjects + " are enrolled",
                    "Leave --subjects out: the trial proves their number; trial subjects lists them");
        }
    }

    /** The file to write: none that {@code trial verify --bundle} would not read. */
    public byte[] file() throws ClientException {
        byte[] file = encode();
        if (file.length > MAX_BYTES) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "TRIAL_LIMIT",
                    "A bundle has at most " + MAX_BYTES + " bytes, and this one would have " + file.length,
                    "Leave --subjects out: the trial proves their number; trial subjects lists them");
        }
        return file;
    }

    /** The one spelling of the file. */
    byte[] encode() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("format", FORMAT);
        object.put("trial", text(trial));
        object.put("documents", documents.stream().map(TrialBundle::text).toList());
        object.put("receipts", receipts.stream().map(TrialBundle::text).toList());
        return (JsonWriter.indented(object) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Reads a file; nothing in it is verified yet but its spelling. */
    public static TrialBundle decode(byte[] file) throws VerificationFailed {
        try {
            JsonFields fields = JsonFields.of(JsonReader.read(file), "");
            if (!fields.text("format").equals(FORMAT)) {
                throw new JsonException("format", "not " + FORMAT);
            }
            TrialBundle bundle = new TrialBundle(
                    ByteString.copyFrom(fields.base64("trial")), parts(fields, "documents"), parts(fields, "receipts"));
            fields.end();
            if (!Arrays.equals(bundle.encode(), file)) {
                throw TrialVerifier.failed("it is not spelled as bundles are");
            }
            return bundle;
        } catch (JsonException invalid) {
            throw TrialVerifier.failed(invalid.getMessage() + " (" + invalid.path() + ")");
        }
    }

    private static List<ByteString> parts(JsonFields fields, String name) throws JsonException {
        List<String> texts = fields.texts(name);
        if (texts.size() > MAX_PARTS) {
            throw new JsonException(name, "more than " + MAX_PARTS + " entries");
        }
        List<ByteString> parts = new ArrayList<>();
        for (String text : texts) {
            try {
                parts.add(ByteString.copyFrom(Base64.getDecoder().decode(text)));
            } catch (IllegalArgumentException invalid) {
                throw new JsonException(name, "base64 expected");
            }
        }
        return parts;
    }

    private static String text(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
