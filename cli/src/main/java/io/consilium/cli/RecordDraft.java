package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.BlindedLabels;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.FailureClass;
import io.consilium.client.Opening;
import io.consilium.client.Payload;
import io.consilium.client.PayloadSealer;
import io.consilium.client.PayloadUpload;
import io.consilium.client.ScopeKey;
import io.consilium.client.SealedPayload;
import io.consilium.client.UploadNotes;
import io.consilium.client.VerifiedReceipt;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PrivateFile;
import io.consilium.interop.fhir.FhirDocument;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.Code;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.PatientState;
import io.consilium.proto.Period;
import io.consilium.proto.RecordAmend;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordFacts;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.RecordState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A version of a record on its way: labelled, encrypted, handed to the vault, registered, its opening kept. */
final class RecordDraft implements AutoCloseable {
    static final int MAX_STDIN_BYTES = 64 * 1024 * 1024;

    private final Session session;
    private final PatientState patient;
    private final InstitutionState custodian;
    private final ScopeKey scopeKey;
    private final Labels labels;
    private final SealedPayload sealed;
    private final long contentBytes;
    private final Optional<Period> clinical;
    private final Optional<Path> opening;

    private RecordDraft(
            Session session,
            PatientState patient,
            InstitutionState custodian,
            ScopeKey scopeKey,
            Labels labels,
            SealedPayload sealed,
            long contentBytes,
            Optional<Period> clinical,
            Optional<Path> opening) {
        this.session = session;
        this.patient = patient;
        this.custodian = custodian;
        this.scopeKey = scopeKey;
        this.labels = labels;
        this.sealed = sealed;
        this.contentBytes = contentBytes;
        this.clinical = clinical;
        this.opening = opening;
    }

    /** What the user said of the content. */
    record Source(
            String file,
            Optional<String> mediaType,
            Optional<String> title,
            List<String> labels,
            Optional<String> sensitivity,
            Optional<String> clinicalTime) {}

    static RecordDraft prepare(
            Session session,
            Source source,
            PatientState patient,
            Optional<String> custodianName,
            Optional<Path> opening)
            throws ClientException, IOException {
        Payload payload = UserFiles.isStdin(source.file())
                ? Payload.of(UserFiles.read(session, source.file(), MAX_STDIN_BYTES))
                : Payload.of(UserFiles.existing(source.file()));
        List<Code> given = new ArrayList<>();
        for (String label : source.labels()) {
            given.add(Labels.code("--label", label));
        }
        Optional<Sensitivity> asked = source.sensitivity().isPresent()
                ? Optional.of(Labels.level("--sensitivity", source.sensitivity().get()))
                : Optional.empty();
        Optional<byte[]> fhir = fhir(payload, source.mediaType());
        Optional<Labels> read = Optional.empty();
        if (fhir.isPresent()) {
            FhirDocument document = FhirContent.read(fhir.get());
            FhirContent.tell(session, given.isEmpty() ? document.unlabelled() : List.of());
            FhirContent.tellAhead(
                    session,
                    ClinicalTime.isAhead(fhir.get(), System.currentTimeMillis())
                            ? List.of(document.resourceType())
                            : List.of());
            read = Optional.of(FhirContent.labels(document));
        }
        Labels labels = Labels.of(given, asked, read);
        Labels.tellUnknown(session, labels.codes());
        String mediaType = source.mediaType().isPresent()
                ? source.mediaType().get()
                : fhir.isPresent() ? FhirContent.MEDIA_TYPE : MediaTypes.of(payload);

        Optional<Period> clinical = source.clinicalTime().isPresent()
                ? Optional.of(ClinicalTime.given(source.clinicalTime().get(), System.currentTimeMillis()))
                : fhir.flatMap(ClinicalTime::of);
        return of(session, payload, mediaType, source.title(), labels, clinical, patient, custodianName, opening);
    }

