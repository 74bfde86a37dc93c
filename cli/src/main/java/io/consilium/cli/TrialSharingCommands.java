package io.consilium.cli;

import io.consilium.client.trial.Micros;
import io.consilium.proto.TrialState;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The sharing's part of {@code consilium trial}: releases of microdata, noised aggregates, the privacy budget. */
class TrialSharingCommands extends TrialDataCommands {
    TrialSharingCommands(Session session) {
        super(session);
    }

    @Command(
            name = "release",
            description = {
                "Release columns of a dataset in which nobody can be told apart, or refuse (exit 6).",
                "The sponsor's node checks the Safe Harbor list and the trial's anonymity threshold, also against"
                        + " every earlier release."
            },
            footer = {
                "  consilium --context helix/researcher trial release T --dataset D --quasi AGEGR1,SEX",
                "  consilium --context helix/researcher trial release T --dataset D --quasi SEX --columns ARM \\",
                "      --to riverside/dr-brown --duo HMB --out data.csv"
            })
    int release(
            @Parameters(paramLabel = "ID", description = "Trial id.") String id,
            @Mixin TrialOptions.Dataset dataset,
            @Option(
                            names = "--quasi",
                            required = true,
                            paramLabel = "COL",
                            description = "Columns that tell people apart; repeat it or use commas.")
                    List<String> quasi,
            @Option(names = "--columns", paramLabel = "COL", description = "Further columns to release.") @Nullable
                    List<String> columns,
            @Option(names = "--to", paramLabel = "MEMBER", description = "Recipient (default: own use).")
                    Optional<String> to,
            @Option(
                            names = "--duo",
                            paramLabel = "CODE",
                            description = "What the recipient uses the data for, e.g. HMB or DUO:0000006.")
                    @Nullable
                    List<String> duo,
            @Option(
                            names = "--out",
                            paramLabel = "FILE",
                            description = {
                                "File to write, mode 0600, in CSV: a release is made once, and counts.",
                                "Default: a file under the context's home, whose path is printed."
                            })
                    Optional<Path> out)
            throws Exception {
        return new TrialSharing(session())
                .release(trialId(id), dataset.id, Words.of(quasi), Words.of(columns), to, Words.of(duo), out);
    }

    @Command(
            name = "query",
            description = {
                "Ask the sponsor's node for a noised count, sum, mean or histogram.",
                "Its epsilon is spent from the trial's privacy budget before the answer comes."
            },
            footer = {
                "  consilium --context helix/researcher trial query T --dataset D --count --where SEX=F --epsilon 0.5",
                "  consilium --context helix/researcher trial query T --dataset D --mean AGE --bounds 18,90 \\",
                "      --epsilon 0.5",
                "  consilium --context helix/researcher trial query T --dataset D --histogram AGE \\",
                "      --bins 18,40,65,90 --epsilon 0.5"
            })
    int query(
            @Parameters(paramLabel = "ID", description = "Trial id.") String id,
            @Mixin TrialOptions.Dataset dataset,
            @Option(names = "--count", description = "How many subjects.") boolean count,
            @Option(names = "--mean", paramLabel = "COL", description = "Mean of a column.") Optional<String> mean,
            @Option(names = "--sum", paramLabel = "COL", description = "Sum of a column.") Optional<String> sum,
            @Option(names = "--histogram", paramLabel = "COL", description = "Subjects in each bin of a column.")
                    Optional<String> histogram,
            @Option(
                            names = "--bounds",
                            paramLabel = "LO,HI",
                            description = "Public bounds, to which values are clamped.")
                    Optional<String> bounds,
            @Option(
                            names = "--bins",
                            paramLabel = "BIN",
                            description = "Edges in ascending order, or categories; use commas.")
                    @Nullable
                    List<String> bins,
            @Option(names = "--where", paramLabel = "COL=V", description = "Only subjects with this value.")
                    Optional<String> where,
            @Option(
                            names = "--epsilon",
                            required = true,
                            paramLabel = "E",
                            description = "Privacy budget to spend, up to six decimals.")
                    String epsilon)
            throws Exception {
        TrialSharing.Asked asked = TrialSharing.Asked.of(count, mean, sum, histogram);
        return new TrialSharing(session())
                .query(trialId(id), dataset.id, asked, bounds, Words.of(bins), where, epsilon);
    }

    @Command(
            name = "budget",
            description = "Show the trial's privacy budget, what is spent and what is left.",
            footer = {"  consilium --context helix/researcher trial budget T"})
    int budget(@Parameters(paramLabel = "ID", description = "Trial id.") String id) throws Exception {
        TrialState trial = session().state().trial(trialId(id)).value();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("trialId", Ids.text(trial.getId()));
        object.put("budget", Micros.number(trial.getBudgetMicros()));
        object.put("spent", Micros.number(trial.getSpentMicros()));
        object.put("budgetLeft", Micros.number(trial.getBudgetMicros() - trial.getSpentMicros()));
        object.put("queries", trial.getQueries());
        session().output().result(object);
        return 0;
    }
}
