package io.consilium.cli;

import io.consilium.client.trial.TrialReader;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that several commands of {@code consilium trial} have. */
final class TrialOptions {
    private TrialOptions() {}

    /** Why; sealed for the few whom it concerns. */
    static final class Reason {
        @Option(
                names = "--reason",
                required = true,
                paramLabel = "TEXT",
                converter = SaidText.class,
                description = "Why; sealed for sponsor, committee and regulators.")
        String text = "";
    }

    /** What the ethics committee decides on. */
    static final class Documents {
        @Option(
                names = "--protocol-version",
                required = true,
                paramLabel = "V",
                description = "Version of the protocol.")
        String protocol = "";

        @Option(
                names = "--icf-version",
                required = true,
                paramLabel = "V",
                description = "Version of the informed-consent form.")
        String form = "";

        @Option(
                names = "--content-hash",
                paramLabel = "HASH",
                description = {
                    "What was read, as trial show prints it (default: what is registered now).",
                    "The decision is refused where another content is registered."
                })
        Optional<String> content = Optional.empty();
    }

    /** How much of a large trial is proven. */
    static final class Subjects {
        @Option(
                names = "--subjects",
                description = {
                    "Prove each subject with its consents and its status too, where more than "
                            + TrialReader.MAX_UNASKED,
                    "are enrolled (of fewer it is done anyway)."
                })
        boolean every;
    }

    /** Which dataset is shared. */
    static final class Dataset {
        @Option(
                names = "--dataset",
                required = true,
                paramLabel = "D",
                description = "Dataset id, as trial submit printed it.")
        String id = "";
    }
}
