package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.DocumentFault;
import io.consilium.client.Opening;
import io.consilium.client.Payload;
import io.consilium.client.PayloadSealer;
import io.consilium.client.PayloadUpload;
import io.consilium.client.SealedPayload;
import io.consilium.client.VerifiedReceipt;
import io.consilium.client.trial.TrialReader;
import io.consilium.crypto.PrivateFile;
import io.consilium.interop.cdisc.CdiscFault;
import io.consilium.interop.cdisc.DatasetReader;
import io.consilium.interop.cdisc.Enrolled;
import io.consilium.interop.cdisc.SubjectRows;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialCorrect;
import io.consilium.proto.TrialDataContent;
import io.consilium.proto.TrialDatasetState;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubmit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A dataset on its way: read and checked whole, sealed to the sponsor, staged in its vault, registered (TRI-5). */
final class TrialData implements AutoCloseable {
    private static final String MEDIA_TYPE = "application/vnd.cdisc.dataset";

    private final Session session;
    private final TrialState trial;
    private final String name;
    private final Optional<String> subject;
    private final SubjectRows rows;
    private final SealedPayload sealed;

    private TrialData(
            Session session,
            TrialState trial,
            String name,
            Optional<String> subject,
            SubjectRows rows,
            SealedPayload sealed) {
        this.session = session;
        this.trial = trial;
        this.name = name;
        this.subject = subject;
        this.rows = rows;
        this.sealed = sealed;
    }

    static TrialData read(
            Session session,
            ByteString trialId,
            String file,
            String name,
            Optional<String> subject,
            Optional<TrialDatasetState> corrected)
            throws ClientException, IOException {
        if (!name.matches("[A-Za-z0-9_-]{1,40}")) {
            throw new DocumentFault(
                    "DATASET_NAME",
                    "TRI-5",
                    "--dataset",
                    "a name of 1 to 40 letters, digits, hyphens and underscores expected",
                    "Name it as CDISC does, e.g. ADSL");
        }
        if (subject.isPresent()) {
            Ids.object("subject", subject.get());
        }
        Payload payload = UserFiles.isStdin(file)
                ? Payload.of(UserFiles.read(session, file, RecordDraft.MAX_STDIN_BYTES))
                : Payload.of(UserFiles.existing(file));
        new PayloadUpload(session.client()).requireRoom(payload);
        TrialState trial = session.state().trial(trialId).value();
        Map<String, Enrolled> enrolled = enrolled(session, trialId);
        SubjectRows rows = new SubjectRows(
                pseudonym -> Optional.ofNullable(enrolled.get(pseudonym)),
                subject,
                corrected.map(dataset -> dataset.getVersions(0).getTimeMillis()),
                System.currentTimeMillis());
        try (InputStream in = payload.open()) {
            DatasetReader.read(in, name, rows);
        } catch (CdiscFault fault) {
            throw invalid(fault);
        }
        if (corrected.isPresent()) {
            requireShape(corrected.get(), rows);
        }
        Path work = PrivateFile.directories(session.context().home().resolve("work"));
        SealedPayload sealed = new PayloadSealer().seal(payload, MEDIA_TYPE, Optional.of(name), work);
        return new TrialData(session, trial, name, subject, rows, sealed);
    }

    static DocumentFault invalid(CdiscFault fault) {
        boolean saysWho = fault instanceof CdiscFault.SaysWho;
        return new DocumentFault(
                "DATASET_INVALID",
                saysWho ? "TRI-4" : "TRI-5",
                fault.path(),
                fault.getMessage(),
                (saysWho ? "Leave the column out, or rename it if it is not of a subject" : "Correct the data")
                        + "; nothing was submitted");
    }

    private static Map<String, Enrolled> enrolled(Session session, ByteString trialId) throws ClientException {
        Map<String, Enrolled> enrolled = new HashMap<>();
        new TrialReader(session.client(), session.state())
                .subjects(trialId)
                .forEach(subject -> enrolled.put(Ids.text(subject.getPseudonym()), Enrolled.of(subject)));
        return enrolled;
    }

    private static void requireShape(TrialDatasetState dataset, SubjectRows rows) throws DocumentFault {
        if (!rows.shape().equals(dataset.getVersions(0).getContent().getShape())) {
            throw fault(Refusal.DATASET_SHAPE_OTHER, "columns");
        }
    }

    /** Told before anything is uploaded; the ledger decides it again. */
    private static void requireSubjects(TrialDatasetState dataset, SubjectRows rows) throws DocumentFault {
        TrialDataContent before =
                dataset.getVersions(dataset.getVersionsCount() - 1).getContent();
        if (rows.subjects() - rows.notEnrolled() < before.getSubjects() - before.getNotEnrolled()) {
            throw fault(Refusal.DATASET_SUBJECTS_FEWER, "rows");
        }
    }

    private static DocumentFault fault(Refusal refusal, String path) {
        return new DocumentFault(refusal.name(), refusal.rule(), path, refusal.summary(), refusal.hint());
    }

