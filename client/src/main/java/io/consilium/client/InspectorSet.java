package io.consilium.client;

import com.google.protobuf.ByteString;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Verified parts of one export, held together: each names the part before by its hash, and one says that it is the last. */
public final class InspectorSet {
    private InspectorSet() {}

    /**
     * @return the parts in their order
     * @throws VerificationFailed where parts are of different exports or one repeats what another has
     */
    public static List<InspectorCheck.Verified> ordered(List<InspectorCheck.Verified> given) throws VerificationFailed {
        List<InspectorCheck.Verified> parts = given.stream()
                .sorted(Comparator.comparingInt(InspectorCheck.Verified::part))
                .toList();
        Set<ByteString> accesses = new HashSet<>();
        for (int i = 0; i < parts.size(); i++) {
            InspectorCheck.Verified part = parts.get(i);
            boolean follows = i > 0 && parts.get(i - 1).part() + 1 == part.part();
            if (follows
                    && !part.previous()
                            .equals(ByteString.copyFrom(parts.get(i - 1).hash().toBytes()))) {
                throw failed("part " + part.part() + " does not follow the part before it");
            }
            InspectorCheck.Verified first = parts.get(0);
            boolean alike = part.signer().equals(first.signer())
                    && part.fromMillis() == first.fromMillis()
                    && part.toMillis() == first.toMillis();
            if (!alike
                    || i > 0
                            && (parts.get(i - 1).part() == part.part()
                                    || parts.get(i - 1).last())) {
                throw failed("part " + part.part() + " is of another export");
            }
            for (InspectorCheck.Log log : part.logs()) {
                for (var access : log.accesses()) {
                    if (!accesses.add(access.getId())) {
                        throw failed("an access is in it twice");
                    }
                }
            }
        }
        return parts;
    }

    /** Whether all parts are there, from the first to the one that says that it is the last. */
    public static boolean isComplete(List<InspectorCheck.Verified> ordered) {
        return !ordered.isEmpty()
                && ordered.get(ordered.size() - 1).last()
                && ordered.get(ordered.size() - 1).part() == ordered.size();
    }

    private static VerificationFailed failed(String reason) {
        return new VerificationFailed(
                "BUNDLE_INVALID",
                "The parts do not hold together: " + reason,
                "Give the parts of one export: FILE, FILE-2 and so on");
    }
}
