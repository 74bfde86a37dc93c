package io.consilium.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.InspectorCheck;
import io.consilium.client.InspectorFile;
import io.consilium.client.MalformedInput;
import io.consilium.client.VerificationFailed;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.PrivateFile;
import io.consilium.ledger.proof.StateValueProof;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.AccessState;
import io.consilium.proto.InspectorBundle;
import io.consilium.proto.InspectorLine;
import io.consilium.proto.InspectorLog;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.PatientState;
import io.consilium.proto.StateResponse;
import io.consilium.proto.TransactionResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes and verifies inspectors' bundles. */
final class AuditExport {
    private static final int PAGE = 500;
    private static final int MAX_LINES = 5_000;
    private static final String CLAIM =
            "Each line is proven by the chain. That these are all lines of the log up to the"
                    + " height shown, as the node's index had them, is attested by the signer.";

    private final Session session;

    AuditExport(Session session) {
        this.session = session;
    }

    void write(Optional<String> patient, Optional<String> institution, Path out) throws ClientException {
        if (patient.isPresent() == institution.isPresent()) {
            throw new MalformedInput(
                    "--patient", "It is not said what to export", "Give --patient P or --institution I");
        }
        UserFiles.requireAbsent(out);
        List<ByteString> patients = patient.isPresent()
                ? List.of(Ids.object("patient", patient.get()))
                : patientsOf(Ids.institution(institution.orElseThrow()));
        InspectorBundle.Builder bundle = InspectorBundle.newBuilder()
                .setChainId(ByteString.copyFrom(session.genesis().chainId().toBytes()))
                .setSigner(session.actor())
                .setSignerProof(proof(signerKey()))
                .setMadeMillis(System.currentTimeMillis());
        int lines = 0;
        for (ByteString id : patients) {
            InspectorLog log = log(id, MAX_LINES - lines);
            lines += log.getLinesCount();
            bundle.addLogs(log);
        }
        InspectorFile file = InspectorFile.sign(bundle.build(), session.identity());
        new InspectorCheck(session.verifier(), session.genesis().chainId()).verify(file);
        try {
            UserFiles.parentOf(out);
            PrivateFile.replace(out, file.encode());
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "OUT_UNWRITABLE",
                            out + " cannot be written: " + PrivateFile.reason(failed),
                            "Check --out, its directory and the free space")
                    .causedBy(failed);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("file", out.toString());
        result.put("patients", patients.size());
        result.put("lines", lines);
        result.put("signer", session.actor());
        result.put("claim", CLAIM);
        session.output().result(result);
    }

    private StateKey signerKey() throws ClientException {
        return ActorName.parse(session.actor()).orElse(null) instanceof ActorName.Patient patient
                ? StateKeys.patient(patient.id())
                : StateKeys.member(session.actor());
    }

    private InspectorLog log(ByteString patientId, int maxLines) throws ClientException {
        ByteString patient = proof(StateKeys.patient(patientId));
        long until = timeOf(patient);
        InspectorLog.Builder log = InspectorLog.newBuilder().setPatientProof(patient);
        for (AccessState access : AuditCommands.log(session, patientId)) {
            if (access.getTimeMillis() > until) {
                break; // it came after the height that the log is of
            }
            if (log.getLinesCount() >= maxLines) {
                throw new ClientException(
                        FailureClass.REFUSED,
                        "LOG_TOO_LONG",
                        "The log has more than " + MAX_LINES + " lines",
                        "Export patient by patient with --patient");
            }
            log.addLines(line(access));
        }
        return log.build();
    }

    private InspectorLine line(AccessState access) throws ClientException {
        ByteString proof = proof(StateKeys.access(access.getId()));
        InspectorLine.Builder line = InspectorLine.newBuilder().setAccessProof(proof);
        try {
            // as proven, which may be newer than the page
            AccessState proven = AccessState.parseFrom(
                    decode(proof).proof().value().orElseThrow(() -> unproven("an access is not there")));
            for (ByteString txId : InspectorCheck.transactions(proven)) {
                TransactionResponse found = session.client().transaction(Hash.of(txId.toByteArray()));
                if (found.getReceiptProof().isEmpty()) {
                    throw unproven("the receipt of a transaction is missing");
                }
                line.addReceiptProofs(found.getReceiptProof());
            }
            return line.build();
        } catch (InvalidProtocolBufferException malformed) {
            throw unproven("an access cannot be read").causedBy(malformed);
        }
    }

