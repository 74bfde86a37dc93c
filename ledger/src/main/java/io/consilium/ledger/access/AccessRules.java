package io.consilium.ledger.access;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.consent.ConsentAction;
import io.consilium.ledger.consent.ConsentDecision;
import io.consilium.ledger.consent.Decision;
import io.consilium.ledger.consent.Decision.Reason;
import io.consilium.ledger.consent.DecisionRequest;
import io.consilium.ledger.consent.Emergencies;
import io.consilium.ledger.consent.PurposeOfUse;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.identity.Signatory;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.AccessState;
import io.consilium.proto.AccessUse;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.RecordState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Requests and uses, decided by consent at block time and written whatever the decision, because a denied access is
 * audit material (ACC-1). An unknown record answers like a hidden one.
 */
public final class AccessRules {
    private static final String RULE = "ACC-1";

    private AccessRules() {}

    public static Outcome request(Call call) {
        AccessRequest request = call.body().getAccessRequest();
        Optional<ConsentAction> action = ConsentAction.of(request.getAction());
        Optional<Rejection> refusal = requester(call).or(() -> purpose(request.getPurpose()));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (action.isEmpty()) {
            return Outcome.refused(Refusal.ACTION_UNKNOWN);
        }
        if (call.state().access(request.getAccessId()).isPresent()) {
            return Outcome.refused(Refusal.ACCESS_EXISTS);
        }
        Read read = new Read(
                request.getAccessId(),
                request.getRecordId(),
                request.getRecordVersion(),
                request.getPurpose(),
                action.get().code(),
                false);
        Optional<RecordState> record = call.state().record(request.getRecordId());
        boolean suitable = isSuitable(call.signatory());
        Decision decision = suitable ? decide(call, record, read) : Decision.deny(Reason.ROLE_NOT_SUITABLE);
        if (!decision.denies()
                && record.filter(found -> hasVersion(found, read)).isEmpty()) {
            return Outcome.refused(Refusal.VERSION_UNKNOWN);
        }
        if (!decision.denies() && isErased(record)) {
            return Outcome.refused(Refusal.RECORD_PURGED); // PRV-6: told to those alone who might have read it
        }
        Writes writes = write(call, record, read, decision, new Writes());
        List<ByteString> objects = List.of(request.getAccessId());
        return decision.denies()
                ? new Outcome.Refused(denied(suitable), writes, objects, DecisionOutcome.DENY)
                : new Outcome.Applied(writes, objects, 1, decision.outcome());
    }

    /** Reads by the custodian's own staff, several at once; one that is denied is written too and refuses the rest. */
    public static Outcome use(Call call) {
        AccessUse use = call.body().getAccessUse();
        Optional<Rejection> refusal = member(call);
        for (AccessUse.Item item : use.getItemsList()) {
            refusal = refusal.or(() -> purpose(item.getPurpose())).or(() -> unused(call, item));
        }
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Writes writes = new Writes();
        List<ByteString> objects = new ArrayList<>();
        boolean denied = false;
        boolean purged = false;
        boolean conditional = false;
        for (AccessUse.Item item : use.getItemsList()) {
            Read read = new Read(
                    item.getAccessId(),
                    item.getRecordId(),
                    item.getRecordVersion(),
                    item.getPurpose(),
                    ConsentAction.ACCESS.code(),
                    true);
            Optional<RecordState> record = call.state().record(item.getRecordId());
            Decision decision = decideUse(call, record, read);
            if (!decision.denies() && isErased(record)) {
                purged = true;
                continue; // refuses the batch, and hides no denied read of it
            }
            denied |= decision.denies();
            conditional |= decision.outcome() == DecisionOutcome.PERMIT_CONDITIONAL;
            objects.add(item.getAccessId());
            write(call, record, read, decision, writes);
        }
        if (purged && !denied) {
            return Outcome.refused(Refusal.RECORD_PURGED);
        }
        return denied
                ? new Outcome.Refused(denied(isSuitable(call.signatory())), writes, objects, DecisionOutcome.DENY)
                : new Outcome.Applied(
                        writes, objects, 1, conditional ? DecisionOutcome.PERMIT_CONDITIONAL : DecisionOutcome.PERMIT);
    }

    /** One read, requested or used. */
    private record Read(
            ByteString accessId, ByteString recordId, long recordVersion, String purpose, String action, boolean use) {}

    /** A member, or a patient or guardian, who see the patient's own records (PRV-8). */
    private static Optional<Rejection> requester(Call call) {
        return call.signatory().subject().isPresent() ? Optional.empty() : member(call);
    }

    private static Optional<Rejection> member(Call call) {
        return call.person().isPresent()
                ? Optional.empty()
                : Optional.of(Refusal.SIGNER_NOT_PERMITTED.under(RULE, "a member must sign"));
    }

    private static Optional<Rejection> purpose(String code) {
        return PurposeOfUse.of(code).isPresent()
                ? Optional.empty()
                : Optional.of(Refusal.PURPOSE_UNKNOWN.rejection(code));
    }

