package io.consilium.node.api;

import com.google.protobuf.ByteString;
import io.consilium.crypto.PublicKey;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.ActorName;
import io.consilium.node.NodeGateway;
import io.consilium.proto.Activity;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.KeyValue;
import io.consilium.proto.MemberState;
import java.util.Optional;
import java.util.Set;

/** Finds callers in the chain's newest state: active members of active institutions, patients with a key, guardians. */
public final class StateCallers implements CallerDirectory {
    private final NodeGateway node;

    public StateCallers(NodeGateway node) {
        this.node = node;
    }

    @Override
    public Optional<Entry> find(String id) {
        Optional<ActorName> name = ActorName.parse(id);
        if (name.isEmpty()) {
            return Optional.empty();
        }
        try (StateView view = StateView.open(node)) {
            if (name.get() instanceof ActorName.Member member) {
                // The tip's time too: a key that was rotated in the newest block is current.
                return member(view.state(), member, nowMillis());
            }
            if (name.get() instanceof ActorName.Patient patient) {
                return patient(view.state(), patient.id()).or(() -> guardian(view.state(), patient.id()));
            }
            return Optional.empty();
        }
    }

    private long nowMillis() {
        return Math.max(node.nowMillis(), node.status().tipMillis());
    }

    private static Optional<Entry> member(LedgerState state, ActorName.Member name, long timeMillis) {
        Optional<InstitutionState> institution =
                state.institution(name.institution()).filter(i -> i.getActivity() == Activity.ACTIVE);
        Optional<MemberState> member = state.member(name.text()).filter(m -> m.getActivity() == Activity.ACTIVE);
        if (institution.isEmpty() || member.isEmpty()) {
            return Optional.empty();
        }
        return Signatories.keysAt(member.get(), timeMillis)
                .flatMap(keys -> ed25519(keys.getSigningKey()))
                .map(key -> new Entry(
                        new Caller.Member(
                                name.text(),
                                name.institution(),
                                Set.copyOf(member.get().getRolesList()),
                                Set.copyOf(institution.get().getRolesList())),
                        key));
    }

    private static Optional<Entry> patient(LedgerState state, ByteString id) {
        return state.patient(id)
                .filter(patient -> patient.hasControllerKey())
                .flatMap(patient -> ed25519(patient.getControllerKey()))
                .map(key -> new Entry(new Caller.Patient(ActorName.hex(id)), key));
    }

    /** Whose mandate is over or ended asks nothing more (ID-3). */
    private Optional<Entry> guardian(LedgerState state, ByteString id) {
        return state.guardian(id)
                .filter(guardian -> Signatories.isWithinMandate(guardian, nowMillis()))
                .flatMap(guardian -> ed25519(guardian.getSigningKey())
                        .map(key -> new Entry(
                                new Caller.Guardian(ActorName.hex(id), ActorName.hex(guardian.getPatientId())), key)));
    }

    private static Optional<PublicKey> ed25519(KeyValue key) {
        return key.getAlgorithm() == KeyAlgorithm.ED25519 && key.getKey().size() == 32
                ? Optional.of(PublicKey.ed25519(key.getKey().toByteArray()))
                : Optional.empty();
    }
}
