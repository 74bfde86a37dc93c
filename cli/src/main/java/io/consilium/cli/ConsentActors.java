package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Whom a consent names must be known before it is submitted, since the receipt of a refusal names nobody (CON-1). */
final class ConsentActors {
    private static final String ROLE = "role:";

    private final Session session;
    private final Map<String, String> sources;

    /** @param sources the reference of a document that each actor was given for */
    ConsentActors(Session session, Map<String, String> sources) {
        this.session = session;
        this.sources = sources;
    }

    ConsentTerms known(ConsentTerms terms) throws ClientException {
        Set<String> actors = new TreeSet<>();
        terms.getRulesList().forEach(rule -> collect(rule, actors));
        for (String actor : actors) {
            if (!session.options().dryRun && !isKnown(actor)) {
                throw unknown(actor);
            }
        }
        return terms;
    }

    private static void collect(ConsentRule rule, Set<String> actors) {
        actors.addAll(rule.getActorsList());
        actors.addAll(rule.getAuthorsList());
        rule.getExceptionsList().forEach(exception -> collect(exception, actors));
    }

    private boolean isKnown(String actor) throws ClientException {
        if (actor.startsWith(ROLE)) {
            return MemberRole.of(actor.substring(ROLE.length())).isPresent();
        }
        try {
            if (actor.contains("/")) {
                session.state().member(actor);
            } else {
                session.state().institution(actor);
            }
            return true;
        } catch (ClientException absent) {
            if (absent.kind() == FailureClass.NOT_FOUND) {
                return false;
            }
            throw absent;
        }
    }

    private ClientException unknown(String actor) {
        String source = sources.containsKey(actor) ? ", given for " + sources.get(actor) : "";
        return new ClientException(
                FailureClass.NOT_FOUND,
                Refusal.ACTOR_UNKNOWN.name(),
                Refusal.ACTOR_UNKNOWN.rule(),
                sources.getOrDefault(actor, ""),
                "Refused: " + Refusal.ACTOR_UNKNOWN.summary() + ": there is no " + named(actor) + source,
                hint(actor));
    }

    private static String named(String actor) {
        if (actor.startsWith(ROLE)) {
            return "role " + actor.substring(ROLE.length());
        }
        return (actor.contains("/") ? "member " : "institution ") + actor;
    }

    private static String hint(String actor) {
        if (actor.startsWith(ROLE)) {
            return "Roles are "
                    + Arrays.stream(MemberRole.values()).map(Enum::name).collect(Collectors.joining(", "))
                    + "; an institution is written in small letters";
        }
        return actor.contains("/")
                ? "See consilium member list --institution " + actor.substring(0, actor.indexOf('/'))
                        + ", or ask that institution's ADMIN to add the member first"
                : "See consilium institution list; a member is written institution/handle, a role in capitals";
    }
}
