package io.consilium.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.InspectorCheck;
import io.consilium.client.InspectorFile;
import io.consilium.client.InspectorSet;
import io.consilium.client.MalformedInput;
import io.consilium.client.VerificationFailed;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.ledger.proof.StateValueProof;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.AccessState;
import io.consilium.proto.GuardianState;
import io.consilium.proto.InspectorBundle;
import io.consilium.proto.InspectorLine;
import io.consilium.proto.InspectorLog;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.PatientState;
import io.consilium.proto.StateResponse;
import io.consilium.proto.TransactionResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes and verifies inspectors' bundles. */
final class AuditExport {
    private static final int PAGE = 500;

    /** An access has some six kilobytes of proofs. */
    static final int MAX_PER_FILE = 2_000;

    private static final int SHOWN_FROM_PATIENTS = 20;
    private static final int MAX_PATIENTS = 100_000;
    private static final String CLAIM =
            "Each line is proven by the chain. That these are all lines of the log up to the"
                    + " height shown, as the node's index had them, is attested by the signer.";

    private final Session session;

    AuditExport(Session session) {
        this.session = session;
    }

    /** Writes FILE, and FILE-2 and so on where the log is long; each holds so many accesses and patients. */
    void write(Optional<String> patient, Optional<String> institution, AuditTime time, int perFile, Path out)
            throws ClientException {
        if (perFile < 1 || perFile > MAX_PER_FILE) {
            throw new MalformedInput(
                    "--per-file",
                    "A file holds 1 to " + MAX_PER_FILE + " accesses and patients, not " + perFile,
                    "Leave it out for 1000");
        }
        if (patient.isPresent() == institution.isPresent()) {
            throw new MalformedInput(
                    "--patient", "One patient or one institution is exported", "Give --patient P or --institution I");
        }
        UserFiles.requireNew(out);
        List<ByteString> patients = patient.isPresent()
                ? List.of(Ids.object("patient", patient.get()))
                : accountedBy(Ids.institution(institution.orElseThrow()));
        Parts parts = new Parts(time, perFile, out);
        try (Progress progress = new Progress(session.output(), "Proving", patients.size(), SHOWN_FROM_PATIENTS)) {
            for (int i = 0; i < patients.size(); i++) {
                log(patients.get(i), patient.isPresent(), time, parts);
                progress.at(i + 1);
            }
        }
        parts.finish();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("file", out.toString());
        result.put("files", parts.files.stream().map(Path::toString).toList());
        result.put("patients", patients.size());
        result.put("accesses", parts.accesses);
        result.put("signer", session.actor());
        result.put("claim", CLAIM);
        session.output().result(result);
    }

    /** The files of one export as they are filled: one part is held in memory. */
    private final class Parts {
        private final Path out;
        private final AuditTime time;
        private final int perFile;
        private final ByteString signerProof;
        private final List<Path> files = new ArrayList<>();
        private InspectorBundle.Builder part = InspectorBundle.newBuilder();
        private int inPart;
        private int accesses;
        private ByteString previous = ByteString.EMPTY;

        Parts(AuditTime time, int perFile, Path out) throws ClientException {
            this.time = time;
            this.perFile = perFile;
            this.out = out;
            this.signerProof = proof(signerKey());
        }

        /** Starts a patient's log, in the next part where this one is full. */
        void begin(ByteString patientId, ByteString asOf) throws ClientException {
            if (inPart >= perFile) {
                flush(false);
            }
            part.addLogsBuilder().setPatientId(patientId).setAsOfProof(asOf);
            inPart++; // an institution may have many patients whom nobody asked for
        }

        /** A line of the log begun last. */
        void add(InspectorLine line) throws ClientException {
            if (inPart >= perFile) {
                InspectorLog begun = part.getLogs(part.getLogsCount() - 1);
                flush(false);
                begin(begun.getPatientId(), begun.getAsOfProof());
            }
            part.getLogsBuilder(part.getLogsCount() - 1).addLines(line);
            inPart++;
            accesses++;
        }

        void flush(boolean last) throws ClientException {
            int number = files.size() + 1;
            InspectorBundle bundle = part.setChainId(
                            ByteString.copyFrom(session.genesis().chainId().toBytes()))
                    .setSigner(session.actor())
                    .setSignerProof(signerProof)
                    .setMadeMillis(System.currentTimeMillis())
                    .setPart(number)
                    .setPrevious(previous)
                    .setLast(last)
                    .setFromMillis(time.fromMillis())
                    .setToMillis(time.toMillis())
                    .build();
            InspectorFile file = InspectorFile.sign(bundle, session.identity());
            new InspectorCheck(session.verifier(), session.genesis().chainId()).verify(file);
            Path place = number == 1 ? out : numbered(out, number);
            UserFiles.write(place, file.encode());
            files.add(place);
            previous = ByteString.copyFrom(file.contentHash().toBytes());
            part = InspectorBundle.newBuilder();
            inPart = 0;
        }

        void finish() throws ClientException {
            flush(true);
        }
    }

    /** {@code bundle.json} goes on in {@code bundle-2.json}. */
    static Path numbered(Path out, int number) {
        String name = String.valueOf(out.getFileName());
        int dot = name.lastIndexOf('.');
        String numbered = dot <= 0 ? name + "-" + number : name.substring(0, dot) + "-" + number + name.substring(dot);
        return out.resolveSibling(numbered);
    }

