package io.consilium.ledger.block;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.ledger.state.StateKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The secondary indexes and the layout of their keys: an owner, the time in 8 bytes, the 16-byte id of what is listed.
 * An owner is an id, or a name closed by a zero byte. So a scan over an owner's prefix runs from oldest to newest. Keys
 * hold ids and times only, values are empty: the object itself is in the state.
 */
public final class LedgerIndexes {
    /** Height in 8 bytes, round in 4, code of the kind in 1, slug of the culprit: every proven fault (BFT-19). */
    public static final String EVIDENCE = "evidence";

    /** Slug: every institution. */
    public static final String INSTITUTIONS = "institutions";

    /** Institution, handle: its members. */
    public static final String INSTITUTION_MEMBERS = "institution-members";

    /** Institution, time, patient id: the patients in its custody. */
    public static final String CUSTODIAN_PATIENTS = "custodian-patients";

    /** Institution that is to receive, time of the offer, patient id (ID-3). */
    public static final String INSTITUTION_TRANSFERS = "institution-transfers";

    /** New custodian, time of the hand-over, record id: what its node has to acknowledge once it has the content. */
    public static final String INSTITUTION_RECEIPTS = "institution-receipts";

    /** Patient id, time of the appointment, guardian id. */
    public static final String PATIENT_GUARDIANS = "patient-guardians";

    /** Patient id, time, record id. */
    public static final String PATIENT_RECORDS = "patient-records";

    /** Institution, ciphertext hash, state key of the object that names the hash: what its vault has to keep. */
    public static final String INSTITUTION_PAYLOADS = "institution-payloads";

    /** Height, record id: every erasure, so that a vault can apply all of them whatever copy it was restored from. */
    public static final String ERASURES = "erasures";

    /** Custodian, time of the erasure, record id. */
    public static final String INSTITUTION_ERASURES = "institution-erasures";

    /** Patient id, time, consent id. */
    public static final String PATIENT_CONSENTS = "patient-consents";

    /** Institution, member or role:ROLE that a permitting rule names, time of the grant, consent id. */
    public static final String GRANTEE_CONSENTS = "grantee-consents";

    /** Patient id, time, access id: requests, denials and uses. */
    public static final String PATIENT_ACCESSES = "patient-accesses";

    /**
     * Patient id, institution, time, access id: the same for whom they concern beside the patient, the custodian of then and
     * the requester's institution; that a denied request was about this patient is not for its requester to learn (PRV-8).
     */
    public static final String PATIENT_PARTY_ACCESSES = "patient-party-accesses";

    /** Custodian, time, access id: those whose sealed conditions its node judges (PRV-5). */
    public static final String CONDITIONAL_ACCESSES = "conditional-accesses";

    /** Member, time, access id. */
    public static final String MEMBER_ACCESSES = "member-accesses";

    /** Institution that has to know of it, time when its review is due, access id: break-glass. */
    public static final String INSTITUTION_EMERGENCIES = "institution-emergencies";
    /** Institution, time, shipment id: what it sent and what is sent to it. */
    public static final String INSTITUTION_SHIPMENTS = "institution-shipments";

    /** Institution, time, exception id: those that it is a party to. */
    public static final String INSTITUTION_EXCEPTIONS = "institution-exceptions";

    /** Item, container or shipment id, time, exception id. */
    public static final String OBJECT_EXCEPTIONS = "object-exceptions";

    /** Manufacturer, time, product id. */
    public static final String INSTITUTION_PRODUCTS = "institution-products";

    /** Manufacturer, time, recall id. */
    public static final String INSTITUTION_RECALLS = "institution-recalls";

    /** Owner of the key, time, request id. */
    public static final String OWNER_KEY_REQUESTS = "owner-key-requests";

    /** Lot id, time, item id: the items that stand out of their lot. */
    public static final String LOT_ITEMS = "lot-items";

    /** Time of registration, trial id: every trial. */
    public static final String TRIALS = "trials";

    /** Trial id, time of enrolment, pseudonym. */
    public static final String TRIAL_SUBJECTS = "trial-subjects";

    public static final List<String> ALL = List.of(
            EVIDENCE,
            INSTITUTIONS,
            INSTITUTION_MEMBERS,
            CUSTODIAN_PATIENTS,
            PATIENT_GUARDIANS,
            PATIENT_RECORDS,
            INSTITUTION_PAYLOADS,
            ERASURES,
            PATIENT_CONSENTS,
            GRANTEE_CONSENTS,
            PATIENT_ACCESSES,
            PATIENT_PARTY_ACCESSES,
            CONDITIONAL_ACCESSES,
            MEMBER_ACCESSES,
            INSTITUTION_EMERGENCIES,
            TRIALS,
            TRIAL_SUBJECTS,
            INSTITUTION_SHIPMENTS,
            INSTITUTION_EXCEPTIONS,
            OBJECT_EXCEPTIONS,
            INSTITUTION_PRODUCTS,
            INSTITUTION_RECALLS,
            OWNER_KEY_REQUESTS,
            LOT_ITEMS,
            INSTITUTION_TRANSFERS,
            INSTITUTION_RECEIPTS,
            INSTITUTION_ERASURES);

    /** The grantee under which consents stand that permit everybody. */
    public static final String ANYBODY = "*";

    /** The owner of a list that has no owners. */
    public static final String EVERY = "";

    private static final int ID_BYTES = 16;
    private static final byte[] NO_VALUE = {};

    private LedgerIndexes() {}

    /** The prefix of everything that belongs to a named owner: an institution, a member, a role. */
    public static byte[] prefix(String owner) {
        byte[] name = owner.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(name, name.length + 1);
    }

