package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.VerifiedState;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.PatientController;
import io.consilium.proto.PatientMerge;
import io.consilium.proto.PatientRegister;
import io.consilium.proto.PatientState;
import io.consilium.proto.Precondition;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code consilium patient}: random subject ids with a custodian, never a name or number of a person (ID-3). */
@Command(
        addMethodSubcommands = false,
        name = "patient",
        description = {
            "Register and look up patients, who are known by random ids alone.",
            "A patient with a key of its own signs consents, sees its records and who asked for them: make the key with",
            "'consilium key new FILE', have it registered with --controller or set-key, and act with --as and --key."
        },
        footer = {
            "  consilium --context st-mary/consent patient register",
            "  consilium --context st-mary/consent patient list",
            "  consilium key new patient.keystore",
            "  consilium --context st-mary/consent patient register --controller patient.keystore",
            "  consilium --context st-mary/consent --as P --key patient.keystore --password-file pw.txt \\",
            "      record list --patient P"
        })
final class PatientCommands implements CommandTree.Nesting {
    private static final String MRN_SYSTEM = "Who gave the number (default: your institution).";

    private final Session session;

    PatientCommands(Session session) {
        this.session = session;
    }

    @Override
    public SortedMap<String, Object> nested() {
        return new TreeMap<>(
                Map.of("guardian", new GuardianCommands(session), "transfer", new TransferCommands(session)));
    }

    @Command(
            name = "register",
            description = "Register a patient under a fresh random id; an ADMIN, CLINICIAN or CONSENT_OFFICER may.",
            footer = {
                "  consilium --context st-mary/consent patient register",
                "  consilium --context st-mary/admin patient register --controller patient.keystore -o json"
            })
    int register(
            @Option(
                            names = "--custodian",
                            paramLabel = "INSTITUTION",
                            description = "Who keeps the patient's records (default: your institution).")
                    Optional<String> custodian,
            @Option(
                            names = "--controller",
                            paramLabel = "FILE",
                            description = "The patient's own keystore, of which only public keys are read;"
                                    + " with it the patient signs consents.")
                    Optional<Path> controller)
            throws Exception {
        String slug = custodian.isPresent() ? Ids.institution(custodian.get()) : session.institution();
        InstitutionState institution = session.state().institution(slug).value();
        CustodianKeys keys = new CustodianKeys();
        ByteString id = keys.freshId();
        byte[] scopeKey = keys.freshKey();
        byte[] secret = keys.freshKey();
        PatientRegister.Builder register = PatientRegister.newBuilder()
                .setPatientId(id)
                .setCustodian(slug)
                .addScopeKey(keys.seal(KeyEnvelope.Use.SCOPE_KEY, id, institution, scopeKey))
                .addPatientSecret(keys.seal(KeyEnvelope.Use.PATIENT_SECRET, id, institution, secret));
        if (controller.isPresent()) {
            FreshKeys own = FreshKeys.of(UserFiles.existing(controller.get().toString()));
            byte[] recipient = own.encryption().getKey().toByteArray();
            String name = Ids.text(id);
            register.setControllerKey(own.signing())
                    .setEncryptionKey(own.encryption())
                    .addScopeKey(keys.seal(KeyEnvelope.Use.SCOPE_KEY, id, name, recipient, scopeKey))
                    .addPatientSecret(keys.seal(KeyEnvelope.Use.PATIENT_SECRET, id, name, recipient, secret));
        }
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("patientId", Ids.text(id));
        ids.put("custodian", slug);
        new Writes(session).submitAndPrint(body -> body.setPatientRegister(register), ids);
        return 0;
    }

    @Command(
            name = "set-key",
            description = {
                "Set a patient's own keys.",
                "The first by a CONSENT_OFFICER of a custodian with the signed form, each later one by the key before it. A lost key cannot be replaced; the officer goes on granting with evidence."
            },
            footer = {
                "  consilium --context st-mary/consent patient set-key P --controller patient.keystore \\",
                "      --evidence form.pdf",
                "  consilium --context st-mary/consent --as P --key old.keystore patient set-key P \\",
                "      --controller new.keystore"
            })
    int setKey(
            @Parameters(paramLabel = "ID", description = "Patient id.") String id,
            @Option(
                            names = "--controller",
                            required = true,
                            paramLabel = "FILE",
                            description = "The keystore with the new keys, of which only public keys are read.")
                    Path controller,
            @Option(
                            names = "--evidence",
                            paramLabel = "SIGNED-FORM",
                            description = "The signed form; a CONSENT_OFFICER must give it.")
                    Optional<String> evidence)
            throws Exception {
        ByteString patientId = Ids.object("patient", id);
        PatientState patient = session.state().patient(patientId).value();
        FreshKeys next = FreshKeys.of(UserFiles.existing(controller.toString()));
        ByteString recipient = next.encryption().getKey();
        PatientController.Builder change = PatientController.newBuilder()
                .setPatientId(patientId)
                .setControllerKey(next.signing())
                .setEncryptionKey(next.encryption())
                .setScopeKey(
                        new Custodian(session).scopeKey(patientId).sealFor(patientId, Ids.text(patientId), recipient))
                .setEvidenceHash(Evidence.hash(evidence));
        if (session.actor().equals(Ids.text(patientId))) {
            new CustodianKeys()
                    .resealSecret(patient, session.identity(), recipient)
                    .ifPresent(change::setPatientSecret);
        }
        // the scope key that was sealed is that of this version of the patient (PRV-7)
        submit(change, patient);
        return 0;
    }

