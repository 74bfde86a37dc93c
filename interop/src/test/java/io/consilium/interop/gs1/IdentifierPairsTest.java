package io.consilium.interop.gs1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.interop.Conformance;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** DRU-1 on the pairs of EPC URN and Digital Link that OpenEPCIS published, each translated or refused as listed. */
class IdentifierPairsTest {
    private record Pair(String kind, String what, String input, Optional<Integer> prefixDigits, String expected) {}

    @Test
    void dru1_translatesEveryListedPairBothWays() throws Exception {
        int translated = 0;
        for (Pair pair : pairs()) {
            if (pair.what.startsWith("REJECT")) {
                continue;
            }
            Gs1Key key = Identifiers.read(pair.input);
            assertThat(key).as(pair.toString()).isEqualTo(Identifiers.read(pair.expected));
            String there = pair.what.equals("toURI") ? key.digitalLink() : urn(key, pair.prefixDigits);
            assertThat(Escapes.decode(there)).as(pair.toString()).isEqualTo(Escapes.decode(pair.expected));
            assertThat(Identifiers.read(there)).as(pair.toString()).isEqualTo(key);
            translated++;
        }
        System.out.println("conformance: " + translated + " identifier pairs translated");
        assertThat(translated).isGreaterThan(20);
    }

    @Test
    void dru1_refusesEveryPairThatIsListedAsWrong() throws Exception {
        int refused = 0;
        for (Pair pair : pairs()) {
            if (!pair.what.startsWith("REJECT")) {
                continue;
            }
            assertThatThrownBy(() -> translate(pair))
                    .as(pair.toString())
                    .isInstanceOf(MalformedIdentifier.class)
                    .hasMessageNotContaining(pair.input);
            refused++;
        }
        System.out.println("conformance: " + refused + " identifier pairs refused");
        assertThat(refused).isGreaterThan(20);
    }

    /**
     * The words of the published reasons, the first that fits, and what this reader says. Its own words for a company prefix of
     * a wrong length come after the check digit's, which is wrong in these examples too.
     */
    private static final Map<String, String> REASONS = reasons();

    private static Map<String, String> reasons() {
        Map<String, String> reasons = new LinkedHashMap<>();
        reasons.put("GCP Length|SGLN with GCP less", "company prefix has from 6 to 12 digits|check digit is wrong");
        reasons.put("GCP (less|more) than", "company prefix has \\d+ digits; from 6 to 12 are allowed");
        reasons.put("invalid (characters|GCP)", "holds a character that is no digit");
        reasons.put("SGTIN without serial", "the number has 15 digits; it must have 14"); // of its example that is true
        reasons.put("(without|invalid) serial", "no serial\\?|part of the path is missing");
        reasons.put(
                "less than|more than|with 14 digits", "have \\d+ digits together; they must|has \\d+ digits; it must");
        reasons.put("syntax|format|domain name", "begins with|has this name");
        return reasons;
    }

    @Test
    void dru1_refusesWithTheReasonThatIsListed() throws Exception {
        for (Pair pair : pairs()) {
            if (pair.what.startsWith("REJECT")) {
                String ours = REASONS.entrySet().stream()
                        .filter(reason -> Pattern.compile(reason.getKey())
                                .matcher(pair.expected)
                                .find())
                        .findFirst()
                        .orElseThrow()
                        .getValue();
                assertThatThrownBy(() -> translate(pair))
                        .as(pair.toString())
                        .isInstanceOfSatisfying(MalformedIdentifier.class, refused -> assertThat(refused.reason())
                                .containsPattern(ours));
            }
        }
    }

    private static void translate(Pair pair) throws MalformedIdentifier {
        Gs1Key key = Identifiers.read(pair.input);
        if (pair.what.endsWith("toURN")) {
            if (!key.isInstance()) {
                throw new MalformedIdentifier("it names a class");
            }
            urn(key, pair.prefixDigits);
        }
    }

    private static String urn(Gs1Key key, Optional<Integer> prefixDigits) throws MalformedIdentifier {
        return prefixDigits.isPresent()
                ? key.urn(prefixDigits.get())
                : CompanyPrefixes.of(List.of()).urn(key);
    }

    private static List<Pair> pairs() throws Exception {
        Path file = Conformance.require("gs1-identifiers/openepcis-id-pairs.tsv");
        List<Pair> pairs = new ArrayList<>();
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        for (String line : lines.subList(1, lines.size())) {
            String[] columns = line.split("\t", -1);
            Optional<Integer> digits =
                    columns[3].isEmpty() ? Optional.empty() : Optional.of(Integer.valueOf(columns[3]));
            pairs.add(new Pair(columns[0], columns[1], columns[2], digits, columns[4]));
        }
        return pairs;
    }
}
