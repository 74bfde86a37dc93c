package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.MalformedInput;
import io.consilium.client.VerificationFailed;
import io.consilium.client.trial.ReportPage;
import io.consilium.client.trial.ResultsDocument;
import io.consilium.client.trial.TrialBundle;
import io.consilium.client.trial.TrialReader;
import io.consilium.client.trial.TrialRecord;
import io.consilium.client.trial.TrialVerifier;
import io.consilium.client.trial.VerifiedTrial;
import io.consilium.proto.TrialState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The registry's part of {@code consilium trial}: registration, decisions, reports and their proof. */
class TrialRegistryCommands {
    private final Session session;

    TrialRegistryCommands(Session session) {
        this.session = session;
    }

    final Session session() {
        return session;
    }

    final ByteString trialId(String text) throws ClientException {
        return Ids.object("trial", text);
    }

    final TrialReader reader() throws ClientException {
        return new TrialReader(session.client(), session.state());
    }

    @Command(
            name = "template",
            description = {
                "Print a valid document to edit: a registration, or with --results the results of a trial.",
                "The registration names institutions of the context's chain."
            },
            footer = {
                "  consilium trial template > trial.json",
                "  consilium --context helix/researcher trial template --results T > results.json"
            })
    int template(
            @Option(names = "--results", paramLabel = "ID", description = "Trial whose outcomes are reported.")
                    Optional<String> results)
            throws Exception {
        if (results.isEmpty()) {
            session.output().document(new TrialTemplate(session).document());
            return 0;
        }
        TrialRecord record = reader().record(trialId(results.get()));
        long newest = record.versions().size();
        if (record.yardstickNumber() != newest) {
            session.output()
                    .say("The outcomes are those of version " + record.yardstickNumber()
                            + "; what was registered later, up to" + " version " + newest + ", does not count");
        }
        session.output().document(ResultsDocument.template(record.yardstick()));
        return 0;
    }

    @Command(
            name = "register",
            description = {
                "Register a trial before its first data: title, parties, outcomes, sample size, versions.",
                "With --check the document is read and shown, and nothing is submitted."
            },
            footer = {
                "  consilium --context helix/researcher trial register trial.json",
                "  consilium --context helix/researcher trial register --usdm protocol.json",
                "  consilium trial register trial.json --check"
            })
    int register(
            @Parameters(
                            paramLabel = "FILE",
                            arity = "0..1",
                            description = "The document in JSON; - is the standard input.")
                    Optional<String> file,
            @Option(
                            names = "--usdm",
                            paramLabel = "FILE",
                            description = "A protocol in CDISC USDM; its gaps take the template's values.")
                    Optional<String> usdm,
            @Option(names = "--check", description = "Only read the document and show what it says.") boolean check,
            @Option(
                            names = "--protocol",
                            paramLabel = "FILE",
                            description = "The protocol document; its hash must be the registered one.")
                    Optional<String> protocol)
            throws Exception {
        if (file.isPresent() == usdm.isPresent()) {
            throw new MalformedInput("FILE", "It is not said what to register", "Give a document, or --usdm FILE");
        }
        TrialRegistrations registrations = new TrialRegistrations(session);
        return registrations.register(
                file.isPresent() ? registrations.document(file.get()) : registrations.usdm(usdm.orElseThrow()),
                protocol,
                check);
    }

    @Command(
            name = "amend",
            description = {"Register a new version of a trial; every earlier one stays, and the committee decides anew."
            },
            footer = {"  consilium --context helix/researcher trial amend T trial-2.json --reason 'later time point'"})
    int amend(
            @Parameters(paramLabel = "ID", description = "Trial id.") String id,
            @Parameters(paramLabel = "FILE", description = "The whole document as it shall read; - is stdin.")
                    String file,
            @Mixin TrialOptions.Reason reason)
            throws Exception {
        return new TrialRegistrations(session).amend(trialId(id), file, reason.text);
    }

    @Command(
            name = "approve",
            description = "Approve the registered protocol and consent form until a time, as the ethics committee.",
            footer = {
                "  consilium --context ethics/chair trial approve T --protocol-version 1.0 --icf-version 1.0 \\",
                "      --until 2027-12-31"
            })
    int approve(
            @Parameters(paramLabel = "ID", description = "Trial id.") String id,
            @Mixin TrialOptions.Documents documents,
            @Option(
                            names = "--until",
                            required = true,
                            paramLabel = "T",
                            description = "Last day, or the time at which the approval ends.")
                    String until)
            throws Exception {
        return new TrialSteps(session).decide(trialId(id), true, documents, Dates.end("--until", until));
    }

    @Command(
            name = "reject",
            description = "Reject the registered protocol and consent form, as the ethics committee.",
            footer = {"  consilium --context ethics/chair trial reject T --protocol-version 1.0 --icf-version 1.0"})
    int reject(
            @Parameters(paramLabel = "ID", description = "Trial id.") String id,
            @Mixin TrialOptions.Documents documents,
            @Option(
                            names = "--until",
                            paramLabel = "T",
                            description = "Kept with the decision; a rejection does not end.")
                    Optional<String> until)
            throws Exception {
        long end = until.isPresent() ? Dates.end("--until", until.get()) : 0;
        return new TrialSteps(session).decide(trialId(id), false, documents, end);
    }

