package io.consilium.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.proto.Problem;
import java.util.Set;

/** A node that answered and said no, in the node's own words. */
public final class NodeRefusal extends ClientException {
    private static final long serialVersionUID = 1L;

    /** The code of a node that a token was not made for; tokens name the chain and the node. */
    private static final String WRONG_AUDIENCE = "WRONG_AUDIENCE";

    /** The codes of a node that has no room for a request, or takes no token yet. */
    private static final Set<String> AT_THE_DOOR = Set.of("BUSY", "TOKENS_UNKNOWN");

    private final int httpStatus;

    private NodeRefusal(int httpStatus, FailureClass kind, Problem problem) {
        super(
                kind,
                problem.getCode(),
                problem.getRule(),
                problem.getPath(),
                placed(problem),
                sentence(problem.getHint()));
        this.httpStatus = httpStatus;
    }

    /** The refusal of one transaction in a batch. */
    static NodeRefusal of(Problem problem) {
        return new NodeRefusal(0, FailureClass.ofExitCode(problem.getExitCode()), problem);
    }

    static ClientException of(NodeEndpoint endpoint, int httpStatus, boolean isProblem, byte[] body) {
        if (isProblem && body.length > 0) {
            try {
                Problem problem = Problem.parseFrom(body);
                if (problem.getCode().equals(WRONG_AUDIENCE)) {
                    return wrongGenesis(endpoint);
                }
                return new NodeRefusal(httpStatus, kind(httpStatus, problem), problem);
            } catch (InvalidProtocolBufferException malformed) {
                return plain(endpoint, httpStatus).causedBy(malformed);
            }
        }
        return plain(endpoint, httpStatus);
    }

    /** The node's pinned key fits, so what differs from our token is the chain that the genesis at hand names. */
    private static ClientException wrongGenesis(NodeEndpoint endpoint) {
        return new ClientException(
                FailureClass.USAGE,
                "WRONG_GENESIS",
                "The node at " + endpoint.uri() + " keeps another chain than that of the genesis given",
                "Give the genesis of the node's chain with --genesis, or choose another context");
    }

    private static ClientException plain(NodeEndpoint endpoint, int httpStatus) {
        Problem problem = Problem.newBuilder()
                .setError(endpoint.uri() + " answered with HTTP status " + httpStatus)
                .setCode("HTTP_" + httpStatus)
                .setHint("Check that --node is a node of Consilium; its log says more")
                .build();
        return new NodeRefusal(httpStatus, kind(httpStatus, problem), problem);
    }

    private static FailureClass kind(int httpStatus, Problem problem) {
        if (problem.getExitCode() != 0) {
            return FailureClass.ofExitCode(problem.getExitCode());
        }
        return switch (httpStatus) {
            case 401, 403 -> FailureClass.DENIED;
            case 404 -> FailureClass.NOT_FOUND;
            case 409, 412 -> FailureClass.CONFLICT;
            case 421, 429, 502, 503 -> FailureClass.UNREACHABLE;
            case 504 -> FailureClass.OUTCOME_UNKNOWN;
            case 500 -> FailureClass.INTERNAL;
            default -> FailureClass.REFUSED;
        };
    }

    /** The place at fault and what it is; an address is no place. */
    private static String placed(Problem problem) {
        String path = problem.getPath();
        return path.isEmpty() || path.startsWith("https://")
                ? sentence(problem.getError())
                : path + ": " + problem.getError();
    }

    private static String sentence(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /**
     * Whether nothing of a refused request was done: it was at fault, or the node said what it says at its door
     * alone. A failure of the node, or of something between, may have come after the work.
     */
    boolean isBeforeAdmission() {
        return kind() != FailureClass.OUTCOME_UNKNOWN && (httpStatus < 500 || AT_THE_DOOR.contains(code()));
    }

    /** 0 for one transaction of a batch. */
    public int httpStatus() {
        return httpStatus;
    }
}
