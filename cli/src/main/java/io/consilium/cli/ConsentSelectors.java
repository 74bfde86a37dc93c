package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.MalformedInput;
import io.consilium.client.ScopeKey;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.Code;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.LabelGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Whom and what one rule of a consent is about, as written on the command line.
 *
 * <p>Values of one kind are joined by OR, kinds by AND. Labels of the confidentiality system are a kind of their own: a
 * permit reaches that level and lower ones, a deny that level and higher ones (CON-2).
 */
record ConsentSelectors(
        List<String> actors,
        List<String> purposes,
        List<String> actions,
        List<String> labels,
        List<String> records,
        List<String> authors,
        RuleLimits limits) {
    private static final List<String> NAMES = List.of(
            "to",
            "purpose",
            "action",
            "label",
            "record",
            "author",
            "and-label",
            "from",
            "until",
            "data-from",
            "data-until",
            "data-code");

    ConsentSelectors(
            List<String> actors,
            List<String> purposes,
            List<String> actions,
            List<String> labels,
            List<String> records,
            List<String> authors) {
        this(actors, purposes, actions, labels, records, authors, RuleLimits.NONE);
    }

    /** The form of {@code --deny} and {@code --except}: {@code label=…,to=…}; a value without a name goes on the last. */
    static ConsentSelectors parse(String option, String text) throws MalformedInput {
        Map<String, List<String>> values = new LinkedHashMap<>();
        NAMES.forEach(name -> values.put(name, new ArrayList<>()));
        List<List<String>> groups = new ArrayList<>();
        Optional<String> name = Optional.empty();
        for (String part : text.split(",")) {
            int equals = part.indexOf('=');
            String word = part.strip();
            if (equals > 0 && NAMES.contains(part.substring(0, equals).strip())) {
                name = Optional.of(part.substring(0, equals).strip());
                word = part.substring(equals + 1).strip();
                if (name.get().equals("and-label")) {
                    groups.add(new ArrayList<>());
                }
            }
            if (name.isEmpty() || word.isEmpty()) {
                throw new MalformedInput(
                        option,
                        "'" + text + "' is no selector",
                        "Write label=SYSTEM|CODE, record=ID, to=WHOM, purpose=CODE, action=CODE, author=MEMBER,"
                                + " from=TIME, until=TIME, data-from=TIME, data-until=TIME, joined by commas");
            }
            if (name.get().equals("and-label")) {
                groups.get(groups.size() - 1).add(word);
            }
            values.getOrDefault(name.get(), new ArrayList<>()).add(word);
        }
        return new ConsentSelectors(
                values.getOrDefault("to", List.of()),
                values.getOrDefault("purpose", List.of()),
                values.getOrDefault("action", List.of()),
                values.getOrDefault("label", List.of()),
                values.getOrDefault("record", List.of()),
                values.getOrDefault("author", List.of()),
                new RuleLimits(
                        groups,
                        single(option, "from", values),
                        single(option, "until", values),
                        single(option, "data-from", values),
                        single(option, "data-until", values),
                        values.getOrDefault("data-code", List.of())));
    }

    private static Optional<String> single(String option, String name, Map<String, List<String>> values)
            throws MalformedInput {
        List<String> given = values.getOrDefault(name, List.of());
        if (given.size() > 1) {
            throw new MalformedInput(option, "There are two values of " + name, "Give one of them");
        }
        return given.stream().findFirst();
    }

    /** A rule without exceptions; labels are blinded with the patient's scope key, asked for only if there are any. */
    ConsentRule.Builder rule(boolean permit, KeySource keys) throws ClientException {
        ConsentRule.Builder rule = ConsentRule.newBuilder().setPermit(permit);
        for (String actor : actors) {
            rule.addActors(actor(actor));
        }
        for (String purpose : purposes) {
            rule.addPurposes(BeforeSubmit.purpose(purpose));
        }
        for (String action : actions) {
            rule.addActions(BeforeSubmit.action(action));
        }
        addLabels(rule, permit, keys);
        for (String record : records) {
            rule.addRecordIds(Ids.object("record", record));
        }
        for (String author : authors) {
            rule.addAuthors(author.contains("/") ? Ids.member(author) : Ids.institution(author));
        }
        limits.into(rule, keys);
        return rule;
    }

    /** Where the scope key comes from when it is needed. */
    interface KeySource {
        ScopeKey get() throws ClientException;
    }

    private void addLabels(ConsentRule.Builder rule, boolean permit, KeySource keys) throws ClientException {
        List<Code> codes = new ArrayList<>();
        Optional<Sensitivity> level = Optional.empty();
        for (String label : labels) {
            Code code = Labels.code("--label", label);
            if (code.getSystem().equals(Sensitivity.SYSTEM)) {
                Sensitivity named = Labels.level("--label", code.getCode());
                // Several levels by OR: the widest reach of them.
                boolean wider = level.isEmpty()
                        || (permit ? named.compareTo(level.get()) > 0 : named.compareTo(level.get()) < 0);
                level = wider ? Optional.of(named) : level;
            } else {
                codes.add(code);
            }
        }
        if (!codes.isEmpty()) {
            rule.addLabels(LabelGroup.newBuilder().addAllLabels(keys.get().labels(codes)));
        }
        if (level.isPresent()) {
            Optional<Code> threshold =
                    permit ? level.get().permitCode() : level.get().denyCode();
            if (threshold.isPresent()) {
                rule.addLabels(LabelGroup.newBuilder().addLabels(keys.get().label(threshold.get())));
            }
        }
    }

    /** An institution, a member, or a role in capitals. */
    static String actor(String text) throws ClientException {
        if (text.startsWith("role:")) {
            return "role:" + text.substring("role:".length()).toUpperCase(Locale.ROOT);
        }
        if (text.contains("/")) {
            return Ids.member(text);
        }
        return text.matches("[A-Z][A-Z_]*") ? "role:" + text : Ids.institution(text);
    }

    /** The list selector for consents that name this grantee. */
    static String grantee(String text) throws ClientException {
        String actor = actor(text);
        if (actor.startsWith("role:")) {
            return "role/" + actor.substring("role:".length());
        }
        return (actor.contains("/") ? "member/" : "institution/") + actor;
    }
}
