package io.consilium.ledger.state;

import com.google.protobuf.ByteString;
import io.consilium.crypto.certificate.Evidence;
import java.util.HexFormat;
import java.util.List;

/** The names of everything in the state: one line for each kind of object. */
public final class StateKeys {
    public static final String EVIDENCE = "evidence/";
    public static final String EVIDENCE_COUNT = "evidence-count/";
    public static final String INSTITUTION = "institution/";
    public static final String MEMBER = "member/";
    public static final String PATIENT = "patient/";
    public static final String GUARDIAN = "guardian/";
    public static final String RECORD = "record/";
    public static final String PAYLOAD = "payload/";
    public static final String CONSENT = "consent/";
    public static final String CONSENT_SHARD = "consents/";
    public static final String ACCESS = "access/";
    public static final String EMERGENCIES = "emergencies/";
    public static final String TRIAL = "trial/";
    public static final String TRIAL_VERSION = "trial-version/";
    public static final String TRIAL_RESULTS = "trial-results/";
    public static final String TRIAL_SUBJECT = "trial-subject/";
    public static final String TRIAL_DATASET = "trial-dataset/";

    /** Asked by rules alone: a nullifier says nothing that its subject does not. */
    private static final String TRIAL_NULLIFIER = "trial-nullifier/";

    private static final String TRIAL_DATASET_NAME = "trial-dataset-name/";
    private static final String TRIAL_QUERY = "trial-query/";

    private static final List<String> BY_ID = List.of(
            PATIENT,
            GUARDIAN,
            RECORD,
            CONSENT,
            ACCESS,
            TRIAL,
            TRIAL_VERSION,
            TRIAL_RESULTS,
            TRIAL_SUBJECT,
            TRIAL_DATASET);

    /** The institutions with that role, from genesis. */
    public static final StateKey REGULATORS = StateKey.of("chain/regulators");

    /** The chain's parameters, from genesis. */
    public static final StateKey PARAMETERS = StateKey.of("chain/parameters");

    /** The validator set of the height after next, in its canonical encoding (BFT-18). */
    public static final StateKey VALIDATORS = StateKey.of("chain/validators");

    /** Consensus' record of blamed leaders, opaque to the ledger (BFT-12). */
    public static final StateKey LEADER_RECORD = StateKey.of("chain/leaders");

    private static final int ID_DIGITS = 32;

    private StateKeys() {}

    /** A proven fault of a validator; the kind is that of the evidence (BFT-19). */
    public static StateKey evidence(String culprit, long height, int round, Evidence.Kind kind) {
        return StateKey.of(EVIDENCE + culprit + "/" + height + "-" + round + "-" + kind.name());
    }

    /** How many faults of a validator in one epoch are proven. */
    public static StateKey evidenceCount(String culprit, long epoch) {
        return StateKey.of(EVIDENCE_COUNT + culprit + "/" + epoch);
    }

    public static StateKey institution(String slug) {
        return StateKey.of(INSTITUTION + slug);
    }

    /** A member by {@code institution/handle}. */
    public static StateKey member(String member) {
        return StateKey.of(MEMBER + member);
    }

    public static StateKey patient(ByteString id) {
        return StateKey.of(PATIENT + hex(id));
    }

    /** Somebody who signs for a patient, by a random id of 16 bytes. */
    public static StateKey guardian(ByteString id) {
        return StateKey.of(GUARDIAN + hex(id));
    }

    public static StateKey record(ByteString id) {
        return StateKey.of(RECORD + hex(id));
    }

    /** Which object names a ciphertext, by its hash. */
    public static StateKey payload(ByteString ciphertextHash) {
        return StateKey.of(PAYLOAD + hex(ciphertextHash));
    }

    public static StateKey consent(ByteString id) {
        return StateKey.of(CONSENT + hex(id));
    }

    /** A part of the list of a patient's consents. */
    public static StateKey consentShard(ByteString patientId, int shard) {
        return StateKey.of(CONSENT_SHARD + hex(patientId) + "-" + shard);
    }

    public static StateKey access(ByteString id) {
        return StateKey.of(ACCESS + hex(id));
    }

    /** What a member's break-glass still permit or leave to review, by {@code institution/handle}. */
    public static StateKey emergencies(String member) {
        return StateKey.of(EMERGENCIES + member);
    }

    public static StateKey trial(ByteString id) {
        return StateKey.of(TRIAL + hex(id));
    }

    public static StateKey trialVersion(ByteString documentId) {
        return StateKey.of(TRIAL_VERSION + hex(documentId));
    }

    public static StateKey trialResults(ByteString documentId) {
        return StateKey.of(TRIAL_RESULTS + hex(documentId));
    }

    public static StateKey trialSubject(ByteString pseudonym) {
        return StateKey.of(TRIAL_SUBJECT + hex(pseudonym));
    }

    public static StateKey trialNullifier(ByteString nullifier) {
        return StateKey.of(TRIAL_NULLIFIER + hex(nullifier));
    }

    public static StateKey trialDataset(ByteString id) {
        return StateKey.of(TRIAL_DATASET + hex(id));
    }

    /** That a dataset's name is taken; asked by rules alone. */
    public static StateKey trialDatasetName(ByteString name) {
        return StateKey.of(TRIAL_DATASET_NAME + hex(name));
    }

    /** That a question was asked; asked by rules alone. */
    public static StateKey trialQuery(ByteString id) {
        return StateKey.of(TRIAL_QUERY + hex(id));
    }

    /** Whether the text is the key of an object with a version, as preconditions name it. */
    public static boolean isVersioned(String text) {
        if (text.startsWith(INSTITUTION)) {
            return isWord(text.substring(INSTITUTION.length()), 0);
        }
        if (text.startsWith(MEMBER)) {
            return isWord(text.substring(MEMBER.length()), 1);
        }
        for (String prefix : BY_ID) {
            if (text.startsWith(prefix)) {
                return isId(text.substring(prefix.length()));
            }
        }
        return false;
    }

    private static boolean isWord(String text, int slashes) {
        int found = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            found += c == '/' ? 1 : 0;
            if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && "-._/".indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= StateKey.MAX_BYTES / 2 && found == slashes;
    }

    private static boolean isId(String text) {
        if (text.length() != ID_DIGITS) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }
}
