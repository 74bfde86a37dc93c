package io.consilium.consensus;

import io.consilium.crypto.PublicKey;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteType;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Messages of the next height that came before this node was there: of each validator the one of each kind with the
 * highest round, unverified, with its time of receipt. A sender can only displace its own.
 */
final class EarlyMessages {
    private static final int KINDS = VoteType.values().length;

    private ValidatorSet set;
    private @Nullable Outbox.Waiting[] slots;

    EarlyMessages(ValidatorSet nextSet) {
        set = nextSet;
        slots = new Outbox.Waiting[KINDS * nextSet.size()];
    }

    void keep(PublicKey sender, Message.Ballot ballot, long receivedAtMillis) {
        OptionalInt index = set.indexOf(sender);
        if (index.isEmpty()) {
            return;
        }
        int slot = VoteEcho.kind(ballot).ordinal() * set.size() + index.getAsInt();
        Outbox.@Nullable Waiting kept = slots[slot];
        if (kept == null || ((Message.Ballot) kept.message()).round() < ballot.round()) {
            slots[slot] = new Outbox.Waiting(sender, ballot, receivedAtMillis);
        }
    }

    /** Hands all over, proposals first, each kind by index, and starts over for the height after. */
    void release(Outbox out, ValidatorSet nextSet) {
        for (Outbox.@Nullable Waiting kept : slots) {
            if (kept != null) {
                out.await(kept);
            }
        }
        clear(nextSet);
    }

    void clear(ValidatorSet nextSet) {
        set = nextSet;
        slots = new Outbox.Waiting[KINDS * nextSet.size()];
    }
}
