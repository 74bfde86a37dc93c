package io.consilium.ledger.state;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.proto.AccessState;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.ConsentShard;
import io.consilium.proto.ConsentState;
import io.consilium.proto.EvidenceCount;
import io.consilium.proto.EvidenceState;
import io.consilium.proto.GuardianState;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.MemberEmergencies;
import io.consilium.proto.MemberState;
import io.consilium.proto.PatientState;
import io.consilium.proto.PayloadState;
import io.consilium.proto.RecordState;
import io.consilium.proto.TrialDatasetNameState;
import io.consilium.proto.TrialDatasetState;
import io.consilium.proto.TrialNullifierState;
import io.consilium.proto.TrialQueryState;
import io.consilium.proto.TrialResultsState;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectState;
import io.consilium.proto.TrialVersionState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The state as typed objects, each decoded once, with what the current block has written on top. One block's execution
 * or one query owns an instance; it is not for several threads.
 */
public final class LedgerState {
    private final StateReader below;
    private final Map<StateKey, Optional<MessageLite>> decoded = new LinkedHashMap<>();
    private final SortedMap<StateKey, MessageLite> written = new TreeMap<>();
    private final Optional<BlockWork> work;

    /** For a query. */
    public LedgerState(StateReader below) {
        this(below, Optional.empty());
    }

    /** For a block, which counts what it reads and keeps. */
    public LedgerState(StateReader below, BlockWork work) {
        this(below, Optional.of(work));
    }

    private LedgerState(StateReader below, Optional<BlockWork> work) {
        this.below = below;
        this.work = work;
    }

    public Optional<EvidenceState> evidence(StateKey key) {
        return object(key, EvidenceState.parser());
    }

    /** Proven faults of a validator in one epoch. */
    public int evidenceCount(String culprit, long epoch) {
        return object(StateKeys.evidenceCount(culprit, epoch), EvidenceCount.parser())
                .map(EvidenceCount::getProofs)
                .orElse(0);
    }

    public Optional<InstitutionState> institution(String slug) {
        return object(StateKeys.institution(slug), InstitutionState.parser());
    }

    public Optional<MemberState> member(String member) {
        return object(StateKeys.member(member), MemberState.parser());
    }

    public Optional<PatientState> patient(ByteString id) {
        return object(StateKeys.patient(id), PatientState.parser());
    }

    public Optional<GuardianState> guardian(ByteString id) {
        return object(StateKeys.guardian(id), GuardianState.parser());
    }

    public Optional<RecordState> record(ByteString id) {
        return object(StateKeys.record(id), RecordState.parser());
    }

    /** The object that named a ciphertext first, and alone can name it (REC-2). */
    public Optional<StateKey> payloadOwner(ByteString ciphertextHash) {
        return object(StateKeys.payload(ciphertextHash), PayloadState.parser())
                .map(payload -> StateKey.of(payload.getObject()));
    }

    public Optional<ConsentState> consent(ByteString id) {
        return object(StateKeys.consent(id), ConsentState.parser());
    }

    public Optional<ConsentShard> consentShard(ByteString patientId, int shard) {
        return object(StateKeys.consentShard(patientId, shard), ConsentShard.parser());
    }

    public Optional<AccessState> access(ByteString id) {
        return object(StateKeys.access(id), AccessState.parser());
    }

    public Optional<MemberEmergencies> emergencies(String member) {
        return object(StateKeys.emergencies(member), MemberEmergencies.parser());
    }

    public Optional<TrialState> trial(ByteString id) {
        return object(StateKeys.trial(id), TrialState.parser());
    }

    /** What a version of a trial registered, by its document id. */
    public Optional<TrialVersionState> trialVersion(ByteString documentId) {
        return object(StateKeys.trialVersion(documentId), TrialVersionState.parser());
    }

    /** What a trial published, by its document id. */
    public Optional<TrialResultsState> trialResults(ByteString documentId) {
        return object(StateKeys.trialResults(documentId), TrialResultsState.parser());
    }

    public Optional<TrialSubjectState> trialSubject(ByteString pseudonym) {
        return object(StateKeys.trialSubject(pseudonym), TrialSubjectState.parser());
    }

    public Optional<TrialNullifierState> trialNullifier(ByteString nullifier) {
        return object(StateKeys.trialNullifier(nullifier), TrialNullifierState.parser());
    }

    public Optional<TrialDatasetState> trialDataset(ByteString id) {
        return object(StateKeys.trialDataset(id), TrialDatasetState.parser());
    }

    public boolean isTrialDatasetNameTaken(ByteString name) {
        return object(StateKeys.trialDatasetName(name), TrialDatasetNameState.parser())
                .isPresent();
    }

    public boolean isTrialQueryAsked(ByteString queryId) {
        return object(StateKeys.trialQuery(queryId), TrialQueryState.parser()).isPresent();
    }

    public ChainParameters parameters() {
        return object(StateKeys.PARAMETERS, ChainParameters.parser()).orElseThrow(() -> missing(StateKeys.PARAMETERS));
    }

