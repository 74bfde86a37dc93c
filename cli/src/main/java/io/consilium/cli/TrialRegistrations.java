package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.DocumentFault;
import io.consilium.client.trial.TrialDocument;
import io.consilium.crypto.Hash;
import io.consilium.interop.cdisc.CdiscFault;
import io.consilium.interop.cdisc.UsdmProtocol;
import io.consilium.ledger.trials.EthicsApproval;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialAmend;
import io.consilium.proto.TrialRegister;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Registers and amends trials from documents that were read whole before anything is submitted (TRI-1, TRI-3). */
final class TrialRegistrations {
    private static final int MAX_PROTOCOL_BYTES = 256 * 1024 * 1024;

    private final Session session;

    TrialRegistrations(Session session) {
        this.session = session;
    }

    TrialRegistration document(String file) throws ClientException {
        return TrialDocument.read(bytes(file));
    }

    /** Read once more as the plain form, which says what is wrong with it in the words of the form. */
    TrialRegistration usdm(String file) throws ClientException {
        byte[] bytes = UserFiles.read(
                session,
                UserFiles.isStdin(file) ? file : UserFiles.existing(file).toString(),
                UsdmProtocol.MAX_BYTES);
        try {
            List<String> notes = new ArrayList<>();
            TrialRegistration imported =
                    UsdmProtocol.read(bytes, new TrialTemplate(session).registration(), notes::add);
            notes.forEach(session.output()::say);
            return TrialDocument.read(
                    TrialDocument.write(imported.toBuilder()
                            .setProtocolHash(
                                    ByteString.copyFrom(Hash.sha256(bytes).toBytes()))
                            .build()),
                    Hash.sha256(bytes));
        } catch (CdiscFault fault) {
            throw new DocumentFault(
                    "USDM_INVALID",
                    "TRI-1",
                    fault.path(),
                    fault.getMessage(),
                    "Complete the protocol, or register it with a document from consilium trial template");
        }
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
