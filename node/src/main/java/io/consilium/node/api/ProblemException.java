package io.consilium.node.api;

/** Carries an {@link ApiProblem} out of a request; no fault of the node, so it holds no stack trace. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient ApiProblem problem;

    public ProblemException(ApiProblem problem) {
        super(problem.error(), null, false, false);
        this.problem = problem;
    }

    public ApiProblem problem() {
        return problem;
    }
}