    private ByteString proof(StateKey key) throws ClientException {
        StateResponse response = session.client().state(key.text());
        if (!response.getFound() || response.getProof().isEmpty()) {
            throw unproven("an object has no proof yet");
        }
        return response.getProof();
    }

    private static long timeOf(ByteString proof) throws ClientException {
        return decode(proof).block().header().timestampMillis();
    }

    private static StateValueProof decode(ByteString proof) throws ClientException {
        try {
            return StateValueProof.decode(proof.toByteArray());
        } catch (MalformedException malformed) {
            throw unproven("a proof cannot be read").causedBy(malformed);
        }
    }

    private static VerificationFailed unproven(String reason) {
        return new VerificationFailed(
                "LOG_UNPROVEN", "The log cannot be exported: " + reason, "Ask another node with --node");
    }

    private List<ByteString> patientsOf(String institution) throws ClientException {
        List<ByteString> ids = new ArrayList<>();
        String cursor = "";
        do {
            ListResponse page = session.client()
                    .list(ListRequest.newBuilder()
                            .setList("patients")
                            .setBy("institution/" + institution)
                            .setLimit(PAGE)
                            .setCursor(cursor)
                            .build());
            for (ByteString item : page.getItemsList()) {
                try {
                    ids.add(PatientState.parseFrom(item).getId());
                } catch (InvalidProtocolBufferException malformed) {
                    throw unproven("a patient cannot be read").causedBy(malformed);
                }
            }
            cursor = page.getNextCursor();
        } while (!cursor.isEmpty() && ids.size() <= MAX_LINES);
        if (ids.isEmpty()) {
            throw new ClientException(
                    FailureClass.NOT_FOUND,
                    "NOT_FOUND",
                    "PRV-8",
                    "",
                    "There is no patient in its custody, or you may not see any",
                    "Check the institution, and as whom you ask");
        }
        return ids;
    }

    /** Shows what the bundle proves; each line with who signed it, when, and what that means (ACC-5). */
    void verify(String name) throws ClientException {
        InspectorFile file = InspectorFile.read(UserFiles.read(session, name, InspectorFile.MAX_BYTES));
        InspectorCheck.Verified verified =
                new InspectorCheck(session.verifier(), session.genesis().chainId()).verify(file);
        List<Map<String, Object>> items = new ArrayList<>();
        List<Map<String, Object>> logs = new ArrayList<>();
        for (InspectorCheck.Log log : verified.logs()) {
            String patient = Ids.text(log.patient().getId());
            Map<String, Object> about = new LinkedHashMap<>();
            about.put("patientId", patient);
            about.put("height", log.height());
            about.put("asOf", Dates.text(log.timeMillis()));
            about.put("accesses", log.accesses().size());
            logs.add(about);
            for (AuditEntry entry : AuditEntry.of(log.accesses())) {
                Map<String, Object> item = new LinkedHashMap<>();
                item.put("patientId", patient);
                item.putAll(entry.describe());
                items.add(item);
            }
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("verified", true);
        facts.put("signer", verified.signer());
        facts.put("signedAt", Dates.text(verified.madeMillis()));
        facts.put("meaning", "attested that the log is complete");
        facts.put("logs", logs);
        facts.put("claim", CLAIM);
        session.output().list(List.of("time", "by", "meaning", "purpose", "recordId"), items, Optional.empty(), facts);
        session.output()
                .say("Verified. Signed by " + verified.signer() + " at " + Dates.text(verified.madeMillis())
                        + ", who attested that the log is complete.");
        session.output().say(CLAIM);
    }
}
