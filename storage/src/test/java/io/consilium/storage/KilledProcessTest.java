package io.consilium.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class KilledProcessTest {
    private static final int VOTES_BEFORE_KILL = 300;

    @TempDir
    Path directory;

    @Test
    @DisplayName("BFT-6 kill -9 loses no acknowledged vote")
    void bft6_killedProcessLosesNoAcknowledgedVote() throws Exception {
        TestChain.initialise(directory);
        Process child = ChildProcess.start(List.of(), "vote", directory);
        List<String> acknowledged = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                acknowledged.add(line);
                if (acknowledged.size() == VOTES_BEFORE_KILL) {
                    child.toHandle().destroyForcibly(); // SIGKILL; what it said before can still be read
                }
            }
        } finally {
            child.destroyForcibly().waitFor();
        }
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(VOTES_BEFORE_KILL).startsWith("voted 0", "voted 1");
        try (RocksChainStore store = TestChain.open(directory)) {
            Set<String> kept = store.votes().orElseThrow().stream()
                    .map(vote -> new String(vote.value(), StandardCharsets.UTF_8))
                    .collect(Collectors.toSet());
            for (int i = 0; i < acknowledged.size(); i++) {
                assertThat(kept).contains("vote " + i);
            }
            assertThat(store.tipHeight()).isGreaterThanOrEqualTo(acknowledged.size() / 7);
            assertThat(store.block(store.tipHeight())).isPresent();
            store.commit(TestChain.next(store, 1));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("BFT-16 a failed write stops the store, and the next start finds every acknowledged vote")
    void bft16_failedWriteStopsTheStore() throws Exception {
        TestChain.initialise(directory);
        // 20 MiB a file, enough to unpack the native library and too little for the log.
        Process child =
                ChildProcess.start(List.of("bash", "-c", "ulimit -f 20480; exec \"$0\" \"$@\""), "fill", directory);
        List<String> lines;
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            lines = output.lines().toList();
        } finally {
            child.destroyForcibly().waitFor();
        }
        List<String> voted =
                lines.stream().filter(line -> line.startsWith("voted ")).toList();
        assertThat(voted).hasSizeGreaterThan(100);
        assertThat(lines).noneMatch(line -> line.equals("went on"));
        assertThat(lines.get(voted.size()))
                .startsWith("failed cannot write to the store ")
                .contains("the node stops");
        assertThat(lines.get(voted.size() + 1)).startsWith("again the store takes no more writes after it failed");
        try (RocksChainStore store = TestChain.open(directory)) {
            assertThat(store.votes().orElseThrow()).hasSizeGreaterThanOrEqualTo(voted.size());
        }
    }
}
