package io.consilium.ledger.access;

import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.identity.Signatory;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.AccessState;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.Disclose;
import io.consilium.proto.Disclosure;
import io.consilium.proto.RecordState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The custodian's node says on chain what it hands over before it does so (ACC-2). Age of the permit, consent and the
 * requester's key are judged again at the block that holds the disclosure.
 */
public final class DisclosureRules {
    private DisclosureRules() {}

    public static Outcome disclose(Call call) {
        Disclose disclose = call.body().getDisclose();
        Optional<AccessState> found = call.state().access(disclose.getAccessId());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.ACCESS_UNKNOWN);
        }
        AccessState access = found.get();
        if (access.hasBreakGlass()) {
            return Outcome.refused(Refusal.NOTHING_TO_DISCLOSE); // it permits reads, each of which is disclosed
        }
        Optional<Rejection> refusal = discloser(call, access)
                .or(() -> permitted(access))
                .or(() -> Permit.tooOld(call.state(), access, call.timeMillis()))
                .or(() -> notErased(call, access))
                .or(() -> Permit.withdrawn(call.state(), access, call.timeMillis()))
                .or(() -> sameKeyAndBytes(call, access, disclose));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        AccessState disclosed = access.toBuilder()
                .setDisclosure(Disclosure.newBuilder()
                        .setDiscloser(call.signatory().name())
                        .setTimeMillis(call.timeMillis())
                        .setCiphertextHash(disclose.getCiphertextHash())
                        .setEnvelopeHash(disclose.getEnvelopeHash())
                        .setTxId(call.txId()))
                .setVersion(access.getVersion() + 1)
                .build();
        List<String> parties = new ArrayList<>(List.of(access.getCustodian()));
        if (ActorName.parse(access.getRequester()).orElseThrow() instanceof ActorName.Member member) {
            parties.add(member.institution());
        }
        Writes writes = new Writes()
                .put(StateKeys.access(access.getId()), disclosed)
                .notify(EventType.ACCESS_DISCLOSED, parties, access.getId());
        return Outcome.applied(writes, access.getId(), disclosed.getVersion());
    }

    private static Optional<Rejection> discloser(Call call, AccessState access) {
        if (!(call.signatory() instanceof Signatory.Node node)) {
            return Optional.of(Refusal.SIGNER_NOT_PERMITTED.under("ACC-2", "the custodian's node signs it"));
        }
        boolean custodian = node.institution().getId().equals(access.getCustodian());
        return custodian
                ? Optional.empty()
                : Optional.of(Refusal.NOT_CUSTODIAN.under("ACC-2", "only the record's custodian discloses it"));
    }

    /** A use is served by the custodian to its own staff; a conditional permit needs its outcome first (PRV-5). */
    private static Optional<Rejection> permitted(AccessState access) {
        if (access.hasDisclosure()) {
            return Optional.of(Refusal.ALREADY_DISCLOSED.rejection());
        }
        if (access.getUse() || access.getDecision().getOutcome() == DecisionOutcome.DENY) {
            return Optional.of(Refusal.NOTHING_TO_DISCLOSE.rejection());
        }
        return Permit.denied(access);
    }

    private static Optional<Rejection> notErased(Call call, AccessState access) {
        boolean erased = call.state().record(access.getRecordId()).orElseThrow().hasErasure();
        return erased ? Optional.of(Refusal.RECORD_PURGED.rejection()) : Optional.empty();
    }

    private static Optional<Rejection> sameKeyAndBytes(Call call, AccessState access, Disclose disclose) {
        boolean current = Signatories.find(call.state(), access.getRequester())
                .flatMap(requester -> Signatories.encryptionKey(requester, call.timeMillis()))
                .map(disclose.getRecipientKey()::equals)
                .orElse(false);
        if (!current) {
            return Optional.of(Refusal.RECIPIENT_KEY_CHANGED.rejection());
        }
        RecordState record = call.state().record(access.getRecordId()).orElseThrow();
        boolean same = record.getVersions((int) access.getRecordVersion() - 1)
                .getContent()
                .getCiphertextHash()
                .equals(disclose.getCiphertextHash());
        return same ? Optional.empty() : Optional.of(Refusal.CIPHERTEXT_OTHER.rejection());
    }
}
