package io.consilium.cli;

import io.consilium.client.MalformedInput;
import io.consilium.client.trial.Consents;
import io.consilium.client.trial.TrialRecord;
import io.consilium.proto.TrialMilestone;
import io.consilium.proto.TrialSubjectState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The conduct's part of {@code consilium trial}: subjects, lock and unblinding, results. */
class TrialConductCommands extends TrialRegistryCommands {
    TrialConductCommands(Session session) {
        super(session);
    }

    @Command(
            name = "enroll",
            description = {
                "Enrol a patient under a fresh pseudonym, with the hash of the signed consent form.",
                "Nothing on chain leads from the pseudonym to the patient, nor to another trial."
            },
            footer = {
                "  consilium --context st-mary/dr-adams trial enroll T --patient P --icf-version 1.0 \\",
                "      --evidence signed-form.pdf"
            })
    int enroll(
            @Parameters(paramLabel = "ID", description = "Trial id.") String id,
            @Option(names = "--patient", required = true, paramLabel = "P", description = "Patient id.") String patient,
            @Option(
                            names = "--custodian",
                            paramLabel = "SITE",
                            description = {
                                "Institution that has custody of the patient; its node alone is asked.",
                                "Default: the own node, then those of the other sites, which so learn of the patient's id."
                            })
                    Optional<String> custodian,
            @Option(
                            names = "--icf-version",
                            required = true,
                            paramLabel = "V",
                            description = "Version of the form that was signed.")
                    String form,
            @Option(
                            names = "--evidence",
                            required = true,
                            paramLabel = "SIGNED-FORM",
                            description = "The signed form; only its hash leaves this machine.")
                    String evidence)
            throws Exception {
        return new TrialSteps(session()).enroll(trialId(id), patient, custodian, form, evidence);
    }

    @Command(
            name = "subject",
            description = {
                "Change the status of a subject, or renew its consent on the registered form.",
                "Without options the subject is shown."
            },
            footer = {
                "  consilium --context st-mary/dr-adams trial subject T PSEUDONYM --status withdrawn",
                "  consilium --context st-mary/dr-adams trial subject T PSEUDONYM \\",
                "      --icf-version 2.0 --evidence form.pdf"
            })
    int subject(
            @Parameters(paramLabel = "ID", description = "Trial id.") String id,
            @Parameters(paramLabel = "PSEUDONYM", description = "The subject's pseudonym.") String pseudonym,
            @Option(
                            names = "--status",
                            paramLabel = "STATUS",
                            description = "A FHIR ResearchSubject status, e.g. on-study, off-study, withdrawn.")
                    Optional<String> status,
            @Option(names = "--icf-version", paramLabel = "V", description = "Form on which consent is renewed.")
                    Optional<String> form,
            @Option(
                            names = "--evidence",
                            paramLabel = "SIGNED-FORM",
                            description = "The signed form; only its hash leaves this machine.")
                    Optional<String> evidence)
            throws Exception {
        if (evidence.isPresent() && form.isEmpty()) {
            throw new MalformedInput(
                    "--icf-version", "It is not said which form was signed", "Name its version with --icf-version");
        }
        TrialSteps steps = new TrialSteps(session());
        return status.isEmpty() && form.isEmpty()
                ? steps.show(trialId(id), pseudonym)
                : steps.change(trialId(id), pseudonym, status, form, evidence);
    }

    @Command(
            name = "stale-consents",
            description = "List the subjects whose consent is on an older form than the registered one.",
            footer = {"  consilium --context st-mary/dr-adams trial stale-consents T"})
    int staleConsents(@Parameters(paramLabel = "ID", description = "Trial id.") String id) throws Exception {
        TrialRecord record = reader().record(trialId(id));
        String form = record.current().getIcfVersion();
        List<Map<String, Object>> items = new ArrayList<>();
        for (TrialSubjectState subject : reader().subjects(trialId(id))) {
            if (Consents.isStale(subject, form)) {
                items.add(TrialViews.subject(subject));
            }
        }
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("icfVersion", form);
        session()
                .output()
                .list(
                        List.of("pseudonym", "site", "status", "icfVersion", "enrolledAt"),
                        items,
                        Optional.empty(),
                        about);
        return 0;
    }

    @Command(
            name = "lock",
            description = "Lock the trial's database: no enrolment and no data from then on.",
            footer = {"  consilium --context helix/researcher trial lock T --reason 'all queries answered'"})
    int lock(@Parameters(paramLabel = "ID", description = "Trial id.") String id, @Mixin TrialOptions.Reason reason)
            throws Exception {
        return new TrialSteps(session()).mark(trialId(id), TrialMilestone.DATABASE_LOCKED, reason.text);
    }

    @Command(
            name = "unlock",
            description = "Unlock the trial's database; the unlocking stays in its history.",
            footer = {"  consilium --context helix/researcher trial unlock T --reason 'site found a wrong unit'"})
    int unlock(@Parameters(paramLabel = "ID", description = "Trial id.") String id, @Mixin TrialOptions.Reason reason)
            throws Exception {
        return new TrialSteps(session()).mark(trialId(id), TrialMilestone.DATABASE_UNLOCKED, reason.text);
    }

    @Command(
            name = "unblind",
            description = "Record that the allocation to the arms became known; later amendments count no more.",
            footer = {"  consilium --context helix/researcher trial unblind T --reason 'final analysis'"})
    int unblind(@Parameters(paramLabel = "ID", description = "Trial id.") String id, @Mixin TrialOptions.Reason reason)
            throws Exception {
        return new TrialSteps(session()).mark(trialId(id), TrialMilestone.UNBLINDED, reason.text);
    }

    @Command(
            name = "publish",
            description = "Publish results; trial report holds them against what was registered.",
            footer = {"  consilium --context helix/researcher trial publish T results.json"})
    int publish(
            @Parameters(paramLabel = "ID", description = "Trial id.") String id,
            @Parameters(
                            paramLabel = "FILE",
                            description = "Results in JSON, as trial template --results prints; - is stdin.")
                    String file)
            throws Exception {
        return new TrialSteps(session()).publish(trialId(id), file);
    }
}
