package io.consilium.ledger.records;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.identity.Signatory;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.Erasure;
import io.consilium.proto.ErasureAcknowledgement;
import io.consilium.proto.Hold;
import io.consilium.proto.RecordErase;
import io.consilium.proto.RecordHold;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Erasure of a record's content (PRV-6): a marker that no rule takes back, which every vault obeys and each holder
 * acknowledges. The commitment stays, so that it can be proven that something was registered, and not any more what.
 */
public final class ErasureRules {
    /** Article 17(1) of the GDPR with its letters, and the order of a court. */
    public static final List<String> BASES = List.of(
            "gdpr-17",
            "gdpr-17-1-a",
            "gdpr-17-1-b",
            "gdpr-17-1-c",
            "gdpr-17-1-d",
            "gdpr-17-1-e",
            "gdpr-17-1-f",
            "court-order");

    /** Why erasure may be refused: a legal claim, or a duty to retain (GDPR 17(3)(e) and (b)). */
    public static final List<String> GROUNDS = List.of("legal-claims", "retention");

    private static final String RULE = "PRV-6";

    private ErasureRules() {}

    /** Everybody who keeps the content of the record now. */
    public static List<String> holders(RecordState record) {
        Set<String> holders = new TreeSet<>(record.getReplicasList());
        holders.add(record.getCustodian());
        if (!record.getLeaving().isEmpty()) {
            holders.add(record.getLeaving());
        }
        return List.copyOf(holders);
    }

    /** Who has to confirm its erasure: who keeps it, and who had custody of it and may not have let go yet (PRV-6). */
    private static List<String> answerable(RecordState record) {
        Set<String> answerable = new TreeSet<>(holders(record));
        answerable.addAll(record.getFormerList());
        return List.copyOf(answerable);
    }

    /** Whether a hold forbids the erasure at that time; one whose end has come needs no release. */
    public static boolean isHeld(RecordState record, long timeMillis) {
        return record.hasHold()
                && (record.getHold().getUntilMillis() == 0
                        || timeMillis < record.getHold().getUntilMillis());
    }

