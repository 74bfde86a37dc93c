package io.consilium.node.api;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.consilium.node.config.NodeConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Bounds how many requests, and how many bytes of them, the node answers at once; the rest are told to come back. */
final class RequestGate implements DecoratingHttpServiceFunction {
    private final int maxRequests;
    private final long maxBytes;
    private final int maxRequestBytes;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final MeterRegistry metrics;

    /** Counts answers by their class and shows how many requests are under way. */
    RequestGate(NodeConfig.Api bounds, MeterRegistry metrics) {
        this.maxRequests = bounds.maxConcurrentRequests();
        this.maxBytes = bounds.maxInFlightBytes();
        this.maxRequestBytes = bounds.maxRequestBytes();
        this.metrics = metrics;
        Gauge.builder("consilium.api.requests.in.flight", requests, AtomicInteger::get)
                .description("requests being answered")
                .register(metrics);
    }

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext ctx, HttpRequest req) throws Exception {
        long announced = req.headers().contentLength();
        if (announced > maxRequestBytes) {
            return refuse(
                    req, ApiProblem.tooLarge("the request has " + announced + " bytes, at most " + maxRequestBytes));
        }
        // Without an announced length the whole allowance is set aside.
        long held = announced >= 0 ? announced : req.isEmpty() ? 0 : maxRequestBytes;
        boolean admitted = requests.incrementAndGet() <= maxRequests;
        if (bytes.addAndGet(held) > maxBytes || !admitted) {
            release(held);
            return refuse(
                    req,
                    ApiProblem.unavailable(
                            "BUSY", "the node answers as many requests as it may", "try again in a second"));
        }
        ctx.log().whenComplete().thenAccept(log -> {
            release(held);
            count(log.responseHeaders().status().codeClass().name());
        });
        return delegate.serve(ctx, req);
    }

    private void count(String outcome) {
        metrics.counter("consilium.api.requests", "outcome", outcome).increment();
    }

    private void release(long held) {
        requests.decrementAndGet();
        bytes.addAndGet(-held);
    }

    private static HttpResponse refuse(HttpRequest req, ApiProblem problem) {
        return ProblemResponses.of(req.headers(), problem).toHttpResponse();
    }
}
