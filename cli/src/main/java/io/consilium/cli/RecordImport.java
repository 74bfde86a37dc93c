package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.Payload;
import io.consilium.client.ScopeKey;
import io.consilium.client.Submitter;
import io.consilium.client.VerifiedReceipt;
import io.consilium.crypto.Hash;
import io.consilium.interop.fhir.BundleDocument;
import io.consilium.interop.fhir.BundleReader;
import io.consilium.interop.fhir.BundleReading;
import io.consilium.interop.fhir.FhirRefusal;
import io.consilium.proto.Code;
import io.consilium.proto.PatientState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * FHIR resources on their way into records of their own, from a Bundle or a lone resource (REC-4). All of them are read
 * and labelled before the first is submitted.
 */
final class RecordImport {
    private static final List<String> COLUMNS = List.of("entry", "resourceType", "status", "recordId", "labels");

    private final Session session;
    private final Hash document;
    private final List<Entry> entries;

    private RecordImport(Session session, Hash document, List<Entry> entries) {
        this.session = session;
        this.document = document;
        this.entries = entries;
    }

    private record Entry(BundleDocument.Entry source, Labels labels) {
        Map<String, Object> about() {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("entry", source.path());
            source.fullUrl().ifPresent(url -> object.put("fullUrl", url));
            object.put("resourceType", source.labels().resourceType());
            if (!source.labels().unlabelled().isEmpty()) {
                object.put("unlabelled", source.labels().unlabelled());
            }
            return object;
        }
    }

    /** Reads everything, or refuses everything with the element at fault (exit 6). */
    static RecordImport of(Session session, String file) throws ClientException {
        byte[] document = document(session, file);
        BundleReading reading = BundleReader.read(document);
        if (reading instanceof FhirRefusal refusal) {
            throw new DocumentRefused(
                    refusal,
                    "FHIR_INVALID",
                    "REC-4",
                    "Nothing is registered",
                    "Correct the document, or register its parts with record add");
        }
        List<Entry> entries = new ArrayList<>();
        List<String> unlabelled = new ArrayList<>();
        List<String> ahead = new ArrayList<>();
        for (BundleDocument.Entry source : ((BundleDocument) reading).entries()) {
            entries.add(new Entry(source, labels(source)));
            unlabelled.addAll(source.labels().unlabelled());
            byte[] content = source.content().getBytes(StandardCharsets.UTF_8);
            if (ClinicalTime.isAhead(content, System.currentTimeMillis())) {
                ahead.add(source.path());
            }
        }
        FhirContent.tell(session, unlabelled);
        Labels.tellUnknown(
                session,
                entries.stream()
                        .flatMap(entry -> entry.labels().codes().stream())
                        .toList());
        FhirContent.tellAhead(session, ahead);
        return new RecordImport(session, Hash.sha256(document), entries);
    }

    private static byte[] document(Session session, String file) throws ClientException {
        try {
            return UserFiles.read(session, file, FhirContent.MAX_BYTES);
        } catch (ClientException failed) {
            if (failed.kind() != FailureClass.REFUSED) {
                throw failed;
            }
            throw new ClientException(
                            failed.kind(),
                            failed.code(),
                            "REC-4",
                            "",
                            "Nothing is registered: " + failed.getMessage(),
                            "Import a Bundle in parts; one large resource is added with record add, --media-type and --label")
                    .causedBy(failed);
        }
    }

    private static Labels labels(BundleDocument.Entry source) throws ClientException {
        try {
            return Labels.of(List.of(), Optional.empty(), Optional.of(FhirContent.labels(source.labels())));
        } catch (ClientException tooMany) {
            throw new ClientException(
                            tooMany.kind(),
                            tooMany.code(),
                            tooMany.rule(),
                            source.path(),
                            source.path() + ": " + tooMany.getMessage(),
                            "Register this resource with record add and labels by hand, and the others without it")
                    .causedBy(tooMany);
        }
    }

