package io.consilium.interop.fhir;

import java.util.LinkedHashMap;
import java.util.Map;

/** What stands in the way of a document, each place once: so many in words, of the rest the number. */
final class Faults {
    static final int MAX_TOLD = 20;

    private final Map<String, FhirFault> told = new LinkedHashMap<>();
    private int more;

    /** Something to look at that may be at fault. */
    interface Part {
        void check() throws Refused;
    }

    /** Goes on behind a part that is at fault. */
    void in(Part part) {
        try {
            part.check();
        } catch (Refused refused) {
            add(refused);
        }
    }

    /** Something to read that may be at fault. */
    interface Reading<T> {
        T read() throws Refused;
    }

    /** What a part says, or the other value where it is at fault. */
    <T> T read(T otherwise, Reading<T> part) {
        try {
            return part.read();
        } catch (Refused refused) {
            add(refused);
            return otherwise;
        }
    }

    void add(Refused refused) {
        FhirFault fault = refused.fault();
        if (told.size() < MAX_TOLD) {
            told.putIfAbsent(fault.path(), fault);
        } else if (!told.containsKey(fault.path())) {
            more++;
        }
    }

    int count() {
        return told.size() + more;
    }

    void requireNone() throws Refused {
        if (!told.isEmpty()) {
            FhirFault first = told.values().iterator().next();
            throw new Refused(first.path(), first.reason());
        }
    }

    FhirRefusal refusal() {
        return new FhirRefusal(told.values().stream().toList(), more);
    }
}
