package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.CodeAncestors;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.interop.fhir.CodeSystems;
import io.consilium.interop.fhir.Coding;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.Code;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The categories of a record, before they are blinded: codes, and one level of sensitivity. */
record Labels(Set<Code> codes, Sensitivity sensitivity) {
    /** What the ledger takes of one record (TX-6). */
    static final int MAX = 64;

    private static final int SHOWN = 5;

    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:\\S+");

    /** {@code system|code}, with the canonical FHIR address of the code system. */
    static Code code(String option, String text) throws MalformedInput {
        int bar = text.lastIndexOf('|');
        if (bar <= 0 || text.substring(bar + 1).isBlank()) {
            throw new MalformedInput(
                    option,
                    "'" + text + "' is no label",
                    "Write SYSTEM|CODE with the code system's FHIR address, e.g. 'http://loinc.org|8867-4'");
        }
        Coding coding = CodeSystems.coding(text.substring(0, bar), text.substring(bar + 1));
        String system = coding.system();
        if (!ADDRESS.matcher(system).matches()) {
            // A label under a name of one's own would match no consent that names the code system.
            throw new MalformedInput(
                    option,
                    "'" + system + "' is no address of a code system",
                    "Write the address that FHIR gives it, e.g. http://loinc.org, http://snomed.info/sct, urn:oid:1.2.3");
        }
        return Code.newBuilder().setSystem(system).setCode(coding.code()).build();
    }

    /** Says which code systems nothing here knows: a deny under a misspelt address reaches no record. */
    static void tellUnknown(Session session, Collection<Code> codes) {
        List<String> unknown = codes.stream()
                .map(Code::getSystem)
                .filter(system -> !CodeSystems.isKnown(system))
                .map(system -> system.isEmpty() ? "of codes that name none" : system)
                .distinct()
                .toList();
        if (!unknown.isEmpty()) {
            session.output()
                    .say((unknown.size() == 1 ? "The code system " : "The code systems ")
                            + String.join(", ", unknown.subList(0, Math.min(SHOWN, unknown.size())))
                            + (unknown.size() > SHOWN ? " and " + (unknown.size() - SHOWN) + " more" : "")
                            + (unknown.size() == 1 ? " is" : " are")
                            + " not known here: check the address, since consents and records meet only under the same"
                            + " one");
        }
    }

    static Sensitivity level(String option, String text) throws MalformedInput {
        return Sensitivity.of(text)
                .orElseThrow(() -> new MalformedInput(
                        option,
                        "'" + text + "' is no level of sensitivity",
                        "Choose U, L, M, N, R or V of HL7 v3 Confidentiality"));
    }

    /** Labels given by hand beside those read from the document; the higher level holds. */
    static Labels of(List<Code> given, Optional<Sensitivity> asked, Optional<Labels> read) throws ClientException {
        Set<Code> codes = new LinkedHashSet<>();
        Sensitivity level = asked.orElse(Sensitivity.DEFAULT);
        if (read.isPresent()) {
            codes.addAll(read.get().codes());
            level = higher(asked.orElse(Sensitivity.U), read.get().sensitivity());
        }
        for (Code code : given) {
            if (code.getSystem().equals(Sensitivity.SYSTEM)) {
                level = higher(level, level("--label", code.getCode()));
            } else {
                codes.add(code);
            }
        }
        for (Code code : new ArrayList<>(codes)) {
            codes.addAll(CodeAncestors.of(code));
        }
        if (codes.size() > MAX) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "TOO_MANY_LABELS",
                    "TX-6",
                    "",
                    "The content has " + codes.size() + " categories with their ancestors, at most " + MAX + " fit",
                    "Register its parts as records of their own, or choose labels with --media-type and --label");
        }
        return new Labels(codes, level);
    }

    private static Sensitivity higher(Sensitivity a, Sensitivity b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
