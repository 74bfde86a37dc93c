package io.consilium.interop.epcis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** A query for events (EPCIS 2.0, section 8.2.7), which partners mistake for a document of events. */
final class QueryRules {
    private static final List<String> COMPARISONS = List.of("GE_", "LT_", "GT_", "LE_");
    private static final List<String> NAMES = List.of("EQ_", "MATCH_", "WD_", "EXISTS_", "HASATTR_", "EQATTR_", "EQV_");

    private QueryRules() {}

    static void check(ObjectNode query) throws MalformedEpcis {
        boolean parameters = false;
        for (Map.Entry<String, JsonNode> parameter : query.properties()) {
            String name = parameter.getKey();
            parameters |= check(name, parameter.getValue(), Texts.shownName(name));
        }
        if (!parameters) {
            throw new MalformedEpcis("type", "the required field is missing");
        }
    }

    /** Whether it is a parameter at all. */
    private static boolean check(String name, JsonNode value, String at) throws MalformedEpcis {
        switch (name) {
            case "@context" -> {
                return false;
            }
            case "eventType" -> {
                for (JsonNode type : listOrOne(value)) {
                    if (EventType.of(type.asText()).isEmpty()) {
                        throw new MalformedEpcis(at, "one of the five types of event expected");
                    }
                }
                return true;
            }
            case "EQ_action" -> {
                for (JsonNode action : listOrOne(value)) {
                    if (!List.of("ADD", "OBSERVE", "DELETE").contains(action.asText())) {
                        throw new MalformedEpcis(at, "an action is ADD, OBSERVE or DELETE");
                    }
                }
                return true;
            }
            case "orderDirection" -> {
                if (!List.of("ASC", "DESC").contains(value.asText())) {
                    throw new MalformedEpcis(at, "a direction is ASC or DESC");
                }
                return true;
            }
            case "orderBy" -> {
                PartRules.text(value, at);
                return true;
            }
            case "perPage", "eventCountLimit", "maxEventCount", "nextPageToken" -> {
                if (!name.equals("nextPageToken")
                        && !(value.isIntegralNumber() && value.decimalValue().signum() > 0)) {
                    throw new MalformedEpcis(at, "a whole number above zero expected");
                }
                return true;
            }
            default -> {
                return comparison(name, value, at);
            }
        }
    }

    private static boolean comparison(String name, JsonNode value, String at) throws MalformedEpcis {
        for (String start : COMPARISONS) {
            if (name.startsWith(start)) {
                if (name.endsWith("Time") || name.endsWith("time")) {
                    PartRules.time(value, at);
                } else if (!value.isNumber() && !value.isTextual()) {
                    throw new MalformedEpcis(at, "a number or a time expected");
                }
                return true;
            }
        }
        if (NAMES.stream().anyMatch(name::startsWith)) {
            return true;
        }
        throw new MalformedEpcis(at, "neither a field of a document nor a parameter of a query");
    }

    private static Iterable<JsonNode> listOrOne(JsonNode value) {
        return value.isArray() ? value : List.of(value);
    }
}
