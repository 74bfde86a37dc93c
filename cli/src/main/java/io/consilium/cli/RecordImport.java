package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.Payload;
import io.consilium.client.Submitter;
import io.consilium.client.VerifiedReceipt;
import io.consilium.interop.fhir.BundleDocument;
import io.consilium.interop.fhir.BundleReader;
import io.consilium.interop.fhir.BundleReading;
import io.consilium.interop.fhir.BundleRefusal;
import io.consilium.proto.Code;
import io.consilium.proto.PatientState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * FHIR resources on their way into records of their own, from a Bundle or a lone resource (REC-4). All of them are read
 * and labelled before the first is submitted.
 */
final class RecordImport {
    private static final List<String> COLUMNS = List.of("entry", "resourceType", "status", "recordId", "labels");

    private final Session session;
    private final List<Entry> entries;

    private RecordImport(Session session, List<Entry> entries) {
        this.session = session;
        this.entries = entries;
    }

    private record Entry(BundleDocument.Entry source, Labels labels) {
        Map<String, Object> about() {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("entry", source.path());
            source.fullUrl().ifPresent(url -> object.put("fullUrl", url));
            object.put("resourceType", source.labels().resourceType());
            return object;
        }
    }

    /** Reads everything, or refuses everything with the element at fault (exit 6). */
    static RecordImport of(Session session, String file) throws ClientException {
        BundleReading reading = BundleReader.read(UserFiles.read(session, file, FhirContent.MAX_BYTES));
        if (reading instanceof BundleRefusal refusal) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "FHIR_INVALID",
                    "REC-4",
                    refusal.path(),
                    "Nothing is registered: " + refusal.message(),
                    "Correct the document, or register its parts with record add");
        }
        List<Entry> entries = new ArrayList<>();
        for (BundleDocument.Entry source : ((BundleDocument) reading).entries()) {
            entries.add(new Entry(source, labels(source)));
        }
        return new RecordImport(session, entries);
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

    /** Registers one after the other; the first that the ledger refuses ends it, and the list says how far it came. */
    int register(PatientState patient, Optional<String> custodian) throws ClientException, IOException {
        List<Map<String, Object>> items = new ArrayList<>();
        Optional<ClientException> failure = Optional.empty();
        for (Entry entry : entries) {
            Map<String, Object> item = entry.about();
            items.add(item);
            if (failure.isPresent()) {
                item.put("status", "NOT_SUBMITTED");
                continue;
            }
            try {
                Writes.Written written = register(entry, patient, custodian);
                item.putAll(written.result());
                failure = written.receipt().map(VerifiedReceipt::receipt).flatMap(Submitter::failure);
            } catch (ClientException failed) {
                item.put("status", "FAILED");
                item.put("code", failed.code());
                failure = Optional.of(failed);
            }
        }
        session.output().list(COLUMNS, items, Optional.empty());
        if (failure.isPresent()) {
            throw failure.get();
        }
        return 0;
    }

    private Writes.Written register(Entry entry, PatientState patient, Optional<String> custodian)
            throws ClientException, IOException {
        byte[] content = entry.source().content().getBytes(StandardCharsets.UTF_8);
        Payload payload = Payload.of(content);
        try (RecordDraft draft = RecordDraft.of(
                session,
                payload,
                FhirContent.MEDIA_TYPE,
                Optional.empty(),
                entry.labels(),
                ClinicalTime.of(content),
                patient,
                custodian,
                Optional.empty())) {
            return draft.registered();
        }
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
