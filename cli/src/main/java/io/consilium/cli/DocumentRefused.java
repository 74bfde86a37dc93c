package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.interop.fhir.FhirRefusal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A document in which several places are at fault: each of them is told, or so many and the number of the rest. */
final class DocumentRefused extends ClientException {
    private static final long serialVersionUID = 1L;

    /** Reasons by path, in the order of the document. */
    private final LinkedHashMap<String, String> faults = new LinkedHashMap<>();

    private final int more;

    /** @param cause what is not done because of it */
    DocumentRefused(FhirRefusal refusal, String code, String rule, String cause, String hint) {
        super(FailureClass.REFUSED, code, rule, refusal.path(), cause + ": " + refusal.message(), hint);
        refusal.faults().forEach(fault -> faults.put(fault.path(), fault.reason()));
        this.more = refusal.more();
    }

    Map<String, String> faults() {
        return Collections.unmodifiableMap(faults);
    }

    int more() {
        return more;
    }
}
