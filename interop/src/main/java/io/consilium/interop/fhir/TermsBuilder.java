package io.consilium.interop.fhir;

import io.consilium.interop.fhir.ReadableRule.LabelGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives the provisions of a Consent their meaning as terms of the ledger (CON-1, CON-2, CON-5).
 *
 * <p>Two styles. In FHIR's core the policy rule is the base and the root provision, which has no type, an exception to
 * it: a rule of the opposite decision, or a mere frame where it restricts nothing itself. In the typed style the root
 * provision says what it decides: without criteria it is the base; with criteria a rule, beside which nothing is permitted.
 *
 * <p>What is nested in a rule is its exception. The ledger has one level of them. Deeper ones are drawn up into it where
 * that changes no decision: deeper goes before shallower and, on one level, deny before permit; so a deny may be drawn
 * up always, a permit only where no deny stands above it.
 */
final class TermsBuilder {
    static final int MAX_RULES = 32;
    static final int MAX_EXCEPTIONS = 16;

    private boolean denyAmongExceptions;

    private TermsBuilder() {}

    static ReadableTerms terms(Optional<Boolean> policy, Optional<Provision> root) throws Refused {
        TermsBuilder builder = new TermsBuilder();
        if (root.isEmpty()) {
            boolean base = policy.orElseThrow(() ->
                    new Refused("Consent.policyRule", "neither a policy rule nor a provision says what is permitted"));
            return new ReadableTerms(base, Optional.empty(), List.of());
        }
        Provision provision = root.get();
        return provision.permit().isPresent()
                ? builder.typed(policy, provision, provision.permit().get())
                : builder.untyped(policy, provision);
    }

    /** FHIR's core: the root has no type because it is an exception to the policy rule. */
    private ReadableTerms untyped(Optional<Boolean> policy, Provision root) throws Refused {
        boolean base = policy.orElseThrow(() -> new Refused(
                "Consent.provision.type",
                "there is no base decision: neither a policy rule (OPTIN, OPTOUT) nor a type of the root provision"));
        if (!root.criteria().withoutPeriod().equals(Criteria.NONE)) {
            return new ReadableTerms(base, Optional.empty(), List.of(rule(root, !base)));
        }
        Optional<TimeSpan> period = root.criteria().period();
        if (period.isPresent() && root.inner().isEmpty()) {
            throw new Refused(
                    root.path() + ".period",
                    "it is not clear whether the whole consent holds in this period, or is lifted in it as an exception to"
                            + " the policy; both are usual. Give the root provision a type, or put the period into a nested one");
        }
        return new ReadableTerms(base, period, rules(root.inner(), base, Optional.empty()));
    }

    private ReadableTerms typed(Optional<Boolean> policy, Provision root, boolean permit) throws Refused {
        Optional<TimeSpan> period = root.criteria().period();
        boolean bare = root.criteria().withoutPeriod().equals(Criteria.NONE);
        if (policy.isPresent() && policy.get() != permit) {
            if (bare && period.isEmpty()) {
                throw new Refused(
                        root.path() + ".type",
                        "the root provision takes back the policy rule as a whole, so one is wrong");
            }
            return new ReadableTerms(policy.get(), Optional.empty(), List.of(rule(root, permit)));
        }
        if (policy.isPresent() && !(bare && period.isEmpty())) {
            throw new Refused(
                    root.path() + ".type",
                    "the policy rule decides the same already, so it is not clear whether this provision limits it or"
                            + " repeats it");
        }
        if (bare && period.isEmpty()) {
            return new ReadableTerms(permit, Optional.empty(), rules(root.inner(), permit, Optional.empty()));
        }
        if (bare && !permit) {
            // Beside nothing that is permitted a denial that ends changes nothing by ending: it is the base.
            List<ReadableRule> rules = rules(root.inner(), false, period);
            return new ReadableTerms(false, hull(period, rules), rules);
        }
        ReadableRule rule = rule(root, permit);
        return new ReadableTerms(false, hull(period, List.of(rule)), List.of(rule));
    }

    /** When any rule can match, and so the consent has a say; none where the root names no period. */
    private static Optional<TimeSpan> hull(Optional<TimeSpan> period, List<ReadableRule> rules) {
        Optional<TimeSpan> hull = period;
        for (ReadableRule rule : rules) {
            hull = hull.flatMap(sofar -> rule.period().map(sofar::hull));
            for (ReadableRule exception : rule.rules()) {
                if (exception.period().isPresent()) {
                    hull = hull.map(sofar -> sofar.hull(exception.period().get()));
                }
            }
        }
        return hull;
    }

