package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.CustodianKeys;
import io.consilium.client.MalformedInput;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.AccessState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code consilium access}: decisions that the chain made and recorded (ACC-1). */
@Command(
        addMethodSubcommands = false,
        name = "access",
        description = "Ask for access to records, and list who asked.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  consilium --context riverside/dr-brown access request --record R --purpose TREAT",
            "  consilium --context st-mary/privacy access list --patient P"
        })
final class AccessCommands {
    /** The action of reading. */
    static final String ACCESS = "access";

    private final Session session;

    AccessCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "request",
            description = "Ask for access; the chain decides and records the decision. A denial exits 4.",
            footerHeading = "%nExamples:%n",
            footer = {"  consilium --context riverside/dr-brown access request --record R --purpose TREAT"})
    int request(
            @Option(names = "--record", required = true, paramLabel = "R", description = "Record id.") String record,
            @Option(
                            names = "--purpose",
                            required = true,
                            paramLabel = "CODE",
                            description = "Purpose of use, an HL7 v3 code.")
                    String purpose,
            @Option(
                            names = "--action",
                            paramLabel = "CODE",
                            defaultValue = ACCESS,
                            description = "access, correct or disclose (default access).")
                    String action)
            throws Exception {
        ByteString accessId = new CustodianKeys().freshId();
        ByteString recordId = Ids.object("record", record);
        AccessRequest request = AccessRequest.newBuilder()
                .setAccessId(accessId)
                .setRecordId(recordId)
                .setPurpose(purpose.toUpperCase(Locale.ROOT))
                .setAction(action)
                .build();
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("accessId", Ids.text(accessId));
        ids.put("recordId", Ids.text(recordId));
        Writes writes = new Writes(session);
        Writes.Written written = writes.submit(body -> body.setAccessRequest(request), ids);
        written.receipt()
                .map(receipt -> receipt.receipt().getDecision().name())
                .filter(decision -> !decision.startsWith("DECISION_OUTCOME"))
                .ifPresent(decision -> written.result().put("decision", decision));
        writes.print(written);
        return 0;
    }

    @Command(
            name = "list",
            description = "List accesses, denied ones included, of a patient or by a member.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  consilium --context st-mary/privacy access list --patient P",
                "  consilium --context riverside/dr-brown access list --member riverside/dr-brown"
            })
    int list(
            @Option(names = "--patient", paramLabel = "P", description = "Patient id.") Optional<String> patient,
            @Option(names = "--member", paramLabel = "M", description = "Who asked.") Optional<String> member,
            @Mixin Pages.Paging paging)
            throws Exception {
        if (patient.isPresent() == member.isPresent()) {
            throw new MalformedInput("--patient", "Whose accesses is not said", "Give --patient P or --member M");
        }
        String by = patient.isPresent()
                ? "patient/" + Ids.text(Ids.object("patient", patient.get()))
                : "member/" + Ids.member(member.orElseThrow());
        new Pages(session)
                .print(
                        "accesses",
                        by,
                        paging,
                        AccessState.parser(),
                        List.of(
                                "accessId",
                                "time",
                                "requester",
                                "purpose",
                                "decision",
                                "kind",
                                "disclosed",
                                "recordId"),
                        AccessCommands::describe);
        return 0;
    }

    static Map<String, Object> describe(AccessState access) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("accessId", Ids.text(access.getId()));
        object.put("recordId", Ids.text(access.getRecordId()));
        object.put("recordVersion", access.getRecordVersion());
        object.put("patientId", Ids.text(access.getPatientId()));
        object.put("custodian", access.getCustodian());
        object.put("requester", access.getRequester());
        object.put("purpose", access.getPurpose());
        object.put("action", access.getAction());
        object.put("time", Dates.text(access.getTimeMillis()));
        object.put("kind", access.getUse() ? "use" : "request");
        object.put("decision", access.getDecision().getOutcome().name());
        object.putAll(ConsentCommands.basis(access.getDecision()));
        object.put("disclosed", access.hasDisclosure());
        if (access.hasDisclosure()) {
            object.put("disclosedAt", Dates.text(access.getDisclosure().getTimeMillis()));
            object.put("disclosureTxId", Ids.text(access.getDisclosure().getTxId()));
        }
        return object;
    }
}
