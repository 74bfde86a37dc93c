package io.consilium.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Options that repeat or take commas. */
final class Words {
    private Words() {}

    /** Every word of an option given any number of times, not at all included, each word once. */
    static List<String> of(@Nullable List<String> option) {
        List<String> words = new ArrayList<>();
        if (option != null) {
            for (String text : option) {
                for (String word : text.split(",")) {
                    if (!word.isBlank() && !words.contains(word.strip())) {
                        words.add(word.strip());
                    }
                }
            }
        }
        return words;
    }
}
