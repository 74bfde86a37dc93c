package io.consilium.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code consilium completion}: a script that teaches a shell the commands and options. */
@Command(
        name = "completion",
        description = {"Print a completion script for bash or zsh.", "Load it with: source <(consilium completion bash)"
        },
        footer = {"  source <(consilium completion bash)", "  consilium completion zsh > ~/.consilium-completion.zsh"})
final class CompletionCommand implements Runnable {
    /** Shells whose script this is. */
    enum Shell {
        bash,
        zsh
    }

    private final Session session;

    @Parameters(
            paramLabel = "SHELL",
            arity = "0..1",
            defaultValue = "bash",
            description = "bash or zsh (default bash).")
    private Shell shell = Shell.bash;

    CompletionCommand(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        CommandLine all = CommandTree.whole(session);
        if (shell == Shell.zsh) {
            session.output().raw().println("autoload -U +X compinit && compinit");
            session.output().raw().println("autoload -U +X bashcompinit && bashcompinit");
        }
        session.output().raw().println(AutoComplete.bash("consilium", all));
    }
}
