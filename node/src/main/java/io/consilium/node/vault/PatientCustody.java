package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Blinding;
import io.consilium.crypto.KeyChain;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.consent.ListedConsent;
import io.consilium.ledger.consent.PatientConsents;
import io.consilium.ledger.identity.GuardianRules;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.tx.ActorName;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiPolicy;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.Operation;
import io.consilium.node.api.PolicySource;
import io.consilium.node.api.ProblemException;
import io.consilium.node.api.StateView;
import io.consilium.proto.ConsentRelabel;
import io.consilium.proto.ConsentState;
import io.consilium.proto.CustodyRequest;
import io.consilium.proto.CustodyResponse;
import io.consilium.proto.GuardianState;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.PatientRelabel;
import io.consilium.proto.PatientState;
import io.consilium.proto.RecordRelabel;
import io.consilium.proto.RecordState;
import io.consilium.proto.ScopeKeyChange;
import io.consilium.proto.SealedFor;
import io.consilium.storage.IndexPage;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Gives a patient a new scope key and its consents and records the labels made with it (PRV-7), at the node of a custodian,
 * which alone can read what the labels were made of. One request is one transaction, signed by the institution and named
 * after the member that asked; what did not fit into it is done by the next.
 */
public final class PatientCustody implements Operation<CustodyRequest, CustodyResponse> {
    /** Bytes of a transaction that are filled; the rest is for keys, signers and frames (TX-6). */
    private static final int MAX_BYTES = 160 * 1024;

    private static final int PAGE = 256;

    private final NodeGateway node;
    private final PolicySource policies;
    private final ScopeKeys keys;
    private final InstitutionTransactions transactions;
    private final SecureRandom random;

    public PatientCustody(
            NodeGateway node,
            PolicySource policies,
            ScopeKeys keys,
            InstitutionTransactions transactions,
            SecureRandom random) {
        this.node = node;
        this.policies = policies;
        this.keys = keys;
        this.transactions = transactions;
        this.random = random;
    }

    @Override
    public CompletionStage<CustodyResponse> answer(Caller caller, CustodyRequest request) {
        if (request.getActionCase() == CustodyRequest.ActionCase.ACTION_NOT_SET) {
            throw ApiProblem.malformed("says what is to be done", "action").asException();
        }
        if (request.getHandOver()) {
            HandOver over = handOver(caller, request.getPatientId());
            return over.isEmpty()
                    ? CompletableFuture.completedFuture(over.response(ByteString.EMPTY))
                    : transactions
                            .commit(body -> body.setPatientTransfer(over.transfer()))
                            .thenApply(over::response);
        }
        Plan plan = plan(caller, request);
        if (plan.isEmpty()) {
            return CompletableFuture.completedFuture(plan.response(ByteString.EMPTY));
        }
        return transactions
                .commit(body -> body.setPatientRelabel(plan.relabel()))
                .thenApply(plan::response);
    }

    private HandOver handOver(Caller caller, ByteString patientId) {
        try (StateView view = StateView.open(node)) {
            ApiPolicy policy = policies.on(view.state());
            PatientState patient = view.state()
                    .patient(patientId)
                    .filter(found -> policy.seesPatient(caller, found) || policy.handsOver(caller, found))
                    .orElseThrow(() -> ApiProblem.notFound("patient").asException());
            if (!(caller instanceof Caller.Member member) || !policy.handsOver(caller, patient)) {
                throw notOffered();
            }
            keys.requireOwnNode(member.institution(), view.state());
            HandOver over = new HandOver(node, keys, view, patient, caller.id()).made();
            if (over.isUnoffered()) {
                throw notOffered();
            }
            return over;
        }
    }

    private static ProblemException notOffered() {
        return ApiProblem.forbidden(
                        "ROLE_REQUIRED",
                        "a patient is handed over for a CONSENT_OFFICER, PRIVACY_OFFICER or ADMIN of the custodian"
                                + " that offered it",
                        "ID-3",
                        "offer the transfer first, or ask one of them")
                .asException();
    }

    private Plan plan(Caller caller, CustodyRequest request) {
        try (StateView view = StateView.open(node)) {
            ApiPolicy policy = policies.on(view.state());
            PatientState patient = view.state()
                    .patient(request.getPatientId())
                    .filter(found -> policy.seesPatient(caller, found))
                    .orElseThrow(() -> ApiProblem.notFound("patient").asException());
            if (!(caller instanceof Caller.Member member) || !policy.changesKeys(caller, patient)) {
                throw ApiProblem.forbidden(
                                "ROLE_REQUIRED",
                                "scope keys are changed for a CONSENT_OFFICER, PRIVACY_OFFICER or ADMIN of the custodian",
                                "PRV-7",
                                "ask one of them")
                        .asException();
            }
            keys.requireOwnNode(member.institution(), view.state());
            try (KeyRing ring = keys.ring(patient).orElseThrow(ScopeKeys::unreadable)) {
                byte[] next = ring.newest().clone();
                if (request.getRotateKey()) {
                    random.nextBytes(next);
                }
                try {
                    return new Plan(view, patient, caller.id(), ring, next, request.getRotateKey()).made();
                } finally {
                    Arrays.fill(next, (byte) 0);
                }
            }
        }
    }

    /** One transaction in the making. */
    private final class Plan {
        private final StateView view;
        private final PatientState patient;
        private final KeyRing ring;
        private final byte[] next;
        private final boolean rotates;
        private final Relabelling relabelling;
        private final PatientRelabel.Builder relabel;
        private final ConditionJudge facts = new ConditionJudge(node.institution(), keys);
        private final SortedMap<ByteString, ConsentRelabel> consents = byId();
        private final SortedMap<ByteString, RecordRelabel> records = byId();
        private int bytes;
        private int left;
        private boolean more;

