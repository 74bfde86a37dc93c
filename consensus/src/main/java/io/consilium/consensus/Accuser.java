package io.consilium.consensus;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteType;
import org.jspecify.annotations.Nullable;

/**
 * Finds contradictions between the verified messages of one validator at one height (BFT-19). It reports each validator
 * at most once per kind and height, and blames nobody without two signatures.
 */
final class Accuser {
    private static final int AMNESIA = VoteType.TIMEOUT.ordinal();

    private final Outbox out;
    private final long epoch;
    private final boolean[][] reported;
    private final @Nullable Offer[] offers;

    /** The newest verified proposal of a leader. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Offer(int round, Hash block, byte[] signature) {}

    Accuser(Outbox out, ValidatorSet set) {
        this.out = out;
        this.epoch = set.epoch();
        this.reported = new boolean[VoteType.values().length][set.size()];
        this.offers = new Offer[set.size()];
    }

    /** The hash that this leader already offered in this round, if it is another one: a lie, once its signature holds. */
    boolean contradicts(int leader, int round, Hash block) {
        Offer offer = offers[leader];
        return offer != null && offer.round() == round && !offer.block().equals(block);
    }

    /** A verified proposal. */
    void proposed(long height, int leader, int round, Hash block, byte[] signature) {
        Offer earlier = offers[leader];
        if (earlier != null && earlier.round() == round && !earlier.block().equals(block)) {
            report(
                    VoteType.PROPOSE.ordinal(),
                    new Evidence.Equivocation(
                            VoteType.PROPOSE,
                            epoch,
                            height,
                            round,
                            leader,
                            earlier.block(),
                            earlier.signature(),
                            block,
                            signature));
        } else if (earlier == null || earlier.round() < round) {
            offers[leader] = new Offer(round, block, signature);
        }
    }

    /** Two verified votes of one type and round for different blocks. */
    void voted(Message.Vote first, Message.Vote second) {
        report(
                first.type().ordinal(),
                new Evidence.Equivocation(
                        first.type(),
                        epoch,
                        first.height(),
                        first.round(),
                        first.signer(),
                        first.blockHash(),
                        first.signature(),
                        second.blockHash(),
                        second.signature()));
    }

    /** A verified COMMIT and a verified TIMEOUT of one validator. */
    void compare(Message.Vote commit, Message.Timeout timeout) {
        if (timeout.round() >= commit.round() && timeout.qcRound() < commit.round()) {
            report(
                    AMNESIA,
                    new Evidence.Amnesia(
                            epoch,
                            commit.height(),
                            commit.signer(),
                            commit.round(),
                            commit.blockHash(),
                            commit.signature(),
                            timeout.round(),
                            timeout.qcRound(),
                            timeout.signature()));
        }
    }

    private void report(int kind, Evidence evidence) {
        if (!reported[kind][evidence.signer()]) {
            reported[kind][evidence.signer()] = true;
            out.emit(new Effect.ReportEvidence(evidence));
        }
    }
}
