package io.consilium.node.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AttributeKey;
import java.io.IOException;

/**
 * Refuses JSON that says a thing twice or goes on after its end: what stands behind would take one of the two, and a gateway
 * in front perhaps the other. The REST paths take nothing but JSON.
 */
final class StrictJson implements DecoratingHttpServiceFunction {
    /** What was sent, to say what is wrong with it where it cannot be read as a message. */
    static final AttributeKey<JsonNode> BODY = AttributeKey.valueOf(StrictJson.class, "BODY");

    private static final String REST = "/v1/";

    private static final int TOKENS_A_VALUE = 4;

    private final ObjectMapper reader;

    /** {@code most} values may stand in one request. */
    StrictJson(int most) {
        StreamReadConstraints bounds = StreamReadConstraints.builder()
                .maxTokenCount((long) TOKENS_A_VALUE * most)
                .build();
        reader = new ObjectMapper(
                        JsonFactory.builder().streamReadConstraints(bounds).build())
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext ctx, HttpRequest request) throws Exception {
        MediaType type = request.contentType();
        if (isRest(request) && (type == null || !type.is(MediaType.JSON))) {
            return ProblemResponses.of(request.headers(), ApiProblem.unsupportedMedia("application/json"))
                    .toHttpResponse();
        }
        if (type == null || !type.is(MediaType.JSON)) {
            return delegate.serve(ctx, request);
        }
        return HttpResponse.of(request.aggregate().thenApply(whole -> checked(delegate, ctx, whole)));
    }

    private static HttpResponse refused(AggregatedHttpRequest whole, String cause) {
        return refused(whole, ApiProblem.malformed(cause, "body"));
    }

    private static HttpResponse refused(AggregatedHttpRequest whole, ApiProblem problem) {
        return ProblemResponses.of(whole.headers(), problem).toHttpResponse();
    }

    private static boolean isRest(HttpRequest request) {
        return request.method() == HttpMethod.POST && request.path().startsWith(REST);
    }

    private HttpResponse checked(HttpService delegate, ServiceRequestContext ctx, AggregatedHttpRequest whole) {
        try {
            RequestGate.charge(ctx, whole.content().length(), whole.content().length());
            JsonNode body = reader.readTree(whole.content().array());
            if (!body.isObject() && !body.isMissingNode()) {
                return refused(whole, "an object expected");
            }
            ctx.setAttr(BODY, body);
        } catch (ProblemException busy) {
            return refused(whole, busy.problem());
        } catch (StreamConstraintsException beyond) {
            return refused(whole, ApiProblem.tooLarge("the body holds more values than a request may"));
        } catch (IOException malformed) {
            return refused(whole, "the body is not one JSON value with each name once");
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
