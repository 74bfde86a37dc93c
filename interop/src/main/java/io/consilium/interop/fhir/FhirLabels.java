package io.consilium.interop.fhir;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the labels of a FHIR R4 resource from its JSON (REC-4).
 *
 * <p>Strict on purpose: in a document with a misspelled element a label could be overlooked, and a consent that denies
 * it would fail open (PRV-4). So every element must be one that FHIR R4 defines, in its place and of its type. The
 * first call loads the definitions, which takes the better part of a second.
 */
public final class FhirLabels {
    public static final int MAX_BYTES = 16 * 1024 * 1024;
    public static final int MAX_DEPTH = 64;
    public static final int MAX_TOKENS = 500_000;
    public static final int MAX_NUMBER_CHARACTERS = 64;
    public static final int MAX_NAME_CHARACTERS = 128;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxTokenCount(MAX_TOKENS)
                            .maxNumberLength(MAX_NUMBER_CHARACTERS)
                            .maxNameLength(MAX_NAME_CHARACTERS)
                            .maxStringLength(MAX_BYTES)
                            .maxDocumentLength(MAX_BYTES)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private FhirLabels() {}

    /** The labels, or the path and the reason of a refusal; nothing of the content stands in a reason. */
    public static FhirReading read(byte[] json) {
        if (json.length > MAX_BYTES) {
            return new FhirRefusal(
                    "",
                    "the document has " + json.length + " bytes, at most " + MAX_BYTES
                            + " are read; register it as another media type, with labels given by hand");
        }
        try {
            return ResourceWalk.read(tree(json));
        } catch (ResourceWalk.Refused refused) {
            return refused.refusal();
        } catch (CharacterCodingException notText) {
            return new FhirRefusal("", "the document is not UTF-8");
        } catch (StreamConstraintsException tooComplex) {
            return new FhirRefusal(
                    "",
                    "the JSON is nested deeper than " + MAX_DEPTH + " levels or has more than " + MAX_TOKENS
                            + " parts");
        } catch (JsonProcessingException invalid) {
            var location = invalid.getLocation();
            return new FhirRefusal(
                    "",
                    "the document is not JSON, or names a member twice"
                            + (location == null
                                    ? ""
                                    : ", at line " + location.getLineNr() + ", column " + location.getColumnNr()));
        }
    }

    private static JsonNode tree(byte[] json) throws CharacterCodingException, JsonProcessingException {
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(json))
                .toString();
        return MAPPER.readTree(text);
    }
}
