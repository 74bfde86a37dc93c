package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.MalformedInput;
import io.consilium.client.Opening;
import io.consilium.client.Payload;
import io.consilium.client.RecordProof;
import io.consilium.client.VerificationFailed;
import io.consilium.client.VerifiedState;
import io.consilium.proto.ListRequest;
import io.consilium.proto.PatientState;
import io.consilium.proto.RecordMark;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code consilium record}: content is encrypted here, its commitment goes on chain (REC-1 to REC-4). */
@Command(
        addMethodSubcommands = false,
        name = "record",
        description = "Register, read and prove medical records.",
        footer = {
            "  consilium --context st-mary/dr-adams record add report.json --patient P",
            "  consilium --context riverside/dr-brown record get R --out report.json",
            "  consilium record verify report.json --opening opening.json --genesis g.json"
        })
final class RecordCommands extends ErasureCommands {
    RecordCommands(Session session) {
        super(session);
    }

    @Command(
            name = "add",
            description = {
                "Encrypt a file, hand it to the custodian's vault, and register it.",
                "A FHIR R4 document in JSON brings its own labels; of other content give --label."
            },
            footer = {
                "  consilium --context st-mary/dr-adams record add report.json --patient P",
                "  consilium record add scan.dcm --patient P --sensitivity R --title 'Chest CT' \\",
                "      --label 'http://dicom.nema.org/resources/ontology/DCM|CT' --opening ct-opening.json"
            })
    int add(
            @Parameters(paramLabel = "FILE", description = "Content to register; - is the standard input.") String file,
            @Option(names = "--patient", required = true, paramLabel = "P", description = "Patient id.") String patient,
            @Mixin ContentOptions content,
            @Option(
                            names = "--custodian",
                            paramLabel = "INSTITUTION",
                            description = "Which of the patient's custodians (default: your institution).")
                    Optional<String> custodian,
            @Option(
                            names = "--replica",
                            split = ",",
                            paramLabel = "INSTITUTION",
                            description = "Institution whose node keeps the ciphertext too; repeat it.")
                    @Nullable
                    List<String> replicas)
            throws Exception {
        UserFiles.requireNew(content.opening);
        ByteString patientId = Ids.object("patient", patient);
        PatientState state = session.state().patient(patientId).value();
        try (RecordDraft draft =
                RecordDraft.prepare(session, content.source(file), state, custodian, content.opening)) {
            return draft.register(Words.of(replicas));
        }
    }

    @Command(
            name = "import",
            description = {
                "Register each resource of a FHIR R4 Bundle as a record.",
                "Each has its own labels. All are read and labelled before the first is submitted. A lone resource is taken too."
            },
            footer = {
                "  consilium record import bundle.json --check -o json",
                "  consilium --context st-mary/dr-adams record import bundle.json --patient P"
            })
    int import_(
            @Parameters(paramLabel = "FILE", description = "A Bundle or resource as JSON; - is the standard input.")
                    String file,
            @Option(names = "--patient", paramLabel = "P", description = "Patient id; not needed with --check.")
                    Optional<String> patient,
            @Option(names = "--check", description = "Print the labels of each record and submit nothing.")
                    boolean check,
            @Option(
                            names = "--custodian",
                            paramLabel = "INSTITUTION",
                            description = "Which of the patient's custodians (default: your institution).")
                    Optional<String> custodian)
            throws Exception {
        if (check) {
            return RecordImport.of(session, file).check();
        }
        ByteString patientId = RecordImport.patientId(patient);
        RecordImport resources = RecordImport.of(session, file);
        return resources.register(session.state().patient(patientId).value(), custodian);
    }

    @Command(
            name = "amend",
            description = {
                "Register a new version of a record; earlier ones stay provable.",
                "Labels are those of the FHIR resource and of --label; where neither tells any, those of the version before stay. Its sensitivity is lowered by --sensitivity alone."
            },
            footer = {"  consilium --context st-mary/dr-adams record amend R corrected.json --reason 'wrong date'"})
    int amend(
            @Parameters(paramLabel = "ID", description = "Record id.") String id,
            @Parameters(paramLabel = "FILE", description = "The new content; - is the standard input.") String file,
            @Mixin ReasonOption reason,
            @Mixin ContentOptions content)
            throws Exception {
        UserFiles.requireNew(content.opening);
        ByteString recordId = Ids.object("record", id);
        RecordState record = session.state().record(recordId).value();
        PatientState patient = session.state().patient(record.getPatientId()).value();
        try (RecordDraft draft = RecordDraft.prepare(
                session, content.source(file), patient, Optional.of(record.getCustodian()), content.opening)) {
            return draft.amend(record, reason.text, content.sensitivity.isPresent());
        }
    }

