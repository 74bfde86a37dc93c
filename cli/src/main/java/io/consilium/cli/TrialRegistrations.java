package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.DocumentFault;
import io.consilium.client.trial.TrialDocument;
import io.consilium.crypto.Hash;
import io.consilium.ledger.trials.EthicsApproval;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialAmend;
import io.consilium.proto.TrialRegister;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Registers and amends trials from documents that were read whole before anything is submitted (TRI-1, TRI-3). */
final class TrialRegistrations {
    private static final int MAX_PROTOCOL_BYTES = 256 * 1024 * 1024;

    private final Session session;

    TrialRegistrations(Session session) {
        this.session = session;
    }

    int register(String file, Optional<String> protocol, boolean check) throws ClientException {
        return register(TrialDocument.read(bytes(file)), protocol, check);
    }

    int register(TrialRegistration registration, Optional<String> protocol, boolean check) throws ClientException {
        if (protocol.isPresent()) {
            requireHash(registration, protocol.get());
        }
        if (check) {
            session.output().result(TrialDocument.write(registration));
            session.output().say("The document is valid; nothing was submitted");
            return 0;
        }
        ByteString trialId = new CustodianKeys().freshId();
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("trialId", Ids.text(trialId));
        ids.put("version", 1);
        ids.put("protocolVersion", registration.getProtocolVersion());
        ids.put("icfVersion", registration.getIcfVersion());
        TrialAction action = TrialAction.newBuilder()
                .setTrialId(trialId)
                .setRegister(TrialRegister.newBuilder().setRegistration(registration))
                .build();
        new Writes(session).submitAndPrint(body -> body.setTrial(action), ids);
        return 0;
    }

    int amend(ByteString trialId, String file, String reason) throws ClientException {
        TrialRegistration registration = TrialDocument.read(bytes(file));
        TrialState trial = session.state().trial(trialId).value();
        long predecessor = EthicsApproval.current(trial).getNumber();
        TrialAction action = TrialAction.newBuilder()
                .setTrialId(trialId)
                .setAmend(TrialAmend.newBuilder()
                        .setPredecessor(predecessor)
                        .setRegistration(registration)
                        .setReason(new TrialReaders(session).seal(trial, reason)))
                .build();
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("trialId", Ids.text(trialId));
        ids.put("version", predecessor + 1);
        ids.put("protocolVersion", registration.getProtocolVersion());
        ids.put("icfVersion", registration.getIcfVersion());
        new Writes(session).submitAndPrint(body -> body.setTrial(action), ids);
        return 0;
    }

    private byte[] bytes(String file) throws ClientException {
        if (!UserFiles.isStdin(file)) {
            UserFiles.existing(file);
        }
        return UserFiles.read(session, file, TrialDocument.MAX_BYTES);
    }

    private void requireHash(TrialRegistration registration, String file) throws ClientException {
        Hash hash = Hash.sha256(UserFiles.read(session, UserFiles.existing(file).toString(), MAX_PROTOCOL_BYTES));
        if (!registration.getProtocolHash().equals(ByteString.copyFrom(hash.toBytes()))) {
            throw new DocumentFault(
                    "PROTOCOL_HASH_OTHER",
                    "TRI-1",
                    "protocolHash",
                    "the protocol given has the SHA-256 " + hash.hex(),
                    "Correct protocolHash, or give the protocol that it is of");
        }
    }
}