    /** Of content whose labels are known. */
    static RecordDraft of(
            Session session,
            Payload payload,
            String mediaType,
            Optional<String> title,
            Labels labels,
            Optional<Period> clinical,
            PatientState patient,
            Optional<String> custodianName,
            Optional<Path> opening)
            throws ClientException, IOException {
        if (payload.size() == 0) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "CONTENT_EMPTY",
                    "REC-1",
                    "",
                    payload.name() + " is empty: there is nothing to register",
                    "Check that it is the right file and that it was written to its end");
        }
        new PayloadUpload(session.client()).requireRoom(payload);
        String slug = custodianName.isPresent() ? Ids.institution(custodianName.get()) : custodian(session, patient);
        InstitutionState custodian = session.state().institution(slug).value();
        ScopeKey scopeKey = new Custodian(session).scopeKey(patient.getId());
        Path work = PrivateFile.directories(session.context().home().resolve("work"));
        List<String> of = List.of(Ids.text(patient.getId()), slug);
        SealedPayload sealed = sealed(session, payload, mediaType, title, of, work);
        return new RecordDraft(
                session, patient, custodian, scopeKey, labels, sealed, payload.size(), clinical, opening);
    }

    /** Encrypts the payload, or goes on with the ciphertext of an upload of the same file that broke (REC-2). */
    private static SealedPayload sealed(
            Session session, Payload payload, String mediaType, Optional<String> title, List<String> of, Path work)
            throws ClientException, IOException {
        PayloadSealer sealer = new PayloadSealer();
        boolean small = payload.size() < UploadNotes.MIN_BYTES;
        if (session.options().dryRun || small || !(payload instanceof Payload.FilePayload named)) {
            return sealer.seal(payload, mediaType, title, work);
        }
        UploadNotes notes = new UploadNotes(session.identity(), work);
        notes.tidy(System.currentTimeMillis());
        List<String> words = new ArrayList<>(of);
        words.addAll(List.of(session.actor(), mediaType, title.orElse("")));
        Hash upload = UploadNotes.upload(named.file(), words);
        Optional<SealedPayload> broken = notes.find(upload);
        if (broken.isPresent()) {
            session.output().say("Going on with the upload that broke");
            return broken.get();
        }
        try (Progress progress = new Progress(session.output(), "Encrypting", payload.size())) {
            SealedPayload sealed = sealer.seal(payload, mediaType, title, work, progress::at);
            notes.keep(upload, sealed);
            return sealed;
        }
    }

    int register(List<String> replicaNames) throws ClientException, IOException {
        TreeSet<String> replicas = new TreeSet<>();
        for (String name : replicaNames) {
            replicas.add(Ids.institution(name));
        }
        upload();
        new Writes(session).print(registered(new CustodianKeys().freshId(), replicas));
        return 0;
    }

    /** Registers what is uploaded, keeps the opening, and prints nothing. */
    Writes.Written registered(ByteString recordId, Set<String> replicas) throws ClientException, IOException {
        BlindedLabels blinded = BlindedLabels.of(labels.codes(), labels.sensitivity(), scopeKey);
        RecordRegister register = RecordRegister.newBuilder()
                .setRecordId(recordId)
                .setPatientId(patient.getId())
                .setCustodian(custodian.getId())
                .addAllReplicas(replicas)
                .setContent(content(recordId, blinded))
                .build();
        Writes writes = new Writes(session);
        Writes.Written written = writes.submit(body -> body.setRecordRegister(register), ids(recordId, 1, blinded));
        keepOpening(written, recordId, 1);
        return written;
    }

    /** @param lowers whether the user named a level of sensitivity */
    int amend(RecordState record, String reason, boolean lowers) throws ClientException, IOException {
        long predecessor = record.getVersionsCount();
        BlindedLabels blinded = BlindedLabels.amended(record, labels.codes(), labels.sensitivity(), lowers, scopeKey);
        RecordAmend amend = RecordAmend.newBuilder()
                .setRecordId(record.getId())
                .setPredecessor(predecessor)
                .setContent(content(record.getId(), blinded))
                .setSealedReason(scopeKey.sealReason(reason))
                .build();
        upload();
        Writes writes = new Writes(session);
        Writes.Written written =
                writes.submit(body -> body.setRecordAmend(amend), ids(record.getId(), predecessor + 1, blinded));
        keepOpening(written, record.getId(), predecessor + 1);
        writes.print(written);
        if (blinded.dropped() > 0) {
            session.output()
                    .say(blinded.dropped() + " labels of the version before are not those of this content and are not"
                            + " kept; consents by them do not reach it");
        }
        return 0;
    }

    private RecordContent content(ByteString recordId, BlindedLabels blinded) throws ClientException {
        return RecordContent.newBuilder()
                .setCommitment(ByteString.copyFrom(sealed.commitment().toBytes()))
                .setCiphertextHash(ByteString.copyFrom(sealed.ciphertextHash().toBytes()))
                .setCiphertextSize(sealed.size())
                .addAllLabels(blinded.labels())
                .addAllSensitivityLabels(scopeKey.sensitivityLabels(blinded.sensitivity()))
                .setSealedMetadata(ByteString.copyFrom(sealed.sealedMetadata()))
                .addDataKey(sealed.sealDataKey(recordId, custodian))
                .setLabelEpoch(scopeKey.epoch())
                .setSealedFacts(sealed.sealFacts(facts(blinded.codesOfVersion())))
                .build();
    }

    private RecordFacts facts(long codesOfVersion) {
        RecordFacts.Builder facts =
                RecordFacts.newBuilder().addAllCodes(labels.codes()).setCodesOfVersion(codesOfVersion);
        clinical.ifPresent(facts::setClinical);
        return facts.build();
    }

    /** The vault has the payload before the chain has the record: a record without its content helps nobody. */
    void upload() throws ClientException, IOException {
        if (session.options().dryRun) {
            return;
        }
        try (Progress progress = new Progress(session.output(), "Uploading", sealed.size())) {
            new PayloadUpload(session.client())
                    .send(sealed.ciphertext(), sealed.ciphertextHash(), sealed.size(), custodian.getId(), progress::at);
        } catch (ClientException failed) {
            if (!failed.kind().isPassing()) {
                sealed.settled(); // sending the same bytes again would be refused again
            } else if (sealed.isKept()) {
                session.output().say("The same command goes on where this upload stopped");
            }
            throw failed;
        }
    }

    private Map<String, Object> ids(ByteString recordId, long version, BlindedLabels blinded) {
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("recordId", Ids.text(recordId));
        ids.put("version", version);
        ids.put("patientId", Ids.text(patient.getId()));
        ids.put("commitment", sealed.commitment().hex());
        ids.put("ciphertextHash", sealed.ciphertextHash().hex());
        ids.put("bytes", contentBytes);
        ids.put("ciphertextBytes", sealed.size());
        ids.put("labels", blinded.labels().size());
        ids.put("sensitivity", blinded.sensitivity().name());
        return ids;
    }

    private void keepOpening(Writes.Written written, ByteString recordId, long version)
            throws ClientException, IOException {
        sealed.settled();
        Optional<VerifiedReceipt> receipt = written.receipt().filter(VerifiedReceipt::applied);
        if (receipt.isPresent()) {
            Path file = Openings.keep(
                    session,
                    opening,
                    recordId,
                    version,
                    new Opening(sealed.salt(), receipt.get().proof()));
            written.result().put("opening", file.toString());
        } else if (written.receipt().isEmpty() && !session.options().dryRun) {
            session.output()
                    .say("Without its receipt no opening is kept; once it is applied, record get by the custodian's"
                            + " staff makes one");
        }
    }

    /** FHIR content, read as such unless the user says that it is something else. */
    private static Optional<byte[]> fhir(Payload payload, Optional<String> mediaType)
            throws ClientException, IOException {
        boolean asked = mediaType.map(FhirContent.MEDIA_TYPE::equals).orElse(false);
        if (mediaType.isPresent() && !asked || payload.size() > FhirContent.MAX_BYTES && !asked) {
            return Optional.empty();
        }
        byte[] content;
        try (var in = payload.open()) {
            content = in.readNBytes(FhirContent.MAX_BYTES + 1);
        } catch (IOException failed) {
            throw UserFiles.unreadable(payload.name(), failed);
        }
        return asked || FhirContent.looksLikeFhir(content) ? Optional.of(content) : Optional.empty();
    }

    private static String custodian(Session session, PatientState patient) throws ClientException {
        String own = session.actor().contains("/") ? session.institution() : "";
        if (patient.getCustodiansList().contains(own)) {
            return own;
        }
        if (patient.getCustodiansCount() == 0) {
            throw new ClientException(
                    FailureClass.REFUSED, "NO_CUSTODIAN", "The patient has no custodian", "Register the patient anew");
        }
        return patient.getCustodians(0);
    }

    @Override
    public void close() throws IOException {
        sealed.close();
    }
}