    /** Prints what each record would be labelled with; needs no node. */
    int check() {
        List<Map<String, Object>> items = new ArrayList<>();
        for (Entry entry : entries) {
            Map<String, Object> item = entry.about();
            item.put("sensitivity", entry.labels().sensitivity().name());
            item.put(
                    "labels",
                    entry.labels().codes().stream().map(RecordImport::text).toList());
            items.add(item);
        }
        session.output().list(List.of("entry", "resourceType", "sensitivity", "labels"), items, Optional.empty());
        return 0;
    }

    /**
     * Hands all contents to the vault before the first record is registered, so that a vault which is full or away leaves
     * nothing behind on chain. Then one after the other; the first that the ledger refuses ends it, the list says how far it
     * came, and the same command goes on from there.
     */
    int register(PatientState patient, Optional<String> custodian) throws ClientException, IOException {
        ScopeKey key = new Custodian(session).scopeKey(patient.getId());
        List<Map<String, Object>> items = new ArrayList<>();
        List<Optional<RecordDraft>> drafts = new ArrayList<>();
        try {
            for (Entry entry : entries) {
                drafts.add(
                        isRegistered(id(entry, key))
                                ? Optional.empty()
                                : Optional.of(draft(entry, patient, custodian)));
            }
            for (Optional<RecordDraft> draft : drafts) {
                if (draft.isPresent()) {
                    draft.get().upload();
                }
            }
            Optional<ClientException> failure = Optional.empty();
            for (int i = 0; i < entries.size(); i++) {
                Map<String, Object> item = entries.get(i).about();
                items.add(item);
                ByteString recordId = id(entries.get(i), key);
                item.put("recordId", Ids.text(recordId));
                if (drafts.get(i).isEmpty()) {
                    item.put("status", "REGISTERED_BEFORE");
                } else if (failure.isPresent()) {
                    item.put("status", "NOT_SUBMITTED");
                } else {
                    failure = submitted(drafts.get(i).get(), recordId, item);
                }
            }
            session.output().list(COLUMNS, items, Optional.empty());
            if (failure.isPresent()) {
                session.output().say("The same command goes on with what is not registered yet");
                throw failure.get();
            }
            return 0;
        } finally {
            for (Optional<RecordDraft> draft : drafts) {
                if (draft.isPresent()) {
                    draft.get().close();
                }
            }
        }
    }

    private Optional<ClientException> submitted(RecordDraft draft, ByteString recordId, Map<String, Object> item)
            throws IOException {
        try {
            Writes.Written written = draft.registered(recordId, Set.of());
            item.putAll(written.result());
            return written.receipt().map(VerifiedReceipt::receipt).flatMap(Submitter::failure);
        } catch (ClientException failed) {
            item.put("status", "FAILED");
            item.put("code", failed.code());
            return Optional.of(failed);
        }
    }

    private ByteString id(Entry entry, ScopeKey key) {
        return key.importedId(document, entry.source().path());
    }

    private boolean isRegistered(ByteString recordId) throws ClientException {
        try {
            session.state().record(recordId);
            return true;
        } catch (ClientException absent) {
            if (absent.kind() == FailureClass.NOT_FOUND) {
                return false;
            }
            throw absent;
        }
    }

    private RecordDraft draft(Entry entry, PatientState patient, Optional<String> custodian)
            throws ClientException, IOException {
        byte[] content = entry.source().content().getBytes(StandardCharsets.UTF_8);
        return RecordDraft.of(
                session,
                Payload.of(content),
                FhirContent.MEDIA_TYPE,
                Optional.empty(),
                entry.labels(),
                ClinicalTime.of(content),
                patient,
                custodian,
                Optional.empty());
    }

    private static String text(Code code) {
        return code.getSystem() + "|" + code.getCode();
    }

    static ByteString patientId(Optional<String> patient) throws ClientException {
        if (patient.isEmpty()) {
            throw new io.consilium.client.MalformedInput(
                    "--patient",
                    "It is not said whose records these are",
                    "Give --patient P, or --check to look at them");
        }
        return Ids.object("patient", patient.get());
    }
}
