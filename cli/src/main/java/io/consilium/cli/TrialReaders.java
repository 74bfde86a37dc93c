package io.consilium.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.ClientException;
import io.consilium.client.TrialReasons;
import io.consilium.client.VerificationFailed;
import io.consilium.ledger.identity.InstitutionRole;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.tx.TrialFormat;
import io.consilium.proto.Activity;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.MemberState;
import io.consilium.proto.TrialReason;
import io.consilium.proto.TrialState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * To whom a reason in a trial is sealed: its author, the regulators' auditors, the committee, the sponsor's researchers. There
 * are seats for a few, so those who hold the sponsor to account come first.
 */
final class TrialReaders {
    private static final int PAGE = 500;

    private final Session session;
    private final Map<String, ByteString> readers = new LinkedHashMap<>();

    TrialReaders(Session session) {
        this.session = session;
    }

    TrialReason seal(TrialState trial, String reason) throws ClientException {
        List<String> auditors = new ArrayList<>();
        for (InstitutionState institution : list("institutions", "", InstitutionState.parser())) {
            if (institution.getRolesList().contains(InstitutionRole.REGULATOR.name())) {
                auditors.addAll(members(institution.getId(), MemberRole.AUDITOR));
            }
        }
        int without = 0;
        for (String candidate : order(
                session.actor(),
                auditors,
                members(trial.getEthicsCommittee(), MemberRole.REVIEWER),
                members(trial.getSponsor(), MemberRole.RESEARCHER))) {
            without += add(candidate) ? 0 : 1;
        }
        if (without > 0) {
            session.output()
                    .say("A reason has at most " + TrialFormat.MAX_REASON_READERS + " readers; " + without
                            + " members who might read it have no seat, auditors and reviewers before researchers");
        }
        return TrialReasons.seal(trial.getId(), reason, readers);
    }

    /** Each once, those who are served first before the others. */
    static Set<String> order(String author, List<String> auditors, List<String> reviewers, List<String> researchers) {
        Set<String> order = new LinkedHashSet<>();
        order.add(author);
        order.addAll(auditors);
        order.addAll(reviewers);
        order.addAll(researchers);
        return order;
    }

    private List<String> members(String institution, MemberRole role) throws ClientException {
        return list("members", "institution/" + institution, MemberState.parser()).stream()
                .filter(member -> member.getActivity() == Activity.ACTIVE)
                .filter(member -> member.getRolesList().contains(role.name()))
                .map(MemberState::getId)
                .toList();
    }

    /**
     * The list only names candidates: the key that is sealed to is the one that the chain proves.
     *
     * @return false where there is no seat left
     */
    private boolean add(String member) throws ClientException {
        if (readers.size() == TrialFormat.MAX_REASON_READERS) {
            return false;
        }
        MemberState proven = session.state().member(member).value();
        Optional<MemberKeys> keys = Signatories.keysAt(proven, System.currentTimeMillis());
        if (proven.getActivity() == Activity.ACTIVE && keys.isPresent()) {
            readers.put(member, keys.get().getEncryptionKey().getKey());
        }
        return true;
    }

    private <T> List<T> list(String list, String by, com.google.protobuf.Parser<T> parser) throws ClientException {
        List<T> items = new ArrayList<>();
        String cursor = "";
        do {
            ListResponse page = session.client()
                    .list(ListRequest.newBuilder()
                            .setList(list)
                            .setBy(by)
                            .setLimit(PAGE)
                            .setCursor(cursor)
                            .build());
            for (ByteString item : page.getItemsList()) {
                items.add(parsed(item, parser));
            }
            cursor = page.getNextCursor();
        } while (!cursor.isEmpty());
        return items;
    }

    private static <T> T parsed(ByteString item, com.google.protobuf.Parser<T> parser) throws VerificationFailed {
        try {
            return parser.parseFrom(item);
        } catch (InvalidProtocolBufferException malformed) {
            throw (VerificationFailed) new VerificationFailed(
                            "ANSWER_MALFORMED",
                            "An item of the list cannot be read",
                            "Check that node and client are of one version")
                    .causedBy(malformed);
        }
    }
}
