package io.consilium.node.api;

import com.google.protobuf.ByteString;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import java.util.List;

/** Whose entries are asked for, e.g. {@code patient/<32 hexadecimal digits>}. */
record Selector(Kind kind, String name) {
    enum Kind {
        ALL,
        PATIENT,
        INSTITUTION,
        MEMBER,
        ROLE,
        TRIAL
    }

    static Selector parse(String by) {
        int slash = by.indexOf('/');
        String name = by.substring(slash + 1);
        return switch (slash < 0 ? by : by.substring(0, slash)) {
            case "" -> new Selector(Kind.ALL, "");
            case "patient" ->
                new Selector(Kind.PATIENT, named(name, ActorName.Patient.class, ApiProblem.notFound("patient")));
            case "institution" ->
                new Selector(
                        Kind.INSTITUTION, named(name, ActorName.Institution.class, ApiProblem.unlisted("institution")));
            case "member" ->
                new Selector(Kind.MEMBER, named(name, ActorName.Member.class, ApiProblem.unlisted("member")));
            case "trial" ->
                new Selector(Kind.TRIAL, named(name, ActorName.Patient.class, ApiProblem.unlisted("trial")));
            case "role" ->
                new Selector(
                        Kind.ROLE, MemberRole.of(name).map(MemberRole::name).orElseThrow(() -> ApiProblem.unknown(
                                        "role", Refusal.ROLE_UNKNOWN.hint())
                                .asException()));
            default ->
                throw ApiProblem.malformed(
                                "a selector is patient/ID, institution/SLUG, member/NAME, role/ROLE or trial/ID", "by")
                        .asException();
        };
    }

    /** A name of the wrong form names nothing. */
    private static String named(String name, Class<? extends ActorName> kind, ApiProblem otherwise) {
        return ActorName.parse(name)
                .filter(kind::isInstance)
                .map(ActorName::text)
                .orElseThrow(otherwise::asException);
    }

    void require(String list, Kind... allowed) {
        if (!List.of(allowed).contains(kind)) {
            throw notFor(list);
        }
    }

    ProblemException notFor(String list) {
        return ApiProblem.malformed("the list of " + list + " cannot be selected so", "by")
                .asException();
    }

    /** The id of a patient or trial: both have 32 digits. */
    ByteString objectId() {
        return ((ActorName.Patient) ActorName.parse(name).orElseThrow()).id();
    }
}
