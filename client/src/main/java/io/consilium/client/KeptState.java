package io.consilium.client;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.consilium.ledger.state.StateKey;
import java.util.Optional;
import java.util.function.Predicate;

/** What the chain says of keys, kept by whoever asks for the next time once it cannot change any more. */
final class KeptState {
    private final VerifiedState state;
    private final BlindingKeys.Kept kept;

    KeptState(VerifiedState state, BlindingKeys.Kept kept) {
        this.state = state;
        this.kept = kept;
    }

    /** What stands on chain, or stood there when it could not change any more. */
    <T extends MessageLite> Optional<T> find(StateKey key, Parser<T> parser, Predicate<T> isLast)
            throws ClientException {
        // what was damaged, or is another's, is as good as none: the chain is asked again
        Optional<T> before =
                kept.find(key).flatMap(bytes -> parsed(bytes, parser)).filter(isLast);
        if (before.isPresent()) {
            return before;
        }
        Optional<T> found = state.find(key, parser).map(VerifiedState.At::value);
        found.filter(isLast).ifPresent(value -> kept.keep(key, value.toByteArray()));
        return found;
    }

    private static <T extends MessageLite> Optional<T> parsed(byte[] bytes, Parser<T> parser) {
        try {
            return Optional.of(parser.parseFrom(bytes));
        } catch (InvalidProtocolBufferException damaged) {
            return Optional.empty();
        }
    }
}
