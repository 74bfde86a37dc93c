package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.ledger.consent.Decision.Reason;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.identity.Signatory;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentState;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.PatientState;
import io.consilium.proto.Period;
import java.util.List;
import java.util.Optional;

/**
 * Whether a patient refuses a member's break-glass altogether (ACC-3): an active consent denies BTG by name to this
 * member for every record.
 *
 * <p>A deny of some records only, by label, id, author or sealed condition, lets the glass be broken and holds at each
 * record's own decision. So does an exception that permits BTG for some.
 */
public final class BreakGlassRefusal {
    private final Signatory.Person member;
    private final long timeMillis;

    private BreakGlassRefusal(Signatory.Person member, long timeMillis) {
        this.member = member;
        this.timeMillis = timeMillis;
    }

    /** The deny that refuses it, if one does. */
    public static Optional<Decision> of(
            LedgerState state, PatientState patient, Signatory.Person member, long timeMillis) {
        BreakGlassRefusal refusal = new BreakGlassRefusal(member, timeMillis);
        for (ListedConsent listed : PatientConsents.active(state, patient, timeMillis)) {
            if (!listed.denies() || !listed.mayBeFor(PurposeOfUse.BTG)) {
                continue; // no rule of it denies BTG by name
            }
            Optional<Decision> deny = refusal.in(state.consent(listed.id()).orElseThrow());
            if (deny.isPresent()) {
                return deny;
            }
        }
        return Optional.empty();
    }

    private Optional<Decision> in(ConsentState consent) {
        List<ConsentRule> rules = consent.getTerms().getRulesList();
        boolean somePermitted = false;
        for (int i = 0; i < rules.size(); i++) {
            ConsentRule rule = rules.get(i);
            for (int j = 0; j < rule.getExceptionsCount(); j++) {
                ConsentRule exception = rule.getExceptions(j);
                if (!concerns(exception, rule)) {
                    continue;
                }
                if (!exception.getPermit() && isUnlimited(exception) && isUnlimited(rule)) {
                    return Optional.of(deny(consent, i, j));
                }
                somePermitted |= exception.getPermit();
            }
        }
        for (int i = 0; i < rules.size() && !somePermitted; i++) {
            ConsentRule rule = rules.get(i);
            if (!rule.getPermit() && isUnlimited(rule) && concerns(rule, rule)) {
                return Optional.of(deny(consent, i, -1));
            }
        }
        return Optional.empty();
    }

    /** Names BTG, reading and this member, now; what an exception omits it takes from its rule. */
    private boolean concerns(ConsentRule own, ConsentRule outer) {
        Period period = own.hasPeriod() ? own.getPeriod() : outer.getPeriod();
        List<String> actions = own.getActionsCount() > 0 ? own.getActionsList() : outer.getActionsList();
        List<String> actors = own.getActorsCount() > 0 ? own.getActorsList() : outer.getActorsList();
        return PurposeOfUse.BTG.isCoveredByAny(
                        own.getPurposesCount() > 0 ? own.getPurposesList() : outer.getPurposesList())
                && Signatories.covers(period, timeMillis)
                && (actions.isEmpty() || actions.contains(ConsentAction.ACCESS.code()))
                && (actors.isEmpty() || actors.stream().anyMatch(this::isMember));
    }

    private boolean isMember(String actor) {
        return actor.equals(member.name())
                || actor.equals(ActorName.institutionOf(member.name()))
                || member.member().getRolesList().stream()
                        .anyMatch(role -> actor.equals(ConsentTermsCheck.ROLE_PREFIX + role));
    }

    private static boolean isUnlimited(ConsentRule rule) {
        return rule.getLabelsCount() == 0
                && rule.getRecordIdsCount() == 0
                && rule.getAuthorsCount() == 0
                && rule.getSealedConditions().isEmpty();
    }

    private static Decision deny(ConsentState consent, int rule, int exception) {
        ByteString id = consent.getId();
        return new Decision(
                DecisionOutcome.DENY, Reason.EXPLICIT_DENY, id, consent.getVersion(), rule, exception, true);
    }
}
