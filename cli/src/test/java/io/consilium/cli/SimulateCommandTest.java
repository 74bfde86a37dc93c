package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulateCommandTest {
    @TempDir
    Path home;

    @Test
    void replaysASeedTheSameWayEachTime() throws Exception {
        Path first = home.resolve("first.txt");
        Path second = home.resolve("second.txt");
        CommandLineRun run = CommandLineRun.of(home, "simulate", "--replay", "7", "--trace", first.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        CommandLineRun again = CommandLineRun.of(home, "simulate", "--replay", "7", "--trace", second.toString());
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(first).isNotEmptyFile().hasSameBinaryContentAs(second);
    }

    @Test
    void refusesNoSeeds() {
        CommandLineRun run = CommandLineRun.of(home, "simulate", "--seeds", "0");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("Seeds and threads are 1 or more");
    }
}
