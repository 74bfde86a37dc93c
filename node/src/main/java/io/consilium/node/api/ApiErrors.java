package io.consilium.node.api;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpResponseException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.UnframedGrpcErrorHandler;
import io.grpc.Status;
import io.netty.util.AttributeKey;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns everything that can go wrong around a request into a problem, so that no stack trace or bare page leaves. */
final class ApiErrors implements ServerErrorHandler, UnframedGrpcErrorHandler {
    /** The problem that a service found, for the answer outside gRPC. */
    static final AttributeKey<ApiProblem> PROBLEM = AttributeKey.valueOf(ApiErrors.class, "PROBLEM");

    private static final ApiProblem TIMEOUT =
            ApiProblem.timeout("the node did not answer in time", "ask for the outcome, then try again");

    /** What the server's framework says by itself: unlike BUSY, it may come after the work was done. */
    private static final ApiProblem UNAVAILABLE =
            ApiProblem.unavailable("UNAVAILABLE", "the node is busy or stopping", "try again in a second");

    private static final ApiProblem MALFORMED = new ApiProblem(
            400,
            "MALFORMED_REQUEST",
            "the request cannot be read",
            "",
            "",
            "send JSON or protobuf as the content-type says, with headers under 8 KiB; docs/API.md lists every field",
            6);

    private static final Logger LOG = LoggerFactory.getLogger(ApiErrors.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int REFERENCE_BYTES = 4;

    /** A problem for an unforeseen failure, whose cause is logged under a reference and not shown. */
    static ApiProblem unforeseen(Throwable cause) {
        byte[] bytes = new byte[REFERENCE_BYTES];
        RANDOM.nextBytes(bytes);
        String reference = HexFormat.of().formatHex(bytes);
        LOG.error("request failed reference={}", reference, cause);
        return ApiProblem.internal(reference);
    }

    @Override
    public HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
        return ProblemResponses.of(ctx.request().headers(), problemOf(cause)).toHttpResponse();
    }

    static ApiProblem problemOf(Throwable cause) {
        if (cause instanceof ProblemException p) {
            return p.problem();
        }
        if (cause instanceof ContentTooLargeException) {
            return ApiProblem.tooLarge("the request is larger than this node takes");
        }
        if (cause instanceof RequestTimeoutException) {
            return TIMEOUT;
        }
        if (cause instanceof HttpStatusException e) {
            return ofStatus(e.httpStatus().code());
        }
        if (cause instanceof HttpResponseException) {
            return ofStatus(HttpStatus.BAD_REQUEST.code());
        }
        return unforeseen(cause);
    }

    @Override
    public @Nullable AggregatedHttpResponse onProtocolViolation(
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        return rendered(headers, status);
    }

    @Override
    public @Nullable AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext ctx,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        return rendered(headers, status);
    }

    private static @Nullable AggregatedHttpResponse rendered(@Nullable RequestHeaders headers, HttpStatus status) {
        if (status.code() < 400) {
            return null;
        }
        RequestHeaders asked =
                headers == null ? RequestHeaders.of(com.linecorp.armeria.common.HttpMethod.GET, "/") : headers;
        return ProblemResponses.of(asked, ofStatus(status.code()));
    }

    private static ApiProblem ofStatus(int status) {
        return switch (status) {
            case 400 -> MALFORMED;
            case 404 ->
                new ApiProblem(404, "NO_SUCH_PATH", "this API has no such path", "", "", "docs/API.md lists them", 6);
            case 405 ->
                new ApiProblem(
                        405,
                        "METHOD_NOT_ALLOWED",
                        "this path does not take that method",
                        "",
                        "",
                        "docs/API.md lists methods and paths",
                        6);
            case 413 -> ApiProblem.tooLarge("the request is larger than this node takes");
            case 415 -> ApiProblem.unsupportedMedia("application/protobuf, application/json and gRPC");
            case 503 -> UNAVAILABLE;
            default ->
                status >= 500
                        ? unforeseen(new IllegalStateException("HTTP status " + status))
                        : new ApiProblem(
                                status,
                                "BAD_REQUEST",
                                "the request cannot be read",
                                "",
                                "",
                                "send HTTP/1.1 or HTTP/2 with headers under 8 KiB",
                                6);
        };
    }

    /** Answers outside gRPC: the problem that the service found, or one made of the framework's status. */
    @Override
    public HttpResponse handle(ServiceRequestContext ctx, Status status, AggregatedHttpResponse response) {
        ApiProblem found = ctx.attr(PROBLEM);
        ApiProblem problem = ctx.isTimedOut() ? TIMEOUT : found == null ? ofFramework(ctx, status) : found;
        return ProblemResponses.of(ctx.request().headers(), problem).toHttpResponse();
    }

    private static ApiProblem unread(ServiceRequestContext ctx) {
        Optional<JsonFault> fault = Optional.ofNullable(ctx.attr(StrictJson.BODY))
                .flatMap(json -> JsonPaths.message(ctx.path()).flatMap(message -> JsonFault.find(json, message)));
        return fault.isPresent()
                ? ApiProblem.malformed(fault.get().cause(), fault.get().path())
                : ApiProblem.malformed("the request is not a message of this method", "");
    }

    private static ApiProblem ofFramework(ServiceRequestContext ctx, Status status) {
        return switch (status.getCode()) {
            case INVALID_ARGUMENT, UNKNOWN, INTERNAL, OUT_OF_RANGE, CANCELLED, DATA_LOSS -> unread(ctx);
            case RESOURCE_EXHAUSTED -> ApiProblem.tooLarge("the request is larger than this node takes");
            case DEADLINE_EXCEEDED -> TIMEOUT;
            case UNIMPLEMENTED -> ofStatus(404);
            case UNAVAILABLE -> UNAVAILABLE;
            default -> unforeseen(status.asException());
        };
    }
}