    @Command(
            name = "remove-key",
            description =
                    "Give a patient's own keys up, signed by them; from then on the custodian's officer signs alone.",
            footer = {"  consilium --context st-mary/consent --as P --key patient.keystore patient remove-key P"})
    int removeKey(@Parameters(paramLabel = "ID", description = "Patient id.") String id) throws Exception {
        ByteString patientId = Ids.object("patient", id);
        PatientState patient = session.state().patient(patientId).value();
        submit(PatientController.newBuilder().setPatientId(patientId), patient);
        return 0;
    }

    @Command(
            name = "rotate-scope-key",
            description = {
                "Give a patient a new scope key, and new labels.",
                "After a guardian's mandate ended, somebody left who had the old key, or a keystore was lost: consents and records get new labels. The custodian's node does it for a CONSENT_OFFICER, PRIVACY_OFFICER or ADMIN."
            },
            footer = {
                "  consilium --context st-mary/consent patient rotate-scope-key P",
                "  consilium --context st-mary/consent patient rotate-scope-key P --continue"
            })
    int rotateScopeKey(
            @Parameters(paramLabel = "ID", description = "Patient id.") String id,
            @Option(
                            names = "--continue",
                            description = "Keep the key, and make the labels that an earlier change left behind.")
                    boolean goOn)
            throws Exception {
        ByteString patientId = Ids.object("patient", id);
        session.output().result(new ScopeKeyRotation(session).run(patientId, !goOn));
        return 0;
    }

    @Command(
            name = "merge",
            description = {
                "Merge two ids of one person: ALIAS ends, ROOT goes on.",
                "Records, consents and log stay under their ids and are listed with ROOT; consents of either speak for both, but rules by label permit nothing across them. A CONSENT_OFFICER or ADMIN of a custodian of both may."
            },
            footer = {
                "  consilium --context st-mary/consent patient merge ROOT ALIAS --reason 'registered twice' \\",
                "      --evidence form.pdf",
                "  consilium --context st-mary/consent patient merge ROOT ALIAS --undo --reason 'not the same' \\",
                "      --evidence form.pdf"
            })
    int merge(
            @Parameters(paramLabel = "ROOT", description = "The patient id that goes on.") String root,
            @Parameters(paramLabel = "ALIAS", description = "The patient id that ends.") String alias,
            @Option(names = "--undo", description = "Part them again.") boolean undo,
            @Option(
                            names = "--reason",
                            required = true,
                            paramLabel = "TEXT",
                            converter = SaidText.class,
                            description = "Why; sealed for the patient and the custodians.")
                    String reason,
            @Option(
                            names = "--evidence",
                            required = true,
                            paramLabel = "SIGNED-FORM",
                            description = "What shows it, whose hash goes on chain.")
                    String evidence)
            throws Exception {
        ByteString rootId = Ids.object("patient", root);
        ByteString aliasId = Ids.object("patient", alias);
        PatientMerge merge = PatientMerge.newBuilder()
                .setRootId(rootId)
                .setAliasId(aliasId)
                .setUndo(undo)
                .setEvidenceHash(Evidence.hash(Optional.of(evidence)))
                .setSealedReason(new Custodian(session).scopeKey(rootId).sealReason(reason))
                .build();
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("patientId", Ids.text(rootId));
        ids.put("aliasId", Ids.text(aliasId));
        new Writes(session).submitAndPrint(body -> body.setPatientMerge(merge), ids);
        return 0;
    }

    private void submit(PatientController.Builder change, PatientState patient) throws ClientException {
        Precondition unchanged = Precondition.newBuilder()
                .setObject(StateKeys.patient(patient.getId()).text())
                .setExpectedVersion(patient.getVersion())
                .build();
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("patientId", Ids.text(patient.getId()));
        ids.put("controllerKey", MemberCommands.key(change.getControllerKey()));
        new Writes(session)
                .submitAndPrint(body -> body.setPatientController(change).addPreconditions(unchanged), ids);
        if (patient.hasControllerKey()) {
            session.output()
                    .say("Whoever has the keystore of before still has the scope key; the custodian changes it with"
                            + " consilium patient rotate-scope-key " + Ids.text(patient.getId()));
        }
    }

