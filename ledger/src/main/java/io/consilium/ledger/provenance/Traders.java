package io.consilium.ledger.provenance;

import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.InstitutionRole;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.identity.Signatory;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.InstitutionState;
import java.util.List;
import java.util.Optional;

/** Who takes part in the trade in medicines, and in which role. */
public final class Traders {
    private static final List<InstitutionRole> HOLDERS = List.of(
            InstitutionRole.MANUFACTURER,
            InstitutionRole.WHOLESALER,
            InstitutionRole.PHARMACY,
            InstitutionRole.PROVIDER);

    private static final List<InstitutionRole> PARTNERS = List.of(
            InstitutionRole.WHOLESALER, InstitutionRole.PHARMACY, InstitutionRole.PROVIDER, InstitutionRole.REGULATOR);

    private static final MemberRole[] HANDLERS = {MemberRole.OPERATOR, MemberRole.PHARMACIST, MemberRole.ADMIN};

    private Traders() {}

    static Optional<Rejection> manufacturer(Call call, String rule) {
        return call.requireRole(rule, MemberRole.OPERATOR, MemberRole.ADMIN)
                .or(() -> works(call, rule, "a MANUFACTURER does this", InstitutionRole.MANUFACTURER));
    }

    /** Somebody who handles goods for an institution that may hold them. */
    static Optional<Rejection> handler(Call call, String rule) {
        return call.requireRole(rule, HANDLERS)
                .or(() -> works(
                        call,
                        rule,
                        "goods are held by a MANUFACTURER, WHOLESALER, PHARMACY or PROVIDER",
                        HOLDERS.toArray(new InstitutionRole[0])));
    }

    static Optional<Rejection> pharmacist(Call call, String rule) {
        return call.requireRole(rule, MemberRole.PHARMACIST);
    }

    /** An authorised trading partner, who gets keys on request (DRU-9). */
    static Optional<Rejection> partner(Call call, String owner) {
        Optional<Rejection> role = reader(call);
        if (role.isPresent()) {
            return role;
        }
        boolean own = call.person().map(person -> person.isOf(owner)).orElse(false);
        boolean partner = own
                || call.person()
                        .map(Signatory.Person::institution)
                        .filter(Traders::isPartner)
                        .isPresent();
        return partner ? Optional.empty() : Optional.of(Refusal.NOT_TRADING_PARTNER.rejection());
    }

    /** Somebody who handles goods or audits. */
    static Optional<Rejection> reader(Call call) {
        return call.requireRole(
                "DRU-9", MemberRole.OPERATOR, MemberRole.PHARMACIST, MemberRole.ADMIN, MemberRole.AUDITOR);
    }

    /** Whether an institution is one that a manufacturer may give product keys to. */
    public static boolean isPartner(InstitutionState institution) {
        return PARTNERS.stream().anyMatch(role -> institution.getRolesList().contains(role.name()));
    }

    static boolean mayHold(InstitutionState institution) {
        return HOLDERS.stream().anyMatch(role -> institution.getRolesList().contains(role.name()));
    }

    /** An AUDITOR or ADMIN of a REGULATOR. */
    static boolean isRegulator(Call call) {
        return call.person()
                .map(person -> person.worksFor(InstitutionRole.REGULATOR)
                        && (person.has(MemberRole.AUDITOR) || person.has(MemberRole.ADMIN)))
                .orElse(false);
    }

    private static Optional<Rejection> works(Call call, String rule, String detail, InstitutionRole... roles) {
        Signatory.Person person = call.person().orElseThrow();
        for (InstitutionRole role : roles) {
            if (person.worksFor(role)) {
                return Optional.empty();
            }
        }
        return Optional.of(Refusal.ROLE_REQUIRED.under(rule, detail));
    }
}
