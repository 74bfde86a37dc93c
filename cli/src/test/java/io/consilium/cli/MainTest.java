package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @TempDir
    Path home;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "consent revoke C --reason",
                "record mark R --reason",
                "trial lock T --reason",
                "drug quarantine --gtin 1 --serial 1 --reason",
                "drug dispense --gtin 1 --serial 1 --reason",
                "drug exceptions resolve X --outcome found --reason",
                "drug product add --gtin 1 --name",
                "patient merge A B --reason",
                "access break-glass --patient P --rationale",
                "access review A --outcome justified --note",
                "record add F --patient P --title"
            })
    void aReasonSaysSomething(String words) {
        for (String blank : List.of("", "  ")) {
            List<String> given = new ArrayList<>(List.of(words.split(" ")));
            String option = given.get(given.size() - 1);
            given.add(blank);
            CommandLineRun run = CommandLineRun.of(home, given.toArray(String[]::new));
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains(option).contains("it says nothing");
        }
    }

    @Test
    void saysWhatAMissingOptionIs() throws Exception {
        CommandLineRun run = CommandLineRun.of(home, "access", "review", "A", "--outcome", "justified", "-o", "json");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error().get("path")).isEqualTo("--note");
        assertThat(String.valueOf(run.error().get("error"))).contains("--note=TEXT");
        assertThat(String.valueOf(run.error().get("hint")))
                .contains("What the review found", "consilium access review --help");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                                      | 2 | Name a command",
                "record                                | 2 | Name a command of consilium record",
                "chian                                 | 2 | Did you mean chain?",
                "chain statos                          | 2 | Did you mean status?",
                "record add --patint x                 | 2 | Did you mean --patient?",
                "record add f                          | 2 | '--patient=P'",
                "chain block                           | 2 | 'H'",
                "chain block abc --context c           | 2 | no height",
                "chain block 0 --context c             | 3 | no block of height 0",
                "chain block 99999999999999999999      | 3 | no block of height",
                "governance --help                     | 2 | no command 'governance'",
                "audt --help                           | 2 | Did you mean audit?",
                "audit logg --help                     | 2 | Did you mean log?",
                "consnt list member                    | 2 | Did you mean consent?",
                "--timeout 5x chain status             | 2 | no length of time",
                "-o xml chain status                   | 2 | --output",
                "--context nope chain status           | 2 | There is no context 'nope'",
                "chain status                          | 2 | which node",
                "--node ftp://x chain status           | 2 | no node's address",
                "--node https://h:1 chain status       | 2 | No genesis file",
                "--node https://h:1 --genesis /none chain status | 2 | cannot be read",
                "chain verify-receipt none.json        | 2 | cannot be read",
                "record verify none.txt --opening o    | 2 | There is no file",
                "key show none.keystore                | 2 | There is no file",
                "key list /none/such                   | 2 | no directory",
                "patient show xyz                      | 3 | names no patient",
                "record show 1234                      | 3 | names no record",
                "consent show ABCDEF                   | 3 | names no consent",
                "chain tx 12                           | 3 | names no transaction",
                "institution show Not_A_Slug           | 3 | names no institution",
                "member suspend st-mary/UP             | 3 | names no member",
                "access watch --type acces             | 2 | Did you mean access?",
                "access watch --type access.nonsense   | 2 | no kind of event",
                "access watch --limit -3               | 2 | not -3",
                "chain watch --limit -1                | 2 | not -1",
                "patient find-mrn 12 --system mrn      | 2 | no address",
                "audit export --out b --patient 00112233445566778899aabbccddeeff --per-file 0 | 2 | 1 to 2000",
                "audit export --out b --patient P --institution i | 2 | One patient or one institution",
                "audit log --patient 00112233445566778899aabbccddeeff --from 2026-02-01 --to 2026-01-31 | 2 | ends before",
                "access request --record R --purpose X | 6 | no such purpose",
                "access request --record R --purpose treat --action read | 6 | no such action",
                "record erase 00112233445566778899aabbccddeeff --reason r --basis gdpr | 6 | gdpr-17-1-a to gdpr-17-1-f",
                "record hold 00112233445566778899aabbccddeeff --reason r --ground law | 6 | no such ground",
                "record get 00112233445566778899aabbccddeeff --purpose X | 6 | no such purpose",
                "record get 00112233445566778899aabbccddeeff --version-number 0 | 2 | from 1, not 0",
                "record get 00112233445566778899aabbccddeeff --version-number -1 | 2 | from 1, not -1",
                "chain tx ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB | 2 | which node",
                "consent list                          | 2 | --patient P or --grantee X",
                "config validate --config none.toml    | 2 | There is no file"
            })
    void saysTheCauseAndTheNextStepWithTheRightExitCode(String words, int exitCode, String expected) throws Exception {
        String[] arguments = words == null ? new String[0] : words.strip().split("\\s+");
        CommandLineRun run = CommandLineRun.of(home, arguments);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(expected).startsWith("consilium: ").doesNotContain("\tat ");
        assertThat(run.err().lines()).hasSize(2);

        if (!List.of(arguments).contains("xml")) {
            CommandLineRun json = CommandLineRun.of(home, with(arguments, "-o", "json"));
            assertThat(json.exitCode()).isEqualTo(exitCode);
            assertThat(json.error().keySet())
                    .map(String::valueOf)
                    .containsExactly("error", "code", "rule", "path", "hint");
            assertThat(String.valueOf(json.error().get("hint"))).isNotEmpty();
        }
    }

    @Test
    void showsAStackTraceOnlyWhenAsked() {
        CommandLineRun run = CommandLineRun.of(home, "--verbose", "--genesis", "/none", "genesis", "hash");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("\tat ");
    }

    @Test
    void neverPromptsWithoutATerminal() {
        CommandLineRun run =
                CommandLineRun.of(home, "key", "new", home.resolve("k").toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--password-file");
    }

    @Test
    void makesShowsAndReencryptsAKeystore() throws Exception {
        Path password = Files.writeString(home.resolve("pw"), "secret\n");
        Path other = Files.writeString(home.resolve("pw2"), "other\n");
        String key = home.resolve("keys").resolve("a.keystore").toString();
        CommandLineRun made = CommandLineRun.of(
                home, "key", "new", key, "--cost", "devnet", "--password-file", password.toString(), "-o", "json");
        assertThat(made.exitCode()).as(made.err()).isZero();
        assertThat(String.valueOf(made.json().get("signing"))).startsWith("ed25519:");
        assertThat(CommandLineRun.of(home, "key", "new", key).exitCode()).isEqualTo(8);
        assertThat(CommandLineRun.of(home, "key", "show", key, "-o", "json").json())
                .isEqualTo(made.json());
        assertThat(CommandLineRun.of(home, "key", "list", "-o", "json").json().get("items"))
                .isEqualTo(List.of(made.json()));
        String[] change = {
            "key",
            "change-password",
            key,
            "--cost",
            "devnet",
            "--password-file",
            password.toString(),
            "--new-password-file",
            other.toString()
        };
        assertThat(CommandLineRun.of(home, change).exitCode()).isZero();
        CommandLineRun again = CommandLineRun.of(home, change);
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err()).contains("does not open");
    }

    @Test
    void foundsAChainAndSignsOfflineInThreeSteps() throws Exception {
        String password = Files.writeString(home.resolve("pw"), "secret\n").toString();
        String node = home.resolve("node").resolve("node.toml").toString();
        String admin = home.resolve("admin.keystore").toString();
        String genesis = home.resolve("genesis.json").toString();
        run(
                "node",
                "init",
                "--config",
                node,
                "--institution",
                "st-mary",
                "--name",
                "St Mary",
                "--roles",
                "PROVIDER",
                "--password-file",
                password,
                "--cost",
                "devnet");
        run("key", "new", admin, "--cost", "devnet", "--password-file", password);
        run(
                "member",
                "card",
                "st-mary/admin",
                "--roles",
                "ADMIN",
                "--member-key",
                admin,
                "--out",
                home.resolve("admin.json").toString());
        Map<?, ?> made = run(
                        "genesis",
                        "new",
                        "--name",
                        "test",
                        "--institution",
                        home.resolve("node").resolve("institution.json").toString(),
                        "--member",
                        home.resolve("admin.json").toString(),
                        "--out",
                        genesis)
                .json();
        assertThat(run("genesis", "verify", genesis).json().get("chainId")).isEqualTo(made.get("chainId"));
        assertThat(CommandLineRun.of(home, "genesis", "hash", genesis).out().strip())
                .isEqualTo(made.get("chainId"));
        Path shown = Files.writeString(
                home.resolve("shown.json"), run("genesis", "show", genesis).out());
        assertThat(run(
                                "genesis",
                                "new",
                                shown.toString(),
                                "--out",
                                home.resolve("again.json").toString())
                        .json()
                        .get("chainId"))
                .isEqualTo(made.get("chainId"));

        String[] as = {"--as", "st-mary/admin", "--key", admin, "--password-file", password, "--genesis", genesis};
        CommandLineRun built = CommandLineRun.withInput(
                home, "{\"memberSuspend\":{\"member\":\"st-mary/x\"}}", with(as, "tx", "build", "-"));
        assertThat(built.exitCode()).as(built.err()).isZero();
        assertThat(built.json().get("signatures")).isEqualTo(List.of(""));
        CommandLineRun signed = CommandLineRun.withInput(home, built.out(), with(as, "tx", "sign", "-"));
        assertThat(signed.exitCode()).as(signed.err()).isZero();
        assertThat(signed.json().get("txId")).isEqualTo(built.json().get("txId"));
        assertThat(String.valueOf(signed.json().get("signatures"))).hasSize(2 + 128);

        CommandLineRun misread = CommandLineRun.withInput(
                home, built.out().replace("st-mary/x", "st-mary/y"), with(as, "tx", "sign", "-"));
        assertThat(misread.exitCode()).isNotZero();
        assertThat(misread.err()).contains("not what the body says");

        CommandLineRun unsigned = CommandLineRun.withInput(home, built.out(), with(as, "tx", "submit", "-"));
        assertThat(unsigned.exitCode()).isEqualTo(2);
        assertThat(unsigned.err()).contains("has not signed");
        CommandLineRun altered = CommandLineRun.withInput(
                home, built.out().replaceFirst("\"body\": \"0a", "\"body\": \"0b"), with(as, "tx", "sign", "-"));
        assertThat(altered.exitCode()).isEqualTo(6);
        CommandLineRun unknown =
                CommandLineRun.withInput(home, "{\"noop\":{},\"x\":1}", with(as, "tx", "build", "-", "-o", "json"));
        assertThat(unknown.exitCode()).isEqualTo(6);
        String otherChain = "{\"chainId\":\"" + "bb".repeat(32) + "\",\"noop\":{}}";
        CommandLineRun foreign = CommandLineRun.withInput(home, otherChain, with(as, "tx", "build", "-", "-o", "json"));
        assertThat(foreign.exitCode()).isEqualTo(6);
        assertThat(foreign.error().get("code")).isEqualTo("WRONG_CHAIN");
        CommandLineRun truncated = CommandLineRun.withInput(home, "{\"body\": \"0a", with(as, "tx", "submit", "-"));
        assertThat(truncated.exitCode()).isEqualTo(6);
        assertThat(unknown.error().get("path")).isEqualTo("x");
    }

    @Test
    void tellsOfANodeThatIsDown() throws Exception {
        foundsAChainAndSignsOfflineInThreeSteps();
        CommandLineRun run = CommandLineRun.of(
                home,
                "--as",
                "st-mary/admin",
                "--key",
                home.resolve("admin.keystore").toString(),
                "--password-file",
                home.resolve("pw").toString(),
                "--genesis",
                home.resolve("genesis.json").toString(),
                "--node",
                "https://127.0.0.1:1",
                "chain",
                "status");
        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err()).contains("does not answer");
    }

    @Test
    void aGenesisThatWasTamperedWithIsNoConfigurationAndNoEvidence() throws Exception {
        foundsAChainAndSignsOfflineInThreeSteps();
        String genesis = Files.readString(home.resolve("genesis.json"));
        int digit = genesis.indexOf("chainId") + "chainId\": \"".length();
        String other = genesis.charAt(digit) == 'a' ? "b" : "a";
        Path tampered = Files.writeString(
                home.resolve("tampered.json"), genesis.substring(0, digit) + other + genesis.substring(digit + 1));
        String[] options = {"--genesis", tampered.toString(), "-o", "json"};
        String[] as = {
            "--as", "st-mary/admin", "--key", home.resolve("admin.keystore").toString()
        };
        String[] online = with(with(options, as), "--node", "https://127.0.0.1:1");

        for (String command : List.of("chain status", "chain block 1", "patient list", "patient register")) {
            CommandLineRun run = CommandLineRun.of(home, with(online, command.split(" ")));
            assertThat(run.exitCode()).as(command + run.err()).isEqualTo(2);
            assertThat(run.error().get("code")).isEqualTo("GENESIS_INVALID");
        }
        CommandLineRun verified = CommandLineRun.of(home, with(options, "genesis", "verify"));
        assertThat(verified.exitCode()).isEqualTo(9);
    }

    @Test
    void directoriesOfKeysAreTheirOwnersAlone() throws Exception {
        String password = Files.writeString(home.resolve("pw"), "secret\n").toString();
        Path key = home.resolve("new").resolve("keys").resolve("a.keystore");
        run("key", "new", key.toString(), "--cost", "devnet", "--password-file", password);
        for (Path directory : List.of(key.getParent(), home.resolve("new"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .isEqualTo("rwx------");
        }
    }

    private CommandLineRun run(String... words) {
        CommandLineRun run = CommandLineRun.of(home, with(words, "-o", "json"));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    private static String[] with(String[] first, String... more) {
        return Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray(String[]::new);
    }

    @Test
    void contextsAreReadAndWrittenStrictly() throws Exception {
        ContextFile.Entry entry = new ContextFile.Entry(
                Optional.of("https://127.0.0.1:7443"),
                Optional.of("st-mary/admin"),
                Optional.of("keys/a\"b\\c.keystore"),
                Optional.empty(),
                Optional.of("genesis.json"));
        ContextFile written = new ContextFile(Optional.of("a"), Map.of("st-mary/admin", entry));
        written.write(home);
        assertThat(ContextFile.read(home)).isEqualTo(written);
        for (String bad : List.of(
                "[contexts.\"a\"]\n[contexts.\"a\"]\n",
                "[contexts.\"a\"]\nnode = \"x\"\nnode = \"y\"\n",
                "[contexts.\"a\"]\nnod = \"x\"\n",
                "[contexts.\"a\"]\nnode = x\n",
                "[contexts.\"a\"]\nnode = \"x\" y\n",
                "[contexts.\"a\"]\nnode = \"x\\n\"\n",
                "[contexts.]\n",
                "[other]\n",
                "node\n")) {
            Files.writeString(home.resolve(ContextFile.NAME), bad);
            CommandLineRun run = CommandLineRun.of(home, "chain", "status", "-o", "json");
            assertThat(run.exitCode()).as(bad).isEqualTo(2);
            assertThat(String.valueOf(run.error().get("path"))).contains("config.toml:");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"patient list", "--context st-mary/admin chain status", "drug verify --item config"})
    void commandsThatAskANodeReadyTheirConnection(String line) {
        assertThat(Main.asksANode(List.of(line.split(" ")))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "--version", "patient list --help", "patient list -h", "key list", "node run --config chain"
            })
    void whatAsksNoNodeOrIsOneDoesNot(String line) {
        assertThat(Main.asksANode(List.of(line.split(" ")))).isFalse();
    }
}
