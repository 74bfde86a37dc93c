package io.consilium.ledger.evidence;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.crypto.certificate.Validator;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.IndexEntry;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.Signatory;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.EvidenceCount;
import io.consilium.proto.EvidenceState;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps proofs of faults on chain (BFT-19). The proof speaks for itself: who hands it in need not be believed. What
 * follows from it is for governance to decide; no rule here suspends or removes anybody.
 */
public final class EvidenceRules {
    /** Proofs against one validator in one epoch: one is enough to remove it, and a liar must not fill the chain. */
    public static final int MAX_PROOFS = 8;

    private static final String RULE = "BFT-19";

    private EvidenceRules() {}

    public static Outcome submit(Call call) {
        if (!(call.signatory() instanceof Signatory.Node node)) {
            return Outcome.refused(Refusal.SIGNER_NOT_PERMITTED.under(RULE, "an institution's node hands in evidence"));
        }
        Evidence evidence = decode(call.body().getEvidence().getProof());
        Optional<ValidatorSet> set = call.state().validators(evidence.epoch());
        if (set.isEmpty()) {
            return Outcome.refused(Refusal.EVIDENCE_EPOCH);
        }
        if (evidence.signer() < 0 || evidence.signer() >= set.get().size()) {
            return Outcome.refused(Refusal.EVIDENCE_INVALID.rejection("there is no such validator"));
        }
        Validator culprit = evidence.culprit(set.get());
        Optional<Refusal> needless = needless(call.state(), culprit.institution(), evidence);
        if (needless.isPresent()) {
            return Outcome.refused(needless.get());
        }
        if (evidence.height() > call.block().height()) {
            return Outcome.refused(Refusal.EVIDENCE_INVALID.rejection("its height is not reached"));
        }
        // A verifier of its own, without memory: the answer follows from the bytes alone (ID-4).
        if (!evidence.verify(call.transaction().chainId(), set.get(), new Ed25519Verifier(1))) {
            return Outcome.refused(Refusal.EVIDENCE_INVALID.rejection("the signatures contradict nothing"));
        }
        return keep(call, node, set.get(), evidence);
    }

    /** Why the chain would not keep this proof even if it holds: nodes ask before they hand one in. */
    public static Optional<Refusal> needless(LedgerState state, String culprit, Evidence evidence) {
        if (state.evidence(key(culprit, evidence)).isPresent()) {
            return Optional.of(Refusal.EVIDENCE_EXISTS);
        }
        return state.evidenceCount(culprit, evidence.epoch()) >= MAX_PROOFS
                ? Optional.of(Refusal.EVIDENCE_LIMIT)
                : Optional.empty();
    }

    public static StateKey key(String culprit, Evidence evidence) {
        return StateKeys.evidence(culprit, evidence.height(), evidence.round(), evidence.kind());
    }

    private static Outcome keep(Call call, Signatory.Node node, ValidatorSet set, Evidence evidence) {
        Validator culprit = evidence.culprit(set);
        EvidenceState fault = describe(culprit, evidence).toBuilder()
                .setSubmittedBy(node.name())
                .setTimeMillis(call.timeMillis())
                .setTxId(call.txId())
                .build();
        int proofs = call.state().evidenceCount(culprit.institution(), evidence.epoch()) + 1;
        Writes writes = new Writes()
                .put(key(culprit.institution(), evidence), fault)
                .put(
                        StateKeys.evidenceCount(culprit.institution(), evidence.epoch()),
                        EvidenceCount.newBuilder().setProofs(proofs).build())
                .index(new IndexEntry(
                        LedgerIndexes.EVIDENCE,
                        LedgerIndexes.evidenceKey(
                                evidence.height(), evidence.round(), evidence.kind(), culprit.institution()),
                        new byte[0]))
                .notify(EventType.EVIDENCE_PROVEN, everybody(set, node), ByteString.EMPTY);
        return Outcome.applied(writes, fault.getVersion());
    }

    /** A fault of one concerns all who decide with it. */
    private static List<String> everybody(ValidatorSet set, Signatory.Node node) {
        List<String> parties = new ArrayList<>(List.of(node.name()));
        set.validators().forEach(validator -> parties.add(validator.institution()));
        return parties;
    }

    /** A proof as the state would hold it, before anybody handed it in. */
    public static EvidenceState describe(Validator culprit, Evidence evidence) {
        return EvidenceState.newBuilder()
                .setCulprit(culprit.institution())
                .setValidatorKey(KeyValue.newBuilder()
                        .setAlgorithm(KeyAlgorithm.ED25519)
                        .setKey(ByteString.copyFrom(culprit.key().bytes())))
                .setKind(evidence.kind().name())
                .setEpoch(evidence.epoch())
                .setHeight(evidence.height())
                .setRound(evidence.round())
                .setProof(ByteString.copyFrom(evidence.encode()))
                .setVersion(1)
                .build();
    }

    private static Evidence decode(ByteString proof) {
        try {
            return Evidence.decode(proof.toByteArray());
        } catch (MalformedException malformed) {
            throw new IllegalStateException("parsing refuses evidence that cannot be read", malformed);
        }
    }
}
