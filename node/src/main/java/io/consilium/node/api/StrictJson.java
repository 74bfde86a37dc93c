package io.consilium.node.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;

/**
 * Refuses JSON that says a thing twice or goes on after its end: what stands behind would take one of the two, and a gateway
 * in front perhaps the other.
 */
final class StrictJson implements DecoratingHttpServiceFunction {
    private final ObjectMapper reader = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext ctx, HttpRequest request) throws Exception {
        MediaType type = request.contentType();
        if (type == null || !type.is(MediaType.JSON)) {
            return delegate.serve(ctx, request);
        }
        return HttpResponse.of(request.aggregate().thenApply(whole -> checked(delegate, ctx, whole)));
    }

    private HttpResponse checked(HttpService delegate, ServiceRequestContext ctx, AggregatedHttpRequest whole) {
        try {
            reader.readTree(whole.content().array());
        } catch (IOException malformed) {
            return ProblemResponses.of(
                            whole.headers(),
                            ApiProblem.malformed("the body is not one JSON value with each name once", "body"))
                    .toHttpResponse();
        }
        HttpRequest again = whole.toHttpRequest();
        ctx.updateRequest(again);
        try {
            return delegate.serve(ctx, again);
        } catch (Exception failed) {
            return HttpResponse.ofFailure(failed);
        }
    }
}
