package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.CustodianKeys;
import io.consilium.client.ScopeKey;
import io.consilium.proto.GuardianAppointment;
import io.consilium.proto.GuardianEnd;
import io.consilium.proto.GuardianState;
import io.consilium.proto.PatientGuardian;
import io.consilium.proto.Period;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code consilium patient guardian}: who signs for a patient, from when until when (ID-3). */
@Command(
        addMethodSubcommands = false,
        name = "guardian",
        description = {
            "Appoint guardians, who sign for a patient and see what it sees while their mandate lasts.",
            "A guardian is a key under a random id, made for one patient: use a keystore of its own for each."
        },
        footer = {
            "  consilium key new guardian.keystore",
            "  consilium --context st-mary/consent patient guardian add P --controller guardian.keystore \\",
            "      --until 2031-05-04 --evidence decree.pdf",
            "  consilium --context st-mary/consent --as G --key guardian.keystore consent grant \\",
            "      --patient P --to riverside --purpose TREAT"
        })
final class GuardianCommands {
    private final Session session;

    GuardianCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "add",
            description = "Appoint a guardian, by the patient's own key or by a custodian's CONSENT_OFFICER.",
            footer = {
                "  consilium --context st-mary/consent patient guardian add P --controller guardian.keystore \\",
                "      --until 2031-05-04 --evidence decree.pdf"
            })
    int add(
            @Parameters(paramLabel = "PATIENT", description = "Patient id.") String patient,
            @Option(
                            names = "--controller",
                            required = true,
                            paramLabel = "FILE",
                            description = "The guardian's keystore, of which only public keys are read.")
                    Path controller,
            @Option(names = "--from", paramLabel = "TIME", description = "Start of the mandate (default: now).")
                    Optional<String> from,
            @Option(
                            names = "--until",
                            required = true,
                            paramLabel = "TIME",
                            description = "End of the mandate, a day inclusive.")
                    String until,
            @Option(
                            names = "--evidence",
                            paramLabel = "SIGNED-FORM",
                            description = "The form or decree; a CONSENT_OFFICER must give it.")
                    Optional<String> evidence)
            throws Exception {
        ByteString patientId = Ids.object("patient", patient);
        FreshKeys keys = FreshKeys.of(UserFiles.existing(controller.toString()));
        Period.Builder mandate = Period.newBuilder().setEndMillis(Dates.end("--until", until));
        if (from.isPresent()) {
            mandate.setStartMillis(Dates.start("--from", from.get()));
        }
        BeforeSubmit.period(mandate.build(), System.currentTimeMillis());
        ScopeKey scopeKey = new Custodian(session).scopeKey(patientId);
        ByteString guardianId = new CustodianKeys().freshId();
        GuardianAppointment appointment = GuardianAppointment.newBuilder()
                .setPatientId(patientId)
                .setSigningKey(keys.signing())
                .setEncryptionKey(keys.encryption())
                .setMandate(mandate)
                .setScopeKey(scopeKey.sealFor(
                        patientId, Ids.text(guardianId), keys.encryption().getKey()))
                .setLabelEpoch(scopeKey.epoch())
                .setEvidenceHash(Evidence.hash(evidence))
                .build();
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("guardianId", Ids.text(guardianId));
        ids.put("patientId", Ids.text(patientId));
        ids.put("until", Dates.text(mandate.getEndMillis()));
        new Writes(session)
                .submitAndPrint(
                        body -> body.setPatientGuardian(PatientGuardian.newBuilder()
                                .setGuardianId(guardianId)
                                .setAppoint(appointment)),
                        ids);
        return 0;
    }

    @Command(
            name = "end",
            description = "End a mandate early: the patient, the guardian itself, or a custodian's CONSENT_OFFICER.",
            footer = {"  consilium --context st-mary/consent patient guardian end G --reason R --evidence form.pdf"})
    int end(
            @Parameters(paramLabel = "ID", description = "Guardian id.") String id,
            @Mixin ReasonOption reason,
            @Option(
                            names = "--evidence",
                            paramLabel = "SIGNED-FORM",
                            description = "The form; a CONSENT_OFFICER must give it.")
                    Optional<String> evidence)
            throws Exception {
        ByteString guardianId = Ids.object("guardian", id);
        GuardianState guardian = session.state().guardian(guardianId).value();
        GuardianEnd end = GuardianEnd.newBuilder()
                .setEvidenceHash(Evidence.hash(evidence))
                .setSealedReason(
                        new Custodian(session).scopeKey(guardian.getPatientId()).sealReason(reason.text))
                .build();
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("guardianId", Ids.text(guardianId));
        new Writes(session)
                .submitAndPrint(
                        body -> body.setPatientGuardian(PatientGuardian.newBuilder()
                                .setGuardianId(guardianId)
                                .setEnd(end)),
                        ids);
        session.output()
                .say("The guardian still has the scope key behind the labels so far; change it with"
                        + " consilium patient rotate-scope-key " + Ids.text(guardian.getPatientId()));
        return 0;
    }

    @Command(
            name = "list",
            description = "List a patient's guardians, those of the past included.",
            footer = {"  consilium --context st-mary/consent patient guardian list P"})
    int list(
            @Parameters(paramLabel = "PATIENT", description = "Patient id.") String patient, @Mixin Pages.Paging paging)
            throws Exception {
        new Pages(session)
                .print(
                        "guardians",
                        "patient/" + Ids.text(Ids.object("patient", patient)),
                        paging,
                        GuardianState.parser(),
                        List.of("guardianId", "status", "from", "until", "appointedBy", "endedAt"),
                        GuardianCommands::describe);
        return 0;
    }

    static Map<String, Object> describe(GuardianState guardian) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("guardianId", Ids.text(guardian.getId()));
        object.put("patientId", Ids.text(guardian.getPatientId()));
        object.put("status", status(guardian));
        object.put("signingKey", MemberCommands.key(guardian.getSigningKey()));
        object.put("from", time(guardian.getMandate().getStartMillis()));
        object.put("until", time(guardian.getMandate().getEndMillis()));
        object.put("appointedBy", guardian.getAppointedBy());
        object.put("appointedAt", Dates.text(guardian.getAppointedMillis()));
        object.put("endedBy", guardian.getEndedBy());
        object.put("endedAt", time(guardian.getEndedMillis()));
        return object;
    }

    /** A mandate ends without a transaction, so this is as of this machine's clock. */
    private static String status(GuardianState guardian) {
        long now = System.currentTimeMillis();
        if (guardian.getEndedMillis() != 0) {
            return "ENDED";
        }
        if (guardian.getMandate().getEndMillis() <= now) {
            return "OVER";
        }
        return guardian.getMandate().getStartMillis() > now ? "NOT_BEGUN" : "ACTIVE";
    }

    private static Optional<String> time(long millis) {
        return millis == 0 ? Optional.empty() : Optional.of(Dates.text(millis));
    }
}