    @Command(
            name = "show",
            description = "Show a trial as it is registered now, proven from the genesis.",
            footer = {"  consilium --context medwatch/inspector trial show T -o json"})
    int show(@Parameters(paramLabel = "ID", description = "Trial id.") String id) throws Exception {
        session.output().result(TrialViews.show(reader().record(trialId(id))));
        return 0;
    }

    @Command(
            name = "list",
            description = "List every registered trial, oldest first.",
            footer = {"  consilium --context st-mary/dr-adams trial list"})
    int list(@Mixin Pages.Paging paging) throws Exception {
        new Pages(session)
                .print(
                        "trials",
                        "",
                        paging,
                        TrialState.parser(),
                        List.of(
                                "trialId",
                                "sponsor",
                                "version",
                                "protocolVersion",
                                "icfVersion",
                                "registeredAt",
                                "locked"),
                        TrialViews::line);
        return 0;
    }

    @Command(
            name = "history",
            description = "List every step of a trial: versions, decisions, locks, releases, publications.",
            footer = {"  consilium --context helix/researcher trial history T"})
    int history(@Parameters(paramLabel = "ID", description = "Trial id.") String id) throws Exception {
        TrialRecord record = reader().record(trialId(id));
        session.output()
                .list(
                        List.of("time", "event", "detail", "by", "reason"),
                        new TrialHistory(session).steps(record),
                        Optional.empty());
        return 0;
    }

    @Command(
            name = "report",
            description = {
                "Hold every publication against the registered versions, and show what was found.",
                "An amendment after the first lock, unblinding or publication never counts, nor one that was not",
                "approved before."
            },
            footer = {
                "  consilium --context medwatch/inspector trial report T",
                "  consilium --context medwatch/inspector trial report T --html report.html"
            })
    int report(
            @Parameters(paramLabel = "ID", description = "Trial id.") String id,
            @Option(names = "--html", paramLabel = "FILE", description = "Write a page for printing, with a timeline.")
                    Optional<Path> html)
            throws Exception {
        UserFiles.requireNew(html);
        TrialRecord record = reader().record(trialId(id));
        if (html.isPresent()) {
            UserFiles.publish(html.get(), ReportPage.of(record).getBytes(StandardCharsets.UTF_8));
        }
        TrialViews.report(session, record);
        html.ifPresent(file -> session.output().say("The page is in " + file));
        return 0;
    }

    @Command(
            name = "export",
            description =
                    "Write everything that proves a trial's registry to a file, which trial verify reads offline.",
            footer = {"  consilium --context medwatch/inspector trial export T --out trial-bundle.json"})
    int export(
            @Parameters(paramLabel = "ID", description = "Trial id.") String id,
            @Option(names = "--out", required = true, paramLabel = "FILE", description = "File to write.") Path out,
            @Mixin TrialOptions.Subjects subjects)
            throws Exception {
        UserFiles.requireNew(out);
        TrialBundle bundle = reader().bundle(trialId(id), subjects.every);
        VerifiedTrial verified = new TrialVerifier(session.verifier()).verify(bundle);
        UserFiles.publish(out, bundle.file());
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("bundle", out.toString());
        result.putAll(TrialViews.verified(verified, bundle));
        session.output().result(result);
        return 0;
    }

    @Command(
            name = "verify",
            description = {
                "Verify every step of a trial from the genesis (exit 0 or 9): through a node, or offline from a bundle.",
                "Versions, decisions, milestones, publications, releases, the versions of datasets, and each subject with",
                "its consents, to those who may see them; of spent budget it proves the number."
            },
            footer = {
                "  consilium --context medwatch/inspector trial verify T",
                "  consilium trial verify --bundle trial-bundle.json --genesis genesis.json"
            })
    int verify(
            @Parameters(paramLabel = "ID", arity = "0..1", description = "Trial id, to read it through a node.")
                    Optional<String> id,
            @Option(names = "--bundle", paramLabel = "FILE", description = "File that trial export wrote.")
                    Optional<String> file,
            @Mixin TrialOptions.Subjects subjects)
            throws Exception {
        if (id.isPresent() == file.isPresent()) {
            throw new MalformedInput("ID", "It is not said what to verify", "Give a trial id, or --bundle FILE");
        }
        if (file.isPresent() && subjects.every) {
            throw new MalformedInput(
                    "--subjects", "A file holds what it holds", "Give --subjects when it is exported, or a trial id");
        }
        TrialBundle bundle = file.isPresent()
                ? TrialBundle.decode(UserFiles.read(session, file.get(), TrialBundle.MAX_BYTES))
                : reader().bundle(trialId(id.orElseThrow()), subjects.every);
        Map<String, Object> result = new LinkedHashMap<>();
        try {
            VerifiedTrial verified = new TrialVerifier(session.verifier()).verify(bundle);
            TrialRecord record = verified.record();
            result.put("verified", true);
            result.putAll(TrialViews.verified(verified, bundle));
            record.gravest().ifPresent(gravest -> result.put("gravest", gravest.word()));
            result.put("outcomes", TrialViews.outcomes(record));
        } catch (VerificationFailed failed) {
            result.put("verified", false);
            result.put("code", failed.code());
            session.output().result(result);
            throw failed;
        }
        session.output().result(result);
        return 0;
    }
}