    int submit() throws ClientException {
        ByteString datasetId = new CustodianKeys().freshId();
        TrialSubmit.Builder submit =
                TrialSubmit.newBuilder().setDatasetId(datasetId).setName(name).setContent(content(datasetId));
        if (subject.isPresent()) {
            submit.setPseudonym(Ids.object("subject", subject.get()));
        }
        send(TrialAction.newBuilder().setSubmit(submit), datasetId, 1);
        return 0;
    }

    static int correct(
            Session session, ByteString trialId, ByteString datasetId, String file, String reason, boolean removed)
            throws ClientException, IOException {
        TrialDatasetState dataset = session.state().trialDataset(datasetId).value();
        Optional<String> subject =
                Optional.of(dataset.getPseudonym()).filter(id -> !id.isEmpty()).map(Ids::text);
        try (TrialData data = read(session, trialId, file, dataset.getName(), subject, Optional.of(dataset))) {
            if (!removed) {
                requireSubjects(dataset, data.rows);
            }
            long predecessor = dataset.getVersionsCount();
            TrialCorrect correct = TrialCorrect.newBuilder()
                    .setDatasetId(datasetId)
                    .setPredecessor(predecessor)
                    .setContent(data.content(datasetId))
                    .setReason(new TrialReaders(session).seal(data.trial, reason))
                    .setSubjectsRemoved(removed)
                    .build();
            data.send(TrialAction.newBuilder().setCorrect(correct), datasetId, predecessor + 1);
            return 0;
        }
    }

    private TrialDataContent content(ByteString datasetId) throws ClientException {
        InstitutionState sponsor =
                session.state().institution(trial.getSponsor()).value();
        return TrialDataContent.newBuilder()
                .setCommitment(ByteString.copyFrom(sealed.commitment().toBytes()))
                .setCiphertextHash(ByteString.copyFrom(sealed.ciphertextHash().toBytes()))
                .setCiphertextSize(sealed.size())
                .setSealedMetadata(ByteString.copyFrom(sealed.sealedMetadata()))
                .addDataKey(sealed.sealDataKey(datasetId, sponsor))
                .setRows(rows.rows())
                .setColumns(rows.width())
                .setSubjects(rows.subjects())
                .setNotEnrolled(rows.notEnrolled())
                .setShape(rows.shape())
                .build();
    }

    /** The vault has the data before the chain has their hash. */
    private void send(TrialAction.Builder action, ByteString datasetId, long version) throws ClientException {
        if (!session.options().dryRun) {
            try (Progress progress = new Progress(session.output(), "Uploading", sealed.size())) {
                new PayloadUpload(session.client())
                        .send(
                                sealed.ciphertext(),
                                sealed.ciphertextHash(),
                                sealed.size(),
                                trial.getSponsor(),
                                trial.getId(),
                                progress::at);
            }
        }
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("trialId", Ids.text(trial.getId()));
        ids.put("datasetId", Ids.text(datasetId));
        ids.put("version", version);
        ids.put("rows", rows.rows());
        ids.put("columns", rows.width());
        ids.put("subjects", rows.subjects());
        ids.put("notEnrolled", rows.notEnrolled());
        ids.put("ciphertextHash", sealed.ciphertextHash().hex());
        for (String column : rows.nearlyNumbers()) {
            session.output().say("Column " + column + " holds numbers but for a few values; check that they are meant");
        }
        for (String column : rows.ahead()) {
            session.output().say("Column " + column + " holds dates after today; check that they are meant");
        }
        if (!rows.namesSubjects()) {
            session.output()
                    .say(
                            "No column names the subjects (USUBJID, SUBJID or PSEUDONYM), so no row is held against a consent;"
                                    + " of one subject's data, name it with --subject");
        }
        if (rows.repeated() > 0) {
            session.output()
                    .say(rows.repeated() + (rows.repeated() == 1 ? " row says" : " rows say")
                            + " exactly what an earlier row says; check that they are meant");
        }
        if (rows.notEnrolled() > 0) {
            session.output()
                    .say(rows.notEnrolled() + " of " + rows.subjects()
                            + " subjects are not enrolled in this trial; the chain and trial audit show it");
        }
        TrialAction built = action.setTrialId(trial.getId()).build();
        Writes writes = new Writes(session);
        Writes.Written written = writes.submit(body -> body.setTrial(built), ids);
        keepOpening(written, datasetId, version);
        writes.print(written);
    }

    private void keepOpening(Writes.Written written, ByteString datasetId, long version) throws ClientException {
        Optional<VerifiedReceipt> receipt = written.receipt().filter(VerifiedReceipt::applied);
        if (receipt.isPresent()) {
            Path file = Openings.keep(
                    session,
                    Optional.empty(),
                    datasetId,
                    version,
                    new Opening(sealed.salt(), receipt.get().proof()),
                    "The dataset is registered; only the sponsor can prove its content now");
            written.result().put("opening", file.toString());
        } else if (written.receipt().isEmpty() && !session.options().dryRun) {
            session.output().say("Without its receipt no opening is kept; only the sponsor can prove the content");
        }
    }

    @Override
    public void close() throws IOException {
        sealed.close();
    }
}
