package io.consilium.interop.fhir;

import io.consilium.ledger.consent.ConsentAction;
import io.consilium.ledger.consent.PurposeOfUse;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the provisions of a Consent; what the ledger cannot enforce to the letter is refused where it stands (CON-5). */
final class ProvisionReader {
    static final int MAX_PROVISIONS = 128;
    static final int MAX_VALUES = 64;

    private static final String PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
    private static final String ACTIONS = "http://terminology.hl7.org/CodeSystem/consentaction";
    private static final String PROFILES = "urn:ietf:rfc:3986";
    private static final Set<String> RECIPIENT_ROLES = Set.of("IRCP", "PRCP");
    private static final String AUTHOR_ROLE = "AUT";

    private final References references;
    private final Faults faults;
    private int provisions;

    /** @param faults takes each part that is at fault; what was read beside it is of no use */
    ProvisionReader(References references, Faults faults) {
        this.references = references;
        this.faults = faults;
    }

    Provision read(Element provision) throws Refused {
        if (++provisions > MAX_PROVISIONS) {
            throw provision.refuse("the consent has more than " + MAX_PROVISIONS + " provisions");
        }
        Optional<Boolean> permit = faults.read(Optional.empty(), () -> type(provision));
        Optional<TimeSpan> period = faults.read(Optional.empty(), () -> period(provision, "period"));
        List<String> actors = new ArrayList<>();
        List<String> authors = new ArrayList<>();
        each(provision, "actor", actor -> actor(actor, actors, authors));
        List<String> actions = actions(provision);
        List<Coding> security = securityLabels(provision);
        List<String> purposes = purposes(provision);
        List<Coding> classes = classes(provision);
        List<Coding> codes = codes(provision);
        Optional<TimeSpan> dataPeriod = faults.read(Optional.empty(), () -> period(provision, "dataPeriod"));
        List<String> records = new ArrayList<>();
        faults.in(() -> data(provision, records, authors));
        List<Provision> inner = new ArrayList<>();
        for (Element nested : provision.list("provision")) {
            inner.add(read(nested));
        }
        return new Provision(
                provision.path(),
                permit,
                new Criteria(
                        distinct(actors),
                        distinct(authors),
                        distinct(purposes),
                        distinct(actions),
                        distinct(classes),
                        distinct(codes),
                        distinct(security),
                        distinct(records),
                        period,
                        dataPeriod),
                inner);
    }

    private static Optional<Boolean> type(Element provision) throws Refused {
        Optional<String> type = provision.text("type");
        if (type.isEmpty() && provision.node().has("_type")) {
            throw provision.refuse("type", "permit or deny is missing here, with extensions in its place");
        }
        return type.map("permit"::equals);
    }

    /** FHIR's Period; its ends include what they name. */
    private static Optional<TimeSpan> period(Element provision, String name) throws Refused {
        Optional<Element> period = provision.get(name);
        if (period.isEmpty()) {
            return Optional.empty();
        }
        Optional<TimeSpan> start = moment(period.get(), "start");
        Optional<TimeSpan> end = moment(period.get(), "end");
        TimeSpan span = new TimeSpan(start.flatMap(TimeSpan::startMillis), end.flatMap(TimeSpan::endMillis));
        if (start.isEmpty() && end.isEmpty()) {
            throw period.get().refuse("a period without start and end limits nothing, though something was meant");
        }
        if (span.isEmpty()) {
            throw period.get().refuse("the period ends before it starts");
        }
        return Optional.of(span);
    }

    private static Optional<TimeSpan> moment(Element period, String name) throws Refused {
        Optional<String> text = period.text(name);
        if (text.isEmpty()) {
            if (period.node().has("_" + name)) {
                throw period.refuse(name, "the date is missing here, with extensions in its place");
            }
            return Optional.empty();
        }
        Optional<TimeSpan> span = TimeSpan.of(text.get());
        if (span.isEmpty()) {
            throw period.refuse(name, "this is no date that FHIR allows");
        }
        return span;
    }

    /** IRCP and PRCP receive, AUT wrote; what other roles restrict, a rule of the ledger has no word for. */
    private void actor(Element actor, List<String> actors, List<String> authors) throws Refused {
        Element role = actor.get("role")
                .orElseThrow(
                        () -> actor.refuse("role", "the actor's role is missing, so nobody knows what it restricts"));
        Element reference =
                actor.get("reference").orElseThrow(() -> actor.refuse("reference", "the actor is not named"));
        boolean author = isAuthor(role);
        List<String> into = author ? authors : actors;
        into.add(author ? references.author(reference) : references.actor(reference));
    }

    private static boolean isAuthor(Element role) throws Refused {
        Optional<Boolean> author = Optional.empty();
        for (Element coding : role.list("coding")) {
            Coding code = coding(coding);
            boolean writes = code.code().equals(AUTHOR_ROLE);
            boolean known = code.system().equals(PARTICIPATION) && (writes || RECIPIENT_ROLES.contains(code.code()));
            if (!known) {
                throw role.refuse("the role is none of IRCP, PRCP (who receives) and AUT (who wrote) of HL7 v3"
                        + " ParticipationType; a rule of this ledger cannot restrict by another part in the data, such"
                        + " as its custodian");
            }
            if (author.isPresent() && author.get() != writes) {
                throw role.refuse("the role says both that the actor receives and that it wrote");
            }
            author = Optional.of(writes);
        }
        return author.orElseThrow(() -> role.refuse("a role without a code cannot be enforced"));
    }

