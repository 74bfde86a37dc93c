package io.consilium.ledger.identity;

import com.google.protobuf.ByteString;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.Activity;
import io.consilium.proto.GuardianState;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.KeyValue;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.MemberState;
import io.consilium.proto.PatientState;
import io.consilium.proto.Period;
import io.consilium.proto.TransactionSigner;
import java.util.List;
import java.util.Optional;

/** Finds signatories in the state and checks that they and their keys are active at block time (TX-4). */
public final class Signatories {
    private Signatories() {}

    /**
     * Why a transaction of these signers is a stranger's, if so: none of them may sign now. It would fill blocks with
     * refusals, so no node takes it in (TX-6).
     */
    public static Optional<Rejection> strangers(LedgerState state, List<TransactionSigner> signers, long timeMillis) {
        Optional<Rejection> first = Optional.empty();
        for (TransactionSigner signer : signers) {
            Optional<Rejection> refusal = refusal(state, signer, timeMillis);
            if (refusal.isEmpty()) {
                return Optional.empty();
            }
            first = first.or(() -> refusal);
        }
        return first;
    }

    /** Why this signer may not sign now, if so. */
    public static Optional<Rejection> refusal(LedgerState state, TransactionSigner signer, long timeMillis) {
        Optional<Signatory> found = find(state, signer.getActor());
        if (found.isEmpty()) {
            return Optional.of(Refusal.SIGNER_UNKNOWN.rejection());
        }
        Signatory signatory = found.get();
        if (!isActive(signatory)) {
            return Optional.of(Refusal.SIGNER_INACTIVE.rejection());
        }
        boolean current = signingKey(signatory, timeMillis)
                .map(key -> key.equals(signer.getKey()))
                .orElse(false);
        if (!current) {
            return Optional.of(Refusal.KEY_NOT_ACTIVE.rejection());
        }
        return signatory instanceof Signatory.Guardian guardian
                ? mandateRefusal(guardian.guardian(), timeMillis)
                : Optional.empty();
    }

    /** ID-3: a guardian signs from the start of the mandate until its end, or until somebody ended it before. */
    private static Optional<Rejection> mandateRefusal(GuardianState guardian, long timeMillis) {
        if (timeMillis < guardian.getMandate().getStartMillis()) {
            return Optional.of(Refusal.MANDATE_NOT_BEGUN.rejection());
        }
        return isWithinMandate(guardian, timeMillis) ? Optional.empty() : Optional.of(Refusal.MANDATE_OVER.rejection());
    }

    /** Whether the guardian's signature counts at this time. */
    public static boolean isWithinMandate(GuardianState guardian, long timeMillis) {
        boolean ended = guardian.getEndedMillis() != 0 && guardian.getEndedMillis() <= timeMillis;
        return !ended && covers(guardian.getMandate(), timeMillis);
    }

    public static Optional<Signatory> find(LedgerState state, String actor) {
        return ActorName.parse(actor).flatMap(name -> {
            if (name instanceof ActorName.Member member) {
                return person(state, member.text()).map(person -> (Signatory) person);
            }
            if (name instanceof ActorName.Institution institution) {
                return state.institution(institution.slug()).map(Signatory.Node::new);
            }
            ByteString id = ((ActorName.Patient) name).id();
            return state.patient(id)
                    .map(patient -> (Signatory) new Signatory.Patient(patient, actor))
                    .or(() -> state.guardian(id).map(guardian -> new Signatory.Guardian(guardian, actor)));
        });
    }

    /** The member with this name, active or not. */
    public static Optional<Signatory.Person> person(LedgerState state, String member) {
        return state.member(member).flatMap(found -> state.institution(ActorName.institutionOf(member))
                .map(institution -> new Signatory.Person(found, institution)));
    }

    public static boolean isActive(Signatory signatory) {
        if (signatory instanceof Signatory.Person person) {
            return person.member().getActivity() == Activity.ACTIVE && isActive(person.institution());
        }
        return !(signatory instanceof Signatory.Node node) || isActive(node.institution());
    }

    public static boolean isActive(InstitutionState institution) {
        return institution.getActivity() == Activity.ACTIVE;
    }

    private static Optional<KeyValue> signingKey(Signatory signatory, long timeMillis) {
        if (signatory instanceof Signatory.Person person) {
            return keysAt(person.member(), timeMillis).map(MemberKeys::getSigningKey);
        }
        if (signatory instanceof Signatory.Node node) {
            return Optional.of(node.institution().getSigningKey());
        }
        if (signatory instanceof Signatory.Guardian guardian) {
            return Optional.of(guardian.guardian().getSigningKey());
        }
        PatientState patient = ((Signatory.Patient) signatory).patient();
        return patient.hasControllerKey() ? Optional.of(patient.getControllerKey()) : Optional.empty();
    }

    /** The X25519 key that what this party may read is sealed to now, if it has one (PRV-3). */
    public static Optional<ByteString> encryptionKey(Signatory signatory, long timeMillis) {
        ByteString key = ByteString.EMPTY;
        if (signatory instanceof Signatory.Person person) {
            key = keysAt(person.member(), timeMillis)
                    .map(keys -> keys.getEncryptionKey().getKey())
                    .orElse(ByteString.EMPTY);
        } else if (signatory instanceof Signatory.Node node) {
            key = node.institution().getEncryptionKey().getKey();
        } else if (signatory instanceof Signatory.Guardian guardian) {
            key = guardian.guardian().getEncryptionKey().getKey();
        } else if (signatory instanceof Signatory.Patient patient) {
            key = patient.patient().getEncryptionKey().getKey();
        }
        return key.isEmpty() ? Optional.empty() : Optional.of(key);
    }

    /** The newest keys of a member whose period covers the time (ID-2). */
    public static Optional<MemberKeys> keysAt(MemberState member, long timeMillis) {
        for (int i = member.getKeysCount() - 1; i >= 0; i--) {
            if (covers(member.getKeys(i).getPeriod(), timeMillis)) {
                return Optional.of(member.getKeys(i));
            }
        }
        return Optional.empty();
    }

    /** Half-open: the start belongs to the period, the end does not; 0 leaves that side open. */
    public static boolean covers(Period period, long timeMillis) {
        boolean started = period.getStartMillis() == 0 || period.getStartMillis() <= timeMillis;
        return started && (period.getEndMillis() == 0 || timeMillis < period.getEndMillis());
    }
}
