package io.consilium.cli;

import picocli.CommandLine.Command;

/** {@code consilium trial}: registered before any data, and results held against what was registered (TRI-1 to TRI-7). */
@Command(
        addMethodSubcommands = false,
        name = "trial",
        description = "Register clinical trials, run them, and hold results against what was registered.",
        footer = {
            "  consilium trial template > trial.json",
            "  consilium --context helix/researcher trial register trial.json",
            "  consilium --context ethics/chair trial approve T --protocol-version 1.0 --icf-version 1.0 \\",
            "      --until 2027-12-31",
            "  consilium --context medwatch/inspector trial verify T"
        })
final class TrialCommands extends TrialSharingCommands {
    TrialCommands(Session session) {
        super(session);
    }
}
