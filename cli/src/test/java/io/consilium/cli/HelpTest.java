package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class HelpTest {
    private static final int MAX_LINE = 100;

    /** Names that programs rely on. */
    private static final Set<String> PROMISED = Set.of(
            "demo",
            "devnet up",
            "devnet status",
            "devnet down",
            "devnet destroy",
            "devnet stop-node",
            "devnet start-node",
            "devnet kill-node",
            "devnet logs",
            "node init",
            "node run",
            "node status",
            "config validate",
            "config show",
            "genesis new",
            "genesis show",
            "genesis verify",
            "genesis hash",
            "key new",
            "key show",
            "key list",
            "key change-password",
            "institution list",
            "institution show",
            "member add",
            "member list",
            "member suspend",
            "member rotate-key",
            "patient register",
            "patient show",
            "patient list",
            "patient set-key",
            "patient remove-key",
            "patient guardian add",
            "patient guardian end",
            "patient guardian list",
            "record add",
            "record amend",
            "record list",
            "record show",
            "record get",
            "record history",
            "record verify",
            "record mark",
            "record erase",
            "record erasures",
            "record hold",
            "record release",
            "consent grant",
            "consent list",
            "consent show",
            "consent check",
            "consent amend",
            "consent revoke",
            "access request",
            "access list",
            "trial template",
            "trial register",
            "trial show",
            "trial list",
            "trial history",
            "trial amend",
            "trial approve",
            "trial reject",
            "trial enroll",
            "trial subject",
            "trial stale-consents",
            "trial lock",
            "trial unlock",
            "trial unblind",
            "trial publish",
            "trial submit",
            "trial correct",
            "trial audit",
            "trial release",
            "trial query",
            "trial budget",
            "trial report",
            "trial export",
            "trial verify",
            "drug capture",
            "drug identify",
            "chain status",
            "chain validators",
            "chain block",
            "chain tx",
            "chain receipt",
            "chain verify",
            "chain verify-receipt",
            "chain watch",
            "chain evidence",
            "tx build",
            "tx sign",
            "tx submit",
            "simulate",
            "bench load",
            "bench roofline",
            "bench decision",
            "completion");

    @TempDir
    Path home;

    private static CommandLine whole() {
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream());
        return CommandTree.whole(new Session(Map.of(), new ByteArrayInputStream(new byte[0]), nowhere, nowhere));
    }

    private static List<CommandLine> all(CommandLine command) {
        List<CommandLine> commands = new ArrayList<>();
        commands.add(command);
        command.getSubcommands().values().forEach(sub -> commands.addAll(all(sub)));
        return commands;
    }

    @TestFactory
    List<DynamicTest> everyCommandHasADescriptionAnExampleAndDescribedOptions() {
        return all(whole()).stream()
                .map(command -> DynamicTest.dynamicTest(command.getCommandSpec().qualifiedName(), () -> check(command)))
                .toList();
    }

    /** A command is found by its method's name, so that the annotations of the others need not be read. */
    @Test
    void everyCommandsMethodIsNamedAsItIs() {
        List<Method> methods = all(whole()).stream()
                .map(command -> command.getCommandSpec().userObject())
                .filter(Method.class::isInstance)
                .map(Method.class::cast)
                .toList();

        assertThat(methods).hasSizeGreaterThan(100).allSatisfy(method -> assertThat(CommandTree.name(method))
                .isEqualTo(method.getAnnotation(CommandLine.Command.class).name()));
    }

    private static void check(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF);
        assertThat(spec.usageMessage().description()).as("description").isNotEmpty();
        assertThat(help)
                .as("examples")
                .contains("Examples:")
                .contains("  consilium ")
                .doesNotContain("%n")
                .doesNotContain("${");
        assertThat(help.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(MAX_LINE));
        for (ArgSpec argument : spec.args()) {
            assertThat(argument.description())
                    .as(argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel())
                    .isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "record", "drug"})
    void groupsAreReadIn80Columns(String group) {
        CommandLine command =
                group.isEmpty() ? whole() : whole().getSubcommands().get(group);
        List<String> help =
                command.getUsageMessage(CommandLine.Help.Ansi.OFF).lines().toList();
        assertThat(help).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(help.subList(help.indexOf("Commands:") + 1, help.indexOf("Examples:") - 1))
                .as("a line for each command")
                .allSatisfy(line -> assertThat(line).matches("  [a-z-]+ +[A-Z].*\\."));
    }

    @Test
    void commandsStandInOneOrderWhateverTheProcess() {
        List<String> patient = new ArrayList<>(
                whole().getSubcommands().get("patient").getSubcommands().keySet());
        assertThat(patient).containsSubsequence("guardian", "transfer", "find-mrn");
    }

    @Test
    void parametersAndOptionsShowAllTheirForms() {
        assertThat(CommandLineRun.of(home, "audit", "verify", "--help").out())
                .contains("consilium audit verify [options] BUNDLE...", "      BUNDLE...  ");
        assertThat(CommandLineRun.of(home, "record", "mark", "--help").out()).contains("      --[no-]in-error  ");
        assertThat(CommandLineRun.of(home, "key", "show", "--help").out())
                .contains("consilium key show [options] [FILE]", "      FILE  ");
    }

    @TestFactory
    List<DynamicTest> everyDescriptionBeginsWithAWholeSentence() {
        return all(whole()).stream()
                .map(command -> DynamicTest.dynamicTest(command.getCommandSpec().qualifiedName(), () -> assertThat(
                                command.getCommandSpec().usageMessage().description()[0])
                        .endsWith(".")))
                .toList();
    }

    @Test
    void hasEveryPromisedCommand() {
        Set<String> names = new TreeSet<>();
        all(whole())
                .forEach(command ->
                        names.add(command.getCommandSpec().qualifiedName().replaceFirst("consilium ?", "")));
        assertThat(names).containsAll(PROMISED);
    }

    @Test
    void rootHelpListsEveryGroup() {
        CommandLineRun run = CommandLineRun.of(home, "--help");
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        for (CommandGroup group : CommandGroup.values()) {
            assertThat(run.out()).contains("  " + group.command() + " ").contains(group.description());
        }
        assertThat(run.out()).contains("--output", "--context", "--node", "--genesis", "--dry-run");
    }

    @Test
    void globalOptionsStandBeforeOrAfterTheCommand() {
        for (String[] words : new String[][] {
            {"-o", "json", "key", "list"}, {"key", "-o", "json", "list"}, {"key", "list", "-o", "json"}
        }) {
            CommandLineRun run = CommandLineRun.of(home, words);
            assertThat(run.exitCode()).isZero();
            assertThat(run.out().replaceAll("\\s", "")).isEqualTo("{\"items\":[],\"nextCursor\":null}");
        }
    }

    @Test
    void versionNamesTheProgram() {
        assertThat(CommandLineRun.of(home, "--version").out()).startsWith("Consilium ");
    }

    @Test
    void completionKnowsCommandsAndOptions() {
        assertThat(CommandLineRun.of(home, "completion", "bash").out())
                .contains("verify-receipt")
                .contains("--sensitivity")
                .contains("complete -F _complete_consilium");
        assertThat(CommandLineRun.of(home, "completion", "zsh").out()).startsWith("autoload");
    }
}
