package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A document in which several places are at fault: each of them is told, or so many and the number of the rest. */
final class DocumentRefused extends ClientException {
    private static final long serialVersionUID = 1L;

    private final LinkedHashMap<String, String> faults;
    private final int more;

    /** @param faults reasons by path, in the order of the document */
    DocumentRefused(String code, String rule, String cause, String hint, Map<String, String> faults, int more) {
        super(FailureClass.REFUSED, code, rule, faults.keySet().iterator().next(), cause, hint);
        this.faults = new LinkedHashMap<>(faults);
        this.more = more;
    }

    Map<String, String> faults() {
        return Collections.unmodifiableMap(faults);
    }

    int more() {
        return more;
    }
}