    /** Whether a key lists something of a named owner. */
    public static boolean isOf(byte[] key, String owner) {
        byte[] prefix = prefix(owner);
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** The prefix of everything that belongs to a patient. */
    public static byte[] prefix(ByteString patientId) {
        return patientId.toByteArray();
    }

    /** The prefix of what concerns an institution of a patient's. */
    public static byte[] prefix(ByteString patientId, String institution) {
        return new CanonicalWriter()
                .writeFixed(prefix(patientId))
                .writeFixed(prefix(institution))
                .toBytes();
    }

    /** The id at the end of a key that lists patients, records, consents or accesses. */
    public static ByteString idAt(byte[] key) {
        if (key.length < ID_BYTES) {
            throw new IllegalArgumentException("an index key ends with an id of 16 bytes");
        }
        return ByteString.copyFrom(key, key.length - ID_BYTES, ID_BYTES);
    }

    /** The member that a key of {@link #INSTITUTION_MEMBERS} lists, as {@code institution/handle}. */
    public static String memberAt(byte[] key) {
        return new String(key, StandardCharsets.UTF_8).replace('\0', '/');
    }

    /** The key of {@link #EVIDENCE}, by which proofs are told apart and listed. */
    public static byte[] evidenceKey(long height, int round, Evidence.Kind kind, String culprit) {
        return new CanonicalWriter()
                .writeLong(height)
                .writeInt(round)
                .writeByte(kind.code())
                .writeFixed(culprit.getBytes(StandardCharsets.US_ASCII))
                .toBytes();
    }

    /** What a key of {@link #EVIDENCE} says. */
    public record Fault(long height, int round, Evidence.Kind kind, String culprit) {}

    /** The fault that a key of {@link #EVIDENCE} lists. */
    public static Fault faultAt(byte[] key) {
        int kindAt = Long.BYTES + Integer.BYTES;
        if (key.length <= kindAt) {
            throw new IllegalArgumentException("a key of evidence has more than " + kindAt + " bytes");
        }
        ByteBuffer numbers = ByteBuffer.wrap(key);
        return new Fault(
                numbers.getLong(),
                numbers.getInt(),
                Evidence.Kind.values()[key[kindAt] - 1],
                new String(key, kindAt + 1, key.length - kindAt - 1, StandardCharsets.US_ASCII));
    }

    /** The slug that a key of {@link #INSTITUTIONS} lists. */
    public static String institutionAt(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }

    public static IndexEntry institution(String slug) {
        return new IndexEntry(INSTITUTIONS, slug.getBytes(StandardCharsets.UTF_8), NO_VALUE);
    }

    /** The member by {@code institution/handle}. */
    public static IndexEntry member(String member) {
        return new IndexEntry(
                INSTITUTION_MEMBERS, member.replace('/', '\0').getBytes(StandardCharsets.UTF_8), NO_VALUE);
    }

    /**
     * Has the institution's vault keep a payload for as long as the state object holds its hash. Whoever registers sealed
     * content of any kind writes this line; a holder lets go of the payload once no such object names it any more.
     */
    public static IndexEntry payload(String institution, ByteString ciphertextHash, StateKey object) {
        byte[] key = new CanonicalWriter()
                .writeFixed(payloads(institution, ciphertextHash))
                .writeFixed(object.toString().getBytes(StandardCharsets.UTF_8))
                .toBytes();
        return new IndexEntry(INSTITUTION_PAYLOADS, key, NO_VALUE);
    }

    /** The prefix of the objects for which an institution keeps a payload. */
    public static byte[] payloads(String institution, ByteString ciphertextHash) {
        return new CanonicalWriter()
                .writeFixed(prefix(institution))
                .writeFixed(ciphertextHash.toByteArray())
                .toBytes();
    }

    /** The hash in a key of {@link #INSTITUTION_PAYLOADS}. */
    public static ByteString payloadAt(byte[] key) {
        return ByteString.copyFrom(key, payloadHashFrom(key), Hash.LENGTH);
    }

    /** The object in a key of {@link #INSTITUTION_PAYLOADS}. */
    public static StateKey payloadObjectAt(byte[] key) {
        int from = payloadHashFrom(key) + Hash.LENGTH;
        return StateKey.of(new String(key, from, key.length - from, StandardCharsets.UTF_8));
    }

    private static int payloadHashFrom(byte[] key) {
        int end = 0;
        while (key[end] != 0) {
            end++;
        }
        return end + 1;
    }

    public static IndexEntry erasure(long height, ByteString recordId) {
        byte[] key = new CanonicalWriter()
                .writeLong(height)
                .writeFixed(recordId.toByteArray())
                .toBytes();
        return new IndexEntry(ERASURES, key, NO_VALUE);
    }

    public static IndexEntry of(String index, String owner, long timeMillis, ByteString id) {
        return entry(index, prefix(owner), timeMillis, id);
    }

    public static IndexEntry of(String index, ByteString patientId, long timeMillis, ByteString id) {
        return entry(index, prefix(patientId), timeMillis, id);
    }

    public static IndexEntry partyAccess(
            ByteString patientId, String institution, long timeMillis, ByteString accessId) {
        return entry(PATIENT_PARTY_ACCESSES, prefix(patientId, institution), timeMillis, accessId);
    }

    private static IndexEntry entry(String index, byte[] prefix, long timeMillis, ByteString id) {
        byte[] key = new CanonicalWriter()
                .writeFixed(prefix)
                .writeLong(timeMillis)
                .writeFixed(id.toByteArray())
                .toBytes();
        return new IndexEntry(index, key, NO_VALUE);
    }
}