    @Command(
            name = "show",
            description = "Show a patient, proven from the genesis.",
            footer = {"  consilium patient show 6f1c0d9b5a7e4c3f8b2a1d0e9c8f7a6b"})
    int show(@Parameters(paramLabel = "ID", description = "Patient id, 32 hexadecimal digits.") String id)
            throws Exception {
        ByteString patientId = Ids.object("patient", id);
        VerifiedState.At<PatientState> found = session.state().patient(patientId);
        Map<String, Object> object = describe(found.value());
        object.put("asOfHeight", found.height());
        session.output().result(object);
        return 0;
    }

    @Command(
            name = "list",
            description = "List the patients in the custody of your institution.",
            footer = {"  consilium --context st-mary/consent patient list --limit 20"})
    int list(
            @Option(names = "--institution", paramLabel = "ID", description = "Custodian (default: your institution).")
                    Optional<String> institution,
            @Mixin Pages.Paging paging)
            throws Exception {
        String by = institution.isPresent() ? "institution/" + Ids.institution(institution.get()) : "";
        new Pages(session)
                .print(
                        "patients",
                        by,
                        paging,
                        PatientState.parser(),
                        List.of("patientId", "custodians", "registeredAt", "ownKey", "consents"),
                        PatientCommands::describe);
        return 0;
    }

    @Command(
            name = "link-mrn",
            description = {
                "Link a medical record number to a patient, in the encrypted index of your institution's node.",
                "Nothing of it goes on chain or to others. --mrn - reads the number from the standard input."
            },
            footer = {"  consilium --context st-mary/dr-adams patient link-mrn P --mrn - < number.txt"})
    int linkMrn(
            @Parameters(paramLabel = "P", description = "Patient id.") String id,
            @Option(names = "--mrn", required = true, paramLabel = "M", description = "The number, or -.") String mrn,
            @Option(names = "--system", paramLabel = "URI", description = MRN_SYSTEM) Optional<String> system)
            throws Exception {
        ByteString patientId = Ids.object("patient", id);
        printMrn(MrnSteps.ask(session, mrn, system, request -> request.setLinkPatientId(patientId)));
        return 0;
    }

    @Command(
            name = "unlink-mrn",
            description = "Take a medical record number out of your institution's index.",
            footer = {"  consilium --context st-mary/admin patient unlink-mrn P --mrn -"})
    int unlinkMrn(
            @Parameters(paramLabel = "P", description = "Patient id.") String id,
            @Option(names = "--mrn", required = true, paramLabel = "M", description = "The number, or -.") String mrn,
            @Option(names = "--system", paramLabel = "URI", description = MRN_SYSTEM) Optional<String> system)
            throws Exception {
        ByteString patientId = Ids.object("patient", id);
        printMrn(MrnSteps.ask(session, mrn, system, request -> request.setUnlinkPatientId(patientId)));
        return 0;
    }

    @Command(
            name = "find-mrn",
            description = "Find a patient by a medical record number of your institution (exit 3 if there is none).",
            footer = {"  consilium --context st-mary/dr-adams patient find-mrn - < number.txt"})
    int findMrn(
            @Parameters(paramLabel = "M", description = "The number; - is the standard input.") String mrn,
            @Option(names = "--system", paramLabel = "URI", description = MRN_SYSTEM) Optional<String> system)
            throws Exception {
        printMrn(MrnSteps.ask(session, mrn, system, request -> request.setFind(true)));
        return 0;
    }

    /** The number itself is not printed: whoever asks knows it. */
    private void printMrn(ByteString patientId) {
        session.output().result(Map.of("patientId", Ids.text(patientId)));
    }

    static Map<String, Object> describe(PatientState patient) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("patientId", Ids.text(patient.getId()));
        object.put("custodians", List.copyOf(patient.getCustodiansList()));
        object.put("ownKey", patient.hasControllerKey());
        object.put("controllerKey", MemberCommands.key(patient.getControllerKey()));
        object.put("labelEpoch", patient.getLabelEpoch());
        object.put("registeredAt", Dates.text(patient.getRegisteredMillis()));
        object.put("registeredBy", patient.getRegisteredBy());
        object.put("consents", patient.getConsents());
        object.put(
                "guardians",
                patient.getGuardianIdsList().stream().map(Ids::text).toList());
        if (!patient.getMergedInto().isEmpty()) {
            object.put("mergedInto", Ids.text(patient.getMergedInto()));
        }
        if (patient.hasTransfer()) {
            object.put("transfer", TransferCommands.describe(patient.getTransfer()));
        }
        object.put("aliases", patient.getAliasesList().stream().map(Ids::text).toList());
        object.put("version", patient.getVersion());
        return object;
    }
}
