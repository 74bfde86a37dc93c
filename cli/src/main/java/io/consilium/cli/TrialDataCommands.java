package io.consilium.cli;

import io.consilium.client.FailureClass;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The data's part of {@code consilium trial}: submission, correction, audit. */
class TrialDataCommands extends TrialConductCommands {
    TrialDataCommands(Session session) {
        super(session);
    }

    @Command(
            name = "submit",
            description = {
                "Check a dataset, seal it to the sponsor, and register its hash.",
                "CDISC Dataset-JSON 1.0 or 1.1, or CSV with a header line; in UTF-8."
            },
            footer = {"  consilium --context st-mary/dr-adams trial submit T adsl.json --dataset ADSL"})
    int submit(
            @Parameters(paramLabel = "ID", description = "Trial id.") String id,
            @Parameters(paramLabel = "FILE", description = "The data; - is the standard input.") String file,
            @Option(
                            names = "--dataset",
                            required = true,
                            paramLabel = "NAME",
                            description = "Name of the dataset, e.g. ADSL.")
                    String name,
            @Option(names = "--subject", paramLabel = "PSEUDONYM", description = "The subject whom every row is of.")
                    Optional<String> subject)
            throws Exception {
        try (TrialData data = TrialData.read(session(), trialId(id), file, name, subject, Optional.empty())) {
            return data.submit();
        }
    }

    @Command(
            name = "correct",
            description = "Submit a new version of a dataset; the original and every version stay.",
            footer = {"  consilium --context st-mary/dr-adams trial correct T D adsl-2.json --reason 'wrong unit'"})
    int correct(
            @Parameters(paramLabel = "ID", description = "Trial id.") String id,
            @Parameters(paramLabel = "DATASET", description = "Dataset id, as trial submit printed it.") String dataset,
            @Parameters(paramLabel = "FILE", description = "The whole dataset anew; - is the standard input.")
                    String file,
            @Mixin TrialOptions.Reason reason,
            @Option(
                            names = "--subjects-removed",
                            description = "Fewer enrolled subjects than in the version before are meant.")
                    boolean removed)
            throws Exception {
        return TrialData.correct(session(), trialId(id), Ids.object("dataset", dataset), file, reason.text, removed);
    }

    @Command(
            name = "audit",
            description = {
                "List every version of every dataset, with its author.",
                "Time, rows, subjects and reason too, and how many subjects are enrolled, have withdrawn, and consented on an older form."
            },
            footer = {
                "  consilium --context medwatch/inspector trial audit T",
                "  consilium --context helix/researcher trial audit T --check"
            })
    int audit(
            @Parameters(paramLabel = "ID", description = "Trial id.") String id,
            @Option(
                            names = "--check",
                            description = {
                                "As the sponsor: have the data opened by its node, and say of each version where it does not",
                                "hold what is checked at a submission; exit 9 if one does not."
                            })
                    boolean check)
            throws Exception {
        boolean right = new TrialAudit(session(), reader(), check).print(trialId(id));
        return right ? 0 : FailureClass.VERIFICATION_FAILED.exitCode();
    }
}
