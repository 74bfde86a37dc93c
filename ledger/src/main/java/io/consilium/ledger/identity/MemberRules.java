package io.consilium.ledger.identity;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.Activity;
import io.consilium.proto.KeyValue;
import io.consilium.proto.MemberAdd;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.MemberRotateKey;
import io.consilium.proto.MemberState;
import io.consilium.proto.MemberSuspend;
import io.consilium.proto.Period;
import java.util.List;
import java.util.Optional;

/** Members: added, suspended and given new keys by an ADMIN of their institution (ID-2). */
public final class MemberRules {
    public static final int MAX_KEYS = 64;

    private static final String RULE = "ID-2";

    private MemberRules() {}

    public static Outcome add(Call call) {
        MemberAdd add = call.body().getMemberAdd();
        Optional<Rejection> refusal = administers(call, add.getMember()).or(() -> roles(call, add.getRolesList()));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (call.state().member(add.getMember()).isPresent()) {
            return Outcome.refused(Refusal.MEMBER_EXISTS);
        }
        MemberState member = MemberState.newBuilder()
                .setId(add.getMember())
                .addAllRoles(add.getRolesList())
                .addKeys(keysFrom(add.getSigningKey(), add.getEncryptionKey(), call.timeMillis()))
                .setActivity(Activity.ACTIVE)
                .setVersion(1)
                .build();
        return applied(EventType.MEMBER_ADDED, member, new Writes().index(LedgerIndexes.member(add.getMember())));
    }

    public static Outcome suspend(Call call) {
        MemberSuspend suspend = call.body().getMemberSuspend();
        Optional<Rejection> refusal = administers(call, suspend.getMember());
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Optional<MemberState> found = call.state().member(suspend.getMember());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.MEMBER_UNKNOWN);
        }
        // so an institution always keeps an ADMIN who can act: the one who suspends the others
        if (suspend.getMember().equals(call.signatory().name())) {
            return Outcome.refused(Refusal.OWN_SUSPENSION);
        }
        Activity wanted = suspend.getReinstate() ? Activity.ACTIVE : Activity.SUSPENDED;
        MemberState member = found.get();
        if (member.getActivity() == wanted) {
            return Outcome.refused(Refusal.MEMBER_STATUS);
        }
        EventType event = suspend.getReinstate() ? EventType.MEMBER_REINSTATED : EventType.MEMBER_SUSPENDED;
        MemberState changed = member.toBuilder()
                .setActivity(wanted)
                .setVersion(member.getVersion() + 1)
                .build();
        return applied(event, changed, new Writes());
    }

    /** Closes the current keys at block time and opens the new ones, so that old signatures stay verifiable. */
    public static Outcome rotateKey(Call call) {
        MemberRotateKey rotate = call.body().getMemberRotateKey();
        Optional<Rejection> refusal = administers(call, rotate.getMember());
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Optional<MemberState> found = call.state().member(rotate.getMember());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.MEMBER_UNKNOWN);
        }
        MemberState member = found.get();
        if (member.getKeysCount() >= MAX_KEYS) {
            return Outcome.refused(Refusal.KEY_LIMIT);
        }
        if (member.getKeysList().stream().anyMatch(keys -> keys.getSigningKey().equals(rotate.getSigningKey()))) {
            return Outcome.refused(Refusal.KEY_UNCHANGED);
        }
        MemberState.Builder changed = member.toBuilder().setVersion(member.getVersion() + 1);
        int last = member.getKeysCount() - 1;
        changed.getKeysBuilder(last).getPeriodBuilder().setEndMillis(call.timeMillis());
        changed.addKeys(keysFrom(rotate.getSigningKey(), rotate.getEncryptionKey(), call.timeMillis()));
        return applied(EventType.MEMBER_KEY_ROTATED, changed.build(), new Writes());
    }

    private static MemberKeys keysFrom(KeyValue signing, KeyValue encryption, long startMillis) {
        return MemberKeys.newBuilder()
                .setSigningKey(signing)
                .setEncryptionKey(encryption)
                .setPeriod(Period.newBuilder().setStartMillis(startMillis))
                .build();
    }

    private static Outcome applied(EventType event, MemberState member, Writes writes) {
        writes.put(StateKeys.member(member.getId()), member)
                .notify(event, List.of(ActorName.institutionOf(member.getId())), ByteString.EMPTY);
        return Outcome.applied(writes, member.getVersion());
    }

    private static Optional<Rejection> administers(Call call, String member) {
        return call.requireRole(RULE, MemberRole.ADMIN).or(() -> {
            boolean own = call.person()
                    .map(person -> person.isOf(ActorName.institutionOf(member)))
                    .orElse(false);
            return own ? Optional.empty() : Optional.of(Refusal.OTHER_INSTITUTION.rejection());
        });
    }

    private static Optional<Rejection> roles(Call call, List<String> names) {
        List<String> institutionRoles = call.person()
                .map(person -> List.copyOf(person.institution().getRolesList()))
                .orElse(List.of());
        for (String name : names) {
            Optional<MemberRole> role = MemberRole.of(name);
            if (role.isEmpty()) {
                return Optional.of(Refusal.ROLE_UNKNOWN.rejection(name));
            }
            if (!role.get().canBeGivenBy(institutionRoles)) {
                return Optional.of(Refusal.ROLE_NOT_ALLOWED.rejection(name));
            }
        }
        return Optional.empty();
    }
}
