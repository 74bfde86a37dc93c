package io.consilium.interop.epcis;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The prefixes that a document's {@code @context}, and then an event's own, declare. */
final class Namespaces {
    static final String GS1 = "https://gs1.org/voc/";

    /** Those that EPCIS's own context declares. */
    private static final Map<String, String> STANDARD = Map.of(
            "gs1", GS1,
            "cbv", Vocabulary.WEB,
            "epcis", "https://ref.gs1.org/epcis/",
            "cbvmda", "urn:epcglobal:cbv:mda",
            "rdfs", "http://www.w3.org/2000/01/rdf-schema#");

    static final Namespaces NONE = new Namespaces(STANDARD);

    private final Map<String, String> byPrefix;

    private Namespaces(Map<String, String> byPrefix) {
        this.byPrefix = byPrefix;
    }

    /** These and those of a context, which is a web address, an object of prefixes, or a list of both. */
    Namespaces with(JsonNode context, String path) throws MalformedEpcis {
        Map<String, String> all = new LinkedHashMap<>(byPrefix);
        add(all, context, path, true);
        if (all.size() > EpcisLimits.MAX_NAMESPACES) {
            throw new MalformedEpcis(path, "more than " + EpcisLimits.MAX_NAMESPACES + " prefixes are declared");
        }
        return new Namespaces(all);
    }

    private static void add(Map<String, String> all, JsonNode context, String path, boolean listAllowed)
            throws MalformedEpcis {
        if (context.isTextual()) {
            if (!Texts.isUri(context.textValue())) {
                throw new MalformedEpcis(path, "a context is named by a web address");
            }
        } else if (context.isArray() && listAllowed) {
            for (int i = 0; i < context.size(); i++) {
                add(all, context.get(i), path + "[" + i + "]", false);
            }
        } else if (context.isObject()) {
            for (Map.Entry<String, JsonNode> entry : context.properties()) {
                JsonNode value = entry.getValue();
                if (value.isTextual()) {
                    all.put(entry.getKey(), value.textValue());
                } else if (value.isObject() && value.path("@id").isTextual()) {
                    all.put(entry.getKey(), value.get("@id").textValue());
                } else if (!entry.getKey().startsWith("@") && !value.isObject() && !value.isNull()) {
                    throw new MalformedEpcis(path + "." + entry.getKey(), "a prefix stands for a text, its namespace");
                }
            }
        } else {
            throw new MalformedEpcis(path, "a context is a web address, an object of prefixes, or a list of these");
        }
    }

    /** The name with its namespace in braces, as the event hash writes it. */
    String expandedName(String key) {
        int colon = key.indexOf(':');
        String namespace = colon < 0 ? null : byPrefix.get(key.substring(0, colon));
        return namespace == null ? key : "{" + namespace + "}" + key.substring(colon + 1);
    }

    /** The URI that a compact one stands for. */
    String expandedValue(String value) {
        int colon = value.indexOf(':');
        String namespace =
                colon < 0 || value.startsWith("//", colon + 1) ? null : byPrefix.get(value.substring(0, colon));
        return namespace == null ? value : namespace + value.substring(colon + 1);
    }
}
