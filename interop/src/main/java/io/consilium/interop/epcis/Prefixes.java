package io.consilium.interop.epcis;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The prefixes under which the namespaces of XML extensions are written in JSON, each prefix for one namespace. */
final class Prefixes {
    private final Map<String, String> byNamespace = new LinkedHashMap<>();

    /** The name with its prefix; that of the document where it is free. */
    String name(String namespace, String wanted, String local) throws MalformedEpcis {
        String prefix = byNamespace.get(namespace);
        if (prefix == null) {
            prefix = free(wanted.isEmpty() ? "ns" : wanted);
            byNamespace.put(namespace, prefix);
            if (byNamespace.size() > EpcisLimits.MAX_NAMESPACES) {
                throw new MalformedEpcis(
                        "", "extensions of more than " + EpcisLimits.MAX_NAMESPACES + " namespaces stand in one event");
            }
        }
        return prefix + ":" + local;
    }

    private String free(String wanted) {
        String prefix = wanted;
        for (int i = 2; byNamespace.containsValue(prefix); i++) {
            prefix = wanted + i;
        }
        return prefix;
    }

    boolean isEmpty() {
        return byNamespace.isEmpty();
    }

    ObjectNode toJson() {
        ObjectNode object = JsonTree.NODES.objectNode();
        byNamespace.forEach((namespace, prefix) -> object.put(prefix, namespace));
        return object;
    }
}