        Plan(StateView view, PatientState patient, String requestedBy, KeyRing ring, byte[] next, boolean rotates) {
            this.view = view;
            this.patient = patient;
            this.ring = ring;
            this.next = next;
            this.rotates = rotates;
            int epoch = ring.epoch() + (rotates ? 1 : 0);
            this.relabelling = new Relabelling(ring, next, epoch, random);
            this.relabel = PatientRelabel.newBuilder()
                    .setPatientId(patient.getId())
                    .setLabelEpoch(epoch)
                    .setRequestedBy(requestedBy);
        }

        Plan made() {
            if (rotates) {
                relabel.setNewKey(newKey());
            }
            List<ConsentState> unknown = new ArrayList<>();
            for (ListedConsent listed : PatientConsents.all(view.state(), patient)) {
                ConsentState consent = view.state().consent(listed.id()).orElseThrow();
                if (relabelling.isStale(consent)) {
                    add(consent, unknown);
                }
            }
            List<RecordState> later = records(!unknown.isEmpty());
            // what the records told may be what these were made of
            List<ConsentState> hopeless = new ArrayList<>();
            unknown.forEach(consent -> add(consent, hopeless));
            left = hopeless.size();
            for (RecordState record : later) {
                left += add(record) ? 0 : 1;
            }
            relabel.addAllConsents(consents.values()).addAllRecords(records.values());
            return this;
        }

        private void add(ConsentState consent, List<ConsentState> unknown) {
            Optional<ConsentRelabel> changed = relabelling.consent(consent);
            if (changed.isEmpty()) {
                unknown.add(consent);
            } else if (fits(changed.get().getSerializedSize())) {
                consents.put(consent.getId(), changed.get());
            }
        }

        private boolean add(RecordState record) {
            Optional<RecordRelabel> changed = relabelling.record(record, facts::facts);
            if (changed.isPresent() && fits(changed.get().getSerializedSize())) {
                records.put(record.getId(), changed.get());
            }
            return changed.isPresent();
        }

        /** Those of this custody, until nothing more fits; gives those whose labels nothing explained so far. */
        private List<RecordState> records(boolean toTheEnd) {
            List<RecordState> unknown = new ArrayList<>();
            Optional<byte[]> after = Optional.empty();
            while (!more || toTheEnd) {
                IndexPage page = view.chain()
                        .scan(LedgerIndexes.PATIENT_RECORDS, LedgerIndexes.prefix(patient.getId()), after, PAGE, false);
                for (IndexPage.Item item : page.items()) {
                    RecordState record =
                            view.state().record(LedgerIndexes.idAt(item.key())).orElseThrow();
                    // of an erased one nothing is left that tells what its labels stood for, and nothing to be read
                    boolean ours = record.getCustodian().equals(node.institution()) && !record.hasErasure();
                    if (ours && relabelling.isStale(record) && !add(record)) {
                        unknown.add(record);
                    }
                }
                after = page.nextAfterKey();
                if (after.isEmpty()) {
                    break;
                }
            }
            return unknown;
        }

        private boolean fits(int size) {
            if (bytes > 0 && bytes + size > MAX_BYTES) {
                more = true;
                return false;
            }
            bytes += size;
            return true;
        }

        private ScopeKeyChange newKey() {
            ScopeKeyChange.Builder change = ScopeKeyChange.newBuilder()
                    .setPreviousKey(ByteString.copyFrom(KeyChain.link(ring.newest(), next, random)));
            for (String custodian : patient.getCustodiansList()) {
                InstitutionState institution =
                        view.state().institution(custodian).orElseThrow();
                if (Signatories.isActive(institution)) {
                    change.addScopeKey(
                            sealed(custodian, institution.getEncryptionKey().getKey()));
                }
            }
            if (patient.hasEncryptionKey()) {
                change.addScopeKey(sealed(
                        ActorName.hex(patient.getId()),
                        patient.getEncryptionKey().getKey()));
            }
            for (ByteString id : GuardianRules.current(view.state(), patient, policies.asOfMillis())) {
                GuardianState guardian = view.state().guardian(id).orElseThrow();
                change.addScopeKey(
                        sealed(ActorName.hex(id), guardian.getEncryptionKey().getKey()));
            }
            return change.build();
        }

        private SealedFor sealed(String recipient, ByteString recipientKey) {
            byte[] envelope = KeyEnvelope.seal(
                    KeyEnvelope.Use.SCOPE_KEY,
                    patient.getId().toByteArray(),
                    recipientKey.toByteArray(),
                    Arrays.copyOf(next, Blinding.KEY_BYTES),
                    random);
            return SealedFor.newBuilder()
                    .setRecipient(recipient)
                    .setRecipientKey(recipientKey)
                    .setEnvelope(ByteString.copyFrom(envelope))
                    .build();
        }

        boolean isEmpty() {
            return !relabel.hasNewKey() && relabel.getConsentsCount() + relabel.getRecordsCount() == 0;
        }

        PatientRelabel relabel() {
            return relabel.build();
        }

        CustodyResponse response(ByteString txId) {
            return CustodyResponse.newBuilder()
                    .setTxId(txId)
                    .setLabelEpoch(relabel.getLabelEpoch())
                    .setConsents(relabel.getConsentsCount())
                    .setRecords(relabel.getRecordsCount())
                    .setLeft(left)
                    .setMore(more)
                    .build();
        }
    }

    private static <T> SortedMap<ByteString, T> byId() {
        Comparator<ByteString> unsigned = ByteString.unsignedLexicographicalComparator();
        return new TreeMap<>(unsigned);
    }
}
