package io.consilium.node.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import io.grpc.Status;
import java.util.Base64;

/** Writes a problem in the caller's language: gRPC trailers, a protobuf Problem, or problem+json (RFC 9457). */
final class ProblemResponses {
    static final String PROBLEM_HEADER = "x-consilium-problem";
    static final MediaType PROTOBUF = MediaType.parse("application/protobuf");
    static final MediaType PROBLEM_JSON = MediaType.parse("application/problem+json");

    private static final ObjectMapper JSON = new ObjectMapper();

    private ProblemResponses() {}

    static AggregatedHttpResponse of(RequestHeaders request, ApiProblem problem) {
        MediaType sent = request.contentType();
        String type = sent == null ? "" : sent.type() + "/" + sent.subtype();
        if (type.startsWith("application/grpc")) {
            return grpc(sent, problem);
        }
        return type.contains("protobuf") ? protobuf(problem) : json(problem);
    }

    private static AggregatedHttpResponse grpc(MediaType sent, ApiProblem problem) {
        Status status = problem.grpcStatus();
        String trailer = Base64.getEncoder()
                .withoutPadding()
                .encodeToString(problem.toProto().toByteArray());
        return AggregatedHttpResponse.of(ResponseHeaders.builder(HttpStatus.OK)
                .contentType(sent)
                .add("grpc-status", Integer.toString(status.getCode().value()))
                .add("grpc-message", percentEncoded(problem.code() + ": " + problem.error()))
                .add("consilium-problem-bin", trailer)
                .build());
    }

    /** The encoding that gRPC asks of its status message. */
    private static String percentEncoded(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (byte b : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~' && b != '%') {
                out.append((char) b);
            } else {
                out.append(String.format(java.util.Locale.ROOT, "%%%02X", b & 0xff));
            }
        }
        return out.toString();
    }

    private static AggregatedHttpResponse protobuf(ApiProblem problem) {
        ResponseHeadersBuilder headers = headers(problem).contentType(PROTOBUF).add(PROBLEM_HEADER, "1");
        return AggregatedHttpResponse.of(
                headers.build(), HttpData.wrap(problem.toProto().toByteArray()));
    }

    private static AggregatedHttpResponse json(ApiProblem problem) {
        ObjectNode body = JSON.createObjectNode()
                .put("type", "about:blank")
                .put("title", HttpStatus.valueOf(problem.httpStatus()).reasonPhrase())
                .put("status", problem.httpStatus())
                .put("detail", problem.error())
                .put("code", problem.code());
        putUnlessEmpty(body, "rule", problem.rule());
        putUnlessEmpty(body, "path", problem.path());
        putUnlessEmpty(body, "hint", problem.hint());
        body.put("exitCode", problem.exitCode());
        try {
            return AggregatedHttpResponse.of(
                    headers(problem).contentType(PROBLEM_JSON).build(), HttpData.wrap(JSON.writeValueAsBytes(body)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of text and numbers has to become JSON", e);
        }
    }

    private static void putUnlessEmpty(ObjectNode body, String field, String value) {
        if (!value.isEmpty()) {
            body.put(field, value);
        }
    }

    private static ResponseHeadersBuilder headers(ApiProblem problem) {
        ResponseHeadersBuilder headers = ResponseHeaders.builder(problem.httpStatus());
        if (problem.httpStatus() == 401) {
            headers.add(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"consilium\"");
        } else if (problem.httpStatus() == 429 || problem.httpStatus() == 503) {
            headers.add(HttpHeaderNames.RETRY_AFTER, "1");
        }
        return headers;
    }
}
