package io.consilium.node.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.consilium.node.provenance.VerificationResponder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * The responder's side of the verification router service, by paths and parameters of the GS1 Lightweight Messaging Standard
 * for DSCSA Verification of Product Identifiers. Each institution has a rate of its own, for guesses cost a request each.
 */
final class VerificationRouter {
    static final String VERIFY = "/verify/gtin/{gtin}/lot/{lot}/ser/{ser}";
    static final String CONNECTIVITY = "/checkConnectivity";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> VERIFY_PARAMETERS =
            Set.of("exp", "linkType", "context", "reqGLN", "corrUUID", "ctrlPossessAtt");
    /** Of the standard, and refused: they would bring personal data into every log on the way. */
    private static final List<String> PERSONAL = List.of("email", "telephone");

    private static final Set<String> CONNECTIVITY_PARAMETERS = Set.of("gtin", "reqGLN", "context");
    private static final String LINK_TYPE = "verificationService";
    private static final Set<String> CONTEXTS = Set.of("dscsaSaleableReturn", "dscsaStatusCheck", "dscsaInvestigation");

    private final VerificationResponder responder;
    private final TokenBuckets rate;

    VerificationRouter(VerificationResponder responder, TokenBuckets rate) {
        this.responder = responder;
        this.rate = rate;
    }

    Map<String, HttpService> pages() {
        return Map.of(
                VERIFY, (ctx, req) -> answer(ctx, req, this::verify),
                CONNECTIVITY, (ctx, req) -> answer(ctx, req, this::connectivity));
    }

    private HttpResponse answer(
            ServiceRequestContext ctx,
            HttpRequest req,
            BiFunction<ServiceRequestContext, Caller, Map<String, Object>> answer) {
        return HttpResponse.of(CompletableFuture.supplyAsync(
                () -> {
                    try {
                        if (req.method() != HttpMethod.GET) {
                            return HttpResponse.of(HttpStatus.METHOD_NOT_ALLOWED);
                        }
                        Map<String, Object> body = answer.apply(ctx, caller(ctx));
                        return HttpResponse.of(
                                HttpStatus.OK, MediaType.JSON_UTF_8, HttpData.wrap(JSON.writeValueAsBytes(body)));
                    } catch (ProblemException refused) {
                        return ProblemResponses.of(req.headers(), refused.problem())
                                .toHttpResponse();
                    } catch (JsonProcessingException impossible) {
                        throw new IllegalStateException("a tree of texts has to become JSON", impossible);
                    }
                },
                ctx.blockingTaskExecutor()));
    }

    private Caller caller(ServiceRequestContext ctx) {
        Caller caller = Optional.ofNullable(ctx.attr(ConsiliumService.CALLER))
                .orElseThrow(() -> new IllegalStateException("a request came without an authenticated caller"));
        requireRate(rate, caller, 1);
        return caller;
    }

    /** For the router and the API's own questions alike. */
    static void requireRate(TokenBuckets rate, Caller caller, long packs) {
        if (!rate.borrow(caller.quotaOwner(), packs)) {
            throw ApiProblem.quota("the quota of verifications is spent").asException();
        }
    }

    private Map<String, Object> verify(ServiceRequestContext ctx, Caller caller) {
        QueryParams query = known(ctx.queryParams(), VERIFY_PARAMETERS);
        only(query, "linkType", Set.of(LINK_TYPE));
        only(query, "context", CONTEXTS);
        Optional<String> correlation = Optional.ofNullable(query.get("corrUUID"));
        correlation.ifPresent(VerificationRouter::requireUuid);
        Map<String, Object> answer = new LinkedHashMap<>(responder.verify(
                caller,
                new VerificationResponder.Question(
                        parameter(ctx, "gtin"),
                        parameter(ctx, "lot"),
                        parameter(ctx, "ser"),
                        Optional.ofNullable(query.get("exp"))
                                .orElseThrow(() -> ApiProblem.malformed("the expiry is missing", "exp")
                                        .asException()),
                        query.get("reqGLN", ""))));
        correlation.ifPresent(id -> answer.put("corrUUID", id));
        return answer;
    }

    private Map<String, Object> connectivity(ServiceRequestContext ctx, Caller caller) {
        QueryParams query = known(ctx.queryParams(), CONNECTIVITY_PARAMETERS);
        only(query, "context", CONTEXTS);
        String gtin = Optional.ofNullable(query.get("gtin"))
                .orElseThrow(() ->
                        ApiProblem.malformed("the GTIN is missing", "gtin").asException());
        return Map.of("responderGLN", responder.connectivity(caller, gtin, query.get("reqGLN", "")));
    }

    private static String parameter(ServiceRequestContext ctx, String name) {
        return Optional.ofNullable(ctx.pathParam(name))
                .orElseThrow(() -> ApiProblem.malformed("it is missing", name).asException());
    }

    private static QueryParams known(QueryParams query, Set<String> names) {
        for (String name : PERSONAL) {
            if (query.contains(name)) {
                throw new ApiProblem(
                                400,
                                "PERSONAL_DATA",
                                "a web address is logged wherever it passes, so it says nothing of how a person is reached",
                                "PRV-1",
                                name,
                                "leave email and telephone out; the token says who asks",
                                6)
                        .asException();
            }
        }
        for (String name : query.names()) {
            if (!names.contains(name) || query.getAll(name).size() > 1) {
                throw ApiProblem.malformed("a parameter is unknown or stands twice", "query")
                        .asException();
            }
        }
        return query;
    }

    private static void only(QueryParams query, String name, Set<String> values) {
        String value = query.get(name);
        if (value != null && !values.contains(value)) {
            throw ApiProblem.malformed("it is one of " + String.join(", ", new java.util.TreeSet<>(values)), name)
                    .asException();
        }
    }

    private static void requireUuid(String text) {
        try {
            UUID.fromString(text);
        } catch (IllegalArgumentException none) {
            throw ApiProblem.malformed("it is no UUID", "corrUUID").asException();
        }
    }
}
