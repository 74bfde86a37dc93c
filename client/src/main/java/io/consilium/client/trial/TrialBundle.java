package io.consilium.client.trial;

import com.google.protobuf.ByteString;
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
 * Everything that proves a trial's registry, as one file: the proven state of the trial, of each version, publication and
 * dataset, and the receipt of each transaction that made them. Whoever has the genesis file verifies it without a network.
 *
 * @param trial canonical state proof of the trial
 * @param documents canonical state proofs of versions, publications and datasets
 * @param receipts canonical receipt proofs
 */
public record TrialBundle(ByteString trial, List<ByteString> documents, List<ByteString> receipts) {
    public static final int MAX_BYTES = 256 * 1024 * 1024;

    private static final String FORMAT = "consilium-trial-bundle-1";
    private static final int MAX_PARTS = 65_536;

    public TrialBundle {
        documents = List.copyOf(documents);
        receipts = List.copyOf(receipts);
    }

    /** The one spelling of the file. */
    public byte[] encode() {
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
