package io.consilium.interop.epcis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** The rules of sensor elements (EPCIS 2.0, section 7.3.7). */
final class SensorRules {
    static final List<String> METADATA = List.of(
            "time",
            "startTime",
            "endTime",
            "deviceID",
            "deviceMetadata",
            "rawData",
            "dataProcessingMethod",
            "bizRules");

    /** In the order of the event hash. */
    static final List<String> REPORT = List.of(
            "type",
            "exception",
            "deviceID",
            "deviceMetadata",
            "rawData",
            "dataProcessingMethod",
            "time",
            "microorganism",
            "chemicalSubstance",
            "value",
            "component",
            "stringValue",
            "booleanValue",
            "hexBinaryValue",
            "uriValue",
            "minValue",
            "maxValue",
            "meanValue",
            "sDev",
            "percRank",
            "percValue",
            "uom",
            "coordinateReferenceSystem");

    static final List<String> NUMBERS =
            List.of("value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue");

    private static final List<String> EXCEPTIONS = List.of("ALARM_CONDITION", "ERROR_CONDITION");

    private SensorRules() {}

    static void check(JsonNode value, String at) throws MalformedEpcis {
        if (!value.isArray()) {
            throw new MalformedEpcis(at, "a list expected");
        }
        for (int i = 0; i < value.size(); i++) {
            String here = at + "[" + i + "]";
            ObjectNode element = PartRules.object(value.get(i), here);
            PartRules.only(element, here, List.of("sensorMetadata", "sensorReport"), true);
            if (element.has("sensorMetadata")) {
                metadata(element.get("sensorMetadata"), here + ".sensorMetadata");
            }
            JsonNode reports = element.path("sensorReport");
            if (!reports.isArray() || reports.isEmpty()) {
                throw new MalformedEpcis(here + ".sensorReport", "a list expected that is not empty");
            }
            for (int j = 0; j < reports.size(); j++) {
                report(reports.get(j), here + ".sensorReport[" + j + "]");
            }
        }
    }

    private static void metadata(JsonNode value, String at) throws MalformedEpcis {
        ObjectNode metadata = PartRules.object(value, at);
        PartRules.only(metadata, at, METADATA, true);
        for (Map.Entry<String, JsonNode> entry : metadata.properties()) {
            String here = EventRules.join(at, entry.getKey());
            switch (entry.getKey()) {
                case "time", "startTime", "endTime" -> PartRules.time(entry.getValue(), here);
                case "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules" ->
                    PartRules.uri(entry.getValue(), here);
                default -> {
                    // An extension.
                }
            }
        }
    }

    private static void report(JsonNode value, String at) throws MalformedEpcis {
        ObjectNode report = PartRules.object(value, at);
        PartRules.only(report, at, REPORT, true);
        if (!report.has("type") && !report.has("exception")) {
            throw new MalformedEpcis(at + ".type", "the required field is missing");
        }
        for (Map.Entry<String, JsonNode> entry : report.properties()) {
            reportField(entry.getKey(), entry.getValue(), EventRules.join(at, entry.getKey()));
        }
    }

    private static void reportField(String name, JsonNode value, String at) throws MalformedEpcis {
        if (NUMBERS.contains(name)) {
            if (!value.isNumber()) {
                throw new MalformedEpcis(at, "a number expected");
            }
            return;
        }
        switch (name) {
            case "type" -> wordOrUri(value, at);
            case "exception" -> {
                String text = PartRules.text(value, at);
                if (!EXCEPTIONS.contains(text.replace("gs1:", "")) && !Texts.isUri(text)) {
                    throw new MalformedEpcis(at, "an exception is ALARM_CONDITION, ERROR_CONDITION or a URI");
                }
            }
            case "component" -> PartRules.term(Vocabulary.COMPONENT, value, at);
            case "time" -> PartRules.time(value, at);
            case "booleanValue" -> {
                if (!value.isBoolean()) {
                    throw new MalformedEpcis(at, "true or false expected");
                }
            }
            case "hexBinaryValue" -> {
                if (!value.asText().matches("[0-9A-Fa-f]+")) {
                    throw new MalformedEpcis(at, "hexadecimal digits expected");
                }
            }
            case "stringValue", "uom" -> PartRules.text(value, at);
            case "deviceID",
                    "deviceMetadata",
                    "rawData",
                    "dataProcessingMethod",
                    "microorganism",
                    "chemicalSubstance",
                    "uriValue",
                    "coordinateReferenceSystem" -> PartRules.uri(value, at);
            default -> {
                // An extension.
            }
        }
    }

    /** A measurement type of GS1's web vocabulary by its name, or any other by its URI. */
    private static void wordOrUri(JsonNode value, String at) throws MalformedEpcis {
        String text = PartRules.text(value, at);
        if (!text.matches("[A-Z][A-Za-z]+") && !Texts.isUri(text)) {
            throw new MalformedEpcis(
                    at, "a measurement type of GS1's vocabulary, as in Temperature, or a URI expected");
        }
    }
}
