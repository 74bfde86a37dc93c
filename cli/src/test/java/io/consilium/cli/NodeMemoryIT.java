package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.cli.devnet.DevnetNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIf;

/** What four real node processes take of the machine's memory, as the operating system counts it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@EnabledIf("countsMemory")
class NodeMemoryIT {
    private static final long MIB = 1 << 20;
    private static final long MAX_OF_FOUR_IDLE = 1_638 * MIB;

    /** Heap, direct memory, the database's caches, and what code, classes and threads take. */
    private static final long MAX_OF_ONE = (320 + 128 + 64 + 192) * MIB;

    private Cluster cluster;

    static boolean countsMemory() {
        return Files.isReadable(Path.of("/proc/self/status"));
    }

    @BeforeAll
    void start() throws Exception {
        cluster = Cluster.start();
    }

    @AfterAll
    void stop() throws Exception {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName("four idle nodes together stay under 1.6 GiB resident")
    void fourIdleNodesAreSmall() throws Exception {
        cluster.json("st-mary/dr-adams", "patient", "register");
        long all = 0;
        for (DevnetNode node : cluster.devnet.nodes()) {
            all += memory(node, "VmRSS");
        }
        assertThat(all).as("bytes resident").isBetween(4 * 64 * MIB, MAX_OF_FOUR_IDLE);
    }

    @Test
    @Order(2)
    @DisplayName("a loaded node stays within its bounds")
    void aLoadedNodeIsBounded() throws Exception {
        cluster.run("st-mary/admin", "bench", "load", "--rate", "300", "--seconds", "10", "--warmup", "2")
                .ended(0);
        for (DevnetNode node : cluster.devnet.nodes()) {
            assertThat(memory(node, "VmHWM")).as("most of " + node.id()).isLessThan(MAX_OF_ONE);
        }
    }

    private static long memory(DevnetNode node, String line) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(node.pid()), "status")).stream()
                .filter(each -> each.startsWith(line + ":"))
                .mapToLong(each -> Long.parseLong(each.replaceAll("[^0-9]", "")) * 1_024)
                .findFirst()
                .orElseThrow();
    }
}