    public static Outcome erase(Call call) {
        RecordErase erase = call.body().getRecordErase();
        Optional<Rejection> role = call.signatory().subject().isPresent()
                ? Optional.empty()
                : call.requireRole(RULE, MemberRole.PRIVACY_OFFICER, MemberRole.ADMIN);
        if (role.isPresent()) {
            return Outcome.refused(role.get());
        }
        Optional<RecordState> found = ofSigner(call, erase.getRecordId());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.RECORD_UNKNOWN);
        }
        RecordState record = found.get();
        Optional<Rejection> refusal = erasable(call, record, erase);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        RecordState.Builder erased = record.toBuilder()
                .clearVersions()
                .clearHold()
                .setErasure(Erasure.newBuilder()
                        .setTimeMillis(call.timeMillis())
                        .setErasedBy(call.signatory().name())
                        .setBasis(erase.getBasis())
                        .setTxId(call.txId())
                        .addAllHolders(answerable(record))
                        .setSealedReason(erase.getSealedReason()))
                .setVersion(record.getVersion() + 1);
        record.getVersionsList().forEach(version -> erased.addVersions(withoutSecrets(version)));
        Writes writes = new Writes()
                .index(LedgerIndexes.erasure(call.block().height(), record.getId()))
                .index(LedgerIndexes.of(
                        LedgerIndexes.INSTITUTION_ERASURES, record.getCustodian(), call.timeMillis(), record.getId()));
        return applied(call, EventType.RECORD_ERASED, erased.build(), writes);
    }

    /** Labels stay: a denied reader must not learn from another answer that there was something (CON-2). */
    private static RecordVersion withoutSecrets(RecordVersion version) {
        return version.toBuilder()
                .setContent(version.getContent().toBuilder()
                        .clearDataKey()
                        .clearSealedMetadata()
                        .clearSealedFacts())
                .clearSealedReason()
                .build();
    }

    private static Optional<Rejection> erasable(Call call, RecordState record, RecordErase erase) {
        if (record.hasErasure()) {
            return Optional.of(Refusal.RECORD_PURGED.rejection());
        }
        if (!BASES.contains(erase.getBasis())) {
            return Optional.of(Refusal.ERASURE_BASIS_UNKNOWN.rejection());
        }
        return isHeld(record, call.timeMillis()) ? Optional.of(Refusal.RECORD_HELD.rejection()) : Optional.empty();
    }

    public static Outcome hold(Call call) {
        RecordHold hold = call.body().getRecordHold();
        Optional<Rejection> role = call.requireRole(RULE, MemberRole.PRIVACY_OFFICER);
        if (role.isPresent()) {
            return Outcome.refused(role.get());
        }
        Optional<RecordState> found = ofSigner(call, hold.getRecordId());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.RECORD_UNKNOWN);
        }
        RecordState record = found.get();
        Optional<Rejection> refusal = holdable(call, record, hold);
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        RecordState.Builder changed = record.toBuilder().setVersion(record.getVersion() + 1);
        if (hold.getRelease()) {
            return applied(call, EventType.RECORD_RELEASED, changed.clearHold().build(), new Writes());
        }
        changed.setHold(Hold.newBuilder()
                .setGround(hold.getGround())
                .setSinceMillis(call.timeMillis())
                .setUntilMillis(hold.getUntilMillis())
                .setPlacedBy(call.signatory().name())
                .setSealedReason(hold.getSealedReason()));
        return applied(call, EventType.RECORD_HELD, changed.build(), new Writes());
    }

    private static Optional<Rejection> holdable(Call call, RecordState record, RecordHold hold) {
        if (record.hasErasure()) {
            return Optional.of(Refusal.RECORD_PURGED.rejection());
        }
        if (hold.getRelease()) {
            return record.hasHold() ? Optional.empty() : Optional.of(Refusal.HOLD_UNCHANGED.rejection());
        }
        if (!GROUNDS.contains(hold.getGround())) {
            return Optional.of(Refusal.HOLD_GROUND_UNKNOWN.rejection());
        }
        if (hold.getUntilMillis() != 0 && hold.getUntilMillis() <= call.timeMillis()) {
            return Optional.of(Refusal.PERIOD_OVER.under(RULE, ""));
        }
        boolean same = record.hasHold()
                && record.getHold().getGround().equals(hold.getGround())
                && record.getHold().getUntilMillis() == hold.getUntilMillis();
        return same ? Optional.of(Refusal.HOLD_UNCHANGED.rejection()) : Optional.empty();
    }

    public static Outcome acknowledge(Call call) {
        if (!(call.signatory() instanceof Signatory.Node node)) {
            return Outcome.refused(Refusal.SIGNER_NOT_PERMITTED.under(RULE, "a holder's node signs it"));
        }
        String institution = node.institution().getId();
        Optional<RecordState> found = call.state()
                .record(call.body().getErasureAck().getRecordId())
                .filter(record -> (record.hasErasure() ? record.getErasure().getHoldersList() : answerable(record))
                        .contains(institution));
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.RECORD_UNKNOWN);
        }
        RecordState record = found.get();
        if (!record.hasErasure()) {
            return Outcome.refused(Refusal.NOT_ERASED);
        }
        boolean repeated = record.getErasure().getAcknowledgementsList().stream()
                .anyMatch(each -> each.getInstitution().equals(institution));
        if (repeated) {
            return Outcome.refused(Refusal.ALREADY_ACKNOWLEDGED);
        }
        RecordState acknowledged = record.toBuilder()
                .setErasure(record.getErasure().toBuilder()
                        .addAcknowledgements(ErasureAcknowledgement.newBuilder()
                                .setInstitution(institution)
                                .setTimeMillis(call.timeMillis())
                                .setTxId(call.txId())))
                .setVersion(record.getVersion() + 1)
                .build();
        return applied(call, EventType.ERASURE_ACKNOWLEDGED, acknowledged, new Writes());
    }

    /** The patient's own, or in the institution's custody: any other record answers like none (PRV-8). */
    private static Optional<RecordState> ofSigner(Call call, ByteString recordId) {
        return call.state().record(recordId).filter(record -> call.person()
                .map(person -> person.isOf(record.getCustodian()))
                .orElseGet(() -> call.isSignedFor(record.getPatientId())));
    }

    private static Outcome applied(Call call, EventType event, RecordState record, Writes writes) {
        ByteString id = record.getId();
        List<String> parties =
                new ArrayList<>(record.hasErasure() ? record.getErasure().getHoldersList() : holders(record));
        parties.addAll(call.state().patient(record.getPatientId()).orElseThrow().getCustodiansList());
        writes.put(StateKeys.record(id), record).notify(event, parties, id);
        return Outcome.applied(writes, id, record.getVersion());
    }
}
