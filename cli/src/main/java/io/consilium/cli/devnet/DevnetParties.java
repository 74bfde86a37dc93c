package io.consilium.cli.devnet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The institutions of a devnet and their people. The first ones run the nodes, in this order. */
public final class DevnetParties {
    public static final int MIN_NODES = 1;
    public static final int MAX_NODES = 16;

    /** How many of the named institutions can run a node; further nodes are hospitals. */
    private static final int NAMED_NODES = 4;

    private static final String NODELESS_USE = "medwatch";
    /** GS1 company prefixes of those who give out GTINs and SSCCs (DRU-2). */
    private static final Map<String, List<String>> COMPANY_PREFIXES = Map.of(
            "helix", List.of("0614141", "4012345"),
            "orion", List.of("0356789"),
            "transmed", List.of("0871234"),
            "summit", List.of("0872345"),
            "northside", List.of("0873456"));

    private static final long GLN_PREFIX = 950_600_013_400L;

    private DevnetParties() {}

    /** Somebody with a key: {@code institution/handle}. */
    public record Person(String handle, List<String> roles) {}

    /**
     * An institution.
     *
     * @param node 1-based number of the node it runs, 0 where it uses {@link #nodeOf another's}
     */
    public record Party(String id, String legalName, List<String> roles, String gln, int node, List<Person> people) {
        /** Its GS1 company prefixes, sorted. */
        public List<String> companyPrefixes() {
            return COMPANY_PREFIXES.getOrDefault(id, List.of());
        }

        public String memberId(Person person) {
            return id + "/" + person.handle();
        }
    }

    /** Everybody on a devnet of that many nodes; those of the founders who run no node stand last. */
    public static List<Party> of(int nodes) {
        if (nodes < MIN_NODES || nodes > MAX_NODES) {
            throw new IllegalArgumentException("a devnet has 1 to " + MAX_NODES + " nodes, not " + nodes);
        }
        List<Party> parties = new ArrayList<>();
        add(parties, nodes, "st-mary", "St. Mary Hospital", List.of("PROVIDER"), clinic("dr-adams"));
        add(parties, nodes, "riverside", "Riverside Hospital", List.of("PROVIDER"), clinic("dr-brown"));
        add(
                parties,
                nodes,
                "helix",
                "Helix Therapeutics",
                List.of("MANUFACTURER", "SPONSOR"),
                List.of(person("admin", "ADMIN"), person("packer", "OPERATOR"), person("researcher", "RESEARCHER")));
        add(
                parties,
                nodes,
                "medwatch",
                "MedWatch Agency",
                List.of("REGULATOR"),
                List.of(person("admin", "ADMIN"), person("inspector", "AUDITOR")));
        for (int node = NAMED_NODES + 1; node <= nodes; node++) {
            add(parties, nodes, "hospital-" + node, "Hospital " + node, List.of("PROVIDER"), clinic("dr-" + node));
        }
        guest(parties, "orion", "Orion Pharma", "MANUFACTURER", person("packer", "OPERATOR"));
        guest(parties, "ethics", "Central Ethics Committee", "ETHICS_COMMITTEE", person("chair", "REVIEWER"));
        guest(parties, "transmed", "TransMed Logistics", "WHOLESALER", person("operator", "OPERATOR"));
        guest(parties, "summit", "Summit Distribution", "WHOLESALER", person("operator", "OPERATOR"));
        guest(parties, "northside", "Northside Pharmacy", "PHARMACY", person("pharmacist", "PHARMACIST"));
        return List.copyOf(parties);
    }

    /** The number of the node that serves the party's people. */
    public static int nodeOf(Party party, List<Party> parties) {
        if (party.node() > 0) {
            return party.node();
        }
        return parties.stream()
                .filter(other -> other.id().equals(NODELESS_USE) && other.node() > 0)
                .mapToInt(Party::node)
                .findFirst()
                .orElse(1);
    }

    private static void add(
            List<Party> parties, int nodes, String id, String name, List<String> roles, List<Person> people) {
        int position = parties.size() + 1;
        parties.add(new Party(id, name, roles, gln(position), position <= nodes ? position : 0, people));
    }

    private static void guest(List<Party> parties, String id, String name, String role, Person person) {
        List<Person> people = List.of(person("admin", "ADMIN"), person);
        parties.add(new Party(id, name, List.of(role), gln(parties.size() + 1), 0, people));
    }

    private static List<Person> clinic(String clinician) {
        return List.of(
                person("admin", "ADMIN"),
                person("consent", "CONSENT_OFFICER"),
                person(clinician, "CLINICIAN"),
                person("privacy", "PRIVACY_OFFICER"));
    }

    private static Person person(String handle, String role) {
        return new Person(handle, List.of(role));
    }

    /** A Global Location Number: twelve digits and the GS1 check digit (GS1 General Specifications, 7.9). */
    private static String gln(int position) {
        String digits = Long.toString(GLN_PREFIX + position);
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            sum += (digits.charAt(i) - '0') * (i % 2 == 0 ? 1 : 3);
        }
        return digits + (10 - sum % 10) % 10;
    }
}
