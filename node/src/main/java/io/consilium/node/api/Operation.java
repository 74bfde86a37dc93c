package io.consilium.node.api;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** Answers one method of the API for a proven caller; refusals are {@link ProblemException}s. */
public interface Operation<Q, R> {
    CompletionStage<R> answer(Caller caller, Q request);

    /** An operation that needs no waiting. */
    static <Q, R> Operation<Q, R> immediate(BiFunction<Caller, Q, R> answer) {
        return (caller, request) -> CompletableFuture.completedFuture(answer.apply(caller, request));
    }
}
