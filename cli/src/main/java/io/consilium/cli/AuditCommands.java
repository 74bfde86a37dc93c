package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.ledger.access.Accounting;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code consilium audit}: what became of a patient's records, for the patient and for those who answer for it (ACC-4). */
@Command(
        addMethodSubcommands = false,
        name = "audit",
        description = "Account for disclosures, show a patient's log, and hand signed evidence to an inspector.",
        footer = {
            "  consilium --context st-mary/privacy audit disclosures --patient P --accountable-only",
            "  consilium --context st-mary/privacy audit export --patient P --out bundle.json",
            "  consilium audit verify bundle.json --genesis genesis.json"
        })
final class AuditCommands {
    /** How a report is written; without one, in the format of {@code -o}. */
    enum Format {
        table,
        csv,
        fhir
    }

    private final Session session;

    AuditCommands(Session session) {
        this.session = session;
    }

    @Command(
            name = "disclosures",
            description = {
                "List every disclosure of a patient's records, with whether 45 CFR 164.528 asks to account for it.",
                "--accountable-only is the statutory report: six years, without what the rule exempts."
            },
            footer = {
                "  consilium --context st-mary/privacy audit disclosures --patient P",
                "  consilium --context st-mary/privacy audit disclosures --patient P --accountable-only --format csv"
            })
    int disclosures(
            @Option(names = "--patient", required = true, paramLabel = "P", description = "Patient id.") String patient,
            @Option(names = "--accountable-only", description = "Only what has to be accounted for.")
                    boolean accountableOnly,
            @Mixin AuditTime.Options times,
            @Option(names = "--format", paramLabel = "FORMAT", description = "table, csv or fhir.")
                    Optional<Format> format)
            throws Exception {
        ByteString patientId = Ids.object("patient", patient);
        AuditTime time = times.time(accountableOnly ? sixYearsAgo() : 0);
        List<AuditEntry> entries = new ArrayList<>();
        for (AuditEntry entry : AuditEntry.of(AccessLog.during(session, patientId, time))) {
            boolean inTime = time.contains(entry.timeMillis());
            if (entry.kind() == AuditEntry.Kind.DISCLOSED && inTime && (!accountableOnly || entry.accountable())) {
                entries.add(entry);
            }
        }
        Map<String, String> names = new LinkedHashMap<>();
        List<Map<String, Object>> items = new ArrayList<>();
        for (AuditEntry entry : entries) {
            items.add(entry.disclosure(name(entry.recipientInstitution(), names)));
        }
        print(
                format,
                entries,
                items,
                List.of("date", "recipient", "recipientName", "recordId", "purpose", "accountable", "exemption"),
                List.of(
                        "date",
                        "recipient",
                        "recipientName",
                        "recordId",
                        "recordVersion",
                        "purpose",
                        "accountable",
                        "exemption",
                        "citation",
                        "discloser",
                        "meaning",
                        "breakGlassId",
                        "accessId",
                        "txId"));
        return 0;
    }

    @Command(
            name = "log",
            description = "Show all that happened to a patient's records: uses, denials, disclosures, break-glass.",
            footer = {
                "  consilium --context patient audit log --patient P",
                "  consilium --context st-mary/privacy audit log --patient P --format fhir"
            })
    int log(
            @Option(names = "--patient", required = true, paramLabel = "P", description = "Patient id.") String patient,
            @Mixin AuditTime.Options times,
            @Option(names = "--format", paramLabel = "FORMAT", description = "table, csv or fhir.")
                    Optional<Format> format)
            throws Exception {
        ByteString patientId = Ids.object("patient", patient);
        AuditTime time = times.time(0);
        List<AuditEntry> entries = AuditEntry.of(AccessLog.during(session, patientId, time)).stream()
                .filter(entry -> time.contains(entry.timeMillis()))
                .toList();
        print(
                format,
                entries,
                entries.stream().map(AuditEntry::describe).toList(),
                List.of("time", "by", "meaning", "purpose", "recordId", "decision"),
                List.of(
                        "time",
                        "kind",
                        "by",
                        "meaning",
                        "purpose",
                        "action",
                        "recordId",
                        "recordVersion",
                        "requester",
                        "decision",
                        "reason",
                        "consentId",
                        "review",
                        "breakGlassId",
                        "accountable",
                        "exemption",
                        "accessId",
                        "txId"));
        return 0;
    }

    @Command(
            name = "export",
            description = {
                "Write a signed bundle for an inspector: every line with its proofs from the genesis on.",
                "That no line is missing is what you attest with your signature; each line proves itself.",
                "A long log goes on in further files, FILE-2 and so on, each signed and naming the one before."
            },
            footer = {
                "  consilium --context st-mary/privacy audit export --patient P --out bundle.json",
                "  consilium --context st-mary/privacy audit export --institution st-mary --from 2026-01-01 \\",
                "      --to 2026-12-31 --out bundle.json"
            })
    int export(
            @Option(names = "--patient", paramLabel = "P", description = "Patient id.") Optional<String> patient,
            @Option(
                            names = "--institution",
                            paramLabel = "I",
                            description = "All patients in its custody, now or before.")
                    Optional<String> institution,
            @Option(names = "--out", required = true, paramLabel = "FILE", description = "File; it must not exist.")
                    Path out,
            @Option(
                            names = "--per-file",
                            paramLabel = "N",
                            defaultValue = "1000",
                            description = "Accesses and patients in one file (default 1000).")
                    int perFile,
            @Mixin AuditTime.Options times)
            throws Exception {
        new AuditExport(session).write(patient, institution, times.time(0), perFile, out);
        return 0;
    }

    @Command(
            name = "verify",
            description = {
                "Verify an inspector's bundle offline, and show its lines (exit 0 or 9).",
                "Give all files of an export: which are missing is told."
            },
            footer = {
                "  consilium audit verify bundle.json --genesis genesis.json",
                "  consilium audit verify bundle.json bundle-2.json --genesis genesis.json -o json"
            })
    int verify(
            @Parameters(paramLabel = "BUNDLE", arity = "1..*", description = "Files of audit export.")
                    List<String> bundles)
            throws Exception {
        new AuditExport(session).verify(bundles);
        return 0;
    }

    private void print(
            Optional<Format> format,
            List<AuditEntry> entries,
            List<Map<String, Object>> items,
            List<String> shown,
            List<String> all) {
        if (format.isEmpty() || format.get() == Format.table) {
            session.output().list(shown, items, Optional.empty());
        } else if (format.get() == Format.csv) {
            session.output().raw().print(CsvWriter.write(all, items));
            session.output().flush();
        } else {
            session.output().raw().println(AuditFhir.bundle(entries, System.currentTimeMillis()));
            session.output().flush();
        }
    }

    private static long sixYearsAgo() {
        return Instant.now()
                .atZone(ZoneOffset.UTC)
                .minusYears(Accounting.YEARS)
                .toInstant()
                .toEpochMilli();
    }

    private String name(String institution, Map<String, String> known) throws ClientException {
        String name = known.get(institution);
        if (name == null) {
            name = session.state().institution(institution).value().getLegalName();
            known.put(institution, name);
        }
        return name;
    }
}