    @Command(
            name = "mark",
            description = {"Mark a record as entered in error, or take the mark back.", "Nothing is deleted."},
            footer = {"  consilium --context st-mary/dr-adams record mark R --in-error --reason 'wrong patient'"})
    int mark(
            @Parameters(paramLabel = "ID", description = "Record id.") String id,
            @Option(
                            names = "--in-error",
                            negatable = true,
                            defaultValue = "true",
                            fallbackValue = "true",
                            description = "Entered in error (default); --no-in-error takes the mark back.")
                    boolean inError,
            @Mixin ReasonOption reason)
            throws Exception {
        ByteString recordId = Ids.object("record", id);
        RecordMark mark = RecordMark.newBuilder()
                .setRecordId(recordId)
                .setEnteredInError(inError)
                .setSealedReason(sealed(recordId, reason.text))
                .build();
        new Writes(session).submitAndPrint(body -> body.setRecordMark(mark), ids(recordId));
        return 0;
    }

    @Command(
            name = "list",
            description = "List a patient's records, as far as you may see them.",
            footer = {
                "  consilium --context st-mary/dr-adams record list --patient P",
                "  consilium --context st-mary/dr-adams record list --patient P --label 'http://loinc.org|2339-0'"
            })
    int list(
            @Option(names = "--patient", required = true, paramLabel = "P", description = "Patient id.") String patient,
            @Option(
                            names = "--label",
                            paramLabel = "SYSTEM|CODE",
                            description =
                                    "Only those with this category or one under it; repeat it for others beside it.")
                    @Nullable
                    List<String> labels,
            @Mixin Pages.Paging paging)
            throws Exception {
        ListRequest.Builder request = ListRequest.newBuilder()
                .setList("records")
                .setBy("patient/" + Ids.text(Ids.object("patient", patient)));
        for (String label : Words.of(labels)) {
            request.addLabels(Labels.code("--label", label));
        }
        new Pages(session)
                .print(
                        request,
                        paging,
                        RecordState.parser(),
                        List.of("recordId", "versions", "custodian", "author", "registeredAt", "ciphertextBytes"),
                        RecordCommands::summary);
        return 0;
    }

    @Command(
            name = "show",
            description = "Show what the chain holds of a record, proven from the genesis.",
            footer = {"  consilium --context st-mary/dr-adams record show R -o json"})
    int show(@Parameters(paramLabel = "ID", description = "Record id.") String id) throws Exception {
        ByteString recordId = Ids.object("record", id);
        VerifiedState.At<RecordState> found = session.state().record(recordId);
        RecordVersion newest = newest(found.value());
        Map<String, Object> object = summary(found.value());
        object.put("labels", newest.getContent().getLabelsCount());
        object.put("commitment", Ids.text(newest.getContent().getCommitment()));
        object.put("ciphertextHash", Ids.text(newest.getContent().getCiphertextHash()));
        object.put("txId", Ids.text(newest.getTxId()));
        if (found.value().hasHold()) {
            object.put("hold", hold(found.value().getHold()));
        }
        if (found.value().hasErasure()) {
            object.put("erasure", erasure(found.value().getErasure()));
        }
        object.put("asOfHeight", found.height());
        session.output().result(object);
        return 0;
    }