    private static Optional<Rejection> unused(Call call, AccessUse.Item item) {
        return call.state().access(item.getAccessId()).isPresent()
                ? Optional.of(Refusal.ACCESS_EXISTS.rejection())
                : Optional.empty();
    }

    /** Somebody who only runs machines or reads logs asks for no records. */
    private static boolean isSuitable(Signatory requester) {
        return !(requester instanceof Signatory.Person person)
                || person.member().getRolesList().stream()
                        .anyMatch(role ->
                                !role.equals(MemberRole.OPERATOR.name()) && !role.equals(MemberRole.AUDITOR.name()));
    }

    /** The role is known to the requester, so naming its rule tells nothing about the record. */
    private static Rejection denied(boolean suitable) {
        return suitable
                ? Refusal.ACCESS_DENIED.rejection()
                : Refusal.ACCESS_DENIED.under(RULE, "an OPERATOR or AUDITOR requests no records");
    }

    private static Decision decide(Call call, Optional<RecordState> record, Read read) {
        if (record.isEmpty()) {
            return Decision.deny(Reason.RECORD_UNKNOWN);
        }
        return ConsentDecision.decide(
                call.state(),
                new DecisionRequest(
                        record.get().getPatientId(),
                        read.recordId(),
                        read.recordVersion(),
                        call.signatory().name(),
                        read.purpose(),
                        read.action(),
                        call.timeMillis()));
    }

    private static Decision decideUse(Call call, Optional<RecordState> record, Read read) {
        if (!isSuitable(call.signatory())) {
            return Decision.deny(Reason.ROLE_NOT_SUITABLE);
        }
        if (record.isEmpty() || !hasVersion(record.get(), read)) {
            return Decision.deny(Reason.RECORD_UNKNOWN);
        }
        boolean own = call.person()
                .map(person -> person.isOf(record.get().getCustodian()))
                .orElse(false);
        return own ? decide(call, record, read) : Decision.deny(Reason.NOT_CUSTODIAN);
    }

    private static boolean isErased(Optional<RecordState> record) {
        return record.map(RecordState::hasErasure).orElse(false);
    }

    private static boolean hasVersion(RecordState record, Read read) {
        return read.recordVersion() <= record.getVersionsCount();
    }

    private static Writes write(Call call, Optional<RecordState> record, Read read, Decision decision, Writes writes) {
        AccessState.Builder access = AccessState.newBuilder()
                .setId(read.accessId())
                .setRecordId(read.recordId())
                .setRecordVersion(read.recordVersion())
                .setRequester(call.signatory().name())
                .setPurpose(read.purpose())
                .setAction(read.action())
                .setTimeMillis(call.timeMillis())
                .setDecision(decision.toBasis())
                .setUse(read.use())
                .setTxId(call.txId())
                .setVersion(1);
        Signatories.encryptionKey(call.signatory(), call.timeMillis()).ifPresent(access::setRequesterEncryptionKey);
        List<String> parties = new ArrayList<>();
        call.person().ifPresent(person -> parties.add(person.institution().getId()));
        if (record.isPresent()) {
            RecordState found = record.get();
            access.setPatientId(found.getPatientId()).setCustodian(found.getCustodian());
            if (read.recordVersion() == 0) {
                access.setRecordVersion(found.getVersionsCount()); // the newest now; a later one needs a new request
            }
            if (!decision.denies() && read.purpose().equals(PurposeOfUse.BTG.name())) {
                Emergencies.permit(
                                call.state(),
                                call.signatory().name(),
                                found.getPatientId(),
                                found.getId(),
                                call.timeMillis())
                        .ifPresent(access::setBreakGlassId);
            }
            if (decision.outcome() == DecisionOutcome.PERMIT_CONDITIONAL) {
                writes.index(LedgerIndexes.of(
                        LedgerIndexes.CONDITIONAL_ACCESSES, found.getCustodian(), call.timeMillis(), read.accessId()));
            }
            writes.index(LedgerIndexes.of(
                    LedgerIndexes.PATIENT_ACCESSES, found.getPatientId(), call.timeMillis(), read.accessId()));
            Set<String> concerned = new TreeSet<>(decision.denies() ? List.of() : parties);
            concerned.add(found.getCustodian());
            for (String institution : concerned) {
                writes.index(LedgerIndexes.partyAccess(
                        found.getPatientId(), institution, call.timeMillis(), read.accessId()));
            }
            parties.add(found.getCustodian());
            parties.addAll(
                    call.state().patient(found.getPatientId()).orElseThrow().getCustodiansList());
        }
        writes.index(LedgerIndexes.of(
                LedgerIndexes.MEMBER_ACCESSES, call.signatory().name(), call.timeMillis(), read.accessId()));
        return writes.put(StateKeys.access(read.accessId()), access.build())
                .notify(event(read, decision), parties, read.accessId());
    }

    private static EventType event(Read read, Decision decision) {
        if (decision.denies()) {
            return EventType.ACCESS_DENIED;
        }
        return read.use() ? EventType.ACCESS_USED : EventType.ACCESS_PERMITTED;
    }
}
