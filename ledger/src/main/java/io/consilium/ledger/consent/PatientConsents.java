package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.PatientFamily;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.ConsentEntry;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentShard;
import io.consilium.proto.ConsentState;
import io.consilium.proto.PatientState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The list of a patient's consents that are not revoked, in sixteen shards by the first byte of the consent's id, so
 * that one write changes a sixteenth of it. An entry says as much of a consent as tells whether it can have a say in a
 * decision: most consents are never read for one (ADR 25).
 */
public final class PatientConsents {
    /** Consents of one patient that are not revoked. */
    public static final int MAX_CONSENTS = 1_024;

    static final int SHARDS = 16;

    /** Of consents with random ids, no shard comes near it; chosen ids cannot make one value grow further. */
    static final int MAX_SHARD_ENTRIES = 256;

    /** An entry with more actors says that it may be for anybody. */
    static final int MAX_LISTED_ACTORS = 8;

    private PatientConsents() {}

    /** All entries in the order of their grants. */
    public static List<ConsentEntry> entries(LedgerState state, PatientState patient) {
        return state.consentEntries(patient.getId(), () -> gather(state, patient));
    }

    private static List<ConsentEntry> gather(LedgerState state, PatientState patient) {
        List<ConsentEntry> entries = new ArrayList<>(patient.getConsents());
        for (int shard = 0; shard < SHARDS; shard++) {
            if ((patient.getConsentShards() >>> shard & 1) != 0) {
                entries.addAll(
                        state.consentShard(patient.getId(), shard).orElseThrow().getEntriesList());
            }
        }
        entries.sort(Comparator.comparingLong(ConsentEntry::getNumber));
        return entries;
    }

    /** Those of all ids of the person: of the root, then of each alias (ID-3). */
    static List<ConsentEntry> ofFamily(LedgerState state, PatientState patient) {
        List<PatientState> family = PatientFamily.of(state, patient);
        if (family.size() == 1) {
            return entries(state, family.get(0));
        }
        List<ConsentEntry> all = new ArrayList<>();
        family.forEach(each -> all.addAll(entries(state, each)));
        return all;
    }

    /** Those that speak at this time for this patient and all that is one with it (CON-4, ID-3). */
    public static List<ConsentEntry> active(LedgerState state, PatientState patient, long timeMillis) {
        List<ConsentEntry> active = new ArrayList<>();
        for (ConsentEntry entry : ofFamily(state, patient)) {
            if (Signatories.covers(entry.getPeriod(), timeMillis)) {
                active.add(entry);
            }
        }
        return active;
    }

    /** Names exactly which versions of which consents speak at this time; of a patient that is not there, none. */
    public static ByteString activeHash(LedgerState state, ByteString patientId, long timeMillis) {
        return hash(state.patient(patientId)
                .map(patient -> active(state, patient, timeMillis))
                .orElse(List.of()));
    }

    private static ByteString hash(List<ConsentEntry> entries) {
        CanonicalWriter writer = new CanonicalWriter();
        for (ConsentEntry entry : entries) {
            writer.writeFixed(entry.getConsentId().toByteArray()).writeLong(entry.getConsentVersion());
        }
        return ByteString.copyFrom(
                Hash.tagged("consilium/consents/v1", writer.toBytes()).toBytes());
    }

    /** Why no further consent of this id can be listed, if so (TX-6). */
    static Optional<Rejection> full(LedgerState state, PatientState patient, ByteString consentId) {
        if (patient.getConsents() >= MAX_CONSENTS) {
            return Optional.of(Refusal.CONSENT_LIMIT.rejection());
        }
        int listed = state.consentShard(patient.getId(), shardOf(consentId))
                .map(ConsentShard::getEntriesCount)
                .orElse(0);
        return listed >= MAX_SHARD_ENTRIES
                ? Optional.of(Refusal.CONSENT_LIMIT.rejection("with ids that begin alike; draw it at random"))
                : Optional.empty();
    }

    /** Lists a consent that was granted just now, under the patient's next number. */
    static void add(LedgerState state, PatientState patient, ConsentState consent, Writes writes) {
        List<ConsentEntry> entries = new ArrayList<>(shard(state, consent).getEntriesList());
        entries.add(entry(consent));
        PatientState.Builder counted = patient.toBuilder()
                .setConsents(patient.getConsents() + 1)
                .setConsentsGranted(consent.getNumber())
                .setConsentShards(patient.getConsentShards() | 1 << shardOf(consent.getId()))
                .setVersion(patient.getVersion() + 1);
        writes.put(StateKeys.patient(patient.getId()), counted.build());
        put(state, consent, entries, writes);
    }

