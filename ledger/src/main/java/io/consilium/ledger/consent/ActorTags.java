package io.consilium.ledger.consent;

import io.consilium.crypto.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/**
 * Actors as a patient's list of consents names them: eight bytes of a hash each. Two names of one tag, made or met, cost one
 * consent that is read in vain.
 */
public final class ActorTags {
    private final long[] tags;

    private ActorTags(long[] tags) {
        this.tags = tags;
    }

    public static ActorTags of(Collection<String> actors) {
        return new ActorTags(actors.stream().mapToLong(ActorTags::tag).toArray());
    }

    static long tag(String actor) {
        byte[] hash = Hash.sha256(actor.getBytes(StandardCharsets.UTF_8)).first(Long.BYTES);
        return ByteBuffer.wrap(hash).getLong();
    }

    boolean has(long wanted) {
        for (long tag : tags) {
            if (tag == wanted) {
                return true;
            }
        }
        return false;
    }
}
