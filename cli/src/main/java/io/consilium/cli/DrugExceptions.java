package io.consilium.cli;

import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugExceptionState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Exceptions of provenance as they are shown. */
final class DrugExceptions {
    private DrugExceptions() {}

    static String type(DrugExceptionKind kind) {
        return word(kind.name());
    }

    static Map<String, Object> describe(DrugExceptionState exception) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("exceptionId", Ids.text(exception.getId()));
        object.put("type", type(exception.getKind()));
        object.put("status", word(exception.getStatus().name()));
        object.put("object", Ids.text(exception.getObject()));
        object.put("reporter", exception.getReporter());
        object.put("parties", List.copyOf(exception.getPartiesList()));
        object.put("owner", exception.getOwner());
        object.put("openedAt", Dates.text(exception.getOpenedMillis()));
        object.put("changedAt", Dates.text(exception.getChangedMillis()));
        object.put("occurrences", exception.getOccurrences());
        object.put("resolution", exception.getResolution());
        return object;
    }

    /** {@code DRUG_NO_DATA} reads {@code no-data}. */
    static String word(String constant) {
        return constant.substring("DRUG_".length()).toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
