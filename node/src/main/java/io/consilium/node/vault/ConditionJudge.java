package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.SealedBytes;
import io.consilium.ledger.access.Permit;
import io.consilium.ledger.consent.ConsentDecision;
import io.consilium.ledger.consent.Decision;
import io.consilium.ledger.consent.OpenedFacts;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.CanonicalMessages;
import io.consilium.proto.AccessOutcome;
import io.consilium.proto.AccessState;
import io.consilium.proto.Code;
import io.consilium.proto.Conditions;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordFacts;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;
import io.consilium.proto.SealedFor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Opens the sealed conditions of consents with the patient's scope key and a record's facts with its data key, both sealed
 * to this institution, and decides as the ledger does with what they say (PRV-5). Whatever cannot be opened or told holds
 * for denies and not for permits.
 */
final class ConditionJudge {
    static final String PERMIT = "CONDITIONS_PERMIT";
    static final String DENY = "CONDITIONS_DENY";

    /** Denied, and something about it could not be told. */
    static final String UNTOLD = "CONDITIONS_UNTOLD";

    private static final int MAX_BYTES = 64 * 1024;

    private final String institution;
    private final ScopeKeys keys;

    ConditionJudge(String institution, ScopeKeys keys) {
        this.institution = institution;
        this.keys = keys;
    }

    /** What this node has to say of an access to a record that it keeps. */
    AccessOutcome judge(LedgerState state, AccessState access, long atMillis) {
        Optional<KeyRing> ring = keys.ring(state.patient(access.getPatientId()).orElseThrow());
        try {
            Trial trial = new Trial(ring, facts(state, access, access.getRecordVersion()), facts(state, access, 0));
            Decision decision = ConsentDecision.decide(state, Permit.request(access, atMillis), trial);
            String denied = trial.untold ? UNTOLD : DENY;
            return AccessOutcome.newBuilder()
                    .setAccessId(access.getId())
                    .setPermit(!decision.denies())
                    .setReason(decision.denies() ? denied : PERMIT)
                    .setJudgedBy(Permit.judgedBy(state, access, atMillis))
                    .build();
        } finally {
            ring.ifPresent(KeyRing::close);
        }
    }

    /**
     * One decision's look into the conditions that it meets. A deny holds for the version asked for as soon as it holds for
     * the newest, so that it never fails open by what was told of a record first (PRV-4).
     */
    private static final class Trial implements ConsentDecision.OpenedConditions {
        private final Optional<KeyRing> ring;
        private final OpenedFacts facts;
        private final OpenedFacts newest;
        private boolean untold;

        Trial(Optional<KeyRing> ring, OpenedFacts facts, OpenedFacts newest) {
            this.ring = ring;
            this.facts = facts;
            this.newest = newest;
        }

        @Override
        public boolean hold(boolean permit, ByteString sealed) {
            Optional<Conditions> opened = ring.flatMap(keys -> conditions(keys, sealed));
            return holds(facts, permit, opened) || !permit && holds(newest, false, opened);
        }

        private boolean holds(OpenedFacts told, boolean permit, Optional<Conditions> opened) {
            OpenedFacts.Fall fall =
                    opened.map(conditions -> told.fall(permit, conditions)).orElse(OpenedFacts.Fall.UNKNOWN);
            untold |= fall == OpenedFacts.Fall.UNKNOWN;
            return fall == OpenedFacts.Fall.HOLDS || fall == OpenedFacts.Fall.UNKNOWN && !permit;
        }
    }

    /** Under whichever of the patient's scope keys they were sealed (PRV-7). */
    static Optional<Conditions> conditions(KeyRing ring, ByteString sealed) {
        for (int i = ring.keys().size() - 1; i >= 0; i--) {
            Optional<Conditions> opened = open(
                    Conditions.parser(), SealedBytes.Use.CONDITIONS, ring.keys().get(i), sealed.toByteArray());
            if (opened.isPresent()) {
                return opened;
            }
        }
        return Optional.empty();
    }

    /** @param version 0 for the newest */
    private OpenedFacts facts(LedgerState state, AccessState access, long version) {
        RecordState record = state.record(access.getRecordId()).orElseThrow();
        int number = version == 0 ? record.getVersionsCount() : (int) version;
        return new OpenedFacts(whole(record, record.getVersions(number - 1)));
    }

    /** With the codes of the earlier version that it kept the labels of; empty where one on the way does not open. */
    private Optional<RecordFacts> whole(RecordState record, RecordVersion version) {
        Optional<RecordFacts> own = facts(record.getId(), version);
        Optional<RecordFacts> codes = own;
        long number = version.getVersion();
        while (codes.isPresent() && codes.get().getCodesOfVersion() != 0) {
            long earlier = codes.get().getCodesOfVersion();
            if (earlier >= number) {
                return Optional.empty();
            }
            number = earlier;
            codes = facts(record.getId(), record.getVersions((int) earlier - 1));
        }
        List<Code> told = codes.map(RecordFacts::getCodesList).orElse(List.of());
        return codes.flatMap(any -> own)
                .map(facts -> facts.toBuilder().clearCodes().addAllCodes(told).build());
    }

    /** What a version of a record tells, where it tells anything and its data key is sealed to this institution. */
    Optional<RecordFacts> facts(ByteString recordId, RecordVersion version) {
        RecordContent content = version.getContent();
        if (content.getSealedFacts().isEmpty()) {
            return Optional.empty();
        }
        Optional<byte[]> dataKey = open(KeyEnvelope.Use.DATA_KEY, recordId, content.getDataKeyList());
        try {
            return dataKey.flatMap(key -> open(
                    RecordFacts.parser(),
                    SealedBytes.Use.FACTS,
                    key,
                    content.getSealedFacts().toByteArray()));
        } finally {
            dataKey.ifPresent(key -> Arrays.fill(key, (byte) 0));
        }
    }

    private Optional<byte[]> open(KeyEnvelope.Use use, ByteString object, List<SealedFor> envelopes) {
        return ScopeKeys.sealedTo(envelopes, institution)
                .flatMap(ours ->
                        keys.open(use, object.toByteArray(), ours.getEnvelope().toByteArray()));
    }

    private static <T extends Message> Optional<T> open(
            Parser<T> parser, SealedBytes.Use use, byte[] key, byte[] sealed) {
        try {
            byte[] plain = SealedBytes.open(use, key, sealed);
            return Optional.of(CanonicalMessages.parse(parser, plain, MAX_BYTES, "sealed"));
        } catch (CryptoException unreadable) {
            return Optional.empty();
        }
    }
}
