package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.client.json.JsonWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chain that is founded by hand, as docs/OPERATIONS.md says, with two ethics committees and one node. */
class SecondCommitteeIT {
    private static final String SPONSOR = "helix/researcher";
    private static final String COMMITTEE = "ethics/chair";
    private static final String OTHER_COMMITTEE = "zeta-board/chair";

    @TempDir
    Path home;

    private final List<String> cards = new ArrayList<>();
    private String password = "";
    private String api = "";
    private Process node;

    @BeforeEach
    void found() throws Exception {
        password = Files.writeString(home.resolve("password"), "secret\n").toString();
        api = "127.0.0.1:" + freePort();
        institution("helix", "SPONSOR", api);
        institution("st-mary", "PROVIDER", "127.0.0.1:" + freePort());
        institution("ethics", "ETHICS_COMMITTEE", "127.0.0.1:" + freePort());
        institution("zeta-board", "ETHICS_COMMITTEE", "127.0.0.1:" + freePort());
        for (String slug : List.of("helix", "st-mary", "ethics", "zeta-board")) {
            member(slug + "/admin", "ADMIN");
        }
        member(SPONSOR, "RESEARCHER");
        member(COMMITTEE, "REVIEWER");
        member(OTHER_COMMITTEE, "REVIEWER");
        List<String> founding = new ArrayList<>(List.of("genesis", "new", "--name", "two", "--validators", "helix"));
        founding.addAll(cards);
        founding.addAll(List.of("--out", genesis()));
        done(founding.toArray(String[]::new));
        String config = home.resolve("helix").resolve("node.toml").toString();
        done("node", "init", "--config", config, "--genesis", genesis(), "--founding");
        ProcessBuilder process =
                new ProcessBuilder(System.getProperty("consilium.launcher"), "node", "run", "--config", config);
        process.environment()
                .put(
                        "CONSILIUM_STOP_WITH",
                        Long.toString(ProcessHandle.current().pid()));
        process.environment().put("CONSILIUM_PASSWORD_FILE", password);
        node = process.redirectErrorStream(true)
                .redirectOutput(home.resolve("node.log").toFile())
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (CommandLineRun.of(home, "node", "status", "--config", config).exitCode() != 0) {
            assertThat(node.isAlive())
                    .as(Files.readString(home.resolve("node.log")))
                    .isTrue();
            assertThat(System.nanoTime()).as("ready in time").isLessThan(deadline);
        }
    }

    @AfterEach
    void stop() throws Exception {
        node.destroy();
        assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName("TRI-2 only the committee that the trial names decides, not a reviewer of another")
    void tri2_otherCommittee() throws Exception {
        Map<String, Object> document = new LinkedHashMap<>();
        as(SPONSOR, "trial", "template").json().forEach((name, value) -> document.put((String) name, value));
        document.put("ethicsCommittee", "ethics");
        Path file = Files.writeString(home.resolve("trial.json"), JsonWriter.indented(document));
        String trial = (String)
                as(SPONSOR, "trial", "register", file.toString()).json().get("trialId");
        for (String decision : List.of("approve", "reject")) {
            CommandLineRun refused = decides(OTHER_COMMITTEE, decision, trial);
            assertThat(refused.exitCode()).as(refused.err()).isEqualTo(4);
            assertThat(refused.error().get("code")).isEqualTo("NOT_TRIAL_COMMITTEE");
            assertThat(refused.error().get("rule")).isEqualTo("TRI-2");
        }
        CommandLineRun decided = decides(COMMITTEE, "approve", trial);
        assertThat(decided.exitCode()).as(decided.err()).isZero();
    }

    private CommandLineRun decides(String who, String decision, String trial) {
        List<String> words =
                new ArrayList<>(List.of("trial", decision, trial, "--protocol-version", "1.0", "--icf-version", "1.0"));
        if (decision.equals("approve")) {
            words.addAll(List.of("--until", "2099-12-31"));
        }
        return run(who, words.toArray(String[]::new));
    }

    private CommandLineRun as(String who, String... words) {
        CommandLineRun run = run(who, words);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    private CommandLineRun run(String who, String... words) {
        List<String> all = new ArrayList<>(List.of("--node", "https://" + api, "--genesis", genesis()));
        all.addAll(List.of("--as", who, "--key", keystore(who), "--password-file", password, "-o", "json"));
        all.addAll(List.of(words));
        return CommandLineRun.of(home, all.toArray(String[]::new));
    }

    private void institution(String slug, String role, String api) throws IOException {
        Path config = home.resolve(slug).resolve("node.toml");
        String peers = "127.0.0.1:" + freePort();
        done(
                "node",
                "init",
                "--config",
                config.toString(),
                "--institution",
                slug,
                "--roles",
                role,
                "--api",
                api,
                "--peers",
                peers,
                "--cost",
                "devnet");
        cards.addAll(List.of(
                "--institution", config.resolveSibling("institution.json").toString()));
    }

    private void member(String name, String role) {
        done("key", "new", keystore(name), "--cost", "devnet");
        String card = keystore(name) + ".json";
        done("member", "card", name, "--roles", role, "--member-key", keystore(name), "--out", card);
        cards.addAll(List.of("--member", card));
    }

    private String keystore(String member) {
        return home.resolve(member.replace('/', '-') + ".keystore").toString();
    }

    private String genesis() {
        return home.resolve("genesis.json").toString();
    }

    private void done(String... words) {
        List<String> all = new ArrayList<>(List.of("--password-file", password));
        all.addAll(List.of(words));
        CommandLineRun run = CommandLineRun.of(home, all.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
