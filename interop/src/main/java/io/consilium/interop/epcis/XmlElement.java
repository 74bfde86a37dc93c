package io.consilium.interop.epcis;

import java.util.ArrayList;
import java.util.List;

/** An element of an XML document with what stands in it; text beside children is kept, comments are not. */
final class XmlElement {
    final String namespace;
    final String prefix;
    final String name;
    final List<XmlAttribute> attributes = new ArrayList<>();
    final List<XmlElement> children = new ArrayList<>();
    final StringBuilder text = new StringBuilder();

    XmlElement(String namespace, String prefix, String name) {
        this.namespace = namespace;
        this.prefix = prefix;
        this.name = name;
    }

    /** An attribute; its namespace is empty where it has no prefix. */
    record XmlAttribute(String namespace, String prefix, String name, String value) {}

    String text() {
        return text.toString().strip();
    }

    /** Whether EPCIS defines the element: it stands in no namespace, or in EPCIS's own. */
    boolean isStandard() {
        return isStandard(namespace);
    }

    static boolean isStandard(String namespace) {
        return namespace.isEmpty()
                || namespace.startsWith("urn:epcglobal:epcis:xsd:")
                || namespace.startsWith("urn:epcglobal:epcis-query:xsd:")
                || namespace.startsWith("urn:epcglobal:xsd:");
    }

    /** The standard children; those inside the wrappers that version 1 put around later fields stand in their place. */
    List<XmlElement> fields() {
        List<XmlElement> fields = new ArrayList<>();
        for (XmlElement child : children) {
            if (child.isStandard() && (child.name.equals("extension") || child.name.equals("baseExtension"))) {
                fields.addAll(child.fields());
            } else {
                fields.add(child);
            }
        }
        return fields;
    }
}