    private StateKey signerKey() throws ClientException {
        if (!(ActorName.parse(session.actor()).orElse(null) instanceof ActorName.Patient patient)) {
            return StateKeys.member(session.actor());
        }
        // A guardian's name looks like a patient's.
        return session.state()
                        .find(StateKeys.guardian(patient.id()), GuardianState.parser())
                        .isPresent()
                ? StateKeys.guardian(patient.id())
                : StateKeys.patient(patient.id());
    }

    /** A patient's log, and those of the ids that were merged into it unless they are exported anyway. */
    private void log(ByteString patientId, boolean withAliases, AuditTime time, Parts parts) throws ClientException {
        ByteString asOf = proof(StateKeys.PARAMETERS);
        long until = timeOf(asOf);
        ByteString[] begun = {patientId};
        parts.begin(patientId, asOf);
        AccessLog.read(session, patientId, access -> {
            boolean own = access.getPatientId().equals(patientId);
            boolean asked = access.getTimeMillis() <= until && !time.endsBefore(access);
            if (asked && (own || withAliases) && (access.hasBreakGlass() || time.touches(access))) {
                if (!access.getPatientId().equals(begun[0])) { // the list has one id after the other
                    begun[0] = access.getPatientId();
                    parts.begin(begun[0], asOf);
                }
                parts.add(line(access));
            }
        });
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

    /** Whom the institution gives account of: in its custody now or before. */
    private List<ByteString> accountedBy(String institution) throws ClientException {
        Set<ByteString> ids = new LinkedHashSet<>(); // who came back is listed twice
        String cursor = "";
        do {
            ListResponse page = session.client()
                    .list(ListRequest.newBuilder()
                            .setList("accounted")
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
        } while (!cursor.isEmpty() && ids.size() <= MAX_PATIENTS);
        if (ids.size() > MAX_PATIENTS) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "TOO_MANY_PATIENTS",
                    "TX-6",
                    "",
                    "It gives account of more than " + MAX_PATIENTS + " patients",
                    "Export patient by patient with --patient");
        }
        if (ids.isEmpty()) {
            throw new ClientException(
                    FailureClass.NOT_FOUND,
                    "NOT_FOUND",
                    "PRV-8",
                    "",
                    "It gives account of no patient, or you may not see any",
                    "Check the institution, and as whom you ask");
        }
        return List.copyOf(ids);
    }

    /** Shows what the files prove; each line with who signed it, when, and what that means (ACC-5). */
    void verify(List<String> names) throws ClientException {
        InspectorCheck check =
                new InspectorCheck(session.verifier(), session.genesisToVerify().chainId());
        List<InspectorCheck.Verified> given = new ArrayList<>();
        for (String name : names) {
            given.add(check.verify(InspectorFile.read(UserFiles.read(session, name, InspectorFile.MAX_BYTES))));
        }
        List<InspectorCheck.Verified> parts = InspectorSet.ordered(given);
        boolean complete = InspectorSet.isComplete(parts);
        List<Map<String, Object>> items = new ArrayList<>();
        List<Map<String, Object>> logs = new ArrayList<>();
        Map<String, List<AccessState>> accesses = new LinkedHashMap<>();
        for (InspectorCheck.Verified part : parts) {
            for (InspectorCheck.Log log : part.logs()) {
                String patient = Ids.text(log.patientId());
                Map<String, Object> about = new LinkedHashMap<>();
                about.put("patientId", patient);
                about.put("part", part.part());
                about.put("height", log.height());
                about.put("asOf", Dates.text(log.timeMillis()));
                about.put("accesses", log.accesses().size());
                logs.add(about);
                accesses.computeIfAbsent(patient, unknown -> new ArrayList<>()).addAll(log.accesses());
            }
        }
        InspectorCheck.Verified newest = parts.get(parts.size() - 1);
        AuditTime time = new AuditTime(newest.fromMillis(), newest.toMillis());
        accesses.forEach((patient, all) -> AuditEntry.of(all).stream()
                .filter(entry -> time.contains(entry.timeMillis()))
                .forEach(entry -> {
                    Map<String, Object> item = new LinkedHashMap<>();
                    item.put("patientId", patient);
                    item.putAll(entry.describe());
                    items.add(item);
                }));
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("verified", true);
        facts.put("complete", complete);
        facts.put("parts", parts.stream().map(InspectorCheck.Verified::part).toList());
        facts.put("signer", newest.signer());
        facts.put("signedAt", Dates.text(newest.madeMillis()));
        facts.put("meaning", "attested that the log is complete");
        facts.put("from", side(newest.fromMillis()));
        facts.put("to", side(newest.toMillis()));
        facts.put("logs", logs);
        facts.put("claim", CLAIM);
        session.output().list(List.of("time", "by", "meaning", "purpose", "recordId"), items, Optional.empty(), facts);
        session.output()
                .say("Verified. Signed by " + newest.signer() + " at " + Dates.text(newest.madeMillis())
                        + ", who attested that the log is complete.");
        session.output().say(CLAIM);
        if (!complete) {
            session.output()
                    .say("These are not all files of the export: only part "
                            + parts.stream()
                                    .map(part -> String.valueOf(part.part()))
                                    .collect(Collectors.joining(", "))
                            + (newest.last() ? " of " + newest.part() : ", and the last is not among them"));
        }
    }

    private static Optional<String> side(long millis) {
        return millis == 0 ? Optional.empty() : Optional.of(Dates.text(millis));
    }
}
