package io.consilium.interop.fhir;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** FHIR's JSON within bounds: UTF-8 alone, no member twice, nothing after the end, limited in size and depth. */
final class FhirJson {
    static final int MAX_BYTES = 16 * 1024 * 1024;
    static final int MAX_DEPTH = 64;
    static final int MAX_TOKENS = 500_000;
    static final int MAX_NUMBER_CHARACTERS = 64;
    static final int MAX_NAME_CHARACTERS = 128;

    /** How Jackson's message on a repeated member begins; another wording costs the path alone. */
    private static final String DUPLICATE = "Duplicate ";

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
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private FhirJson() {}

    /** The tree; nothing of the content stands in the reason of a refusal. */
    static JsonNode tree(byte[] json) throws Refused {
        if (json.length > MAX_BYTES) {
            throw new Refused(
                    "",
                    "the document has " + json.length + " bytes, at most " + MAX_BYTES
                            + " are read; register it as another media type, with labels given by hand");
        }
        encoding(json);
        try {
            return MAPPER.readTree(text(json));
        } catch (StreamConstraintsException tooComplex) {
            throw new Refused(
                    "",
                    "the JSON is nested deeper than " + MAX_DEPTH + " levels or has more than " + MAX_TOKENS
                            + " parts");
        } catch (JsonProcessingException invalid) {
            var location = invalid.getLocation();
            String place =
                    location == null ? "" : ", at line " + location.getLineNr() + ", column " + location.getColumnNr();
            if (invalid.getProcessor() instanceof JsonParser parser
                    && invalid.getOriginalMessage().startsWith(DUPLICATE)) {
                throw new Refused(path(parser.getParsingContext()), "the same member stands here twice" + place);
            }
            throw new Refused("", "the document is not JSON" + place);
        }
    }

    /** The document as text, in which everything that is not UTF-8 is refused rather than replaced. */
    static String text(byte[] json) throws Refused {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw new Refused("", "the document is not UTF-8");
        }
    }

    /**
     * The resources of a Bundle's entries exactly as they stand in the text: a number read and written anew could lose
     * its precision.
     *
     * @param text of a Bundle that was read already, each of whose entries has a resource
     */
    static List<String> entryResources(String text) {
        List<String> resources = new ArrayList<>();
        try (JsonParser parser = MAPPER.createParser(text)) {
            while (parser.nextToken() != null) {
                JsonStreamContext at = parser.getParsingContext();
                boolean resource = parser.currentToken() == JsonToken.FIELD_NAME
                        && at.hasCurrentName()
                        && at.getCurrentName().equals("resource")
                        && isEntry(at);
                if (resource) {
                    parser.nextToken();
                    int start = (int) parser.currentTokenLocation().getCharOffset();
                    parser.skipChildren();
                    resources.add(
                            text.substring(start, (int) parser.currentLocation().getCharOffset()));
                }
            }
            return resources;
        } catch (IOException impossible) {
            throw new UncheckedIOException("a text that was read once reads again", impossible);
        }
    }

    /** Whether an object stands in {@code entry[…]} of the document's root. */
    private static boolean isEntry(JsonStreamContext object) {
        @Nullable JsonStreamContext array = object.getParent();
        @Nullable JsonStreamContext root = array == null ? null : array.getParent();
        return array != null
                && array.inArray()
                && root != null
                && root.inObject()
                && "entry".equals(root.getCurrentName())
                && root.getParent() != null
                && root.getParent().inRoot();
    }

    /** Names and positions down to where the parser stopped; the type of the resource is not known yet. */
    private static String path(JsonStreamContext at) {
        JsonStreamContext outer = at.getParent();
        String above = outer == null ? "" : path(outer);
        if (at.inArray()) {
            return above + "[" + at.getCurrentIndex() + "]";
        }
        return at.inObject() && at.hasCurrentName() ? ResourceWalk.join(above, at.getCurrentName()) : above;
    }

    /** What would otherwise be called "not JSON" and leave the person in the dark. */
    private static void encoding(byte[] json) throws Refused {
        if (starts(json, 0xEF, 0xBB, 0xBF)) {
            throw new Refused("", "the document starts with a byte order mark; FHIR's JSON is UTF-8 without one");
        }
        boolean marked = starts(json, 0xFE, 0xFF) || starts(json, 0xFF, 0xFE);
        boolean wide = json.length > 1 && (json[0] == 0 || json[1] == 0);
        if (marked || wide) {
            throw new Refused("", "the document is UTF-16 or UTF-32; FHIR's JSON is UTF-8");
        }
    }

    private static boolean starts(byte[] json, int... mark) {
        for (int i = 0; i < mark.length; i++) {
            if (json.length <= i || (json[i] & 0xFF) != mark[i]) {
                return false;
            }
        }
        return true;
    }
}
