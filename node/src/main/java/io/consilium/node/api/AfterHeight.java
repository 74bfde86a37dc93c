package io.consilium.node.api;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.util.TimeoutMode;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AsciiString;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets who saw a block at one node read it at another: a request that names a height waits, for a bounded time, until this
 * node has that height. Then it is answered from what the node knows, as any other.
 */
final class AfterHeight implements DecoratingHttpServiceFunction {
    static final AsciiString HEADER = AsciiString.cached("consilium-after-height");

    /** A node that is further behind says so in its status. */
    static final long MAX_WAIT_MILLIS = 3_000;

    private static final long POLL_MILLIS = 10;

    private final LongSupplier height;
    private final long maxWaitMillis;

    /**
     * @param height of the newest block that answers are taken from
     * @param maxWaitMillis longest that a request waits
     */
    AfterHeight(LongSupplier height, long maxWaitMillis) {
        this.height = height;
        this.maxWaitMillis = maxWaitMillis;
    }

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext ctx, HttpRequest request) throws Exception {
        String named = request.headers().get(HEADER);
        if (named == null) {
            return delegate.serve(ctx, request);
        }
        long wanted;
        try {
            wanted = Long.parseLong(named);
        } catch (NumberFormatException malformed) {
            return refuse(request, ApiProblem.malformed("'" + HEADER + "' is no height of a block", HEADER.toString()));
        }
        if (height.getAsLong() >= wanted) {
            return delegate.serve(ctx, request);
        }
        ctx.setRequestTimeoutMillis(TimeoutMode.EXTEND, maxWaitMillis);
        CompletableFuture<Void> reached = new CompletableFuture<>();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(maxWaitMillis);
        poll(wanted, deadline, ctx, reached);
        return HttpResponse.of(reached.thenApply(now -> {
            try {
                return delegate.serve(ctx, request);
            } catch (Exception failed) {
                return refuse(request, ApiErrors.problemOf(failed));
            }
        }));
    }

    private void poll(long wanted, long deadline, ServiceRequestContext ctx, CompletableFuture<Void> reached) {
        ctx.eventLoop()
                .schedule(
                        () -> {
                            if (height.getAsLong() >= wanted || System.nanoTime() >= deadline) {
                                reached.complete(null);
                            } else {
                                poll(wanted, deadline, ctx, reached);
                            }
                        },
                        POLL_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    private static HttpResponse refuse(HttpRequest request, ApiProblem problem) {
        return ProblemResponses.of(request.headers(), problem).toHttpResponse();
    }
}