    @Command(
            name = "history",
            description = "List every version of a record with its author and transaction.",
            footer = {"  consilium --context st-mary/dr-adams record history R"})
    int history(@Parameters(paramLabel = "ID", description = "Record id.") String id) throws Exception {
        ByteString recordId = Ids.object("record", id);
        RecordState record = session.state().record(recordId).value();
        Reasons reasons = new Reasons(session, record.getPatientId());
        List<Map<String, Object>> items = new ArrayList<>();
        for (RecordVersion version : record.getVersionsList()) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("version", version.getVersion());
            item.put("time", Dates.text(version.getTimeMillis()));
            item.put("author", version.getAuthor());
            item.put(
                    "meaning",
                    version.getVersion() == 1
                            ? "registered it as its author"
                            : "amended it as the author of this version");
            reasons.of(version.getSealedReason()).ifPresent(reason -> item.put("reason", reason));
            item.put("commitment", Ids.text(version.getContent().getCommitment()));
            item.put("ciphertextHash", Ids.text(version.getContent().getCiphertextHash()));
            item.put("txId", Ids.text(version.getTxId()));
            items.add(item);
        }
        session.output()
                .list(List.of("version", "time", "author", "meaning", "reason", "txId"), items, Optional.empty());
        return 0;
    }

    @Command(
            name = "get",
            description = {
                "Fetch, decrypt and prove a record's content.",
                "Staff of the custodian read by role and purpose, which is logged; others need a consent. A denial"
                        + " is logged too, writes no file and exits 4."
            },
            footer = {
                "  consilium --context riverside/dr-brown record get R --purpose TREAT --out report.json",
                "  consilium --context st-mary/dr-adams record get R > report.json"
            })
    int get(
            @Parameters(paramLabel = "ID", description = "Record id.") String id,
            @Option(
                            names = "--purpose",
                            paramLabel = "CODE",
                            description = "Purpose of use, an HL7 v3 code (default TREAT, for patients PATRQT).")
                    Optional<String> purpose,
            @Option(
                            names = "--out",
                            paramLabel = "FILE",
                            description = "File to write, mode 0600 (default: the standard output).")
                    Optional<String> out,
            @Option(names = "--version-number", paramLabel = "N", description = "Which version (default: the newest).")
                    Optional<Long> version,
            @Option(
                            names = "--opening",
                            paramLabel = "FILE",
                            description = "Where the opening is kept (default: openings/ under the home).")
                    Optional<Path> opening)
            throws Exception {
        return new RecordFetch(session)
                .run(
                        Ids.object("record", id),
                        version.isPresent() ? versionNumber(version.get()) : 0,
                        purpose.isPresent() ? purpose.get() : usualPurpose(),
                        out.filter(name -> !name.equals("-")),
                        opening);
    }

    private static long versionNumber(long given) throws MalformedInput {
        if (given < 1) {
            throw new MalformedInput(
                    "--version-number",
                    "Versions are numbered from 1, not " + given,
                    "Give --version-number 1 or higher, or leave it out for the newest");
        }
        return given;
    }

    private String usualPurpose() throws ClientException {
        return session.actor().contains("/") ? "TREAT" : "PATRQT";
    }

    @Command(
            name = "verify",
            description = {
                "Prove offline that a file is what was registered (exit 0 or 9).",
                "It tells when and by whom."
            },
            footer = {"  consilium record verify report.json --opening opening.json --genesis genesis.json"})
    int verify(
            @Parameters(paramLabel = "FILE", description = "The content to prove; - is stdin.") String file,
            @Option(
                            names = "--opening",
                            required = true,
                            paramLabel = "FILE",
                            description = "The opening that record add, record get or trial submit wrote.")
                    Path opening)
            throws Exception {
        Map<String, Object> result = new LinkedHashMap<>();
        Payload content = UserFiles.isStdin(file)
                ? Payload.of(UserFiles.read(session, file, RecordDraft.MAX_STDIN_BYTES))
                : Payload.of(UserFiles.existing(file));
        try {
            RecordProof proof = RecordProof.verify(content, Opening.read(opening), session.verifier());
            result.put("verified", true);
            if (!proof.trialId().isEmpty()) {
                result.put("trialId", proof.trialId());
            }
            result.put(proof.trialId().isEmpty() ? "recordId" : "datasetId", proof.recordId());
            result.put("version", proof.version());
            result.put("author", proof.author());
            if (!proof.custodian().isEmpty()) {
                result.put("custodian", proof.custodian());
            }
            result.put("registeredAt", Dates.text(proof.timeMillis()));
            result.put("txId", proof.txId());
            result.put("height", proof.height());
            result.put("commitment", proof.commitment());
        } catch (VerificationFailed failed) {
            result.put("verified", false);
            result.put("code", failed.code());
            result.put("reason", failed.getMessage());
            session.output().result(result);
            throw failed;
        }
        session.output().result(result);
        return 0;
    }

    static Map<String, Object> summary(RecordState record) {
        RecordVersion newest = newest(record);
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("recordId", Ids.text(record.getId()));
        object.put("patientId", Ids.text(record.getPatientId()));
        object.put("custodian", record.getCustodian());
        object.put("replicas", List.copyOf(record.getReplicasList()));
        if (!record.getLeaving().isEmpty()) {
            object.put("leaving", record.getLeaving());
            object.put("unopened", record.getUnopened());
        }
        object.put("versions", record.getVersionsCount());
        object.put("version", newest.getVersion());
        object.put("author", newest.getAuthor());
        object.put("registeredAt", Dates.text(newest.getTimeMillis()));
        object.put("ciphertextBytes", newest.getContent().getCiphertextSize());
        object.put("enteredInError", record.getEnteredInError());
        object.put("erased", record.hasErasure());
        return object;
    }

    private static RecordVersion newest(RecordState record) {
        return record.getVersionsCount() == 0
                ? RecordVersion.getDefaultInstance()
                : record.getVersions(record.getVersionsCount() - 1);
    }
}
