package io.consilium.interop.gs1;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A GS1 Digital Link, under any domain and any path before the key (Digital Link URI syntax 1.2).
 *
 * @param key the finest identification that the path holds
 * @param attributes what else it says, by application identifier in its order: the lot beside a serial, an expiry date
 */
public record DigitalLink(Gs1Key key, Map<String, String> attributes) {
    public static final String CANONICAL_DOMAIN = "https://id.gs1.org";
    static final int MAX_CHARACTERS = 2048;

    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("gtin", "01"),
            Map.entry("itip", "8006"),
            Map.entry("cpid", "8010"),
            Map.entry("gln", "414"),
            Map.entry("party", "417"),
            Map.entry("gsrnp", "8017"),
            Map.entry("gsrn", "8018"),
            Map.entry("gcn", "255"),
            Map.entry("sscc", "00"),
            Map.entry("gdti", "253"),
            Map.entry("ginc", "401"),
            Map.entry("gsin", "402"),
            Map.entry("grai", "8003"),
            Map.entry("giai", "8004"),
            Map.entry("cpv", "22"),
            Map.entry("lot", "10"),
            Map.entry("ser", "21"),
            Map.entry("tpx", "235"),
            Map.entry("cpsn", "8011"),
            Map.entry("glnx", "254"),
            Map.entry("srin", "8019"),
            Map.entry("exp", "17"));

    /** The keys and the qualifiers that may follow each in a path. */
    private static final Map<String, List<String>> QUALIFIERS = Map.ofEntries(
            Map.entry("00", List.of()),
            Map.entry("01", List.of("22", "10", "21", "235")),
            Map.entry("253", List.of()),
            Map.entry("255", List.of()),
            Map.entry("401", List.of()),
            Map.entry("402", List.of()),
            Map.entry("414", List.of("254", "7040")),
            Map.entry("417", List.of("7040")),
            Map.entry("8003", List.of()),
            Map.entry("8004", List.of("7040")),
            Map.entry("8006", List.of("22", "10", "21")),
            Map.entry("8010", List.of("8011")),
            Map.entry("8017", List.of("8019")),
            Map.entry("8018", List.of("8019")));

    public DigitalLink {
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    /** Reads one, its check digit tried. */
    public static DigitalLink read(String text) throws MalformedIdentifier {
        Parts parts = parts(text);
        Map<String, String> attributes = new LinkedHashMap<>(parts.qualifiers);
        parts.kind.serialApplicationIdentifier().ifPresent(attributes::remove);
        attributes.putAll(parts.query);
        return new DigitalLink(Gs1Key.of(parts.kind, parts.value, parts.serial), attributes);
    }

    /**
     * The canonical link to the finest identification in a link, or nothing where there is none. A wrong check digit is
     * none of its concern: the CBV's event hash rewrites links wherever they stand.
     */
    public static Optional<String> canonical(String text) {
        try {
            Parts parts = parts(text);
            return Gs1Key.fault(parts.kind, parts.value, parts.serial, false).isPresent()
                    ? Optional.empty()
                    : Optional.of(text(parts.kind, parts.value, parts.serial));
        } catch (MalformedIdentifier none) {
            return Optional.empty();
        }
    }

    /**
     * Whether a web address must be a Digital Link: it stands under GS1's own domain, or a number as long as a key's
     * follows a key's application identifier.
     */
    public static boolean isClaimed(String text) {
        if (!isWebAddress(text)) {
            return false;
        }
        String address = text.substring(text.indexOf("://") + 3);
        if (address.toLowerCase(Locale.ROOT).startsWith("id.gs1.org/")) {
            return true;
        }
        String[] segments = path(text).split("/", -1);
        for (int i = 1; i + 1 < segments.length; i++) {
            if (QUALIFIERS.containsKey(segments[i]) && segments[i + 1].matches("[0-9]{12,}.*")) {
                return true;
            }
        }
        return false;
    }

    /** Whether a scheme and {@code ://} begin a text: a serial may contain these characters too. */
    static boolean isWebAddress(String text) {
        int path = text.indexOf("://");
        return path > 0 && text.substring(0, path).matches("[A-Za-z][A-Za-z0-9+.-]*");
    }

    static String text(KeyKind kind, String value, String serial) {
        String start = CANONICAL_DOMAIN + "/" + kind.applicationIdentifier() + "/" + Escapes.inLink(value);
        if (serial.isEmpty()) {
            return start;
        }
        return kind.serialApplicationIdentifier()
                .map(ai -> start + "/" + ai + "/" + Escapes.inLink(serial))
                .orElse(start + Escapes.inLink(serial));
    }

    private record Parts(
            KeyKind kind, String value, String serial, Map<String, String> qualifiers, Map<String, String> query) {}

    private static Parts parts(String text) throws MalformedIdentifier {
        if (text.length() > MAX_CHARACTERS) {
            throw new MalformedIdentifier("a Digital Link has at most " + MAX_CHARACTERS + " characters");
        }
        if (!text.regionMatches(true, 0, "https://", 0, 8) && !text.regionMatches(true, 0, "http://", 0, 7)) {
            throw new MalformedIdentifier("a Digital Link begins with https:// or http://");
        }
        // Some partners send serials unencoded. Then a slash or question mark is the serial's, not the link's.
        boolean encoded = Escapes.isWellEncoded(text);
        String path = encoded ? path(text) : text;
        String[] segments = path.substring(path.indexOf("://") + 3).split("/", -1);
        Optional<MalformedIdentifier> first = Optional.empty();
        for (int i = 1; i < segments.length - 1; i++) {
            String ai = WORDS.getOrDefault(segments[i], segments[i]);
            if (QUALIFIERS.containsKey(ai)) {
                try {
                    return key(ai, segments, i + 1, encoded, encoded ? query(text) : Map.of());
                } catch (MalformedIdentifier notHere) {
                    first = first.isPresent() ? first : Optional.of(notHere);
                }
            }
        }
        throw first.orElse(new MalformedIdentifier("no GS1 key stands in the path"));
    }

    private static Parts key(String ai, String[] segments, int at, boolean encoded, Map<String, String> query)
            throws MalformedIdentifier {
        Map<String, String> qualifiers = new LinkedHashMap<>();
        List<String> allowed = QUALIFIERS.getOrDefault(ai, List.of());
        int next = at + 1;
        String field = segments[at];
        if (allowed.isEmpty() && !encoded) {
            field = rest(segments, at);
            next = segments.length;
        }
        int order = -1;
        while (next < segments.length && !(next == segments.length - 1 && segments[next].isEmpty())) {
            String qualifier = WORDS.getOrDefault(segments[next], segments[next]);
            int position = allowed.indexOf(qualifier);
            if (position < 0) {
                throw new MalformedIdentifier("a part of the path after the key is none that may follow it");
            }
            if (position <= order) {
                throw new MalformedIdentifier("the parts of the path after the key are out of order");
            }
            order = position;
            if (next + 1 >= segments.length || segments[next + 1].isEmpty() && encoded) {
                throw new MalformedIdentifier("the value of the last part of the path is missing");
            }
            boolean last = !encoded && position == allowed.size() - 1 || !encoded && isSerial(qualifier);
            qualifiers.put(qualifier, last ? rest(segments, next + 1) : Escapes.decode(segments[next + 1]));
            next = last ? segments.length : next + 2;
        }
        return parts(ai, encoded ? Escapes.decode(field) : field, qualifiers, query);
    }

    private static boolean isSerial(String qualifier) {
        return qualifier.equals("21") || qualifier.equals("10") || qualifier.equals("254");
    }

    private static String rest(String[] segments, int from) {
        return Escapes.decode(String.join("/", List.of(segments).subList(from, segments.length)));
    }

    private static Parts parts(String ai, String field, Map<String, String> qualifiers, Map<String, String> query)
            throws MalformedIdentifier {
        KeyKind kind = kind(ai, qualifiers);
        String value = field;
        String serial = kind.serialApplicationIdentifier()
                .map(serialAi -> qualifiers.getOrDefault(serialAi, ""))
                .orElse("");
        if (kind.joinsSerial() && field.length() > kind.shape().length) {
            value = field.substring(0, kind.shape().length);
            serial = field.substring(kind.shape().length);
        }
        // An extension 0 says that there is none.
        if (kind == KeyKind.SGLN && serial.equals("0")) {
            serial = "";
        }
        return new Parts(kind, value, serial, qualifiers, query);
    }

    private static KeyKind kind(String ai, Map<String, String> qualifiers) throws MalformedIdentifier {
        if (ai.equals("01")) {
            if (qualifiers.containsKey("21")) {
                return KeyKind.SGTIN;
            }
            if (qualifiers.containsKey("235")) {
                return KeyKind.UPUI;
            }
            return qualifiers.containsKey("10") ? KeyKind.LGTIN : KeyKind.GTIN;
        }
        for (KeyKind kind : KeyKind.values()) {
            if (kind.applicationIdentifier().equals(ai)) {
                return kind;
            }
        }
        throw new MalformedIdentifier("no GS1 key stands in the path");
    }

    /** Without the query and the fragment. */
    private static String path(String text) {
        int end = text.length();
        for (char mark : new char[] {'?', '#'}) {
            int at = text.indexOf(mark);
            end = at >= 0 && at < end ? at : end;
        }
        return text.substring(0, end);
    }

    /** The attributes that are application identifiers; others are the resolver's business. */
    private static Map<String, String> query(String text) {
        Map<String, String> attributes = new LinkedHashMap<>();
        int start = text.indexOf('?');
        if (start < 0) {
            return attributes;
        }
        int end = text.indexOf('#', start);
        for (String pair :
                text.substring(start + 1, end < 0 ? text.length() : end).split("[&;]", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                String name = WORDS.getOrDefault(pair.substring(0, equals), pair.substring(0, equals));
                if (ApplicationIdentifier.of(name).isPresent()) {
                    attributes.put(name, Escapes.decode(pair.substring(equals + 1)));
                }
            }
        }
        return attributes;
    }
}
