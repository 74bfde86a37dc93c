package io.consilium.node.api;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.util.TimeoutMode;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AsciiString;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets who saw a block at one node read it at another: a request that names a height waits, for a bounded time, until this
 * node has that height. Then it is answered from what the node knows, as any other; at once where many wait already, so that
 * those who name heights that do not come take no room from others. An answer without that height says so in a header.
 */
final class AfterHeight implements DecoratingHttpServiceFunction {
    static final AsciiString HEADER = AsciiString.cached("consilium-after-height");

    /** Height of a node that has not reached the one named. */
    static final AsciiString BEHIND = AsciiString.cached("consilium-behind-at");

    /** A node that is further behind says so in its status. */
    static final long MAX_WAIT_MILLIS = 3_000;

    /** Requests that may wait at once. */
    static final int MAX_WAITING = 64;

    private record Waiter(long wanted, CompletableFuture<Boolean> reached) {}

    private final Set<Waiter> waiting = ConcurrentHashMap.newKeySet();
    private final Semaphore places = new Semaphore(MAX_WAITING);
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

    /** This height is executed here: wakes whoever waited for it. */
    void reached(long executed) {
        for (Waiter waiter : waiting) {
            if (waiter.wanted() <= executed) {
                waiter.reached().complete(true);
            }
        }
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
        if (!places.tryAcquire()) {
            return behind(delegate.serve(ctx, request));
        }
        ctx.setRequestTimeoutMillis(TimeoutMode.EXTEND, maxWaitMillis);
        return HttpResponse.of(await(wanted)
                .thenApplyAsync(
                        reached -> {
                            try {
                                HttpResponse answer = delegate.serve(ctx, request);
                                return reached || height.getAsLong() >= wanted ? answer : behind(answer);
                            } catch (Exception failed) {
                                return refuse(request, ApiErrors.problemOf(failed));
                            }
                        },
                        ctx.eventLoop()));
    }

    /** True once the height is reached, false after the longest wait; the place is free again then. */
    private CompletableFuture<Boolean> await(long wanted) {
        Waiter waiter = new Waiter(wanted, new CompletableFuture<>());
        waiting.add(waiter);
        if (height.getAsLong() >= wanted) {
            waiter.reached().complete(true); // between the first look and the entry in the list
        }
        return waiter.reached()
                .completeOnTimeout(false, maxWaitMillis, TimeUnit.MILLISECONDS)
                .whenComplete((reached, never) -> {
                    waiting.remove(waiter);
                    places.release();
                });
    }

    private HttpResponse behind(HttpResponse answer) {
        long here = height.getAsLong();
        return answer.mapHeaders(
                headers -> headers.toBuilder().setLong(BEHIND, here).build());
    }

    private static HttpResponse refuse(HttpRequest request, ApiProblem problem) {
        return ProblemResponses.of(request.headers(), problem).toHttpResponse();
    }
}
