package io.consilium.node.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import io.consilium.node.NodeGateway;
import java.util.List;
import java.util.Map;

/** The pages that supervisors poll: alive at all, and ready with reasons. They tell nothing about anybody. */
public final class HealthPages {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final NodeGateway node;
    private final Readiness readiness;

    public HealthPages(NodeGateway node, Readiness readiness) {
        this.node = node;
        this.readiness = readiness;
    }

    public Map<String, HttpService> pages() {
        return Map.of("/health/live", page(this::live), "/health/ready", page(this::ready));
    }

    private interface Page {
        HttpResponse answer();
    }

    private static HttpService page(Page page) {
        return (ctx, req) -> req.method() == HttpMethod.GET || req.method() == HttpMethod.HEAD
                ? page.answer()
                : HttpResponse.of(HttpStatus.METHOD_NOT_ALLOWED);
    }

    private HttpResponse live() {
        return json(HttpStatus.OK, JSON.createObjectNode().put("live", true));
    }

    private HttpResponse ready() {
        List<String> reasons = readiness.reasons();
        ObjectNode body = JSON.createObjectNode()
                .put("ready", reasons.isEmpty())
                .put("height", node.status().height());
        reasons.forEach(body.putArray("reasons")::add);
        readiness.warnings().forEach(body.putArray("warnings")::add);
        return json(reasons.isEmpty() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE, body);
    }

    private static HttpResponse json(HttpStatus status, ObjectNode body) {
        try {
            return HttpResponse.of(status, MediaType.JSON, HttpData.wrap(JSON.writeValueAsBytes(body)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of text and numbers has to become JSON", e);
        }
    }
}
