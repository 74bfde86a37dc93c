package io.consilium.node.api;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Lets a request in when its token proves the caller and the caller's quota of requests is not spent. */
final class CallerCheck implements DecoratingHttpServiceFunction {
    private final Authenticator authenticator;
    private final TokenBuckets requests;

    CallerCheck(Authenticator authenticator, TokenBuckets requests) {
        this.authenticator = authenticator;
        this.requests = requests;
    }

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext ctx, HttpRequest req) {
        Optional<String> authorization = Optional.ofNullable(req.headers().get(HttpHeaderNames.AUTHORIZATION));
        return HttpResponse.of(
                CompletableFuture.supplyAsync(() -> authenticate(authorization), ctx.blockingTaskExecutor())
                        .handleAsync(
                                (caller, failure) -> {
                                    if (failure != null) {
                                        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                                        return refuse(req, ApiErrors.problemOf(cause));
                                    }
                                    ctx.setAttr(ConsiliumService.CALLER, caller);
                                    return serveAs(delegate, ctx, req);
                                },
                                ctx.eventLoop()));
    }

    private Caller authenticate(Optional<String> authorization) {
        return authenticator.authenticate(authorization, caller -> {
            if (!requests.take(caller.quotaOwner(), 1)) {
                throw ApiProblem.quota("the quota of requests is spent").asException();
            }
        });
    }

    private static HttpResponse serveAs(HttpService delegate, ServiceRequestContext ctx, HttpRequest req) {
        try {
            return delegate.serve(ctx, req);
        } catch (Exception e) {
            return refuse(req, ApiErrors.problemOf(e));
        }
    }

    private static HttpResponse refuse(HttpRequest req, ApiProblem problem) {
        return ProblemResponses.of(req.headers(), problem).toHttpResponse();
    }
}
