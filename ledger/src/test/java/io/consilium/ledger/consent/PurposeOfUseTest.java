package io.consilium.ledger.consent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("CON-3 purposes of use and their subsumption")
class PurposeOfUseTest {
    @Test
    void con3_aNamedPurposeCoversWhatIsUnderIt() {
        assertThat(PurposeOfUse.COC.isCoveredBy(PurposeOfUse.TREAT)).isTrue();
        assertThat(PurposeOfUse.ERTREAT.isCoveredBy(PurposeOfUse.TREAT)).isTrue();
        assertThat(PurposeOfUse.CLINTRCHPC.isCoveredBy(PurposeOfUse.HRESCH)).isTrue();
        assertThat(PurposeOfUse.TREAT.isCoveredBy(PurposeOfUse.COC)).isFalse();
        assertThat(PurposeOfUse.TREAT.isCoveredBy(PurposeOfUse.HRESCH)).isFalse();
        assertThat(PurposeOfUse.HTEST.isCoveredByAny(List.of("TREAT", "HOPERAT")))
                .isTrue();
        assertThat(PurposeOfUse.HTEST.isCoveredByAny(List.of("TREAT", "nothing")))
                .isFalse();
    }

    @Test
    void con3_btgAndClintrlMustBeNamed() {
        for (PurposeOfUse named : List.of(PurposeOfUse.BTG, PurposeOfUse.CLINTRL)) {
            for (PurposeOfUse other : PurposeOfUse.values()) {
                assertThat(named.isCoveredBy(other)).isEqualTo(named == other);
            }
            assertThat(named.isCoveredByAny(List.of())).isFalse();
            assertThat(named.isCoveredByAny(List.of("TREAT", "ETREAT"))).isFalse();
            assertThat(named.isCoveredByAny(List.of("TREAT", named.name()))).isTrue();
        }
        for (PurposeOfUse purpose : PurposeOfUse.values()) {
            assertThat(purpose.isCoveredByAny(List.of())).isEqualTo(!purpose.mustBeNamed());
        }
        assertThat(PurposeOfUse.of("GOSSIP")).isEmpty();
        assertThat(PurposeOfUse.of("treat")).isEmpty();
    }

    /** Holds the table against the published code system, reading just its codes, braces and concept lists. */
    @Test
    void con3_theTableIsThePublishedHierarchy() throws IOException {
        Optional<Path> file = conformance("fhir-r4-terminology/CodeSystem-v3-ActReason.json");
        if (file.isEmpty()) {
            System.out.println("conformance: 1 skipped, no fhir-r4-terminology/CodeSystem-v3-ActReason.json"
                    + " (set CONSILIUM_CONFORMANCE)");
        }
        Assumptions.assumeTrue(file.isPresent());
        Map<String, String> published = underPurposeOfUse(Files.readString(file.get()));
        Map<String, String> ours = new TreeMap<>();
        for (PurposeOfUse purpose : PurposeOfUse.values()) {
            ours.put(purpose.name(), purpose.parent().map(Enum::name).orElse("PurposeOfUse"));
        }
        assertThat(ours).isEqualTo(published);
    }

    /** Code to parent code, of everything below PurposeOfUse: a code's parent is the concept whose list it stands in. */
    private static Map<String, String> underPurposeOfUse(String json) {
        String concepts = json.substring(json.indexOf("\"concept\""));
        Matcher token =
                Pattern.compile("\"(?:[^\"\\\\]++|\\\\.)*+\"|[\\[\\]{}:,]").matcher(concepts);
        Deque<String> lists = new ArrayDeque<>();
        Deque<String> owners = new ArrayDeque<>();
        Map<String, String> parents = new TreeMap<>();
        String name = "";
        String previous = "";
        String current = "";
        while (token.find()) {
            String text = token.group();
            if (text.equals(":")) {
                name = previous;
            } else if (text.equals("[")) {
                lists.push(name);
                owners.push(current);
            } else if (text.equals("]")) {
                lists.pop();
                current = owners.pop();
            } else if (name.equals("\"code\"")
                    && previous.equals(":")
                    && lists.element().equals("\"concept\"")) {
                current = text.substring(1, text.length() - 1);
                parents.put(current, owners.element());
            }
            previous = text.equals(":") ? ":" : text;
            if (text.equals("]") && lists.isEmpty()) {
                break;
            }
        }
        parents.keySet().removeIf(code -> !isUnder(code, parents));
        return parents;
    }

    private static boolean isUnder(String code, Map<String, String> parents) {
        for (String at = parents.getOrDefault(code, ""); !at.isEmpty(); at = parents.getOrDefault(at, "")) {
            if (at.equals("PurposeOfUse")) {
                return true;
            }
        }
        return false;
    }

    private static Optional<Path> conformance(String name) {
        String folder =
                Optional.ofNullable(System.getenv("CONSILIUM_CONFORMANCE")).orElse("");
        if (!folder.isEmpty()) {
            return Optional.of(Path.of(folder, name)).filter(Files::exists);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            for (String place : Arrays.asList("shared/conformance", "../shared/conformance")) {
                Path file = at.resolve(place).resolve(name);
                if (Files.exists(file)) {
                    return Optional.of(file);
                }
            }
        }
        return Optional.empty();
    }
}
