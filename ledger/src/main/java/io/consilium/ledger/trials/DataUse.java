package io.consilium.ledger.trials;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The GA4GH Data Use Ontology: what a use of data may be for, and what it must keep to.
 *
 * <p>A request matches when one of its permissions is covered by what the consent form permits, and it accepts every
 * modifier that the form asks for. GRU and NRES cover every research; HMB covers research on a disease but not that of
 * origins (POA). A modifier is met by itself or by one that implies it.
 */
public enum DataUse {
    NRES("DUO:0000004", true),
    GRU("DUO:0000042", true),
    HMB("DUO:0000006", true),
    DS("DUO:0000007", true),
    POA("DUO:0000011", true),
    RS("DUO:0000012", false),
    NMDS("DUO:0000015", false),
    GSO("DUO:0000016", false),
    NPUNCU("DUO:0000018", false),
    PUB("DUO:0000019", false),
    COL("DUO:0000020", false),
    IRB("DUO:0000021", false),
    GS("DUO:0000022", false),
    MOR("DUO:0000024", false),
    TS("DUO:0000025", false),
    US("DUO:0000026", false),
    PS("DUO:0000027", false),
    IS("DUO:0000028", false),
    RTN("DUO:0000029", false),
    CC("DUO:0000043", false),
    NPOA("DUO:0000044", false),
    NPU("DUO:0000045", false),
    NCU("DUO:0000046", false);

    private final String id;
    private final boolean permission;

    DataUse(String id, boolean permission) {
        this.id = id;
        this.permission = permission;
    }

    /** The ontology's id, e.g. {@code DUO:0000042}. */
    public String id() {
        return id;
    }

    /** A permission says what for; the others modify it. */
    public boolean isPermission() {
        return permission;
    }

    /** By shorthand or id. */
    public static Optional<DataUse> of(String text) {
        for (DataUse use : values()) {
            if (use.name().equals(text) || use.id.equals(text)) {
                return Optional.of(use);
            }
        }
        return Optional.empty();
    }

    /** Whether what is asked is covered by what is permitted; a code that is not known matches nothing. */
    public static boolean permits(Collection<String> permitted, Collection<String> asked) {
        Optional<List<DataUse>> granted = all(permitted);
        Optional<List<DataUse>> wanted = all(asked);
        if (granted.isEmpty() || wanted.isEmpty()) {
            return false;
        }
        List<DataUse> purposes =
                wanted.get().stream().filter(DataUse::isPermission).toList();
        boolean covered = !purposes.isEmpty()
                && purposes.stream()
                        .allMatch(purpose -> granted.get().stream().anyMatch(grant -> grant.covers(purpose)));
        boolean accepted = granted.get().stream()
                .filter(grant -> !grant.isPermission())
                .allMatch(modifier -> wanted.get().stream().anyMatch(offer -> offer.implies(modifier)));
        boolean origins = purposes.contains(POA) && granted.get().contains(NPOA);
        return covered && accepted && !origins;
    }

    private static Optional<List<DataUse>> all(Collection<String> codes) {
        List<DataUse> uses = new ArrayList<>();
        for (String code : codes) {
            Optional<DataUse> use = of(code);
            if (use.isEmpty()) {
                return Optional.empty();
            }
            uses.add(use.get());
        }
        return Optional.of(uses);
    }

    private boolean covers(DataUse purpose) {
        return switch (this) {
            case NRES -> purpose.isPermission();
            case GRU -> purpose.isPermission() && purpose != NRES;
            case HMB -> purpose == HMB || purpose == DS;
            default -> permission && purpose == this;
        };
    }

    private boolean implies(DataUse modifier) {
        return this == modifier || this == NPUNCU && (modifier == NPU || modifier == NCU);
    }
}
