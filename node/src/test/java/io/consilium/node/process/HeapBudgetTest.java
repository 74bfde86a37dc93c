package io.consilium.node.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.node.config.NodeConfig;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeapBudgetTest {
    /** What Java gives out of the launcher's -Xmx320m. */
    private static final long HEAP = 304L << 20;

    private static HeapBudget budget(Map<String, String> flags) throws Exception {
        return budget(flags, 3, 4 << 20);
    }

    private static HeapBudget budget(Map<String, String> flags, int peers, int blockBytes) throws Exception {
        return new HeapBudget(
                NodeConfig.load(Optional.empty(), Map.of("CONSILIUM_NODE_NODE_INSTITUTION", "st-mary"), flags),
                peers,
                blockBytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 6, 12})
    void theDefaultsFitTheHeapThatTheLauncherGivesOneOfFourToThirteenNodes(int peers) throws Exception {
        assertThat(budget(Map.of(), peers, 4 << 20).objection(HEAP)).isEmpty();
    }

    @Test
    void eachPeerAndTheChainsBlocksCount() throws Exception {
        assertThat(budget(Map.of(), 30, 4 << 20).objection(HEAP))
                .hasValueSatisfying(e -> assertThat(e.error()).contains("peers.max-queued-bytes"));
        assertThat(budget(Map.of(), 3, 16 << 20).objection(HEAP)).isPresent();
    }

    @Test
    void peersThatTheRegistryBringsWarnAndDoNotKeepANodeFromStarting() throws Exception {
        NodeConfig config =
                NodeConfig.load(Optional.empty(), Map.of("CONSILIUM_NODE_NODE_INSTITUTION", "st-mary"), Map.of());
        assertThat(HeapBudget.require(config, HeapBudget.CARRIED_PEERS, 4 << 20, HEAP))
                .isEmpty();
        assertThat(HeapBudget.require(config, 14, 4 << 20, HEAP))
                .hasValueSatisfying(warning -> assertThat(warning).contains("14 peers", "-Xmx"));
        NodeConfig greedy = NodeConfig.load(
                Optional.empty(),
                Map.of("CONSILIUM_NODE_NODE_INSTITUTION", "st-mary"),
                Map.of("mempool.max-bytes", "209715200"));
        assertThatThrownBy(() -> HeapBudget.require(greedy, 3, 4 << 20, HEAP))
                .isInstanceOf(NodeStartException.class)
                .hasMessageContaining("mempool.max-bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "mempool.max-bytes, 209715200",
        "mempool.max-waiters, 1000000",
        "api.max-in-flight-bytes, 209715200",
        "token.max-remembered, 2000000",
        "peers.max-queued-bytes, 104857600",
        "storage.node-cache-bytes, 209715200"
    })
    void eachBoundCountsAndTheLargestIsNamed(String setting, String value) throws Exception {
        assertThat(budget(Map.of(setting, value)).objection(HEAP)).hasValueSatisfying(e -> {
            assertThat(e.code()).isEqualTo("HEAP_TOO_SMALL");
            assertThat(e.exitCode()).isEqualTo(NodeStartException.USAGE);
            assertThat(e.error()).contains(setting, "304 MiB").doesNotContain("\n");
            assertThat(e.hint()).contains(setting, "-Xmx");
        });
    }

    @Test
    void theHeapThatIsNamedIsEnough() throws Exception {
        HeapBudget budget = budget(Map.of("mempool.max-bytes", "419430400"));
        String hint = budget.objection(HEAP).orElseThrow().hint();
        long named = Long.parseLong(hint.replaceAll(".*-Xmx(\\d+)m", "$1"));
        // Java keeps a thirtieth of it for itself.
        assertThat(budget.objection((named << 20) * 29 / 30)).isEmpty();
    }
}
