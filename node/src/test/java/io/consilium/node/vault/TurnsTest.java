package io.consilium.node.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.node.api.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("TRI-7 datasets are worked on one at a time")
class TurnsTest {
    private final Turns turns = new Turns(Runnable::run);
    private final List<String> began = new ArrayList<>();

    private CompletionStage<String> take(String name, CompletableFuture<String> end) {
        return turns.take(() -> {
            began.add(name);
            return end;
        });
    }

    @Test
    void theNextBeginsWhenTheLastHasEnded() {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletionStage<String> one = take("one", first);
        CompletionStage<String> two = take("two", CompletableFuture.completedFuture("second"));
        assertThat(began).containsExactly("one");
        first.complete("first");
        assertThat(began).containsExactly("one", "two");
        assertThat(one.toCompletableFuture()).isCompletedWithValue("first");
        assertThat(two.toCompletableFuture()).isCompletedWithValue("second");
    }

    @Test
    void aFailureEndsATurnAsWell() {
        CompletionStage<String> thrown = turns.take(() -> {
            throw new IllegalStateException("at once");
        });
        CompletionStage<String> failed =
                take("late", CompletableFuture.failedFuture(new IllegalStateException("late")));
        CompletionStage<String> next = take("next", CompletableFuture.completedFuture("done"));
        assertThat(thrown.toCompletableFuture()).isCompletedExceptionally();
        assertThat(failed.toCompletableFuture()).isCompletedExceptionally();
        assertThat(next.toCompletableFuture()).isCompletedWithValue("done");
    }

    @Test
    void fewWait() {
        CompletableFuture<String> first = new CompletableFuture<>();
        take("first", first);
        for (int i = 0; i < 32; i++) {
            take("waiting", CompletableFuture.completedFuture(""));
        }
        assertThatThrownBy(() -> take("one more", first))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        busy -> assertThat(busy.problem().code()).isEqualTo("BUSY"));
        first.complete("");
        assertThat(began).hasSize(33);
        assertThat(take("later", CompletableFuture.completedFuture("again")).toCompletableFuture())
                .isCompletedWithValue("again");
    }
}
