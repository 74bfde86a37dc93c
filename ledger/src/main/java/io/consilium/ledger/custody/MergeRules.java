package io.consilium.ledger.custody;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.PatientMerge;
import io.consilium.proto.PatientState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Two ids of one person become one (ID-3). Nothing is rewritten: records, consents and log stay under the id they were
 * made for, and a decision asks the consents of all. Labels of the two cannot be compared, so a rule's labels hold across
 * them if it denies and not if it permits. A merge that was wrong can be undone.
 */
public final class MergeRules {
    /** Ids that are merged into one. */
    public static final int MAX_ALIASES = 8;

    private static final String RULE = "ID-3";

    private MergeRules() {}

    public static Outcome merge(Call call) {
        PatientMerge merge = call.body().getPatientMerge();
        Optional<PatientState> root = call.state().patient(merge.getRootId());
        Optional<PatientState> alias = call.state().patient(merge.getAliasId());
        if (root.isEmpty() || alias.isEmpty()) {
            return Outcome.refused(Refusal.PATIENT_UNKNOWN);
        }
        if (merge.getRootId().equals(merge.getAliasId())) {
            return Outcome.refused(Refusal.MERGE_SELF);
        }
        Optional<Rejection> refusal = signer(call, root.get(), alias.get()).or(() -> evidence(merge.getEvidenceHash()));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        return merge.getUndo() ? part(root.get(), alias.get()) : join(call, root.get(), alias.get());
    }

    /** Both are in the custody of the signer's institution, which alone can know that they are one person. */
    private static Optional<Rejection> signer(Call call, PatientState root, PatientState alias) {
        return call.requireRole(RULE, MemberRole.CONSENT_OFFICER, MemberRole.ADMIN)
                .or(() -> {
                    String own = call.person().orElseThrow().institution().getId();
                    boolean both = root.getCustodiansList().contains(own)
                            && alias.getCustodiansList().contains(own);
                    return both
                            ? Optional.empty()
                            : Optional.of(Refusal.NOT_CUSTODIAN.under(RULE, "a custodian of both ids merges them"));
                });
    }

    private static Optional<Rejection> evidence(ByteString evidenceHash) {
        return evidenceHash.isEmpty() ? Optional.of(Refusal.EVIDENCE_MISSING.under(RULE, "")) : Optional.empty();
    }

    private static Outcome join(Call call, PatientState root, PatientState alias) {
        if (!root.getMergedInto().isEmpty() || !alias.getMergedInto().isEmpty()) {
            return Outcome.refused(Refusal.PATIENT_MERGED);
        }
        if (isUnderWay(root) || isUnderWay(alias)) {
            return Outcome.refused(Refusal.TRANSFER_UNFIT.rejection("a transfer is under way"));
        }
        if (alias.hasControllerKey()) {
            return Outcome.refused(Refusal.ALIAS_HAS_KEY);
        }
        if (root.getAliasesCount() + 1 + alias.getAliasesCount() > MAX_ALIASES) {
            return Outcome.refused(Refusal.ALIAS_LIMIT);
        }
        Writes writes = new Writes();
        for (ByteString id : alias.getAliasesList()) {
            PatientState further = call.state().patient(id).orElseThrow();
            put(writes, further.toBuilder().setMergedInto(root.getId()));
        }
        put(writes, alias.toBuilder().clearAliases().setMergedInto(root.getId()));
        PatientState.Builder joined = root.toBuilder().addAliases(alias.getId()).addAllAliases(alias.getAliasesList());
        return applied(EventType.PATIENT_MERGED, writes, joined, alias);
    }

    private static boolean isUnderWay(PatientState patient) {
        return patient.hasTransfer() && patient.getTransfer().getHandedOverMillis() == 0;
    }

    private static Outcome part(PatientState root, PatientState alias) {
        if (!alias.getMergedInto().equals(root.getId())) {
            return Outcome.refused(Refusal.PATIENT_NOT_MERGED);
        }
        List<ByteString> left = new ArrayList<>(root.getAliasesList());
        left.remove(alias.getId());
        Writes writes = new Writes();
        put(writes, alias.toBuilder().clearMergedInto());
        return applied(
                EventType.PATIENT_UNMERGED,
                writes,
                root.toBuilder().clearAliases().addAllAliases(left),
                alias);
    }

    private static Outcome applied(EventType event, Writes writes, PatientState.Builder root, PatientState alias) {
        put(writes, root);
        List<String> parties = new ArrayList<>(root.getCustodiansList());
        parties.addAll(alias.getCustodiansList());
        writes.notify(event, parties, root.getId());
        return Outcome.applied(writes, root.getId(), root.getVersion());
    }

    private static void put(Writes writes, PatientState.Builder patient) {
        patient.setVersion(patient.getVersion() + 1);
        writes.put(StateKeys.patient(patient.getId()), patient.build());
    }
}
