package io.consilium.node.ops;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import io.consilium.node.NodeGateway;
import io.consilium.node.NodeStatus;
import io.consilium.node.vault.ErasureMarkers;
import io.consilium.node.vault.VaultKeeper;
import io.consilium.storage.Vault;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/** The node's figures in the text format of Prometheus; no label ever names a person. */
public final class NodeMetrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final List<LongSupplier> counted = new ArrayList<>();

    public NodeMetrics(NodeGateway node, Vault vault, Readiness readiness) {
        status(node, "consilium.chain.height", "height of the newest final block", NodeStatus::height);
        status(node, "consilium.consensus.round", "round being decided", NodeStatus::round);
        status(node, "consilium.mempool.transactions", "pending transactions", NodeStatus::pendingTransactions);
        status(node, "consilium.mempool.bytes", "size of pending transactions", NodeStatus::pendingBytes);
        status(node, "consilium.chain.tip.time.millis", "time of the newest final block", NodeStatus::tipMillis);
        status(node, "consilium.observer", "1 while the node signs nothing", s -> s.observer() ? 1 : 0);
        status(node, "consilium.peers.connected", "connected peers", s -> s.peers().stream()
                .filter(NodeStatus.Peer::connected)
                .count());
        gauge(
                "consilium.ready",
                "1 when the node is ready",
                readiness,
                r -> r.reasons().isEmpty() ? 1 : 0);
        gauge("consilium.vault.bytes", "payload bytes held and promised", vault, Vault::usedBytes);
        Counter transactions = Counter.builder("consilium.transactions.committed")
                .description("final transactions since the start")
                .register(registry);
        Counter blocks = Counter.builder("consilium.blocks.committed")
                .description("final blocks since the start")
                .register(registry);
        node.onCommitted(block -> {
            blocks.increment();
            transactions.increment(block.transactions().size());
        });
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        collections.bindTo(registry);
    }

    /** What is done to the vault besides serving it. */
    public void vault(ErasureMarkers markers, VaultKeeper keeper) {
        count("consilium.vault.erased", "payload copies deleted by erasures", markers::deleted);
        count("consilium.vault.failures", "work on the vault that failed", keeper::failures);
        count("consilium.vault.fetched", "payloads drawn from other holders", keeper::fetched);
        count("consilium.vault.swept", "payloads thrown out because nothing names them", keeper::swept);
        count("consilium.vault.scrubbed.bytes", "bytes read by the background check", keeper::scrubbed);
        gauge("consilium.vault.damaged", "payloads put aside because they rotted", keeper, VaultKeeper::damaged);
        gauge("consilium.vault.missing", "payloads to be kept that are not here", keeper, VaultKeeper::missing);
    }

    private void status(NodeGateway node, String name, String meaning, ToDoubleFunction<NodeStatus> value) {
        gauge(name, meaning, node, n -> value.applyAsDouble(n.status()));
    }

    /** A count that a part of the node keeps by itself. */
    public void count(String name, String meaning, LongSupplier value) {
        counted.add(value); // the registry holds it weakly, and a count that is collected stands still
        FunctionCounter.builder(name, value, v -> v.getAsLong())
                .description(meaning)
                .register(registry);
    }

    /** What a part of the node holds right now. */
    public void level(String name, String meaning, LongSupplier value) {
        gauge(name, meaning, value, v -> v.getAsLong());
    }

    private <T> void gauge(String name, String meaning, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value)
                .description(meaning)
                .strongReference(true)
                .register(registry);
    }

    /** The registry that other parts of the node count in. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    public HttpResponse page() {
        return HttpResponse.of(
                HttpStatus.OK, MediaType.parse("text/plain; version=0.0.4; charset=utf-8"), registry.scrape());
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