    /** Puts the entry of an amended consent in the place of the one before. */
    static void replace(LedgerState state, ConsentState consent, Writes writes) {
        replaceAll(state, List.of(consent), writes);
    }

    /** The same for several consents of one patient at once. */
    public static void replaceAll(LedgerState state, Collection<ConsentState> consents, Writes writes) {
        SortedMap<Integer, List<ConsentState>> shards = new TreeMap<>();
        for (ConsentState consent : consents) {
            shards.computeIfAbsent(shardOf(consent.getId()), shard -> new ArrayList<>())
                    .add(consent);
        }
        for (List<ConsentState> changed : shards.values()) {
            List<ConsentEntry> entries =
                    new ArrayList<>(shard(state, changed.get(0)).getEntriesList());
            for (ConsentState consent : changed) {
                entries.replaceAll(entry -> entry.getConsentId().equals(consent.getId()) ? entry(consent) : entry);
            }
            put(state, changed.get(0), entries, writes);
        }
    }

    /** Takes a revoked consent off the list. */
    static void remove(LedgerState state, PatientState patient, ConsentState consent, Writes writes) {
        List<ConsentEntry> entries = new ArrayList<>(shard(state, consent).getEntriesList());
        entries.removeIf(entry -> entry.getConsentId().equals(consent.getId()));
        PatientState.Builder counted =
                patient.toBuilder().setConsents(patient.getConsents() - 1).setVersion(patient.getVersion() + 1);
        writes.put(StateKeys.patient(patient.getId()), counted.build());
        put(state, consent, entries, writes);
    }

    private static void put(LedgerState state, ConsentState consent, List<ConsentEntry> entries, Writes writes) {
        ConsentShard changed = ConsentShard.newBuilder()
                .addAllEntries(entries)
                .setVersion(shard(state, consent).getVersion() + 1)
                .build();
        writes.put(StateKeys.consentShard(consent.getPatientId(), shardOf(consent.getId())), changed);
    }

    private static ConsentShard shard(LedgerState state, ConsentState consent) {
        return state.consentShard(consent.getPatientId(), shardOf(consent.getId()))
                .orElse(ConsentShard.getDefaultInstance());
    }

    static int shardOf(ByteString consentId) {
        return consentId.byteAt(0) & SHARDS - 1;
    }

    /** What the list says of a consent: never less than some rule or exception of it can match. */
    static ConsentEntry entry(ConsentState consent) {
        ConsentEntry.Builder entry = ConsentEntry.newBuilder()
                .setConsentId(consent.getId())
                .setNumber(consent.getNumber())
                .setConsentVersion(consent.getVersion())
                .setBasePermit(consent.getTerms().getBasePermit());
        if (consent.getTerms().hasPeriod()) {
            entry.setPeriod(consent.getTerms().getPeriod());
        }
        Reach reach = new Reach();
        for (ConsentRule rule : consent.getTerms().getRulesList()) {
            reach.add(rule, rule);
            rule.getExceptionsList().forEach(exception -> reach.add(exception, rule));
        }
        return reach.into(entry, LabelSpace.of(consent)).build();
    }

    /** Whom and what the rules of one consent reach together. */
    private static final class Reach {
        private final TreeSet<String> actors = new TreeSet<>();
        private boolean anybody;
        private long purposes;
        private boolean permits;
        private boolean denies;
        private boolean conditional;
        private final DataFilter data = new DataFilter();

        void add(ConsentRule own, ConsentRule outer) {
            List<String> named = own.getActorsCount() > 0 ? own.getActorsList() : outer.getActorsList();
            anybody |= named.isEmpty();
            actors.addAll(named);
            List<String> codes = own.getPurposesCount() > 0 ? own.getPurposesList() : outer.getPurposesList();
            for (PurposeOfUse purpose : PurposeOfUse.values()) {
                if (purpose.isCoveredByAny(codes)) {
                    purposes |= purpose.bit();
                }
            }
            permits |= own.getPermit();
            denies |= !own.getPermit();
            conditional |= ConsentEvaluation.isConditional(own, outer);
            data.add(own, outer);
        }

        ConsentEntry.Builder into(ConsentEntry.Builder entry, LabelSpace labels) {
            boolean unlisted = anybody || actors.size() > MAX_LISTED_ACTORS;
            return entry.addAllActors(unlisted ? List.of() : actors)
                    .setPurposes(purposes)
                    .setPermits(permits)
                    .setDenies(denies)
                    .setConditional(conditional)
                    .setDataFilter(data.encoded())
                    .setDeniedEpoch(data.deniesByLabels() ? labels.epoch() : 0);
        }
    }
}
