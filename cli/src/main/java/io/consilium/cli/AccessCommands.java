package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.MalformedInput;
import io.consilium.client.VerifiedState;
import io.consilium.proto.AccessState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code consilium access}: decisions that the chain made and recorded (ACC-1). */
@Command(
        addMethodSubcommands = false,
        name = "access",
        description = "Ask for access to records, break the glass, review it, and list who asked.",
        footer = {
            "  consilium --context riverside/dr-brown access request --record R --purpose TREAT",
            "  consilium --context st-mary/privacy access list --patient P",
            "  consilium --context riverside/dr-brown access break-glass --patient P --rationale 'unconscious'"
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
            description = {
                "Ask for access; the chain decides and records the decision. A denial exits 4.",
                "With --patient it asks for each of the patient's records that you see, or those with a --label."
            },
            footer = {
                "  consilium --context riverside/dr-brown access request --record R --purpose TREAT",
                "  consilium --context riverside/dr-brown access request --patient P --purpose TREAT \\",
                "      --label 'http://loinc.org|718-7'"
            })
    int request(
            @Option(names = "--record", paramLabel = "R", description = "Record id; repeat it.") @Nullable
                    List<String> records,
            @Option(names = "--patient", paramLabel = "P", description = "Patient id.") Optional<String> patient,
            @Option(
                            names = "--label",
                            paramLabel = "SYSTEM|CODE",
                            description = "With --patient: only records of this category; repeat it.")
                    @Nullable
                    List<String> labels,
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
        new AccessRequests(session, BeforeSubmit.purpose(purpose), BeforeSubmit.action(action))
                .ask(Words.of(records), patient, Words.of(labels));
        return 0;
    }

    @Command(
            name = "watch",
            description = {
                "Print what happens to your institution's patients and people as it is decided, one a line.",
                "It goes on where it stopped, also after a restart of the node: the place is kept under the home."
            },
            footer = {
                "  consilium --context st-mary/privacy access watch",
                "  consilium --context st-mary/privacy access watch --once -o json",
                "  consilium --context st-mary/privacy access watch --once --since 2026-01-31",
                "  consilium --context st-mary/privacy access watch --type access.break-glass --limit 1"
            })
    int watch(
            @Option(
                            names = "--type",
                            paramLabel = "TYPE,...",
                            description = "Only these, e.g. access.denied, or a domain, e.g. consent"
                                    + " (default: access and consent).")
                    @Nullable
                    List<String> types,
            @Option(names = "--limit", paramLabel = "N", defaultValue = "0", description = "End after so many events.")
                    int limit,
            @Option(names = "--once", description = "End when nothing is left to tell.") boolean once,
            @Option(names = "--restart", description = "Forget where it stopped, and begin with what comes now.")
                    boolean restart,
            @Option(
                            names = "--since",
                            paramLabel = "TIME",
                            description = "Begin with what came at this time, a date or RFC 3339, told before or not.")
                    Optional<String> since)
            throws Exception {
        List<String> wanted = new ArrayList<>();
        for (String type : Words.of(types)) {
            wanted.add(AccessWatch.type(type));
        }
        Pages.requireCount("--limit", limit);
        OptionalLong begin = since.isPresent()
                ? OptionalLong.of(Math.max(1, Dates.start("--since", since.get())))
                : OptionalLong.empty();
        new AccessWatch(session, wanted.isEmpty() ? List.of("access", "consent") : wanted)
                .run(limit, once, restart, begin);
        return 0;
    }

    @Command(
            name = "break-glass",
            description = {
                "Read a patient's records in an emergency, without consent and for a limited time.",
                "The custodian's privacy officer is told at once and reviews it. A patient's refusal holds (exit 4)."
            },
            footer = {
                "  consilium --context riverside/dr-brown access break-glass --patient P --rationale 'unconscious'",
                "  consilium --context riverside/dr-brown record get R --purpose BTG --out record.json"
            })
    int breakGlass(
            @Option(names = "--patient", required = true, paramLabel = "P", description = "Patient id.") String patient,
            @Option(
                            names = "--rationale",
                            required = true,
                            paramLabel = "TEXT",
                            converter = SaidText.class,
                            description = "Why; sealed for those who review it.")
                    String rationale,
            @Option(names = "--record", paramLabel = "R", description = "This record alone (default: every record).")
                    Optional<String> record)
            throws Exception {
        new BreakGlassSteps(session).open(patient, record, rationale);
        return 0;
    }

    @Command(
            name = "review",
            description = "Review a break-glass as the custodian's privacy officer; not-justified ends its permit.",
            footer = {
                "  consilium --context st-mary/privacy access review ID --outcome justified --note 'seen in the ER'"
            })
    int review(
            @Parameters(paramLabel = "ID", description = "Access id of the break-glass.") String id,
            @Option(
                            names = "--outcome",
                            required = true,
                            paramLabel = "OUTCOME",
                            description = "justified or not-justified.")
                    String outcome,
            @Option(
                            names = "--note",
                            required = true,
                            paramLabel = "TEXT",
                            converter = SaidText.class,
                            description = "What the review found; sealed for those who read the rationale.")
                    String note)
            throws Exception {
        new BreakGlassSteps(session).review(id, outcome, note);
        return 0;
    }

    @Command(
            name = "show",
            description = "Show one access; of a break-glass its rationale too, to a privacy officer.",
            footer = {"  consilium --context st-mary/privacy access show ID"})
    int show(@Parameters(paramLabel = "ID", description = "Access id.") String id) throws Exception {
        ByteString accessId = Ids.object("access", id);
        VerifiedState.At<AccessState> found = session.state().access(accessId);
        Map<String, Object> object = describe(found.value());
        object.putAll(new BreakGlassSteps(session).sealedTexts(found.value()));
        object.put("asOfHeight", found.height());
        session.output().result(object);
        return 0;
    }

    @Command(
            name = "list",
            description = {
                "List accesses, denied ones included.",
                "Of a patient or by a member; or the break-glass that your institution has to review or answer for, the soonest due first."
            },
            footer = {
                "  consilium --context st-mary/privacy access list --patient P",
                "  consilium --context riverside/dr-brown access list --member riverside/dr-brown",
                "  consilium --context st-mary/privacy access list --pending-review"
            })
    int list(
            @Option(names = "--patient", paramLabel = "P", description = "Patient id.") Optional<String> patient,
            @Option(names = "--member", paramLabel = "M", description = "Who asked.") Optional<String> member,
            @Option(names = "--pending-review", description = "Break-glass that nobody has reviewed yet.")
                    boolean pendingReview,
            @Mixin Pages.Paging paging)
            throws Exception {
        int said = (patient.isPresent() ? 1 : 0) + (member.isPresent() ? 1 : 0) + (pendingReview ? 1 : 0);
        if (said != 1) {
            throw new MalformedInput(
                    "--patient", "Whose accesses is not said", "Give --patient P, --member M or --pending-review");
        }
        if (pendingReview) {
            new Pages(session)
                    .print(
                            "reviews",
                            "",
                            paging,
                            AccessState.parser(),
                            List.of("accessId", "reviewDue", "overdue", "time", "requester", "patientId"),
                            AccessCommands::describe);
            return 0;
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
        if (!access.getRecordId().isEmpty()) {
            object.put("recordId", Ids.text(access.getRecordId()));
        }
        if (!access.hasBreakGlass()) {
            object.put("recordVersion", access.getRecordVersion());
        }
        object.put("patientId", Ids.text(access.getPatientId()));
        if (!access.getCustodian().isEmpty()) {
            object.put("custodian", access.getCustodian());
        }
        object.put("requester", access.getRequester());
        object.put("purpose", access.getPurpose());
        object.put("action", access.getAction());
        object.put("time", Dates.text(access.getTimeMillis()));
        object.put("kind", kind(access));
        object.put("decision", access.getDecision().getOutcome().name());
        object.putAll(ConsentCommands.basis(access.getDecision()));
        if (!access.getBreakGlassId().isEmpty()) {
            object.put("breakGlassId", Ids.text(access.getBreakGlassId()));
        }
        object.putAll(BreakGlassSteps.describe(access, System.currentTimeMillis()));
        if (access.hasOutcome()) {
            object.put("outcome", access.getOutcome().getOutcome().name());
            if (!access.getOutcome().getReason().isEmpty()) {
                object.put("outcomeReason", access.getOutcome().getReason());
            }
        }
        object.put("disclosed", access.hasDisclosure());
        if (access.hasDisclosure()) {
            object.put("disclosedAt", Dates.text(access.getDisclosure().getTimeMillis()));
            object.put("disclosureTxId", Ids.text(access.getDisclosure().getTxId()));
        }
        return object;
    }

    private static String kind(AccessState access) {
        if (access.hasBreakGlass()) {
            return "break-glass";
        }
        return access.getUse() ? "use" : "request";
    }
}
