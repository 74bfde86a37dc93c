package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.PatientFamily;
import io.consilium.ledger.state.BrokenStateException;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.ConsentShard;
import io.consilium.proto.ConsentState;
import io.consilium.proto.PatientState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The list of a patient's consents that are not revoked, in sixteen shards by the first byte of the consent's id, so
 * that one write changes a sixteenth of it (ADR 25).
 */
public final class PatientConsents {
    /** Consents of one patient that are not revoked. */
    public static final int MAX_CONSENTS = 1_024;

    static final int SHARDS = 16;

    /** Of consents with random ids, no shard comes near it; chosen ids cannot make one value grow further. */
    static final int MAX_SHARD_ENTRIES = 256;

    private PatientConsents() {}

    /** All of one id, in the order of their grants. */
    public static List<ListedConsent> all(LedgerState state, PatientState patient) {
        List<ListedConsent> listed = new ArrayList<>(patient.getConsents());
        for (int shard = 0; shard < SHARDS; shard++) {
            if ((patient.getConsentShards() >>> shard & 1) != 0) {
                listed.addAll(ListedConsent.of(
                        state.consentShard(patient.getId(), shard).orElseThrow()));
            }
        }
        if (listed.size() != patient.getConsents()) {
            throw new BrokenStateException("a patient's list of consents and their number differ: restore a backup");
        }
        listed.sort(Comparator.comparingLong(ListedConsent::number));
        return listed;
    }

    /** Those of all ids of the person: of the root, then of each alias (ID-3). */
    static List<ListedConsent> ofFamily(LedgerState state, PatientState patient) {
        List<PatientState> family = PatientFamily.of(state, patient);
        if (family.size() == 1) {
            return all(state, family.get(0));
        }
        List<ListedConsent> listed = new ArrayList<>();
        family.forEach(each -> listed.addAll(all(state, each)));
        return listed;
    }

    /** Those that speak at this time for this patient and all that is one with it (CON-4, ID-3). */
    public static List<ListedConsent> active(LedgerState state, PatientState patient, long timeMillis) {
        List<ListedConsent> listed = ofFamily(state, patient);
        listed.removeIf(consent -> !consent.covers(timeMillis));
        return listed;
    }

    /** Names exactly which versions of which consents speak at this time; of a patient that is not there, none. */
    public static ByteString activeHash(LedgerState state, ByteString patientId, long timeMillis) {
        return hash(state.patient(patientId)
                .map(patient -> active(state, patient, timeMillis))
                .orElse(List.of()));
    }

    private static ByteString hash(List<ListedConsent> active) {
        CanonicalWriter writer = new CanonicalWriter();
        for (ListedConsent consent : active) {
            writer.writeFixed(consent.id().toByteArray()).writeLong(consent.version());
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
                .map(shard -> shard.getEntries().size() / ListedConsent.ENTRY_BYTES)
                .orElse(0);
        return listed >= MAX_SHARD_ENTRIES
                ? Optional.of(Refusal.CONSENT_LIMIT.rejection("with ids that begin alike; draw it at random"))
                : Optional.empty();
    }

    /** Lists a consent that was granted just now, under the patient's next number. */
    static void add(LedgerState state, PatientState patient, ConsentState consent, Writes writes) {
        PatientState.Builder counted = patient.toBuilder()
                .setConsents(patient.getConsents() + 1)
                .setConsentsGranted(consent.getNumber())
                .setConsentShards(patient.getConsentShards() | 1 << shardOf(consent.getId()))
                .setVersion(patient.getVersion() + 1);
        writes.put(StateKeys.patient(patient.getId()), counted.build());
        ConsentEntries entries = new ConsentEntries();
        ListedConsent.of(shard(state, consent)).forEach(entries::add);
        put(state, consent, entries.add(consent), writes);
    }

    /** Lists an amended consent in the place of the one before. */
    static void replace(LedgerState state, ConsentState consent, Writes writes) {
        replaceAll(state, List.of(consent), writes);
    }

    /** The same for several consents of one patient at once. */
    public static void replaceAll(LedgerState state, Collection<ConsentState> consents, Writes writes) {
        SortedMap<Integer, Map<ByteString, ConsentState>> shards = new TreeMap<>();
        for (ConsentState consent : consents) {
            shards.computeIfAbsent(shardOf(consent.getId()), shard -> new LinkedHashMap<>())
                    .put(consent.getId(), consent);
        }
        for (Map<ByteString, ConsentState> changed : shards.values()) {
            ConsentState any = changed.values().iterator().next();
            ConsentEntries entries = new ConsentEntries();
            for (ListedConsent known : ListedConsent.of(shard(state, any))) {
                ConsentState consent = changed.get(known.id());
                if (consent == null) {
                    entries.add(known);
                } else {
                    entries.add(consent);
                }
            }
            put(state, any, entries, writes);
        }
    }

    /** Takes a revoked consent off the list. */
    static void remove(LedgerState state, PatientState patient, ConsentState consent, Writes writes) {
        PatientState.Builder counted =
                patient.toBuilder().setConsents(patient.getConsents() - 1).setVersion(patient.getVersion() + 1);
        writes.put(StateKeys.patient(patient.getId()), counted.build());
        ConsentEntries entries = new ConsentEntries();
        for (ListedConsent known : ListedConsent.of(shard(state, consent))) {
            if (!known.id().equals(consent.getId())) {
                entries.add(known);
            }
        }
        put(state, consent, entries, writes);
    }

    private static void put(LedgerState state, ConsentState consent, ConsentEntries entries, Writes writes) {
        ConsentShard changed = entries.build(shard(state, consent).getVersion() + 1);
        writes.put(StateKeys.consentShard(consent.getPatientId(), shardOf(consent.getId())), changed);
    }

    private static ConsentShard shard(LedgerState state, ConsentState consent) {
        return state.consentShard(consent.getPatientId(), shardOf(consent.getId()))
                .orElse(ConsentShard.getDefaultInstance());
    }

    static int shardOf(ByteString consentId) {
        return consentId.byteAt(0) & SHARDS - 1;
    }
}
