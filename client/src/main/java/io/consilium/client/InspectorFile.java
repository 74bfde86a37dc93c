package io.consilium.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import io.consilium.crypto.Hash;
import io.consilium.proto.InspectorBundle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A signed bundle as a JSON file with one spelling; no field stands outside the signature but itself (INT-1).
 *
 * @param content canonical bytes of an {@link InspectorBundle}
 */
public record InspectorFile(byte[] content, byte[] signature) {
    public static final int MAX_BYTES = 64 * 1024 * 1024;

    private static final String FORMAT = "consilium-inspector-bundle-1";
    private static final String DOMAIN = "consilium/inspector-bundle/v1";

    /** Signs as the identity that the bundle names. */
    public static InspectorFile sign(InspectorBundle bundle, Identity identity) {
        byte[] content = bundle.toByteArray();
        return new InspectorFile(content, identity.signer().sign(signed(content)));
    }

    /** The bytes under the signature. */
    static byte[] signed(byte[] content) {
        return Hash.tagged(DOMAIN, content).toBytes();
    }

    /** By which the next part names this one. */
    public Hash contentHash() {
        return Hash.sha256(content);
    }

    public byte[] encode() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("format", FORMAT);
        object.put("content", Base64.getEncoder().encodeToString(content));
        object.put("signature", HexFormat.of().formatHex(signature));
        return (JsonWriter.compact(object) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Nothing in it is verified yet but its spelling. */
    public static InspectorFile read(byte[] file) throws VerificationFailed {
        try {
            JsonFields fields = JsonFields.of(JsonReader.read(file), "");
            if (!fields.text("format").equals(FORMAT)) {
                throw malformed("it is no " + FORMAT);
            }
            InspectorFile read = new InspectorFile(fields.base64("content"), fields.hex("signature"));
            fields.end();
            if (!Arrays.equals(read.encode(), file)) {
                throw malformed("it is not spelled as bundles are");
            }
            return read;
        } catch (JsonException invalid) {
            throw malformed(invalid.getMessage() + " (" + invalid.path() + ")");
        }
    }

    InspectorBundle bundle() throws VerificationFailed {
        try {
            InspectorBundle bundle = InspectorBundle.parseFrom(content);
            if (!Arrays.equals(bundle.toByteArray(), content)
                    || !bundle.getUnknownFields().asMap().isEmpty()) {
                throw malformed("its content is not spelled as bundles are");
            }
            return bundle;
        } catch (InvalidProtocolBufferException invalid) {
            throw malformed("its content cannot be read");
        }
    }

    static VerificationFailed malformed(String reason) {
        return new VerificationFailed(
                "BUNDLE_MALFORMED", "The bundle cannot be read: " + reason, "Ask for it again: consilium audit export");
    }
}
