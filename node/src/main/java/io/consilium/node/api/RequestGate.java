package io.consilium.node.api;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.consilium.node.config.NodeConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.AttributeKey;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Bounds how many requests, and how many bytes of them, the node answers at once; the rest are told to come back. */
final class RequestGate implements DecoratingHttpServiceFunction {
    private static final ApiProblem BUSY =
            ApiProblem.unavailable("BUSY", "the node answers as many requests as it may", "try again in a second");

    private static final AttributeKey<Held> HELD = AttributeKey.valueOf(RequestGate.class, "HELD");

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
            return refuse(req, BUSY);
        }
        Held share = new Held(held);
        ctx.setAttr(HELD, share);
        ctx.log().whenComplete().thenAccept(log -> {
            release(share.close());
            count(log.responseHeaders().status().codeClass().name());
        });
        return delegate.serve(ctx, req);
    }

    /**
     * Counts, against the same bound, what a request takes beyond the bytes that it announced.
     *
     * @param size of the message itself, which may have come compressed
     * @param beside what building it takes beside
     * @throws ProblemException there is no room for it now
     */
    static void charge(ServiceRequestContext ctx, long size, long beside) {
        Held held = ctx.attr(HELD);
        if (held != null && !held.take(size, beside)) {
            throw BUSY.asException();
        }
    }

    /** The same for the request that this thread works on. */
    static void charge(long size, long beside) {
        charge(ServiceRequestContext.current(), size, beside);
    }

    /** Counts an answer. What was asked is done by now, so it is never refused: the next requests wait for the room. */
    static void hold(ServiceRequestContext ctx, long answer) {
        Held held = ctx.attr(HELD);
        if (held != null) {
            held.add(answer);
        }
    }

    /** What one request holds of the bound until its answer has been written. */
    private final class Held {
        private final long announced;
        private long all;
        private boolean closed;

        Held(long announced) {
            this.announced = announced;
            this.all = announced;
        }

        synchronized boolean take(long size, long beside) {
            long more = Math.max(0, size - announced) + beside;
            if (closed) {
                return false;
            }
            if (bytes.addAndGet(more) > maxBytes) {
                bytes.addAndGet(-more);
                return false;
            }
            all += more;
            return true;
        }

        synchronized void add(long more) {
            if (!closed) {
                bytes.addAndGet(more);
                all += more;
            }
        }

        synchronized long close() {
            closed = true;
            return all;
        }
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
