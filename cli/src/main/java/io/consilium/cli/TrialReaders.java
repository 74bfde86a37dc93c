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
import io.consilium.proto.MemberKeys;
import io.consilium.proto.MemberState;
import io.consilium.proto.TrialReason;
import io.consilium.proto.TrialState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** To whom a reason in a trial is sealed: its author, the sponsor's researchers, the committee, the regulators' auditors. */
final class TrialReaders {
    private static final int PAGE = 500;

    private final Session session;
    private final Map<String, ByteString> readers = new LinkedHashMap<>();

    TrialReaders(Session session) {
        this.session = session;
    }

    TrialReason seal(TrialState trial, String reason) throws ClientException {
        add(session.actor());
        addAll(trial.getSponsor(), MemberRole.RESEARCHER);
        addAll(trial.getEthicsCommittee(), MemberRole.REVIEWER);
        for (InstitutionState institution : list("institutions", "", InstitutionState.parser())) {
            if (institution.getRolesList().contains(InstitutionRole.REGULATOR.name())) {
                addAll(institution.getId(), MemberRole.AUDITOR);
            }
        }
        return TrialReasons.seal(trial.getId(), reason, readers);
    }

    private void addAll(String institution, MemberRole role) throws ClientException {
        for (MemberState member : list("members", "institution/" + institution, MemberState.parser())) {
            if (member.getRolesList().contains(role.name())) {
                add(member.getId());
            }
        }
    }

    /** The list only names candidates: the key that is sealed to is the one that the chain proves. */
    private void add(String member) throws ClientException {
        if (readers.containsKey(member) || readers.size() == TrialFormat.MAX_REASON_READERS) {
            return;
        }
        MemberState proven = session.state().member(member).value();
        Optional<MemberKeys> keys = Signatories.keysAt(proven, System.currentTimeMillis());
        if (proven.getActivity() == Activity.ACTIVE && keys.isPresent()) {
            readers.put(member, keys.get().getEncryptionKey().getKey());
        }
    }

    private <T> List<T> list(String list, String by, com.google.protobuf.Parser<T> parser) throws ClientException {
        List<T> items = new ArrayList<>();
        ListRequest request =
                ListRequest.newBuilder().setList(list).setBy(by).setLimit(PAGE).build();
        for (ByteString item : session.client().list(request).getItemsList()) {
            try {
                items.add(parser.parseFrom(item));
            } catch (InvalidProtocolBufferException malformed) {
                throw new VerificationFailed(
                                "ANSWER_MALFORMED",
                                "An item of the list cannot be read",
                                "Check that node and client are of one version")
                        .causedBy(malformed);
            }
        }
        return items;
    }
}
