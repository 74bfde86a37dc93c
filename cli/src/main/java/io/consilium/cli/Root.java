package io.consilium.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The command {@code consilium} itself, which only carries its subcommands. */
final class Root implements Runnable {
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

    private Root() {}

    static CommandLine of(GlobalOptions options) {
        CommandSpec spec = new Root().spec;
        spec.name("consilium").version("Consilium " + Version.text());
        spec.usageMessage()
                .description("A permissioned blockchain node for healthcare.")
                .footer(
                        "  consilium demo",
                        "  consilium devnet up --background --dir ./net",
                        "  CONSILIUM_HOME=./net consilium --context st-mary/consent patient register",
                        "  consilium chain status -o json");
        options.specs().forEach(spec::addOption);
        return new CommandLine(spec);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command; consilium --help lists them");
    }
}
