package io.consilium.interop.epcis;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The five types of event, each with the fields that it has (EPCIS 2.0, section 7.4). */
public enum EventType {
    /** Something happened to objects. */
    OBJECT("ObjectEvent", "action", "epcList", "quantityList", "ilmd"),
    /** Objects were put into, or taken out of, a container. */
    AGGREGATION("AggregationEvent", "action", "parentID", "childEPCs", "childQuantityList"),
    /** Objects were tied to a business transaction. */
    TRANSACTION("TransactionEvent", "action", "parentID", "epcList", "quantityList"),
    /** Objects were made of others. */
    TRANSFORMATION(
            "TransformationEvent",
            "inputEPCList",
            "inputQuantityList",
            "outputEPCList",
            "outputQuantityList",
            "transformationID",
            "ilmd"),
    /** An object was tied to an asset or a place for longer. */
    ASSOCIATION("AssociationEvent", "action", "parentID", "childEPCs", "childQuantityList");

    private static final List<String> COMMON = List.of(
            "@context",
            "type",
            "eventTime",
            "recordTime",
            "eventTimeZoneOffset",
            "eventID",
            "certificationInfo",
            "errorDeclaration",
            "bizStep",
            "disposition",
            "persistentDisposition",
            "readPoint",
            "bizLocation",
            "bizTransactionList",
            "sourceList",
            "destinationList",
            "sensorElementList");

    private final String text;
    private final List<String> own;

    EventType(String text, String... own) {
        this.text = text;
        this.own = List.of(own);
    }

    /** As documents write it. */
    public String text() {
        return text;
    }

    boolean has(String field) {
        return COMMON.contains(field) || own.contains(field);
    }

    boolean hasAction() {
        return this != TRANSFORMATION;
    }

    /** The type with this name. */
    public static Optional<EventType> of(String text) {
        return Arrays.stream(values()).filter(type -> type.text.equals(text)).findFirst();
    }
}