    public ValidatorSet validators() {
        byte[] bytes = below.get(StateKeys.VALIDATORS).orElseThrow(() -> missing(StateKeys.VALIDATORS));
        try {
            return ValidatorSet.decode(bytes);
        } catch (MalformedException malformed) {
            throw unreadable(StateKeys.VALIDATORS, malformed);
        }
    }

    /** The set of an epoch, if the state still tells it: a change of the set has to leave the old one behind (BFT-18). */
    public Optional<ValidatorSet> validators(long epoch) {
        return Optional.of(validators()).filter(set -> set.epoch() == epoch);
    }

    public Optional<byte[]> raw(StateKey key) {
        return below.get(key);
    }

    /** An object of a domain that knows its own keys; a key's kind fixes its type. */
    public <T extends MessageLite> Optional<T> read(StateKey key, Parser<T> parser) {
        return object(key, parser);
    }

    /** The same without keeping what is decoded: for objects that are passed over in great number. */
    @SuppressWarnings({"unchecked", "OptionalAssignedToNull"}) // as in object()
    public <T extends MessageLite> Optional<T> glance(StateKey key, Parser<T> parser) {
        Optional<MessageLite> known = decoded.get(key);
        if (known != null) {
            return (Optional<T>) known;
        }
        Optional<byte[]> bytes = below.get(key);
        work.ifPresent(counted -> counted.look(size(bytes)));
        return bytes.map(value -> decode(key, parser, value));
    }

    /** The version of the object that a precondition names, 0 if there is none (TX-2). */
    public long version(String object) {
        StateKey key = StateKey.of(object);
        return switch (object.substring(0, object.indexOf('/') + 1)) {
            case StateKeys.INSTITUTION ->
                object(key, InstitutionState.parser())
                        .map(InstitutionState::getVersion)
                        .orElse(0L);
            case StateKeys.MEMBER ->
                object(key, MemberState.parser()).map(MemberState::getVersion).orElse(0L);
            case StateKeys.PATIENT ->
                object(key, PatientState.parser()).map(PatientState::getVersion).orElse(0L);
            case StateKeys.GUARDIAN ->
                object(key, GuardianState.parser())
                        .map(GuardianState::getVersion)
                        .orElse(0L);
            case StateKeys.RECORD ->
                object(key, RecordState.parser()).map(RecordState::getVersion).orElse(0L);
            case StateKeys.CONSENT ->
                object(key, ConsentState.parser()).map(ConsentState::getVersion).orElse(0L);
            case StateKeys.ACCESS ->
                object(key, AccessState.parser()).map(AccessState::getVersion).orElse(0L);
            case StateKeys.TRIAL ->
                object(key, TrialState.parser()).map(TrialState::getVersion).orElse(0L);
            case StateKeys.TRIAL_VERSION ->
                object(key, TrialVersionState.parser())
                        .map(TrialVersionState::getVersion)
                        .orElse(0L);
            case StateKeys.TRIAL_RESULTS ->
                object(key, TrialResultsState.parser())
                        .map(TrialResultsState::getVersion)
                        .orElse(0L);
            case StateKeys.TRIAL_SUBJECT ->
                object(key, TrialSubjectState.parser())
                        .map(TrialSubjectState::getVersion)
                        .orElse(0L);
            case StateKeys.TRIAL_DATASET ->
                object(key, TrialDatasetState.parser())
                        .map(TrialDatasetState::getVersion)
                        .orElse(0L);
            default -> throw new IllegalArgumentException(object + " names no object with a version");
        };
    }

    public void put(StateKey key, MessageLite object) {
        decoded.put(key, Optional.of(object));
        written.put(key, object);
    }

    /** What was put since the start, newest values, in the order of keys. */
    public SortedMap<StateKey, Optional<byte[]>> changes() {
        SortedMap<StateKey, Optional<byte[]>> changes = new TreeMap<>();
        written.forEach((key, object) -> changes.put(key, Optional.of(object.toByteArray())));
        return changes;
    }

    @SuppressWarnings({"unchecked", "OptionalAssignedToNull"}) // a key's kind fixes its type; null is the map's absence
    private <T extends MessageLite> Optional<T> object(StateKey key, Parser<T> parser) {
        Optional<MessageLite> known = decoded.get(key);
        if (known == null) {
            Optional<byte[]> bytes = below.get(key);
            work.ifPresent(counted -> counted.keep(size(bytes)));
            known = bytes.map(value -> decode(key, parser, value));
            decoded.put(key, known);
        }
        return (Optional<T>) known;
    }

    private static int size(Optional<byte[]> bytes) {
        return bytes.map(value -> value.length).orElse(0);
    }

    private static <T extends MessageLite> T decode(StateKey key, Parser<T> parser, byte[] bytes) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException malformed) {
            throw unreadable(key, malformed);
        }
    }

    private static BrokenStateException missing(StateKey key) {
        return new BrokenStateException("the state lacks " + key + ", which genesis writes: restore a backup");
    }

    private static BrokenStateException unreadable(StateKey key, Throwable cause) {
        return new BrokenStateException("the state's value of " + key + " cannot be read: restore a backup", cause);
    }
}