    private List<ReadableRule> rules(List<Provision> provisions, boolean base, Optional<TimeSpan> period)
            throws Refused {
        if (provisions.size() > MAX_RULES) {
            throw new Refused(provisions.get(MAX_RULES).path(), "more than " + MAX_RULES + " rules do not fit");
        }
        denyAmongExceptions = provisions.stream().anyMatch(each -> hasDeny(each.inner()));
        List<ReadableRule> rules = new ArrayList<>();
        for (Provision provision : provisions) {
            boolean permit = type(provision);
            if (permit && base) {
                throw new Refused(
                        provision.path() + ".type",
                        "this permits what is permitted anyway, so it is not clear whether only this was to be permitted;"
                                + " opt out as the base, or deny the rest");
            }
            Criteria criteria = provision.criteria();
            if (criteria.equals(Criteria.NONE)) {
                throw new Refused(
                        provision.path(), "a nested provision without criteria takes back everything around it");
            }
            Provision framed = new Provision(
                    provision.path(),
                    provision.permit(),
                    criteria.withPeriod(criteria.period().or(() -> period)),
                    provision.inner());
            rules.add(rule(framed, permit));
        }
        return rules;
    }

    private ReadableRule rule(Provision provision, boolean permit) throws Refused {
        List<ReadableRule> exceptions = new ArrayList<>();
        denyAmongExceptions = denyAmongExceptions || hasDeny(provision.inner());
        for (Provision inner : provision.inner()) {
            exception(inner, new Outer(provision, permit), provision.criteria(), permit, Criteria.NONE, exceptions);
        }
        if (exceptions.size() > MAX_EXCEPTIONS) {
            throw new Refused(
                    provision.path() + ".provision", "more than " + MAX_EXCEPTIONS + " exceptions do not fit");
        }
        return readable(permit, provision.criteria(), provision.criteria().labels(), exceptions);
    }

    private static boolean hasDeny(List<Provision> provisions) {
        return provisions.stream()
                .anyMatch(each -> each.permit().filter(permit -> !permit).isPresent() || hasDeny(each.inner()));
    }

    private record Outer(Provision rule, boolean permit) {}

    /**
     * One exception and those drawn up into its level.
     *
     * @param around what the provision around it reaches
     * @param drawn criteria of the exceptions around it, which it takes along where it has none of its own
     */
    private void exception(
            Provision provision,
            Outer outer,
            Criteria around,
            boolean aroundPermits,
            Criteria drawn,
            List<ReadableRule> exceptions)
            throws Refused {
        boolean permit = type(provision);
        if (permit && denyAmongExceptions && !drawn.equals(Criteria.NONE)) {
            throw new Refused(
                    provision.path(),
                    "the ledger holds exceptions one level deep; a permit nested deeper, in a consent with denies among"
                            + " its exceptions, cannot be drawn up without another meaning");
        }
        Criteria named = provision.criteria();
        if (permit != aroundPermits && named.reachAllOf(around)) {
            throw new Refused(
                    provision.path(), "this takes back everything that the provision around it says, so one is wrong");
        }
        if (permit && aroundPermits && named.onlyNarrow(around)) {
            throw new Refused(
                    provision.path() + ".type",
                    "this permits what the provision around it permits already, so it is not clear whether only this was"
                            + " to be permitted");
        }
        Criteria own = named.within(drawn);
        exceptions.add(readable(permit, own, labels(provision, own, outer), List.of()));
        for (Provision inner : provision.inner()) {
            exception(inner, outer, own.within(around), permit, own, exceptions);
        }
    }

    /**
     * The exception's groups. The ledger inherits class, code and security label together or not at all. So a permit that
     * names some of them gets the others from its rule, and is never wider than meant; a deny does not, and is never
     * narrower.
     */
    private static List<LabelGroup> labels(Provision provision, Criteria own, Outer outer) throws Refused {
        if (!type(provision) || !own.hasLabels()) {
            return own.labels();
        }
        Criteria rule = outer.rule().criteria();
        boolean levelFromDeny = !outer.permit()
                && own.securityLabels().isEmpty()
                && rule.securityLabels().stream()
                        .anyMatch(coding -> coding.system().equals(Confidentiality.SYSTEM));
        if (levelFromDeny) {
            throw new Refused(
                    provision.path() + ".securityLabel",
                    "the provision around it denies a confidentiality and higher ones; which of them this permits must be"
                            + " said here");
        }
        return own.within(rule).labels();
    }

    private static boolean type(Provision provision) throws Refused {
        return provision
                .permit()
                .orElseThrow(() -> new Refused(
                        provision.path() + ".type", "a nested provision says whether it permits or denies"));
    }

    private static ReadableRule readable(
            boolean permit, Criteria criteria, List<LabelGroup> labels, List<ReadableRule> exceptions) {
        return new ReadableRule(
                permit,
                criteria.actors(),
                criteria.purposes(),
                criteria.actions(),
                labels,
                criteria.records(),
                criteria.authors(),
                criteria.period(),
                criteria.dataPeriod(),
                exceptions);
    }
}