    private List<String> actions(Element provision) {
        List<String> actions = new ArrayList<>();
        each(provision, "action", action -> {
            for (Element coding : codings(action)) {
                Coding code = coding(coding);
                if (!code.system().equals(ACTIONS)
                        || ConsentAction.of(code.code()).isEmpty()) {
                    throw action.refuse("the chain enforces the consent actions access, correct and disclose; what is"
                            + " done with data after it was handed over it cannot enforce");
                }
                actions.add(code.code());
            }
        });
        return actions;
    }

    private List<Coding> securityLabels(Element provision) {
        List<Coding> labels = new ArrayList<>();
        each(provision, "securityLabel", label -> {
            Coding coding = labelled(label);
            if (coding.system().equals(Confidentiality.SYSTEM)
                    && Confidentiality.of(coding.code()).isEmpty()) {
                throw label.refuse("the confidentiality is none of U, L, M, N, R, V");
            }
            labels.add(coding);
        });
        return labels;
    }

    private List<String> purposes(Element provision) {
        List<String> purposes = new ArrayList<>();
        each(provision, "purpose", purpose -> purposes.add(purpose(purpose)));
        return purposes;
    }

    private String purpose(Element purpose) throws Refused {
        Coding coding = coding(purpose);
        Optional<String> given = references.purpose(coding);
        if (given.isPresent()) {
            return given.get();
        }
        if (coding.system().equals(PurposeOfUse.SYSTEM)
                && PurposeOfUse.of(coding.code()).isPresent()) {
            return coding.code();
        }
        throw purpose.refuse("the purpose is no PurposeOfUse of HL7 v3 ActReason, which the ledger decides by;"
                + " say which of them it means, if one does");
    }

    private List<Coding> classes(Element provision) {
        List<Coding> classes = new ArrayList<>();
        each(provision, "class", each -> {
            Coding coding = labelled(each);
            if (coding.system().equals(PROFILES)) {
                throw each.refuse("records are known by resource type, category and code, not by their profile;"
                        + " name the resource type");
            }
            classes.add(coding);
        });
        return classes;
    }

    private List<Coding> codes(Element provision) {
        List<Coding> codes = new ArrayList<>();
        each(provision, "code", concept -> {
            for (Element coding : codings(concept)) {
                codes.add(labelled(coding));
            }
        });
        return codes;
    }

    /** One of several values of a provision. */
    private interface Value {
        void read(Element value) throws Refused;
    }

    private void each(Element provision, String name, Value value) {
        for (Element item : faults.read(List.<Element>of(), () -> bounded(provision, name))) {
            faults.in(() -> value.read(item));
        }
    }

    /** Instances are records; who authored restricts by author. The chain sees no references between records. */
    private void data(Element provision, List<String> records, List<String> authors) throws Refused {
        boolean authorsByActor = !authors.isEmpty();
        boolean authored = false;
        for (Element data : bounded(provision, "data")) {
            String meaning = data.text("meaning")
                    .orElseThrow(() -> data.refuse("meaning", "it is not said how far this reaches"));
            Element reference =
                    data.get("reference").orElseThrow(() -> data.refuse("reference", "the data is not named"));
            switch (meaning) {
                case "instance" -> records.add(references.record(reference));
                case "authoredby" -> {
                    if (authorsByActor) {
                        throw data.refuse("authors are restricted here and by an actor too, which must both hold;"
                                + " a rule of the ledger has one list of authors");
                    }
                    authors.add(references.author(reference));
                    authored = true;
                }
                default ->
                    throw data.refuse(
                            "meaning",
                            "the chain does not see which records refer to each other, so it cannot enforce '" + meaning
                                    + "'; name each instance");
            }
            if (authored && !records.isEmpty()) {
                throw data.refuse("instances and authors are joined by OR here; a rule of the ledger joins them by AND,"
                        + " so give each a provision of its own");
            }
        }
    }

    private static List<Element> codings(Element concept) throws Refused {
        List<Element> codings = concept.list("coding");
        if (codings.isEmpty()) {
            throw concept.refuse("a concept without a code cannot be enforced");
        }
        return codings;
    }

    /** A coding that records are compared by. */
    private static Coding labelled(Element coding) throws Refused {
        Coding read = coding(coding);
        if (read.system().indexOf(':') <= 0) {
            throw coding.refuse("the code system is not an absolute address, so the code cannot be compared");
        }
        if (read.code().length() > FoundLabels.MAX_CHARACTERS || read.system().length() > FoundLabels.MAX_CHARACTERS) {
            throw coding.refuse("system or code has more than " + FoundLabels.MAX_CHARACTERS + " characters");
        }
        return read;
    }

    private static Coding coding(Element coding) throws Refused {
        String system = coding.text("system").orElse("");
        String code = coding.text("code").orElse("");
        if (system.isEmpty() || code.isEmpty()) {
            throw coding.refuse("a code without its code system, or the other way round, cannot be enforced");
        }
        if (FoundLabels.hasStraySpace(system) || FoundLabels.hasStraySpace(code)) {
            throw coding.refuse("system or code has white space that would make it another code");
        }
        return CodeSystems.coding(system, code);
    }

    private static List<Element> bounded(Element provision, String name) throws Refused {
        List<Element> items = provision.list(name);
        if (items.size() > MAX_VALUES) {
            throw provision.refuse(name, "more than " + MAX_VALUES + " values do not fit into a rule");
        }
        return items;
    }

    private static <T> List<T> distinct(List<T> values) {
        return List.copyOf(new LinkedHashSet<>(values));
    }
}
