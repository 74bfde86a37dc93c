package io.consilium.node.api;

import io.consilium.proto.Problem;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;

/**
 * A refusal by the API: what is wrong, where, and what to do next.
 *
 * @param httpStatus status of the HTTP answer, 400 to 599
 * @param rule number of the rule that refuses, or empty
 * @param path place in the request, or empty
 * @param exitCode exit code of the command line for it
 */
public record ApiProblem(
        int httpStatus, String code, String error, String rule, String path, String hint, int exitCode) {
    /** Trailer of gRPC answers that carries the {@link Problem}. */
    static final Metadata.Key<Problem> TRAILER =
            Metadata.Key.of("consilium-problem-bin", ProtoUtils.metadataMarshaller(Problem.getDefaultInstance()));

    public ApiProblem {
        if (httpStatus < 400 || httpStatus > 599 || code.isEmpty() || error.isEmpty()) {
            throw new IllegalArgumentException("a problem has a status of 400 to 599, a code and a cause");
        }
    }

    /** The caller is not known or not proven: exit 4. */
    public static ApiProblem unauthenticated(String code, String error, String hint) {
        return new ApiProblem(401, code, error, "", "", hint, 4);
    }

    /** A role or permission says no: exit 4. */
    public static ApiProblem forbidden(String code, String error, String rule, String hint) {
        return new ApiProblem(403, code, error, rule, "", hint, 4);
    }

    /** Names nothing, or nothing that this caller may see: exit 3. Both answer alike (PRV-8). */
    public static ApiProblem notFound(String what) {
        return new ApiProblem(
                404,
                "NOT_FOUND",
                "there is no such " + what + ", or you may not see it",
                "PRV-8",
                "",
                "check the id; if it is right, ask one of its parties or the patient's custodian",
                3);
    }

    /** Names nothing of what everybody may see: exit 3. */
    public static ApiProblem unknown(String what, String hint) {
        return new ApiProblem(404, "NOT_FOUND", "there is no such " + what, "", "", hint, 3);
    }

    /** The same of the registries, which everybody can list. */
    public static ApiProblem unlisted(String what) {
        return unknown(what, "see which there are: consilium " + what + " list");
    }

    /** A request that does not follow the schema or its bounds: exit 6. */
    public static ApiProblem malformed(String error, String path) {
        return new ApiProblem(
                400, "MALFORMED_REQUEST", error, "", path, "correct the request; docs/API.md lists every field", 6);
    }

    /** The content-type is none that the path takes: exit 6. */
    public static ApiProblem unsupportedMedia(String taken) {
        return new ApiProblem(
                415, "UNSUPPORTED_MEDIA_TYPE", "this path takes " + taken, "", "", "set the content-type header", 6);
    }

    /** More than one request may hold: exit 6. */
    public static ApiProblem tooLarge(String error) {
        return new ApiProblem(413, "REQUEST_TOO_LARGE", error, "TX-6", "", "split it into smaller requests", 6);
    }

    /** A quota is spent for the moment: exit 5. */
    public static ApiProblem quota(String error) {
        return new ApiProblem(429, "QUOTA_EXCEEDED", error, "TX-6", "", "wait a second and send it again", 5);
    }

    /** The node has no room or is not able now: exit 5. */
    public static ApiProblem unavailable(String code, String error, String hint) {
        return unavailable(code, error, "", hint);
    }

    /** The same where a rule of the ledger stands behind it. */
    public static ApiProblem unavailable(String code, String error, String rule, String hint) {
        return new ApiProblem(503, code, error, rule, "", hint, 5);
    }

    /** Another node has to answer this: exit 5. */
    public static ApiProblem misdirected(String error, String hint) {
        return new ApiProblem(421, "WRONG_NODE", error, "REC-2", "", hint, 5);
    }

    /** Took longer than allowed, the outcome is unknown: exit 7. */
    public static ApiProblem timeout(String error, String hint) {
        return new ApiProblem(504, "TIMEOUT", error, "", "", hint, 7);
    }

    /** A precondition does not hold: exit 8. */
    public static ApiProblem conflict(String code, String error, String rule, String hint) {
        return new ApiProblem(409, code, error, rule, "", hint, 8);
    }

    /** Was there and was erased: exit 3 (PRV-6). */
    public static ApiProblem gone(String code, String error, String rule, String hint) {
        return new ApiProblem(410, code, error, rule, "", hint, 3);
    }

    /** Refused by the ledger's rules: exit 6. */
    public static ApiProblem refused(String code, String error, String rule, String hint) {
        return new ApiProblem(422, code, error, rule, "", hint, 6);
    }

    /** A fault of the node itself; the cause stands in its log under the reference. */
    public static ApiProblem internal(String reference) {
        return new ApiProblem(
                500,
                "INTERNAL",
                "the node failed to answer (reference " + reference + ")",
                "",
                "",
                "tell the node's operator the reference; its log says more",
                1);
    }

    public Problem toProto() {
        return Problem.newBuilder()
                .setError(error)
                .setCode(code)
                .setRule(rule)
                .setPath(path)
                .setHint(hint)
                .setExitCode(exitCode)
                .build();
    }

    public ProblemException asException() {
        return new ProblemException(this);
    }

    Status grpcStatus() {
        Status status =
                switch (httpStatus) {
                    case 400, 415, 422 -> Status.INVALID_ARGUMENT;
                    case 401 -> Status.UNAUTHENTICATED;
                    case 403 -> Status.PERMISSION_DENIED;
                    case 404, 410 -> Status.NOT_FOUND;
                    case 405 -> Status.UNIMPLEMENTED;
                    case 409, 412, 421 -> Status.FAILED_PRECONDITION;
                    case 413, 429 -> Status.RESOURCE_EXHAUSTED;
                    case 503 -> Status.UNAVAILABLE;
                    case 504 -> Status.DEADLINE_EXCEEDED;
                    default -> Status.INTERNAL;
                };
        return status.withDescription(code + ": " + error);
    }

    StatusRuntimeException asGrpc() {
        Metadata trailers = new Metadata();
        trailers.put(TRAILER, toProto());
        return grpcStatus().asRuntimeException(trailers);
    }
}
