package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.proto.CustodyRequest;
import io.consilium.proto.CustodyResponse;
import io.consilium.proto.PatientState;
import io.consilium.proto.PatientTransfer;
import io.consilium.proto.TransferAnswer;
import io.consilium.proto.TransferOffer;
import io.consilium.proto.TransferState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code consilium patient transfer}: a patient goes over to another custodian with all its records (ID-3). */
@Command(
        addMethodSubcommands = false,
        name = "transfer",
        description = {
            "Pass a patient on to another custodian: one side offers, the other accepts, then the first hands over.",
            "Consents, log and every version of the records go along; the old custodian serves nothing any more."
        },
        footer = {
            "  consilium --context st-mary/consent patient transfer offer P --to riverside --evidence form.pdf",
            "  consilium --context riverside/consent patient transfer accept P",
            "  consilium --context st-mary/consent patient transfer hand-over P",
            "  consilium --context riverside/consent patient rotate-scope-key P"
        })
final class TransferCommands {
    private final Session session;

    TransferCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "offer",
            description = "Offer a patient to another provider, by the patient's own key or the custodian's officer.",
            footer = {
                "  consilium --context st-mary/consent patient transfer offer P --to riverside --evidence form.pdf"
            })
    int offer(
            @Parameters(paramLabel = "PATIENT", description = "Patient id.") String patient,
            @Option(
                            names = "--to",
                            required = true,
                            paramLabel = "INSTITUTION",
                            description = "Who is to become custodian.")
                    String to,
            @Option(
                            names = "--evidence",
                            paramLabel = "SIGNED-FORM",
                            description = "The signed form; a CONSENT_OFFICER or ADMIN must give it.")
                    Optional<String> evidence)
            throws Exception {
        TransferOffer offer = TransferOffer.newBuilder()
                .setTo(Ids.institution(to))
                .setEvidenceHash(Evidence.hash(evidence))
                .build();
        return submit(Ids.object("patient", patient), step -> step.setOffer(offer));
    }

    @Command(
            name = "accept",
            description = "Accept a patient that is offered to your institution.",
            footer = {"  consilium --context riverside/consent patient transfer accept P"})
    int accept(@Parameters(paramLabel = "PATIENT", description = "Patient id.") String patient) throws Exception {
        return answer(patient, true);
    }

    @Command(
            name = "decline",
            description = "Decline an offer, or take it back, before anything is handed over.",
            footer = {"  consilium --context riverside/consent patient transfer decline P"})
    int decline(@Parameters(paramLabel = "PATIENT", description = "Patient id.") String patient) throws Exception {
        return answer(patient, false);
    }

    @Command(
            name = "hand-over",
            description = {
                "Seal the keys to the new custodian and give it custody of all records, by the custodian's own node.",
                "It goes on where an earlier one stopped. Records whose key does not open, or whose content has not arrived",
                "with you yet, are left; run it again for these, also when the patient has gone on since."
            },
            footer = {"  consilium --context st-mary/consent patient transfer hand-over P"})
    int handOver(@Parameters(paramLabel = "PATIENT", description = "Patient id.") String patient) throws Exception {
        ByteString patientId = Ids.object("patient", patient);
        CustodyRequest request = CustodyRequest.newBuilder()
                .setPatientId(patientId)
                .setHandOver(true)
                .build();
        int records = 0;
        List<String> transactions = new ArrayList<>();
        CustodyResponse answer;
        do {
            answer = new Custodian(session).ask(client -> client.custody(request));
            records += answer.getRecords();
            if (!answer.getTxId().isEmpty()) {
                transactions.add(Ids.text(answer.getTxId()));
            }
            if (answer.getMore()) {
                session.output().say("Handed over " + records + " records so far");
            }
        } while (answer.getMore());
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("patientId", Ids.text(patientId));
        result.put("records", records);
        result.put("left", answer.getLeft());
        result.put("txIds", transactions);
        session.output().result(result);
        session.output()
                .say("You know the patient's scope key still; the new custodian changes it with"
                        + " consilium patient rotate-scope-key " + Ids.text(patientId));
        return 0;
    }

    @Command(
            name = "list",
            description = "List the patients that are offered to your institution and not handed over yet.",
            footer = {"  consilium --context riverside/consent patient transfer list"})
    int list(@Mixin Pages.Paging paging) throws Exception {
        new Pages(session)
                .print(
                        "transfers",
                        "",
                        paging,
                        PatientState.parser(),
                        List.of("patientId", "from", "offeredBy", "offeredAt", "acceptedBy"),
                        patient -> {
                            Map<String, Object> object = new LinkedHashMap<>();
                            object.put("patientId", Ids.text(patient.getId()));
                            object.putAll(describe(patient.getTransfer()));
                            return object;
                        });
        return 0;
    }

    private int answer(String patient, boolean accept) throws ClientException {
        return submit(
                Ids.object("patient", patient),
                step -> step.setAnswer(TransferAnswer.newBuilder().setAccept(accept)));
    }

    private interface Step {
        void into(PatientTransfer.Builder transfer);
    }

    private int submit(ByteString patientId, Step step) throws ClientException {
        PatientTransfer.Builder transfer = PatientTransfer.newBuilder().setPatientId(patientId);
        step.into(transfer);
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("patientId", Ids.text(patientId));
        new Writes(session).submitAndPrint(body -> body.setPatientTransfer(transfer), ids);
        return 0;
    }

    static Map<String, Object> describe(TransferState transfer) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("from", transfer.getFrom());
        object.put("to", transfer.getTo());
        object.put("offeredBy", transfer.getOfferedBy());
        object.put("offeredAt", Dates.text(transfer.getOfferedMillis()));
        object.put("acceptedBy", transfer.getAcceptedBy());
        if (transfer.getHandedOverMillis() != 0) {
            object.put("handedOverAt", Dates.text(transfer.getHandedOverMillis()));
        }
        return object;
    }
}
