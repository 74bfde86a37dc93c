package io.consilium.interop.epcis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads JSON (RFC 8259) value by value: UTF-8 alone, no name twice, every size bounded, and the place known.
 *
 * <p>One value is in memory at a time; the others are passed over, their form checked all the same.
 */
final class JsonTree {
    static final JsonNodeFactory NODES = JsonNodeFactory.withExactBigDecimals(true);

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(EpcisLimits.MAX_DEPTH)
                    .maxStringLength(EpcisLimits.MAX_TEXT)
                    .maxNameLength(EpcisLimits.MAX_TEXT)
                    // with its power of ten or the zeros before it; its digits are counted when it is read
                    .maxNumberLength(EpcisLimits.MAX_NUMBER + 8)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final JsonParser parser;
    private final List<Object> place = new ArrayList<>();
    private int values;

    private JsonTree(JsonParser parser) {
        this.parser = parser;
    }

    /** What reads the first value. */
    interface Reading {
        void read(JsonTree tree) throws IOException, MalformedEpcis;
    }

    /** Reads the whole text, which is one value. */
    static void read(byte[] content, Reading reading) throws MalformedEpcis {
        Encodings.requireUtf8(content);
        int start = Encodings.markLength(content);
        try (JsonParser parser = FACTORY.createParser(content, start, content.length - start)) {
            JsonTree tree = new JsonTree(parser);
            try {
                if (parser.nextToken() == null) {
                    throw new MalformedEpcis("", "the document is empty");
                }
                reading.read(tree);
                if (parser.nextToken() != null) {
                    throw new MalformedEpcis("", "more text follows the end of the document");
                }
            } catch (JsonEOFException early) {
                throw new MalformedEpcis(tree.path(), "the document ends too early");
            } catch (StreamConstraintsException large) {
                throw new MalformedEpcis(
                        tree.path(),
                        "too large: at most " + EpcisLimits.MAX_DEPTH + " levels, " + EpcisLimits.MAX_TEXT
                                + " characters in a text and " + EpcisLimits.MAX_NUMBER + " in a number are read");
            } catch (JsonParseException wrong) {
                throw new MalformedEpcis(tree.path(), reason(wrong));
            }
        } catch (IOException impossible) {
            throw new MalformedEpcis("", "the document cannot be read as JSON");
        }
    }

    /** Jackson's message quotes content, so ours says the place alone. */
    private static String reason(JsonParseException wrong) {
        String message = String.valueOf(wrong.getOriginalMessage());
        String what = message.startsWith("Duplicate field") ? "a name stands twice" : "no JSON";
        return what + ", at line " + wrong.getLocation().getLineNr() + ", column "
                + wrong.getLocation().getColumnNr();
    }

    boolean isObject() {
        return parser.currentToken() == JsonToken.START_OBJECT;
    }

    boolean isArray() {
        return parser.currentToken() == JsonToken.START_ARRAY;
    }

    /** What one member of an object is used for. */
    interface Member {
        void read(String name) throws IOException, MalformedEpcis;
    }

    /** What one element of a list is used for. */
    interface Element {
        void read(int index) throws IOException, MalformedEpcis;
    }

    /** Goes through an object; each member must be read or passed over. */
    void members(Member member) throws IOException, MalformedEpcis {
        if (!isObject()) {
            throw new MalformedEpcis(path(), "an object expected");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            place.add(name);
            parser.nextToken();
            member.read(name);
            place.remove(place.size() - 1);
        }
    }

    void elements(Element element) throws IOException, MalformedEpcis {
        if (!isArray()) {
            throw new MalformedEpcis(path(), "a list expected");
        }
        for (int index = 0; parser.nextToken() != JsonToken.END_ARRAY; index++) {
            place.add(index);
            element.read(index);
            place.remove(place.size() - 1);
        }
    }

    void skip() throws IOException {
        parser.skipChildren();
    }

    /** The value as a tree; all of them together are bounded. */
    JsonNode value() throws IOException, MalformedEpcis {
        return tree();
    }

    /** The same for one that is forgotten before the next is read. */
    JsonNode passingValue() throws IOException, MalformedEpcis {
        values = 0;
        return tree();
    }

    private JsonNode tree() throws IOException, MalformedEpcis {
        if (++values > EpcisLimits.MAX_VALUES) {
            throw new MalformedEpcis(
                    path(), "more than " + EpcisLimits.MAX_VALUES + " values stand in one event, or beside the events");
        }
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                ObjectNode object = NODES.objectNode();
                members(name -> object.set(name, tree()));
                return object;
            }
            case START_ARRAY -> {
                ArrayNode array = NODES.arrayNode();
                elements(index -> array.add(tree()));
                return array;
            }
            case VALUE_STRING -> {
                String text = parser.getText();
                if (!Texts.isUnicode(text)) {
                    throw new MalformedEpcis(path(), "the text holds half a character (an unpaired surrogate)");
                }
                return NODES.textNode(text);
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                BigDecimal number = parser.getDecimalValue();
                if (!Texts.isBounded(number)) {
                    throw new MalformedEpcis(path(), "the number has too many digits");
                }
                return number(number);
            }
            case VALUE_TRUE, VALUE_FALSE -> {
                return NODES.booleanNode(parser.getBooleanValue());
            }
            default -> {
                return NODES.nullNode();
            }
        }
    }

    /** A number as a tree holds it: whole ones without a decimal point as such. */
    static JsonNode number(BigDecimal number) {
        return number.scale() == 0 && number.precision() < 18
                ? NODES.numberNode(number.longValueExact())
                : NODES.numberNode(number);
    }

    /** Where the reading stands. */
    String path() {
        StringBuilder path = new StringBuilder();
        for (Object step : place) {
            if (step instanceof Integer index) {
                path.append('[').append(index).append(']');
            } else {
                path.append(path.length() == 0 ? "" : ".").append(Texts.shownName((String) step));
            }
        }
        return path.toString();
    }
}
