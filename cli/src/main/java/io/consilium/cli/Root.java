package io.consilium.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code consilium} itself, which only carries its subcommands. */
@Command(
        name = "consilium",
        description = "A permissioned blockchain node for healthcare.",
        footer = {
            "  consilium demo",
            "  consilium devnet up --background --dir ./net",
            "  CONSILIUM_HOME=./net consilium --context st-mary/consent patient register",
            "  consilium chain status -o json"
        })
final class Root implements Runnable {
    @Mixin
    final GlobalOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    Root(GlobalOptions options) {
        this.options = options;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command; consilium --help lists them");
    }
}
